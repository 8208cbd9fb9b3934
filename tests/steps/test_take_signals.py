"""Signals that come processed are taken as they are, cut to the trial and held to bounds."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.events import EVENTS
from myopinn.files.layouts.force_intervals import FORCE_INTERVALS
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.netcdf import read_netcdf
from myopinn.formats.opensim_files import read_storage, write_storage
from myopinn.records.trials import Trial
from myopinn.steps.take_signals import take_signals

RATE_HZ = 100.0
STRIDE_S = 1.1
SETTINGS = {
    "emg": {"channels": {"quad": "vas_lat_r"}, "state": "envelope", "unit": "1"},
    "ground_forces": {
        "threshold_n": 20.0,
        "feet": {
            side: {
                "body": f"calcn_{side}",
                "force": f"{side}_v",
                "point": f"{side}_p",
                "torque": f"{side}_t",
            }
            for side in "rl"
        },
        "residual_forces": ["pelvis_tz_force"],
        "max_residual_n": 500.0,
    },
    "events": {"source": "ground_forces"},
}
WEIGHT_N = 588.4


def write_walk(folder, seconds=8.0, **changed):
    """A walk on even steps: each foot is on the ground 60 % of its stride, half a stride apart."""
    time = np.arange(0, seconds, 1 / RATE_HZ)
    phase = {"r": time / STRIDE_S % 1, "l": (time / STRIDE_S + 0.5) % 1}
    on = {side: (p < 0.6).astype(float) for side, p in phase.items()}
    both = on["r"] + on["l"]
    columns = {}
    for side in "rl":
        for kind in "vpt":
            columns |= {f"{side}_{kind}{axis}": np.zeros_like(time) for axis in "xyz"}
        columns[f"{side}_vy"] = WEIGHT_N * on[side] / both
    residual = np.where(np.abs(time - 5.0) < 0.011, 2000.0, 50.0)
    files = {
        "ground_forces.mot": columns,
        "moments.sto": {"knee_moment": np.sin(time), "pelvis_tz_force": residual},
        "envelopes.sto": {"vas_lat_r": 0.1 + 0.11 * np.sin(2 * np.pi * phase["r"])},
        **changed,
    }
    for name, values in files.items():
        write_storage(folder / name, time, values, in_degrees=False, title=name)


@pytest.fixture
def walk(tmp_path):
    write_walk(tmp_path / "data" / "walk")
    return tmp_path


def trial(**changed):
    whole = Trial("P01", "s", "walk_1", "dynamic", "slow", "walk", start_s=1.0, end_s=7.5)
    return replace(whole, **changed)


def take(folder, trials, settings=SETTINGS):
    take_signals(
        recordings=str(folder / "data"),
        trials=[asdict(t) for t in trials],
        recording="lab",
        subject="P01",
        settings=settings,
        signals=str(folder / "signals"),
    )
    return folder / "signals", QUALITY.read(folder / "signals" / "quality.csv")


def test_envelopes_are_cut_and_never_negative_and_keep_their_unit(walk):
    signals, quality = take(walk, [trial()])
    envelopes = read_netcdf(signals / "walk_1" / "envelopes.nc", ENVELOPES)
    assert envelopes["envelope"].attrs["units"] == "1"
    assert list(envelopes["channel"].values) == ["quad"]
    times = envelopes["time_s"].values
    assert times[[0, -1]] == pytest.approx([1.0, 7.5])
    whole, _ = read_storage(walk / "data" / "walk" / "envelopes.sto")
    given = whole.loc[0.9999:7.5001, "vas_lat_r"].to_numpy()
    assert given.min() < 0
    np.testing.assert_allclose(envelopes["envelope"].values[:, 0], np.maximum(given, 0))
    noted = quality[quality["quantity"] == "negative_share.quad"]
    assert noted["value"].iloc[0] == pytest.approx(np.mean(given < 0))


def test_steps_and_mass_come_from_the_ground_forces(walk):
    signals, _ = take(walk, [trial()])
    events = EVENTS.read(signals / "walk_1" / "events.csv")
    strikes = events[(events["side"] == "r") & (events["event"] == "foot_strike")]["time_s"]
    np.testing.assert_allclose(strikes, STRIDE_S * np.arange(1, 7), atol=0.0101)
    assert set(events["side"]) == {"r", "l"}
    mass = json.loads((signals / "person.json").read_text())["mass_kg"]
    assert mass == pytest.approx(WEIGHT_N / 9.80665, rel=1e-6)
    forces, _ = read_storage(signals / "walk_1" / "ground_forces.mot")
    assert {"ground_force_r_vy", "ground_force_l_px", "ground_torque_r_z"} <= set(forces)
    assert "calcn_l" in (signals / "walk_1" / "external_loads.xml").read_text()


def test_around_a_jump_of_the_angles_nothing_is_believed(walk):
    signals, quality = take(walk, [trial()])
    spans = FORCE_INTERVALS.read(signals / "walk_1" / "force_intervals.csv")
    own = spans[spans["side"] == "r"][["start_s", "end_s"]].to_numpy(dtype=float)
    np.testing.assert_allclose(own, [[1.0, 4.89], [5.11, 7.5]], atol=1e-6)
    share = quality.loc[quality["quantity"] == "believed_share", "value"].iloc[0]
    assert share == pytest.approx((3.89 + 2.39) / 6.5)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"envelopes.sto": {"vas_med_r": np.ones(800)}}, "no column 'vas_lat_r'"),
        ({"envelopes.sto": {"vas_lat_r": np.ones(800)}}, "is flat"),
        ({"envelopes.sto": {"vas_lat_r": np.full(800, np.nan)}}, "no numbers"),
        ({"moments.sto": {"knee_moment": np.ones(800)}}, "no column pelvis_tz_force"),
        ({"ground_forces.mot": {"r_vx": np.ones(800)}}, "no column 'r_vy'"),
    ],
)
def test_a_file_that_lacks_something_spoils_its_trial_alone(walk, changed, said):
    write_walk(walk / "data" / "bad", **changed)
    signals, quality = take(walk, [trial(name="bad", file="bad"), trial()])
    refused = quality[~quality["accepted"].astype(bool)]
    assert list(refused["trial"]) == ["bad"]
    assert said in refused["reason"].iloc[0]
    assert "Remedy" in refused["reason"].iloc[0]
    assert (signals / "walk_1").is_dir() and not (signals / "bad").exists()


def test_a_stretch_outside_of_the_file_is_refused(walk):
    _, quality = take(walk, [trial(start_s=20.0, end_s=25.0)])
    assert "holds 0 frames of the trial" in quality["reason"].iloc[-1]


def test_a_unit_that_is_none_is_refused(walk):
    settings = SETTINGS | {"emg": SETTINGS["emg"] | {"unit": "percent"}}
    _, quality = take(walk, [trial()], settings)
    assert "'percent'" in quality["reason"].iloc[-1]
