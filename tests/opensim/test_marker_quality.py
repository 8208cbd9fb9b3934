"""Which marker samples inverse kinematics may use, by what weight, and how far off they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from myopinn.errors import ConfigError, TrialError
from myopinn.formats.opensim_files import write_trc
from myopinn.opensim.inverse_kinematics import solve_without_outliers
from myopinn.opensim.marker_errors import (
    drop_outliers,
    dropped_share,
    marker_errors,
    visible_frames,
)
from myopinn.opensim.marker_placement import marker_weights
from myopinn.opensim.scaling import visible_measurements
from myopinn.opensim.static_pose import END_S, read_static_pose, write_pose

FRAMES = 30
TIME = np.arange(FRAMES) / 100


def cloud() -> dict[str, np.ndarray]:
    """Four markers that stand still, shape (frame, 3) each."""
    corners = np.eye(4, 3)
    return {
        name: np.tile(corner, (FRAMES, 1)) for name, corner in zip("abcd", corners, strict=True)
    }


def located(points: dict[str, np.ndarray]) -> pd.DataFrame:
    columns = {f"{n}_t{x}": p[:, k] for n, p in points.items() for k, x in enumerate("xyz")}
    return pd.DataFrame(columns, index=pd.Index(TIME, name="time"))


def test_an_error_is_the_distance_in_space_and_a_gap_has_none() -> None:
    measured, model = cloud(), cloud()
    model["b"] = model["b"] + [0.003, 0.0, 0.004]
    measured["c"][4] = np.nan
    errors = marker_errors(located(model), measured)
    np.testing.assert_allclose(errors["b"], 0.005)
    np.testing.assert_allclose(errors["rms_m"][0], 0.005 / np.sqrt(4))
    # Of three markers, where the fourth is not seen.
    np.testing.assert_allclose(errors["rms_m"][4], 0.005 / np.sqrt(3))
    assert np.isnan(errors["c"][4]) and set(errors["worst_marker"]) == {"b"}
    with pytest.raises(TrialError, match="solved 29 of 30 frames"):
        marker_errors(located(model).iloc[1:], measured)


def test_frames_at_the_ends_without_three_markers_are_cut_off_and_no_others() -> None:
    points = cloud()
    for name in "ab":
        points[name][:3] = points[name][-2:] = np.nan
    points["d"][10:15] = np.nan
    assert visible_frames(points, TIME, Path("walk.trc")) == slice(3, FRAMES - 2)
    points["c"][12] = np.nan
    with pytest.raises(TrialError, match=r"1 frames between 0\.12 and 0\.12 s") as raised:
        visible_frames(points, TIME, Path("walk.trc"))
    assert raised.value.file == "walk.trc"


def test_a_stray_sample_becomes_a_gap_and_the_rest_is_solved_again() -> None:
    measured, model = cloud(), located(cloud())
    measured["a"][7] += 0.1
    measured["d"][20:22] -= 0.2
    rounds = []

    def solve() -> pd.DataFrame:
        rounds.append(np.isnan(measured["a"]).any())
        return marker_errors(model, measured)

    errors, dropped = solve_without_outliers(solve, measured, 0.05, 0.1)
    assert dropped == {"a": 1, "d": 2} and rounds == [False, True]
    assert dropped_share(dropped, measured) == pytest.approx(3 / (4 * FRAMES))
    assert errors["max_m"].max() == 0.0
    assert drop_outliers(cloud(), marker_errors(model, cloud()), None) == {}


def test_a_trial_with_too_many_stray_samples_is_not_solved_again() -> None:
    measured, model = cloud(), located(cloud())
    measured["a"] = measured["a"] + 1.0
    calls = []

    def solve() -> pd.DataFrame:
        calls.append(1)
        return marker_errors(model, measured)

    _, dropped = solve_without_outliers(solve, measured, 0.05, 0.02)
    assert dropped == {"a": FRAMES} and len(calls) == 1


def test_weights_are_of_the_markers_that_model_and_trial_share() -> None:
    settings = {"marker_weights": {"a": 0.1, "b": 0.0}, "ignored_markers": ["c"]}
    found = marker_weights(settings, list("abcdef"), list("abcdefx"))
    assert found == {"a": 0.1, "d": 1.0, "e": 1.0, "f": 1.0}
    with pytest.raises(ConfigError, match="marker settings name g"):
        marker_weights({"ignored_markers": ["g"]}, list("abcd"), list("abcd"))
    with pytest.raises(TrialError, match="only 2 of the model's 4 markers"):
        marker_weights({}, list("abcd"), list("ab"))


def test_a_measurement_keeps_the_pairs_that_are_seen() -> None:
    thigh = {"name": "thigh", "pairs": [["a", "b"], ["a", "x"]], "scales": {"femur": "XYZ"}}
    kept, dropped = visible_measurements([thigh], dict.fromkeys("abc"))
    assert kept == [thigh | {"pairs": [["a", "b"]]}]
    assert dropped == ["'thigh' without x"]
    with pytest.raises(TrialError, match="'thigh' cannot be taken"):
        visible_measurements([thigh], dict.fromkeys("bc"))


def test_a_static_pose_is_the_mean_of_what_is_seen(tmp_path: Path) -> None:
    points = cloud()
    points["a"] = points["a"] + np.linspace(-0.01, 0.01, FRAMES)[:, None]
    points["b"][5:] = np.nan
    points["d"][:] = np.nan
    write_trc(tmp_path / "static.trc", 100.0, points)
    pose = read_static_pose(tmp_path / "static.trc")
    assert sorted(pose) == ["a", "b", "c"]
    np.testing.assert_allclose([pose["a"], pose["b"]], np.eye(2, 3), atol=1e-6)
    # Written as a motion, it stands still over the time that OpenSim averages.
    write_pose(pose, tmp_path / "pose.trc")
    again = read_static_pose(tmp_path / "pose.trc")
    np.testing.assert_allclose(again["c"], pose["c"], atol=1e-6)
    assert END_S > 0
    write_trc(tmp_path / "blind.trc", 100.0, {"a": np.full((3, 3), np.nan)})
    with pytest.raises(TrialError, match="no marker is visible"):
        read_static_pose(tmp_path / "blind.trc")
