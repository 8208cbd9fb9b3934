"""The second task: what a variant is shown, what it is never shown, and what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic_study as synthetic
import torch

from myopinn.dataset.selection import Selection
from myopinn.dataset.tasks import DEEP_EMG
from myopinn.errors import ConfigError
from myopinn.files.layouts.calibration import CALIBRATION
from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.folds import FOLDS
from myopinn.files.layouts.identified_parameters import IDENTIFIED_PARAMETERS
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.methods.joint.muscle_states import joint_muscle_states
from myopinn.steps.hide_channels import hide_channels
from myopinn.steps.train_variant import train_variant
from myopinn.training.fold_cycles import CyclesOfFolds
from myopinn.training.inputs import FitInputs
from myopinn.training.recorded_cycles import read_recorded_cycles
from myopinn.variants import find_variant, load_variant, variant_names

MUSCLES = ("flexor", "extensor", "biarticular")
MOMENT = "knee_moment"


WALKS = [f"walk{k}" for k in range(6)]


def selection(**changed) -> dict:
    return {
        "channels": list(synthetic.CHANNELS),
        "coordinates": ["knee"],
        "muscles": list(MUSCLES),
        "physics": {"coordinate": "knee", "kind": "moment_balance"},
        "emg_normalisation": "training_maximum",
        **changed,
    }


def arguments(study, variant: str, folder: str, **changed) -> dict:
    given = {
        "task": DEEP_EMG.name,
        "selection": selection(),
        "experiment": "muscle_force",
        **changed,
    }
    return study.arguments(variant, folder, **given)


def write_calibration(study, joints=("knee", "hip")) -> list[str]:
    """Four pieces of each person at one angle, with envelopes and moments of their own."""
    paths = []
    for k, dataset in enumerate(study.datasets):
        rng = np.random.default_rng(k)
        names = {"channel": synthetic.CHANNELS, "coordinate": joints}
        labels = {
            "trial": ["push"] * 4,
            "trial_session": ["day0"] * 4,
            "condition": ["isometric_60deg"] * 4,
            **{key: list(value) for key, value in names.items()},
        }
        variables = {
            "envelope": 1e-4 * rng.uniform(0.2, 1.0, (4, 100, 2)),
            "joint_angle": np.full((4, 100, len(joints)), 1.0),
            "joint_moment": rng.uniform(-50, 50, (4, 100, len(joints))),
            "time_s": 2.0 * np.arange(400).reshape(4, 100) / 100,
        }
        path = study.folder / "calibration" / dataset.rsplit("/", 1)[-1]
        whose = {"recording": "synthetic", "subject": Path(dataset).stem}
        write_netcdf(CALIBRATION.build(variables, labels, whose), path, CALIBRATION)
        paths.append(str(path))
    return paths


def fold_cycles(study, calibrations=(), **changed):
    """The cycles of the small fold as a variant sees them."""
    chosen = Selection.read(selection(**changed), DEEP_EMG)
    inputs = FitInputs(study.datasets, study.geometries, (), calibrations, [study.folds])
    recorded, _ = read_recorded_cycles(inputs, chosen, "synthetic")
    folds = FOLDS.read(study.folds)["folds"]
    return CyclesOfFolds(recorded, load_variant("mean_cycle")).of(folds[0])


def test_targets_are_envelopes_and_the_moment_and_a_deep_muscle_is_unknown(study):
    cycles = fold_cycles(study)
    assert cycles.problem.targets == (*MUSCLES, MOMENT)
    assert cycles.problem.deep == ("biarticular",)
    assert cycles.problem.inputs == ("knee_angle", "knee_velocity", "knee_acceleration", "load_kg")
    deep = cycles.train.targets[:, 2]
    assert torch.isnan(deep).all()
    assert torch.isfinite(cycles.train.targets[:, [0, 1, 3]]).all()
    torch.testing.assert_close(cycles.train.targets[:, :2], cycles.train.envelope)
    moment = cycles.train.joint_moment / cycles.problem.moment_range_n_m
    torch.testing.assert_close(cycles.train.targets[:, 3], moment)


def test_what_is_asked_shows_only_what_the_row_says(study):
    plain = fold_cycles(study).test
    for name in ("targets", "envelope", "joint_moment", "activation"):
        assert torch.isnan(getattr(plain, name)).all()
    assert plain.inputs.shape[1] == 4
    assert torch.isfinite(plain.inputs).all()
    seeing = fold_cycles(study, measured_emg=True, moment_input=True)
    assert seeing.problem.inputs[4:] == ("flexor", "extensor", "joint_moment")
    assert torch.isnan(seeing.test.targets).all()
    for name in ("inputs", "envelope", "joint_moment", "activation"):
        assert torch.isfinite(getattr(seeing.test, name)).all()


def test_isometric_pieces_are_trained_on_and_never_asked(study):
    calibrations = write_calibration(study)
    cycles = fold_cycles(study, calibrations, calibration=["isometric_60deg"])
    plain = fold_cycles(study)
    assert int(cycles.train.calibration.sum()) == 4
    assert not cycles.test.calibration.any()
    assert not cycles.stop.calibration.any()
    pieces = cycles.train.take(cycles.train.calibration)
    assert (pieces.person == 0).all()
    assert torch.isfinite(pieces.targets[:, [0, 1, 3]]).all()
    torch.testing.assert_close(pieces.time_step_s, torch.full((4,), 0.02))
    # Scales come from the movements alone.
    assert cycles.problem.moment_range_n_m == plain.problem.moment_range_n_m
    movements = cycles.train.movements()
    torch.testing.assert_close(movements.inputs, plain.train.inputs)


def test_a_muscle_that_crosses_a_joint_unknown_to_the_dynamometer_is_refused(study):
    calibrations = write_calibration(study, ("knee",))
    cycles = fold_cycles(study, calibrations, calibration=["isometric_60deg"])
    with pytest.raises(ConfigError, match=r"length of \['biarticular'\].*calibration"):
        joint_muscle_states(cycles.problem, cycles.train)


def test_training_keeps_to_the_conditions_of_the_entry(study):
    for path in study.datasets:
        data = read_netcdf(path, synthetic.DATASET)
        trial = data["trial"].values.astype(str)
        heavy = np.isin(trial, ["walk0", "walk1", "walk4"])
        data["condition"].values[:] = np.where(heavy, "heavy", "slow")
        write_netcdf(data, path, synthetic.DATASET)
    everything, some = fold_cycles(study), fold_cycles(study, conditions=["slow"])
    assert len(some.train) < len(everything.train)
    # The trial that was to decide when to stop is heavy; one of the slow ones takes its place.
    assert len(some.stop) == 4
    assert len(some.test) == len(everything.test)


@pytest.mark.parametrize("variant", variant_names(DEEP_EMG.name))
def test_no_label_of_a_deep_muscle_reaches_training(study, variant):
    """Spoilt forces of all muscles, and spoilt activations where the moment is not shown."""
    synthetic.suit(study, variant)
    answers = []
    for spoilt in (False, True):
        if spoilt:
            changes = {"muscle_force": lambda v: v[::-1] * 7 + 3}
            if "moment_input" not in load_variant(variant).always_sees:
                changes["activation"] = lambda v: v + 0.3
            for path in study.datasets:
                synthetic.change_dataset(path, *WALKS, **changes)
        folder = f"out_{spoilt}"
        settings = synthetic.settings(max_epochs=3)
        train_variant(**arguments(study, variant, folder, settings=settings))
        file = study.folder / folder / synthetic.SPLIT / "ada" / "predictions.nc"
        answers.append(read_netcdf(file, PREDICTIONS)["predicted"].values)
    np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize("variant", variant_names(DEEP_EMG.name))
def test_a_hidden_channel_does_not_reach_the_variant_but_is_what_it_is_held_against(study, variant):
    """Turned round in time it keeps its largest value, which is all that scaling takes of it."""
    synthetic.suit(study, variant)
    changes = {"envelope": turn_flexor}
    if "cycles" not in find_variant(variant).forms:
        changes["seen_envelope"] = turn_flexor
    answers, references = [], []
    for turned in (False, True):
        if turned:
            for path in study.datasets:
                synthetic.change_dataset(path, *WALKS, **changes)
        folder = f"out_{turned}"
        settings = synthetic.settings(max_epochs=3)
        # Some variants need a measured muscle that pulls to the same side as the hidden one.
        chosen = selection(electrodes={"biarticular": "extensor"})
        shown = {"channels": ["extensor"]}
        given = {"settings": settings, "variant_settings": shown, "selection": chosen}
        train_variant(**arguments(study, variant, folder, **given))
        data = read_netcdf(
            study.folder / folder / synthetic.SPLIT / "ada" / "predictions.nc", PREDICTIONS
        )
        answers.append(data["predicted"].values)
        references.append(data["reference"].sel(target="flexor").values.reshape(-1, 100))
    np.testing.assert_array_equal(*answers)
    assert np.isfinite(references).all()
    # What the answers are held against is the recording as it now is.
    np.testing.assert_allclose(references[0], references[1][:, ::-1])
    assert not np.allclose(*references)


def test_hiding_channels_in_one_process_is_hiding_each_by_itself(study):
    """Each folder is that of an entry without the channel, and of nothing else."""
    first, second = synthetic.CHANNELS
    without = {first: [second], second: [first]}
    given = arguments(study, "transformer", "hidden")
    for key in ("variant", "variant_settings"):
        given.pop(key)
    entries = {hidden: {"transformer": {"channels": left}} for hidden, left in without.items()}
    hide_channels(**given, variants=entries)
    answers = {}
    for hidden, left in without.items():
        own = arguments(study, "transformer", hidden, variant_settings={"channels": left})
        train_variant(**own)
        one = sorted(Path(own["predictions"]).rglob("predictions.nc"))
        other = sorted((Path(given["predictions"]) / hidden).rglob("predictions.nc"))
        assert one and len(one) == len(other)
        for mine, its in zip(one, other, strict=True):
            answers[hidden] = read_netcdf(mine, PREDICTIONS)["predicted"].values
            same = read_netcdf(its, PREDICTIONS)["predicted"].values
            np.testing.assert_array_equal(answers[hidden], same)
    assert not np.array_equal(*answers.values(), equal_nan=True)


def turn_flexor(envelope: np.ndarray) -> np.ndarray:
    """Turn the first channel of each cycle round in time."""
    turned = envelope.copy()
    turned[..., 0] = envelope[:, ::-1, 0]
    return turned


def test_the_tables_are_told_what_a_row_sees(study):
    shown = {"measured_emg": True, "moment_input": True}
    train_variant(**arguments(study, "transformer", "out", variant_settings=shown))
    folder = study.folder / "out" / synthetic.SPLIT
    assert FITS.read(folder / FITS_FILE)["told"] == (
        "EMG of the whole cycle, motion of the whole cycle, load, moment (filtered both ways); "
        "own and other people's trials"
    )
    assert not len(IDENTIFIED_PARAMETERS.read(folder / "parameters.csv"))


def test_a_new_person_is_adapted_to_from_trials_that_are_not_tested(study):
    fold = synthetic.mixed_fold()
    fold |= {"adapt": ["eve/walk0", "eve/walk1"]}
    fold |= {"test": [key for key in fold["test"] if key not in fold["adapt"]]}
    synthetic.write_folds(Path(study.folds), [fold])
    cycles = fold_cycles(study)
    learnt, stop = cycles.adapt
    assert (learnt.person == 2).all() and (stop.person == 2).all()
    assert len(learnt) == len(stop) == 4
    assert len(cycles.test) == 4 * 4
    tested = replace(cycles.test)
    assert torch.isnan(tested.targets).all()
    fold["test"].append("eve/walk0")
    synthetic.write_folds(Path(study.folds), [fold])
    with pytest.raises(ConfigError, match="tests trials that it is trained on"):
        fold_cycles(study)


def test_a_muscle_that_does_not_cross_the_joint_is_refused_by_name(study):
    with pytest.raises(ConfigError, match=r"\['gluteus'\] do not cross 'knee'"):
        fold_cycles(study, muscles=[*MUSCLES, "gluteus"])


def test_a_trial_without_its_load_is_refused_by_name(study):
    data = read_netcdf(study.datasets[0], synthetic.DATASET)
    rows = data["trial"].values.astype(str) == "walk2"
    data["load_kg"].values[rows] = np.nan
    write_netcdf(data, study.datasets[0], synthetic.DATASET)
    train_variant(**arguments(study, "mean_cycle", "out"))
    quality = QUALITY.read(study.folder / "out" / synthetic.SPLIT / "quality.csv")
    refused = quality[~quality["accepted"].astype(bool)]
    assert list(refused["trial"]) == ["walk2"]
    assert "load_kg" in refused["reason"].iloc[0]


def test_a_variant_of_the_other_task_is_refused_by_name(study):
    with pytest.raises(ConfigError, match=r"'cnn' solves muscle_force, not deep_emg"):
        train_variant(**arguments(study, "cnn", "out"))
