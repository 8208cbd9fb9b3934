"""Cycles are cut where they should be, and their derivatives are those of the motion."""

import numpy as np
import pandas as pd
import pytest

from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.events import EVENTS
from myopinn.files.layouts.force_intervals import FORCE_INTERVALS
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.formats.opensim_files import write_storage
from myopinn.steps.build_dataset import build_dataset

RATE, DURATION, PERIOD = 100.0, 5.0, 1.1
AMPLITUDE_DEG, OMEGA = 40.0, 2 * np.pi / PERIOD
CYCLE = {
    "from": "coordinate",
    "coordinate": "wrist",
    "prominence_deg": 10,
    "min_s": 0.5,
    "max_s": 2,
}


def trial(name, kind="dynamic", session="s1"):
    return {
        "subject": "p1",
        "session": session,
        "name": name,
        "kind": kind,
        "condition": "slow",
        "file": f"{name}.c3d",
        "mass_kg": 70.0,
        "load_kg": 0.5,
    }


def write_trial(folder, name, *, forces=True):
    """A sinusoidal motion whose derivatives, moment and force are known in closed form."""
    time = np.arange(0, DURATION, 1 / RATE)
    angle = -AMPLITUDE_DEG * np.cos(OMEGA * time)
    write_storage(
        folder / "id" / f"{name}_coordinates.mot",
        time,
        {"wrist": angle},
        in_degrees=True,
        title="q",
    )
    write_storage(
        folder / "id" / f"{name}.sto",
        time,
        {"wrist_moment": 2 * np.sin(OMEGA * time)},
        in_degrees=False,
        title="id",
    )
    if forces:
        for kind, value in (("force", 100.0), ("activation", 0.5)):
            write_storage(
                folder / "forces" / f"{name}_{kind}.sto",
                time,
                {m: value * (1 + 0.1 * np.sin(OMEGA * time)) for m in ("a", "b")},
                in_degrees=False,
                title=kind,
            )
        write_storage(
            folder / "forces" / f"{name}_reserve.sto",
            time,
            {"wrist": 0 * time},
            in_degrees=False,
            title="reserve",
        )
    write_envelopes(folder, name, 1e-4 * (1 + np.sin(OMEGA * time)), time)


def write_envelopes(folder, name, values, time):
    data = ENVELOPES.build(
        {"envelope": np.stack([values, 2 * values], axis=1)},
        {"time_s": time, "channel": np.array(["A", "B"], dtype=object)},
    )
    write_netcdf(data, folder / "signals" / name / "envelopes.nc", ENVELOPES)


def build(folder, trials, cycle=CYCLE):
    build_dataset(
        signals=folder / "signals",
        inverse_kinematics=folder / "ik",
        inverse_dynamics=folder / "id",
        muscle_forces=folder / "forces",
        trials=trials,
        recording="r",
        subject="p1",
        settings={
            "cycle": cycle,
            "channels": ["A", "B"],
            "coordinates": ["wrist"],
            "muscles": ["a", "b"],
        },
        dataset=folder / "p1.nc",
        quality=folder / "p1.csv",
    )
    return read_netcdf(folder / "p1.nc", DATASET), QUALITY.read(folder / "p1.csv")


def test_cycles_start_at_minima_and_derivatives_are_those_of_the_motion(tmp_path):
    write_trial(tmp_path, "t1")
    data, quality = build(tmp_path, [trial("t1")])
    # Minima at multiples of the period; the one at time zero is the record's edge, no minimum.
    assert data.sizes["cycle"] == 3
    time = data["time_s"].values
    np.testing.assert_allclose(time[:, 0], PERIOD * np.arange(1, 4), atol=0.5 / RATE)
    amplitude = np.deg2rad(AMPLITUDE_DEG)
    closed = {
        "joint_angle": -amplitude * np.cos(OMEGA * time),
        "joint_velocity": amplitude * OMEGA * np.sin(OMEGA * time),
        "joint_acceleration": amplitude * OMEGA**2 * np.cos(OMEGA * time),
    }
    for name, expected in closed.items():
        # Splines at 100 Hz of a 0.9 Hz sinusoid written with nine digits; the record's ends
        # are not in the cycles.
        np.testing.assert_allclose(
            data[name].values[..., 0], expected, atol=1e-4 * np.abs(expected).max()
        )
    moment = data["joint_moment"].values[..., 0]
    # A cubic spline of a sinusoid errs by 5 / 384 (omega dt)^4 of its amplitude.
    np.testing.assert_allclose(moment, 2 * np.sin(OMEGA * time), atol=1e-5)
    assert float(data["load_kg"][0]) == 0.5
    assert quality["accepted"].all()


def test_frame_k_lies_at_k_percent_of_the_cycle(tmp_path):
    write_trial(tmp_path, "t1")
    data, _ = build(tmp_path, [trial("t1")])
    time = data["time_s"].values
    np.testing.assert_allclose(np.diff(time, axis=1), (time[1, 0] - time[0, 0]) / 100, rtol=1e-6)
    np.testing.assert_allclose(time[0, -1] + np.diff(time[0])[0], time[1, 0], atol=1e-9)


def test_foot_strikes_cut_only_where_every_contact_is_measured(tmp_path):
    write_trial(tmp_path, "t1")
    folder = tmp_path / "signals" / "t1"
    strikes = [0.3, 1.4, 2.5, 3.6]
    events = [(t, "r", "foot_strike", "file") for t in strikes]
    events += [(t + 0.5, "l", "foot_strike", "file") for t in strikes]
    EVENTS.write(
        pd.DataFrame(events, columns=["time_s", "side", "event", "source"]), folder / "events.csv"
    )
    intervals = pd.DataFrame(
        [("r", 1.4, 3.6), ("l", 0.0, 5.0)], columns=["side", "start_s", "end_s"]
    )
    FORCE_INTERVALS.write(intervals, folder / "force_intervals.csv")
    data, _ = build(
        tmp_path, [trial("t1")], {"from": "events", "side": "r", "min_s": 0.5, "max_s": 2.0}
    )
    np.testing.assert_allclose(data["time_s"].values[:, 0], [1.4, 2.5])


def test_a_trial_without_a_cycle_is_named_and_the_others_go_on(tmp_path):
    write_trial(tmp_path, "good")
    write_trial(tmp_path, "short")
    time = np.arange(0, 0.5, 1 / RATE)
    for kind in ("force", "activation"):
        write_storage(
            tmp_path / "forces" / f"short_{kind}.sto",
            time,
            {"a": time, "b": time},
            in_degrees=False,
            title=kind,
        )
    data, quality = build(tmp_path, [trial("good"), trial("short")])
    assert set(data["trial"].values) == {"good"}
    rejected = quality[~quality["accepted"].astype(bool)]
    assert list(rejected["trial"]) == ["short"]
    assert "no whole cycle" in rejected["reason"].iloc[0]


def test_a_trial_rejected_upstream_is_passed_over(tmp_path):
    write_trial(tmp_path, "good")
    write_trial(tmp_path, "rejected", forces=False)
    data, quality = build(tmp_path, [trial("good"), trial("rejected")])
    assert set(data["trial"].values) == {"good"}
    assert "rejected" not in set(quality["trial"])


def test_a_person_without_usable_trials_gets_an_empty_dataset(tmp_path):
    data, _ = build(tmp_path, [trial("gone")])
    assert data.sizes["cycle"] == 0
    assert list(data["muscle"].values) == ["a", "b"]


def test_a_missing_channel_names_it(tmp_path):
    write_trial(tmp_path, "t1")
    time = np.arange(0, DURATION, 1 / RATE)
    only_a = ENVELOPES.build(
        {"envelope": time[:, None]}, {"time_s": time, "channel": np.array(["A"], dtype=object)}
    )
    write_netcdf(only_a, tmp_path / "signals" / "t1" / "envelopes.nc", ENVELOPES)
    _, quality = build(tmp_path, [trial("t1")])
    assert "no EMG channel for ['B']" in quality["reason"].iloc[0]


def test_mvc_is_kept_by_session_and_nan_where_there_is_none(tmp_path):
    write_trial(tmp_path, "t1")
    time = np.arange(0, 1, 1 / RATE)
    write_envelopes(tmp_path, "max1", 3e-4 * np.sin(np.pi * time), time)
    data, _ = build(
        tmp_path, [trial("t1"), trial("max1", "mvc", "s1"), trial("t2", "dynamic", "s2")]
    )
    np.testing.assert_allclose(data["mvc_envelope"].sel(session="s1"), [3e-4, 6e-4], rtol=1e-6)
    assert np.isnan(data["mvc_envelope"].sel(session="s2")).all()


def test_each_session_is_scaled_by_the_largest_of_its_own_contractions(tmp_path):
    """Gains change from session to session: 3e-4 V is the largest of one, 5e-4 V of the other."""
    write_trial(tmp_path, "t1")
    time = np.arange(0, 1, 1 / RATE)
    sizes = {"max1": ("s1", 2e-4), "max2": ("s1", 3e-4), "max3": ("s2", 5e-4), "max4": ("s2", 1e-4)}
    for name, (_, size) in sizes.items():
        write_envelopes(tmp_path, name, size * np.sin(np.pi * time), time)
    # A trial of the study may well be larger than what is called maximal.
    write_envelopes(tmp_path, "t1", 9e-4 * np.ones(500), np.arange(0, DURATION, 1 / RATE))
    contractions = [trial(name, "mvc", session) for name, (session, _) in sizes.items()]
    gone = trial("never recorded", "mvc", "s2")
    data, _ = build(tmp_path, [gone, *contractions, trial("t1", session="s2")])
    assert list(data["session"].values) == ["s1", "s2"]
    expected = [[3e-4, 6e-4], [5e-4, 1e-3]]
    np.testing.assert_allclose(data["mvc_envelope"], expected, rtol=1e-6)
    assert set(data["trial_session"].values) == {"s2"}


@pytest.mark.parametrize("quantity", ["joint_angle", "muscle_force", "envelope"])
def test_every_variable_says_its_unit(tmp_path, quantity):
    write_trial(tmp_path, "t1")
    data, _ = build(tmp_path, [trial("t1")])
    assert data[quantity].attrs["units"] == DATASET.variables[quantity].units != ""
