"""Markers as a laboratory delivers them, and the files they are delivered in."""

import dataclasses

import ezc3d
import numpy as np
import pytest

from myopinn.recordings.simulating.c3d import write_c3d
from myopinn.virtual.cameras import (
    CameraSettings,
    marker_positions,
    record_markers,
    stick_markers,
)
from myopinn.virtual.laboratory import Recorded, to_laboratory

PERFECT = CameraSettings(noise_m=0.0, placement_m=0.0, soft_tissue_m=0.0, gaps_per_minute=0.0)


def test_perfect_cameras_see_where_the_markers_are(person, truth):
    seen = record_markers(person.anatomy, truth, 100, PERFECT, np.random.default_rng(0))
    exact = marker_positions(person.anatomy, truth.joint_angle[: 100 * 2 : 2])
    np.testing.assert_allclose(seen, exact, atol=1e-9)
    names = [marker.name for marker in person.anatomy.markers]
    # The hand turns about the wrist at a constant distance, the forearm stays.
    wrist = np.array(person.anatomy.joints[1].location_in_parent_m) + np.array(
        person.anatomy.joints[2].location_in_parent_m
    )
    knuckle = seen[:, names.index("MCP2")]
    assert np.ptp(np.linalg.norm(knuckle - wrist, axis=1)) < 1e-9
    assert np.ptp(knuckle, axis=0).max() > 0.05
    assert np.ptp(seen[:, names.index("RS")], axis=0).max() < 1e-9


def test_flexion_carries_the_knuckles_forward(generic):
    names = [marker.name for marker in generic.markers]
    extended, flexed = marker_positions(generic, np.array([[-0.7], [0.7]]))
    assert flexed[names.index("MCP3"), 0] > extended[names.index("MCP3"), 0] + 0.08


def test_noise_soft_tissue_and_gaps_are_as_asked_for(person, truth):
    frames = 500
    settings = dataclasses.replace(PERFECT, noise_m=0.001)
    rng = np.random.default_rng(0)
    exact = record_markers(person.anatomy, truth, frames, PERFECT, rng)
    noisy = record_markers(person.anatomy, truth, frames, settings, rng)
    assert (noisy - exact).std() == pytest.approx(0.001, rel=0.05)
    slid = record_markers(
        person.anatomy, truth, frames, dataclasses.replace(PERFECT, soft_tissue_m=0.003), rng
    )
    assert 0.001 < np.linalg.norm(slid - exact, axis=-1).max() < 0.006
    gappy = dataclasses.replace(PERFECT, gaps_per_minute=30.0)
    seen = record_markers(person.anatomy, truth, frames, gappy, rng)
    lost = np.isnan(seen).any(axis=-1)
    # 30 a minute of 0.1 s each hide a twentieth of the frames.
    assert 0.02 < lost.mean() < 0.09
    assert (np.isnan(seen).all(axis=-1) == lost).all()


def test_markers_are_put_back_a_few_millimetres_off(person):
    settings = dataclasses.replace(PERFECT, placement_m=0.002)
    first, second = (
        np.array([m.location_m for m in stick_markers(person.anatomy, settings, rng).markers])
        for rng in (np.random.default_rng(1), np.random.default_rng(2))
    )
    away = np.linalg.norm(first - second, axis=1)
    assert 0.001 < away.mean() < 0.010


def written(path):
    points = np.arange(2 * 30 * 3, dtype=float).reshape(30, 2, 3) / 1000.0
    points[4:9, 1] = np.nan
    signals = np.random.default_rng(0).normal(0.0, 1e-4, (30 * 20, 3))
    recorded = Recorded(
        markers=("RS", "US"),
        points_m=points,
        point_rate_hz=100.0,
        analogs=("EMG FCR", "EMG FCU", "EMG ECU"),
        analog_units=("V",) * 3,
        signals=signals,
        analog_rate_hz=2000.0,
        subject="P01",
    )
    write_c3d(path, recorded)
    return points, signals


def test_a_c3d_file_reads_back_as_it_was_written(tmp_path):
    points, signals = written(tmp_path / "trial.c3d")
    file = ezc3d.c3d(str(tmp_path / "trial.c3d"))
    point, analog = file["parameters"]["POINT"], file["parameters"]["ANALOG"]
    assert point["LABELS"]["value"] == ["RS", "US"]
    assert point["UNITS"]["value"] == ["mm"]
    assert point["RATE"]["value"][0] == 100.0
    assert analog["LABELS"]["value"] == ["EMG FCR", "EMG FCU", "EMG ECU"]
    assert analog["UNITS"]["value"] == ["V"] * 3
    assert analog["RATE"]["value"][0] == 2000.0
    assert file["parameters"]["SUBJECTS"]["NAMES"]["value"] == ["P01"]
    back = file["data"]["points"][:3].transpose(2, 1, 0) / 1000.0
    # Single precision of numbers below 200 mm.
    np.testing.assert_allclose(back, points, atol=1e-8)
    residuals = file["data"]["meta_points"]["residuals"][0]
    np.testing.assert_array_equal(residuals[1, 4:9], -1.0)
    assert (residuals < 0).sum() == 5
    np.testing.assert_allclose(file["data"]["analogs"][0].T, signals, atol=1e-10)


def test_the_same_content_is_the_same_bytes(tmp_path):
    written(tmp_path / "one.c3d")
    written(tmp_path / "two.c3d")
    assert (tmp_path / "one.c3d").read_bytes() == (tmp_path / "two.c3d").read_bytes()


def test_samples_that_do_not_fit_the_frames_are_refused(tmp_path):
    recorded = Recorded(
        markers=("RS",),
        points_m=np.zeros((10, 1, 3)),
        point_rate_hz=100.0,
        analogs=("EMG FCR",),
        analog_units=("V",),
        signals=np.zeros((101, 1)),
        analog_rate_hz=1000.0,
        subject="P01",
    )
    with pytest.raises(ValueError, match="whole number of samples"):
        write_c3d(tmp_path / "bad.c3d", recorded)
    assert not (tmp_path / "bad.c3d").exists()


def test_the_laboratory_is_a_rotation_of_opensim_and_not_a_mirror():
    axes = to_laboratory(np.eye(3))
    np.testing.assert_array_equal(axes[1], [0.0, 0.0, 1.0])  # up is z
    assert np.linalg.det(axes) == pytest.approx(1.0)
