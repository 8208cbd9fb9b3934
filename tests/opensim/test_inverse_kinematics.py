"""Inverse kinematics gives back known angles, through gaps and stray markers, or refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elbow_laboratory import Laboratory, markers_at

from myopinn.errors import ConfigError
from myopinn.files.layouts.marker_errors import MARKER_ERRORS
from myopinn.formats.opensim_files import read_storage
from myopinn.steps.solve_inverse_kinematics import solve_inverse_kinematics

ROOM = "inverse_kinematics"
Swing = tuple[np.ndarray, np.ndarray, np.ndarray]


def _solve(laboratory: Laboratory, settings: dict[str, Any]) -> None:
    laboratory.use_generic_as_scaled()
    solve_inverse_kinematics(
        signals=laboratory.path("signals"),
        model=laboratory.path("model"),
        settings=settings,
        inverse_kinematics=laboratory.path(ROOM),
        **laboratory.common,
    )


def _angle(laboratory: Laboratory, name: str) -> tuple[np.ndarray, np.ndarray]:
    table, in_degrees = read_storage(laboratory.root / ROOM / f"{name}.mot")
    assert in_degrees
    return table.index.to_numpy(), table["elbow_flexion"].to_numpy()


def test_known_angle_through_gaps(
    laboratory: Laboratory,
    settings: dict[str, Any],
    swing: Swing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    truth = np.degrees(swing[0])
    gap, ends = markers_at(swing[0]), markers_at(swing[0])
    gap["RS"][40:80] = np.nan
    for points in ends.values():
        points[:7] = np.nan
        points[-5:] = np.nan
    laboratory.add("gap", gap)
    laboratory.add("ends", ends)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    _solve(laboratory, settings)
    # Markers are exact to 0.1 um at 0.24 m: 1e-4 degrees, and the tool's accuracy is 1e-5.
    _, angle = _angle(laboratory, "gap")
    np.testing.assert_allclose(angle, truth, atol=0.005)
    time, angle = _angle(laboratory, "ends")
    np.testing.assert_allclose(time, np.arange(7, len(truth) - 5) / 100, atol=1e-6)
    np.testing.assert_allclose(angle, truth[7:-5], atol=0.005)
    assert laboratory.value(ROOM, "gap", "marker_rms") < 1e-5
    assert laboratory.value(ROOM, "gap", "angle_max:elbow_flexion") == pytest.approx(100, abs=0.01)
    assert list(elsewhere.iterdir()) == []


def test_stray_samples_are_dropped_counted_and_harmless(
    laboratory: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    stray = markers_at(swing[0])
    stray["MID"][100:110] += [0.1, 0.0, 0.0]
    laboratory.add("stray", stray)
    _solve(laboratory, settings)
    assert laboratory.value(ROOM, "stray", "marker_samples_dropped") == pytest.approx(
        10 / stray["MID"].shape[0] / len(stray)
    )
    assert "MID in 10 frames" in " ".join(laboratory.quality(ROOM)["reason"])
    np.testing.assert_allclose(_angle(laboratory, "stray")[1], np.degrees(swing[0]), atol=0.005)
    errors = MARKER_ERRORS.read(laboratory.root / ROOM / "stray_marker_errors.csv")
    assert errors["MID"].isna().sum() == 10


def test_bad_trials_are_refused_by_name_and_the_good_one_goes_on(
    laboratory: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    good = markers_at(swing[0])
    split = markers_at(swing[0])
    for points in split.values():
        points[50:60] = np.nan
    laboratory.add("millimetres", {n: 1000 * p for n, p in good.items()})
    laboratory.add("blind", {n: np.full_like(p, np.nan) for n, p in good.items()})
    laboratory.add("split", split)
    laboratory.add("foreign", {f"x_{n}": p for n, p in good.items()})
    laboratory.add("good", good)
    _solve(laboratory, settings)
    expected = {
        "millimetres": "marker_samples_dropped",
        "blind": "only 0 of the model's 6 markers",
        "split": "between 0.50 and 0.59 s",
        "foreign": "only 0 of the model's 6 markers",
    }
    for trial, words in expected.items():
        assert words in laboratory.refusal(ROOM, trial)
        assert not (laboratory.root / ROOM / f"{trial}.mot").exists()
    assert laboratory.refusal(ROOM, "good") == ""
    assert (laboratory.root / ROOM / "good.mot").exists()


def test_unknown_marker_in_the_weights_stops_at_once(
    laboratory: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    settings["inverse_kinematics"]["marker_weights"] = {"MDI": 2.0}
    laboratory.add("good", markers_at(swing[0]))
    with pytest.raises(ConfigError, match="MDI"):
        _solve(laboratory, settings)
