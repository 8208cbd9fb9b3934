"""From datasets that a clock cut to predictions: no target and no later sample is an input."""

from pathlib import Path

import numpy as np
import pytest
import synthetic_study as synthetic

from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.layouts.runs import RUNS
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.steps.train_variant import train_variant
from myopinn.tracking.store import fetch_files
from myopinn.training.saved_model import SavedModel

LEAD, SPOILT = 20, 60
SEEN = {
    "seen_envelope": ("envelope", "channel", "V"),
    "seen_angle": ("joint_angle", "coordinate", "rad"),
    "seen_velocity": ("joint_velocity", "coordinate", "rad/s"),
    "seen_acceleration": ("joint_acceleration", "coordinate", "rad/s^2"),
}


@pytest.fixture
def clock(study):
    """The synthetic people as if cut by a clock: what is seen comes before what is answered."""
    for path in study.datasets:
        data = read_netcdf(path, DATASET)
        for name, (own, along, unit) in SEEN.items():
            values = data[own].values
            longer = np.concatenate([values[:, -LEAD:], values], axis=1)
            data[name] = (("cycle", "seen_frame", along), longer, {"units": unit})
        write_netcdf(data, path, DATASET)
    synthetic.write_folds(Path(study.folds), [synthetic.fold("ada", [0, 1, 2, 3], [4], [5])])
    return study


def trained(study, variant, out):
    selection = synthetic.selection(time_input=False)
    train_variant(**study.arguments(variant, out, selection=selection))
    folder = study.folder / out / synthetic.SPLIT
    answered = read_netcdf(folder / "ada" / "predictions.nc", PREDICTIONS)
    return answered["predicted"].values.reshape(-1, 100, answered.sizes["target"]), folder


@pytest.mark.parametrize("variant", ["cnn", "pi_cnn", "emg_driven"])
def test_what_comes_later_in_a_tested_trial_changes_no_answer_before_it(clock, variant):
    """To the last bit, and neither does what is to be inferred."""
    before, _ = trained(clock, variant, "before")

    def later(values):
        spoilt = values.copy()
        spoilt[:, LEAD + SPOILT :] = 0.7 * spoilt[:, LEAD + SPOILT :] + 1e-5
        return spoilt

    unseen = ("joint_angle", "joint_moment", "muscle_force", "envelope", "activation")
    changes = dict.fromkeys(SEEN, later) | dict.fromkeys(unseen, lambda v: 0.5 * v + 0.1)
    synthetic.change_dataset(clock.datasets[0], "walk5", **changes)
    after, _ = trained(clock, variant, "after")
    np.testing.assert_array_equal(after[:, :SPOILT], before[:, :SPOILT])
    assert (after[:, SPOILT:] != before[:, SPOILT:]).any()


@pytest.mark.parametrize("variant", ["cnn", "emg_driven"])
def test_a_saved_model_says_what_it_is_shown_and_answers_the_same(clock, variant, tmp_path):
    before, folder = trained(clock, variant, "out")
    run_id = RUNS.read(folder / "runs.csv")["run_id"][0]
    model = SavedModel(fetch_files(clock.store, "muscle_force", run_id, tmp_path) / "model")
    assert model.past_only and model.lead_frames == LEAD
    data = read_netcdf(clock.datasets[0], DATASET)
    data = data.isel(cycle=data["trial"].values.astype(str) == "walk5")
    time = data["time_s"].values
    shown = {
        "joint_angle": data["seen_angle"].values,
        "joint_velocity": data["seen_velocity"].values,
        "time_step_s": (time[:, -1] - time[:, 0]) / 99,
        "geometry": clock.geometries[0],
    }
    answer = model.predict(data["seen_envelope"].values, **shown)
    rows = [model.targets.index(name) for name in ("knee", "flexor", "extensor")]
    np.testing.assert_array_equal(answer[..., rows], before)
    with pytest.raises(ValueError, match="expected 120: 20 that come before"):
        model.predict(data["envelope"].values, **shown)


def test_people_cut_by_different_clocks_are_not_put_together(clock):
    data = read_netcdf(clock.datasets[1], DATASET).isel(seen_frame=slice(5, None))
    write_netcdf(data, clock.datasets[1], DATASET)
    with pytest.raises(Exception, match="different clocks"):
        trained(clock, "cnn", "out")
