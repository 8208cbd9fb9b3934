"""Pieces of isometric contractions, against a pendulum whose weight is known in closed form."""

import json

import numpy as np
import pytest

from myopinn.dataset.calibration import gravity_at
from myopinn.files.layouts.calibration import CALIBRATION
from myopinn.files.layouts.dynamometer import DYNAMOMETER
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.steps.build_calibration import build_calibration

MASS, LENGTH, GRAVITY = 2.0, 0.3, 9.81
# Hangs down at angle zero, from an axis that points to the viewer and stands off the origin.
PENDULUM = {
    "coordinates": ["elbow"],
    "axis": [[0.0, 0.0, 1.0]],
    "point": [[0.1, 1.2, 0.5]],
    "centre_of_mass": [[0.1, 1.2 - LENGTH, 0.7]],
    "mass": [MASS],
    "inertia": [np.zeros((3, 3)).tolist()],
    "gravity": [0.0, -GRAVITY, 0.0],
    "load_point": [0.0, 0.0, 0.0],
    "load_gyration": 0.0,
}
RATE, DURATION = 100.0, 7.0
TIME = 0.5 + np.arange(0, DURATION, 1 / RATE)
CYCLE = {"from": "coordinate"}


def weight(angle):
    return MASS * GRAVITY * LENGTH * np.sin(angle)


@pytest.mark.parametrize("degrees", [-90, -30, 0, 45, 90, 180])
def test_a_hanging_pendulum_is_held_by_m_g_l_sin(degrees):
    angle = np.radians(degrees)
    assert gravity_at(PENDULUM, angle) == pytest.approx(weight(angle), abs=1e-12)


def test_the_moment_is_the_slope_of_the_potential_energy_about_any_axis():
    """Virtual work: what holds a joint is d(m g h) / d(angle), h by Rodrigues' rotation."""
    axis = np.array([2.0, -1.0, 2.0]) / 3
    lever = np.array([0.1, -0.2, 0.25])
    chain = PENDULUM | {
        "axis": [axis.tolist()],
        "centre_of_mass": [(np.array(PENDULUM["point"][0]) + lever).tolist()],
    }

    def energy(angle):
        along = axis * (axis @ lever)
        turned = along + np.cos(angle) * (lever - along) + np.sin(angle) * np.cross(axis, lever)
        return MASS * GRAVITY * turned[1]

    for angle in (-0.7, 0.3, 1.9):
        slope = (energy(angle + 1e-6) - energy(angle - 1e-6)) / 2e-6
        assert gravity_at(chain, angle) == pytest.approx(slope, abs=1e-7)


def trial(name, held=30.0, session="s1", condition="flexion"):
    return {"name": name, "session": session, "condition": condition, "held_angle_deg": held}


def write_trial(folder, name, read, envelope=None, coordinate="elbow"):
    """A dynamometer's reading, N.m, and the envelopes of two channels at the same times."""
    held = DYNAMOMETER.build(
        {"moment": read[:, None]}, {"time_s": TIME, "coordinate": [coordinate]}
    )
    write_netcdf(held, folder / "signals" / name / "dynamometer.nc", DYNAMOMETER)
    envelope = np.ones(len(TIME)) if envelope is None else envelope
    seen = ENVELOPES.build(
        {"envelope": np.stack([envelope, 3 * envelope], axis=1)},
        {"time_s": TIME, "channel": np.array(["A", "B"], dtype=object)},
    )
    write_netcdf(seen, folder / "signals" / name / "envelopes.nc", ENVELOPES)


def build(folder, trials, chain=PENDULUM, piece_s=2.0, channels=("B", "A"), cycle=CYCLE):
    (folder / "inertia.json").write_text(json.dumps(chain))
    build_calibration(
        signals=folder / "signals",
        joint_inertia=folder / "inertia.json",
        trials=trials,
        recording="r",
        subject="P1",
        settings={
            "channels": list(channels),
            "cycle": cycle,
            "calibration": {"piece_s": piece_s},
        },
        calibration=folder / "P1.nc",
        quality=folder / "P1.csv",
    )
    return read_netcdf(folder / "P1.nc", CALIBRATION), QUALITY.read(folder / "P1.csv")


def test_the_muscles_hold_what_gravity_asks_for_less_what_the_fixture_takes(tmp_path):
    write_trial(tmp_path, "t1", np.full(len(TIME), 4.0))
    data, quality = build(tmp_path, [trial("t1", held=30.0)])
    # At 30 degrees gravity asks for half of m g l.
    np.testing.assert_allclose(data["joint_moment"], MASS * GRAVITY * LENGTH / 2 - 4.0)
    np.testing.assert_allclose(data["joint_angle"], np.pi / 6)
    assert quality["accepted"].all() and float(quality["value"].iloc[0]) == 3


def test_by_a_clock_a_piece_is_seen_with_what_came_before_it(tmp_path):
    """A ramp by filters that looked ahead, and its double by those that did not."""
    write_trial(tmp_path, "t1", np.full(len(TIME), 4.0), 0.1 * TIME)
    path = tmp_path / "signals" / "t1" / "envelopes.nc"
    envelopes = read_netcdf(path, ENVELOPES)
    envelopes["past_envelope"] = 2 * envelopes["envelope"]
    envelopes["past_envelope"].attrs["units"] = "V"
    write_netcdf(envelopes, path, ENVELOPES)
    clock = {"from": "clock", "rate_hz": 50.0, "lead_s": 0.4}
    data, _ = build(tmp_path, [trial("t1")], cycle=clock)
    times = 0.5 + 2.0 * np.arange(3)[:, None] + np.arange(-20, 100) / 50
    expected = 0.2 * np.maximum(times, 0.5)
    np.testing.assert_allclose(data["seen_envelope"].sel(channel="A"), expected, atol=1e-12)
    np.testing.assert_allclose(data["envelope"].sel(channel="A"), expected[:, 20:] / 2, atol=1e-12)


def test_pieces_follow_each_other_and_frame_k_lies_at_k_percent_of_one(tmp_path):
    """Ramps, which interpolation leaves as they are; of 7 s the last one is left over."""
    write_trial(tmp_path, "t1", -5 * TIME, 0.1 * TIME)
    data, _ = build(tmp_path, [trial("t1", held=0.0)])
    expected = 0.5 + 2.0 * np.arange(3)[:, None] + 2.0 * np.arange(100) / 100
    np.testing.assert_allclose(data["time_s"], expected)
    np.testing.assert_allclose(data["joint_moment"][..., 0], 5 * expected)
    np.testing.assert_allclose(data["envelope"].sel(channel="A"), 0.1 * expected)
    np.testing.assert_allclose(data["envelope"].sel(channel="B"), 0.3 * expected)
    assert list(data["channel"].values) == ["B", "A"]


def test_a_piece_that_just_fits_is_used(tmp_path):
    write_trial(tmp_path, "t1", np.zeros(len(TIME)))
    assert build(tmp_path, [trial("t1")], piece_s=6.99)[0].sizes["window"] == 1
    assert build(tmp_path, [trial("t1")], piece_s=6.99 / 3)[0].sizes["window"] == 3


def test_every_piece_says_of_which_trial_it_is(tmp_path):
    write_trial(tmp_path, "t1", np.zeros(len(TIME)))
    write_trial(tmp_path, "t2", np.zeros(len(TIME)))
    trials = [
        trial("t1", held=90.0),
        trial("walk", held=float("nan")),
        trial("t2", held=-90.0, session="s2", condition="extension"),
    ]
    data, quality = build(tmp_path, trials)
    assert list(data["trial"].values) == ["t1"] * 3 + ["t2"] * 3
    assert list(data["trial_session"].values) == ["s1"] * 3 + ["s2"] * 3
    assert list(data["condition"].values) == ["flexion"] * 3 + ["extension"] * 3
    sign = np.repeat([1.0, -1.0], 3)[:, None]
    full = np.broadcast_to(sign * MASS * GRAVITY * LENGTH, (6, 100))
    np.testing.assert_allclose(data["joint_moment"][..., 0], full)
    # What no dynamometer held is no contraction, and nothing is wrong with it.
    assert list(quality["trial"]) == ["t1", "t2"] and data.attrs["subject"] == "P1"
    assert list(quality["session"]) == ["s1", "s2"]


def test_a_contraction_shorter_than_a_piece_is_rejected_by_name_and_the_others_stay(tmp_path):
    write_trial(tmp_path, "t1", np.zeros(len(TIME)))
    write_trial(tmp_path, "t2", np.zeros(len(TIME)))
    data, quality = build(tmp_path, [trial("t1"), trial("t2")], piece_s=8.0)
    assert data.sizes["window"] == 0 and list(data["coordinate"].values) == ["elbow"]
    assert list(quality["trial"]) == ["t1", "t2"] and not quality["accepted"].any()
    assert "pieces is 0" in quality["reason"].iloc[0] and ">= 1" in quality["reason"].iloc[0]


@pytest.mark.parametrize(
    ("chain", "held", "reason"),
    [
        (PENDULUM, "wrist", r"held ['wrist'], the joint inertia that is known is of ['elbow']"),
        ({}, "elbow", "is known is of nothing"),
        (PENDULUM | {"coordinates": ["elbow", "wrist"]}, "elbow", "of ['elbow', 'wrist']"),
    ],
)
def test_another_joint_than_the_one_whose_weight_is_known_is_refused(tmp_path, chain, held, reason):
    write_trial(tmp_path, "t1", np.zeros(len(TIME)), coordinate=held)
    data, quality = build(tmp_path, [trial("t1")], chain)
    assert data.sizes["window"] == 0
    assert reason in quality["reason"].iloc[0] and "dynamometer.nc" in quality["reason"].iloc[0]


def test_a_person_without_a_dynamometer_has_no_piece_and_no_complaint(tmp_path):
    data, quality = build(tmp_path, [trial("t1")], {})
    assert data.sizes["window"] == 0 and quality.empty
    assert list(data["channel"].values) == ["B", "A"]
