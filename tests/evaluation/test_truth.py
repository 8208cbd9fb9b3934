"""The evaluation measures what is there: on curves known by hand, and on a virtual person."""

import shutil

import numpy as np
import pandas as pd
import pytest
from hand_made import TRUE_PERSON

from myopinn.figures.truth import draw_truth
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.quality import write_quality
from myopinn.files.layouts.recovered import RECOVERED, RECOVERED_CURVES
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.formats.opensim_files import write_storage
from myopinn.formats.whole import ArtifactError
from myopinn.measures.recovery import ALL_TRIALS, measure
from myopinn.records.quality import QualityLog
from myopinn.steps.compare_with_truth import compare_with_truth

TIME = np.arange(0.0, 4.0, 0.005)
TRIAL = {"subject": "S1", "session": "a", "name": "move", "kind": "dynamic", "condition": "slow"}
FLEXOR, DEEP = "flexor", "deep"


def angle(time):
    return np.radians(40.0) * np.sin(2 * np.pi * 0.5 * time)


def drive(time):
    return 0.3 + 0.2 * np.sin(2 * np.pi * 0.5 * time)


class MadeUp:
    """A person whose every recovered quantity is the truth with a known error."""

    def __init__(self, root):
        self.root = root
        self.truth = root / "truth" / "S1"
        self.signals = root / "signals" / "S1"
        self.inverse_dynamics = root / "S1" / "inverse_dynamics"
        self.muscle_forces = root / "S1" / "muscle_forces"
        self.dataset = root / "dataset" / "S1.nc"
        self.write_truth()
        self.write_recovered()
        self.write_dataset(mvc=2e-4)

    def write_truth(self):
        count = len(TIME)
        muscles, joints = np.zeros((count, 2)), np.zeros((count, 2))
        variables = dict.fromkeys(TRUTH.variables, muscles) | {
            "moment_arm": np.zeros((count, 2, 2)),
            "excitation": np.stack([drive(TIME), 0.5 * drive(TIME)], axis=1),
            "tendon_force": 100.0 * np.stack([drive(TIME), drive(TIME)], axis=1),
        }
        for name, quantity in TRUTH.variables.items():
            if quantity.dims == ("time_s", "coordinate"):
                variables[name] = joints
        variables |= {
            "joint_angle": np.stack([angle(TIME), np.full(count, 0.9)], axis=1),
            "joint_moment": np.stack([5.0 * np.cos(np.pi * TIME), 0.0 * TIME], axis=1),
        }
        labels = {"time_s": TIME, "muscle": [FLEXOR, DEEP], "coordinate": ["wrist", "base_ty"]}
        write_netcdf(
            TRUTH.build(variables, labels, TRUE_PERSON | {"subject": "S1"}),
            self.truth / "move.nc",
            TRUTH,
        )

    def write_recovered(self):
        time = np.arange(0.0, 3.99, 0.01)
        for path, columns, in_degrees in (
            (
                "_coordinates.mot",
                {"wrist": np.degrees(angle(time)) + 1.5, "base_ty": 0.9 + 0 * time},
                True,
            ),
            # A tenth of the range of 10 N.m too much, always.
            (".sto", {"wrist_moment": 5.0 * np.cos(np.pi * time) + 1.0}, False),
        ):
            file = self.inverse_dynamics / f"move{path}"
            write_storage(file, time, columns, in_degrees=in_degrees, title="x")
        forces = {FLEXOR: 50.0 * drive(time), DEEP: 100.0 * drive(time)}
        file = self.muscle_forces / "move_force.sto"
        write_storage(file, time, forces, in_degrees=False, title="x")
        envelopes = ENVELOPES.build(
            {"envelope": 2e-4 * drive(time)[:, None]}, {"time_s": time, "channel": [FLEXOR]}
        )
        write_netcdf(envelopes, self.signals / "move" / "envelopes.nc", ENVELOPES)
        for folder in (self.signals, self.inverse_dynamics, self.muscle_forces):
            self.write_record(folder, "S1")

    def write_record(self, folder, subject):
        log = QualityLog("lab", subject, folder.name)
        log.measure("move", "frames", 399, "")
        write_quality(log, folder / "quality.csv")

    def write_dataset(self, mvc, cycles=1):
        sizes = {"cycle": cycles, "frame": 100, "channel": 1, "coordinate": 1, "muscle": 1}
        sizes |= {"session": 1, "held": 0}
        variables = {
            name: np.zeros([sizes[d] for d in quantity.dims])
            for name, quantity in DATASET.variables.items()
        }
        variables["mvc_envelope"][:] = mvc
        variables["time_s"] = 1.0 + np.tile(np.arange(100) * 0.02, (cycles, 1))
        per_cycle = {"trial": "move", "trial_session": "a", "condition": "slow"}
        labels = {k: np.array([v] * cycles, dtype=object) for k, v in per_cycle.items()}
        labels |= {"load_kg": np.zeros(cycles), "session": ["a"], "channel": [FLEXOR]}
        labels |= {"coordinate": ["wrist"], "muscle": [FLEXOR], "held": []}
        whose = {"recording": "lab", "subject": self.dataset.stem}
        write_netcdf(DATASET.build(variables, labels, whose), self.dataset, DATASET)

    def compare(self, trials=(TRIAL,)):
        compare_with_truth(
            truth=[self.truth],
            signals=[self.signals],
            inverse_dynamics=[self.inverse_dynamics],
            muscle_forces=[self.muscle_forces],
            datasets=[self.dataset],
            trials=list(trials),
            table=self.root / "errors.csv",
            curves=self.root / "curves.csv",
        )
        table = RECOVERED.read(self.root / "errors.csv")
        return table[table["trial"] == "move"].set_index(["quantity", "name"])


@pytest.fixture
def made_up(tmp_path):
    return MadeUp(tmp_path)


def test_known_errors_are_measured_in_the_units_they_are_told_in(made_up):
    found = made_up.compare()
    at = found.loc[("joint_angle", "wrist")]
    assert at["unit"] == "deg"
    assert at["rmse"] == pytest.approx(1.5, abs=1e-3) and at["r"] == pytest.approx(1.0)
    assert at["range"] == pytest.approx(80.0, abs=0.1)
    moment = found.loc[("joint_moment", "wrist")]
    assert moment["rmse"] == pytest.approx(1.0, abs=1e-3)
    assert moment["nrmse"] == pytest.approx(0.1, abs=1e-3)
    half = found.loc[("muscle_force", FLEXOR)]
    # Half of 30 + 20 sin: r = 1 all the same, which is why r is never shown alone.
    assert half["r"] == pytest.approx(1.0)
    assert half["rmse"] == pytest.approx(np.sqrt(np.mean((50 * drive(TIME)) ** 2)), rel=0.01)
    assert found.loc[("muscle_force", DEEP)]["rmse"] < 1e-3
    assert found.loc[("excitation", FLEXOR)]["rmse"] < 1e-3


def test_a_carried_base_is_no_joint_to_be_compared(made_up):
    """Its height in metres is no angle, and nobody asks muscles for the force that carries it."""
    found = made_up.compare()
    assert "base_ty" not in set(found.index.get_level_values("name"))
    assert "base_ty" not in set(RECOVERED_CURVES.read(made_up.root / "curves.csv")["name"])


def test_a_muscle_without_an_electrode_has_a_truth_but_no_error(made_up):
    found = made_up.compare()
    assert ("excitation", DEEP) not in found.index
    curves = RECOVERED_CURVES.read(made_up.root / "curves.csv")
    deep = curves[(curves["quantity"] == "excitation") & (curves["name"] == DEEP)]
    assert deep["recovered"].isna().all()
    np.testing.assert_allclose(
        deep["truth"], 0.5 * drive(1.0 + 0.02 * deep["cycle_percent"]), atol=1e-3
    )


def test_without_a_maximal_contraction_an_envelope_has_a_correlation_only(made_up):
    made_up.write_dataset(mvc=np.nan)
    row = made_up.compare().loc["excitation", FLEXOR]
    assert row["r"] == pytest.approx(1.0, abs=1e-6) and np.isnan(row["rmse"])
    table = RECOVERED.read(made_up.root / "errors.csv")
    whole = table[table["trial"] == ALL_TRIALS]
    assert "excitation" not in set(whole["quantity"])


def test_a_trial_is_compared_as_far_as_it_came(made_up):
    (made_up.muscle_forces / "move_force.sto").unlink()
    (made_up.inverse_dynamics / "move.sto").unlink()
    found = made_up.compare([TRIAL, TRIAL | {"name": "never recorded"}])
    assert set(found.index.get_level_values(0)) == {"joint_angle", "excitation"}


def test_a_recording_without_cycles_gives_empty_curves_and_a_figure_that_says_so(made_up):
    made_up.write_dataset(mvc=2e-4, cycles=0)
    assert len(made_up.compare())
    curves = made_up.root / "curves.csv"
    assert RECOVERED_CURVES.read(curves).empty
    files = {kind: made_up.root / f"truth.{kind}" for kind in ("pdf", "png", "csv")}
    draw_truth(errors=made_up.root / "errors.csv", curves=curves, recording="made_up", **files)
    assert all(file.stat().st_size for file in files.values())


def test_people_are_never_mixed_up(made_up, tmp_path):
    """Whose a file is it says itself, wherever it lies."""
    for folder in (made_up.signals, made_up.inverse_dynamics, made_up.muscle_forces):
        made_up.write_record(folder, "S2")
        with pytest.raises(ArtifactError, match=r"dataset of S1 cannot be held against .* of S2"):
            made_up.compare()
        made_up.write_record(folder, "S1")
    shutil.move(made_up.signals, tmp_path / "elsewhere")
    made_up.signals = tmp_path / "elsewhere"
    assert len(made_up.compare())
    true = read_netcdf(made_up.truth / "move.nc", TRUTH).assign_attrs(subject="S2")
    write_netcdf(true, made_up.truth / "move.nc", TRUTH)
    with pytest.raises(ArtifactError, match=r"dataset of S1 cannot be held against .* of S2"):
        made_up.compare()


def test_a_channel_that_is_no_muscle_is_refused_by_name(made_up):
    stray = ENVELOPES.build(
        {"envelope": np.zeros((3, 1))}, {"time_s": np.arange(3.0), "channel": ["bisceps"]}
    )
    write_netcdf(stray, made_up.signals / "move" / "envelopes.nc", ENVELOPES)
    with pytest.raises(ArtifactError, match="'bisceps' is no muscle"):
        made_up.compare()


def test_what_is_not_defined_is_not_a_number():
    flat = measure(np.ones(5), np.arange(5.0))
    assert np.isnan(flat["r"]) and np.isnan(flat["nrmse"]) and flat["rmse"] > 0
    # A part in 1e10 is rounding and no shape.
    wave = np.sin(np.arange(50.0))
    assert np.isnan(measure(wave, 200 * (1 + 1e-10 * wave))["r"])
    assert np.isnan(measure(np.arange(5.0), np.full(5, np.nan))["rmse"])
    assert np.isnan(measure(np.arange(1.0), np.arange(1.0))["r"])


def test_the_wrist_is_recovered_and_drawn(study, tmp_path):
    compare_with_truth(
        truth=[study.paths["truth"]],
        signals=[study.paths["signals"]],
        inverse_dynamics=[study.paths["inverse_dynamics"]],
        muscle_forces=[study.paths["muscle_forces"]],
        datasets=[study.paths["dataset"]],
        trials=study.trials,
        table=tmp_path / "errors.csv",
        curves=tmp_path / "curves.csv",
    )
    table = RECOVERED.read(tmp_path / "errors.csv")
    whole = table[table["trial"] == ALL_TRIALS].set_index("quantity")
    # Markers of a hand of 90 mm are stuck on 2 mm off (SD), which tilts one person by a degree or
    # two; the laboratories' aim of 2 degrees is one for the mean over people.
    assert whole.loc["joint_angle", "rmse"] < 3.0
    assert whole.loc["joint_moment", "nrmse"] < 0.10
    assert (whole.loc["excitation", "r"] > 0.8).all() and len(whole.loc["excitation"]) == 5
    # Forces are another matter: what generated them is not what estimates them.
    assert (whole.loc["muscle_force", "nrmse"] > 0.01).all()
    files = {kind: tmp_path / f"truth.{kind}" for kind in ("pdf", "png", "csv")}
    draw_truth(
        errors=tmp_path / "errors.csv", curves=tmp_path / "curves.csv", recording="wrist", **files
    )
    drawn = pd.read_csv(files["csv"], keep_default_na=False, na_values=[""]).fillna({"subject": ""})
    for quantity, measured in (("joint_angle", "rmse"), ("joint_moment", "nrmse")):
        row = drawn[(drawn["quantity"] == quantity) & drawn["median"].notna()].iloc[0]
        assert row["median"] == pytest.approx(whole.loc[quantity, measured])
    means = drawn[(drawn["subject"] == "") & drawn["median"].isna()]
    assert set(means["curve"]) == {"truth", "recovered"}
    assert pd.notna(means["value"]).all()
