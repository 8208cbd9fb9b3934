"""Scaling recovers what a person's markers say, and refuses what no person can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elbow_laboratory import FOREARM_KG, UPPER_ARM_KG, Laboratory, markers_at

from myopinn.errors import ConfigError
from myopinn.files.layouts.scale_factors import SCALE_FACTORS
from myopinn.steps.scale_model import scale_model

POSE = np.full(5, np.radians(30))


def _scale(laboratory: Laboratory, settings: dict[str, Any], generic: Path | None = None) -> None:
    scale_model(
        signals=laboratory.path("signals"),
        generic_model=str(generic or laboratory.generic),
        settings=settings,
        model=laboratory.path("model"),
        **laboratory.common,
    )


def test_known_scale_factors_and_mass(laboratory: Laboratory, settings: dict[str, Any]) -> None:
    laboratory.add("static", markers_at(POSE, forearm_scale=1.1), "static")
    _scale(laboratory, settings)
    factors = SCALE_FACTORS.read(laboratory.root / "model/scale_factors.csv").set_index("body")
    # Markers are written to 0.1 um; distances of 0.1 m give the factor to 1e-5.
    np.testing.assert_allclose(factors.loc["forearm"], 1.1, atol=1e-4)
    np.testing.assert_allclose(factors.loc["humerus"], 1.0, atol=1e-4)
    assert laboratory.value("model", "static", "model_mass_error") < 1e-6 * (
        UPPER_ARM_KG + FOREARM_KG
    )
    assert laboratory.value("model", "static", "static_marker_rms") < 1e-4
    assert (laboratory.root / "model/a.osim").is_file()


def test_each_session_has_its_own_markers(laboratory: Laboratory, settings: dict[str, Any]) -> None:
    first, second = markers_at(POSE), markers_at(POSE)
    second["MID"] = second["MID"] + [0.0, 0.0, 0.015]
    laboratory.add("static_a", first, "static", "a")
    laboratory.add("static_b", second, "static", "b")
    _scale(laboratory, settings)
    places = []
    for session in "ab":
        text = (laboratory.root / f"model/{session}.osim").read_text()
        location = text.split('<Marker name="MID">')[1].split("<location>")[1].split("<")[0]
        places.append(np.array(location.split(), dtype=float))
    # The pose gives way a little to the moved marker, one of six.
    np.testing.assert_allclose(places[1] - places[0], [0, 0, 0.015], atol=0.004)


def test_pose_held_by_the_settings(laboratory: Laboratory, settings: dict[str, Any]) -> None:
    # The person stood at 30 degrees but the settings say 25: the forearm's markers take it up.
    settings["scaling"]["coordinates"] = {"elbow_flexion": 25.0}
    settings["scaling"]["max_marker_error_m"] = 0.05
    settings["scaling"]["max_marker_rms_m"] = 0.05
    laboratory.add("static", markers_at(POSE), "static")
    _scale(laboratory, settings)
    assert laboratory.refusal("model", "static") == ""
    # 0.24 m from the elbow, 5 degrees move a marker by 21 mm.
    error = laboratory.value("model", "static", "static_marker_max")
    assert error == pytest.approx(2 * 0.24 * np.sin(np.radians(2.5)), abs=2e-4)
    text = (laboratory.root / "model/a.osim").read_text()
    assert "<locked>true</locked>" not in text


def test_gap_in_the_static_trial_is_averaged_over(
    laboratory: Laboratory, settings: dict[str, Any]
) -> None:
    markers = markers_at(POSE)
    markers["RS"][:3] = np.nan
    laboratory.add("static", markers, "static")
    _scale(laboratory, settings)
    assert (laboratory.root / "model/scaled.osim").is_file()


def test_marker_missing_from_one_pair_is_noted(
    laboratory: Laboratory, settings: dict[str, Any]
) -> None:
    markers = {n: p for n, p in markers_at(POSE).items() if n != "US"}
    laboratory.add("static", markers, "static")
    _scale(laboratory, settings)
    notes = " ".join(laboratory.quality("model")["reason"])
    assert "'forearm' without US" in notes
    assert (laboratory.root / "model/a.osim").is_file()


def test_measurement_without_markers_is_refused(
    laboratory: Laboratory, settings: dict[str, Any]
) -> None:
    markers = {n: p for n, p in markers_at(POSE).items() if n != "MID"}
    laboratory.add("static", markers, "static")
    _scale(laboratory, settings)
    reason = laboratory.refusal("model", "static")
    assert "'forearm'" in reason
    assert "MID" in reason
    assert not list((laboratory.root / "model").glob("*.osim"))


def test_static_trial_in_another_unit_is_refused(
    laboratory: Laboratory, settings: dict[str, Any]
) -> None:
    laboratory.add("static", {n: 1000 * p for n, p in markers_at(POSE).items()}, "static")
    _scale(laboratory, settings)
    assert "scale_factor" in laboratory.refusal("model", "static")


def test_second_static_trial_stands_in_for_a_bad_one(
    laboratory: Laboratory, settings: dict[str, Any]
) -> None:
    blind = {n: np.full_like(p, np.nan) for n, p in markers_at(POSE).items()}
    laboratory.add("blind", blind, "static")
    laboratory.add("static", markers_at(POSE), "static")
    _scale(laboratory, settings)
    assert "no marker is visible" in laboratory.refusal("model", "blind")
    assert (laboratory.root / "model/a.osim").is_file()


def test_skeleton_of_a_bad_static_trial_is_not_kept(
    laboratory: Laboratory, settings: dict[str, Any]
) -> None:
    bad = markers_at(POSE, forearm_scale=1.2)
    bad["EPM"] = bad["EPM"] + [0.2, 0.0, 0.0]
    laboratory.add("bad", bad, "static")
    laboratory.add("good", markers_at(POSE, forearm_scale=1.1), "static")
    _scale(laboratory, settings)
    assert "static_marker" in laboratory.refusal("model", "bad")
    factors = SCALE_FACTORS.read(laboratory.root / "model/scale_factors.csv").set_index("body")
    np.testing.assert_allclose(factors.loc["forearm"], 1.1, atol=1e-4)


def test_missing_generic_model_is_refused_by_name(
    laboratory: Laboratory, settings: dict[str, Any]
) -> None:
    laboratory.add("static", markers_at(POSE), "static")
    _scale(laboratory, settings, laboratory.root / "nowhere.osim")
    assert "nowhere.osim" in laboratory.refusal("model", "static")


def test_unknown_marker_in_a_measurement_stops_at_once(
    laboratory: Laboratory, settings: dict[str, Any]
) -> None:
    settings["scaling"]["measurements"][1]["pairs"] = [["RS", "MDI"], ["RS", "MID"]]
    laboratory.add("static", markers_at(POSE), "static")
    with pytest.raises(ConfigError, match="MDI"):
        _scale(laboratory, settings)
