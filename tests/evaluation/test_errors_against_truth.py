"""Predictions against the truth: what is right is right, and the labels' own error is told."""

import numpy as np
import pytest
from hand_made import TRUE_PERSON, write_about

from myopinn.files.layouts.errors import ERRORS
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import write_netcdf
from myopinn.formats.whole import ArtifactError
from myopinn.measures.true_references import LABELS
from myopinn.records.cells import Cell
from myopinn.steps.compute_true_errors import compute_true_errors

FRAMES = 100
BIAS_N = 7.0


def true_force(time_s):
    return 50.0 + 20.0 * np.sin(3.0 * time_s)


def true_angle(time_s):
    return 0.3 * np.cos(2.0 * time_s)


@pytest.fixture
def truth(tmp_path):
    """One trial of a person with one muscle and one joint, at 200 Hz."""
    time = np.arange(0, 2, 0.005)
    of_muscle, of_joint = np.ones((len(time), 1)), np.zeros((len(time), 1))
    variables = {name: of_muscle for name, q in TRUTH.variables.items() if "muscle" in q.dims}
    variables |= {name: of_joint for name, q in TRUTH.variables.items() if "muscle" not in q.dims}
    variables["moment_arm"] = np.ones((len(time), 1, 1))
    variables["tendon_force"] = true_force(time)[:, None]
    variables["joint_angle"] = true_angle(time)[:, None]
    names = {"muscle": np.array(["FCR"], object), "coordinate": np.array(["wrist"], object)}
    folder = tmp_path / "truth" / "lab" / "P01"
    folder.mkdir(parents=True)
    dataset = TRUTH.build(variables, {"time_s": time, **names}, TRUE_PERSON | {"subject": "P01"})
    write_netcdf(dataset, folder / "walk.nc", TRUTH)
    return folder


def write_predictions(folder, predicted, targets=("wrist", "FCR")):
    """Two cycles of a trial, whose labels are off by a constant force and right in the angle."""
    time = np.concatenate([np.linspace(0.1, 0.9, FRAMES), np.linspace(0.9, 1.8, FRAMES)])
    label = np.stack([true_angle(time), true_force(time) + BIAS_N], axis=1)
    rows = len(time)
    dataset = PREDICTIONS.build(
        {"predicted": predicted(time, label), "reference": label},
        {
            "target": np.array(targets, object),
            "unit": np.array(["rad", "N"], object),
            **{key: np.full(rows, "walk", object) for key in ("trial",)},
            **{key: np.full(rows, "s", object) for key in ("session", "condition", "fold")},
            "cycle": np.repeat([0, 1], FRAMES),
            "frame": np.tile(np.arange(FRAMES), 2),
            "time_s": time,
            "seed": np.zeros(rows, int),
        },
        Cell("t", *folder.parts[-3:], "P01").names(),
    )
    write_netcdf(dataset, folder / "P01" / "predictions.nc", PREDICTIONS)
    write_about(folder)
    return folder


def test_errors_are_those_against_the_truth_and_the_labels_have_their_own(tmp_path, truth):
    def folder(variant):
        return tmp_path / "training" / variant / "lab" / "within_session"

    def right(time, label):
        return np.stack([true_angle(time), true_force(time)], axis=1)

    def as_taught(time, label):
        return label

    paths = [
        write_predictions(folder("knows"), right),
        write_predictions(folder("learns"), as_taught),
    ]
    output = tmp_path / "errors.csv"
    compute_true_errors(predictions=paths, truth=[truth], errors=output, rival="learns")
    table = ERRORS.read(output).set_index(["variant", "target"])
    # The truth is interpolated between 5 ms: 1e-3 N is far above what that leaves.
    assert table.loc[("knows", "FCR"), "rmse"] < 1e-3
    assert table.loc[("learns", "FCR"), "rmse"] == pytest.approx(BIAS_N, abs=1e-3)
    assert table.loc[("knows", "FCR"), "skill"] == pytest.approx(1.0, abs=1e-6)
    assert table.loc[(LABELS, "FCR"), "rmse"] == table.loc[("learns", "FCR"), "rmse"]
    assert table.loc[(LABELS, "wrist"), "rmse"] < 1e-4
    assert set(table.index.get_level_values("variant")) == {"knows", "learns", LABELS}


def test_a_target_that_the_truth_does_not_know_is_named(tmp_path, truth):
    folder = tmp_path / "training" / "cnn" / "lab" / "within_session"
    write_predictions(folder, lambda time, label: label, targets=("wrist", "FCU"))
    with pytest.raises(ArtifactError, match=r"walk\.nc: 'FCU' is neither"):
        compute_true_errors(predictions=[folder], truth=[truth], errors="unused.csv")
