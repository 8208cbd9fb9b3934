"""Pieces by a clock: continuous, whole trials, and nothing seen that comes later."""

import numpy as np
import pytest

from myopinn.dataset.cycles import clock_pieces
from myopinn.files.layouts.dataset import DATASET, SEEN
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.formats.opensim_files import write_storage
from myopinn.steps.build_dataset import build_dataset

RATE, DURATION = 100.0, 7.0
TIME = np.arange(0, DURATION, 1 / RATE)
CLOCK = {"from": "clock", "rate_hz": 50.0, "lead_s": 0.5, "motion_lowpass_hz": 6.0}
TRIAL = {"session": "s1", "name": "t1", "kind": "dynamic", "condition": "slow", "load_kg": 0.5}
RNG = np.random.default_rng(1)
ANGLE_DEG, EFFORT = np.cumsum(RNG.normal(0, 1, len(TIME))), RNG.uniform(0, 1, len(TIME))


def build(folder, angle_deg=ANGLE_DEG, effort=EFFORT, clock=CLOCK, given=False):
    """Build the dataset of a trial; what filters that look ahead make of it is made up."""
    storages = {
        ("ik", "t1.mot"): ({"wrist": angle_deg}, True),
        ("id", "t1_coordinates.mot"): ({"wrist": angle_deg[::-1]}, True),
        ("id", "t1.sto"): ({"wrist_moment": np.sin(TIME)}, False),
        **{
            ("forces", f"t1_{kind}.sto"): ({"a": 1 + 0 * TIME, "wrist": 0 * TIME}, False)
            for kind in ("force", "activation", "reserve")
        },
    }
    for (place, name), (columns, in_degrees) in storages.items():
        write_storage(folder / place / name, TIME, columns, in_degrees=in_degrees, title=name)
    values = {"envelope": effort[::-1, None]} | (
        {} if given else {"past_envelope": effort[:, None]}
    )
    made = ENVELOPES.build(values, {"time_s": TIME, "channel": np.array(["A"], dtype=object)})
    write_netcdf(made, folder / "signals" / "t1" / "envelopes.nc", ENVELOPES)
    names = {"channels": ["A"], "coordinates": ["wrist"], "muscles": ["a"]}
    build_dataset(
        signals=folder / "signals",
        inverse_kinematics=folder / "ik",
        inverse_dynamics=folder / "id",
        muscle_forces=folder / "forces",
        trials=[TRIAL],
        recording="r",
        subject="p1",
        settings={"cycle": clock, **names},
        dataset=folder / "p1.nc",
        quality=folder / "p1.csv",
    )
    return read_netcdf(folder / "p1.nc", DATASET), QUALITY.read(folder / "p1.csv")


def test_pieces_follow_each_other_and_what_is_left_is_named(tmp_path):
    """Of 7 s at 50 Hz, 350 frames, three pieces of 100; whatever the joint does."""
    data, quality = build(tmp_path)
    np.testing.assert_allclose(data["time_s"].values.ravel(), np.arange(300) / 50, atol=1e-12)
    left = quality[quality["quantity"] == "frames_in_no_piece"]
    assert left["value"].tolist() == [50]


def test_a_frame_that_is_due_at_the_end_of_a_trial_is_there_whatever_rounding_says():
    time = 0.1 + np.arange(200) / 100
    assert clock_pieces(time, [(time[0], time[-1])], 50.0) == ([(0.1, 2.1)], 0)
    assert clock_pieces(time[:-2], [(time[0], time[-1])], 50.0) == ([], 99)


def test_the_clock_starts_anew_in_each_interval_in_which_forces_are_known():
    time = np.arange(1000) / 100
    pieces, left = clock_pieces(time, [(0.3, 2.5), (4.0, 5.0), (5.5, 20.0)], 50.0)
    np.testing.assert_allclose(pieces, [(0.3, 2.3), (5.5, 7.5), (7.5, 9.5)])
    assert left == 11 + 51 + 25


def test_a_piece_is_seen_with_what_came_before_it_in_its_trial(tmp_path):
    data, _ = build(tmp_path)
    seen = data["seen_envelope"].values[..., 0]
    np.testing.assert_array_equal(seen[1], EFFORT[::2][75:200])
    # Before the trial all was as in its first sample.
    np.testing.assert_array_equal(seen[0], np.r_[np.full(25, EFFORT[0]), EFFORT[::2][:100]])
    for name in SEEN:
        np.testing.assert_array_equal(data[name].values[1:, :25], data[name].values[:-1, -25:])


@pytest.mark.parametrize("rate_hz", [50.0, 40.0])
def test_nothing_that_is_seen_knows_of_a_later_sample(tmp_path, rate_hz):
    """Bit for bit, also where the clock's frames fall between samples (every 2.5 of them)."""
    clock, spoilt = CLOCK | {"rate_hz": rate_hz}, {}
    before, _ = build(tmp_path / "before", clock=clock)
    later = TIME > 3.101
    for name, values in (("angle_deg", ANGLE_DEG), ("effort", EFFORT)):
        spoilt[name] = np.where(later, 7.0, values)
    after, _ = build(tmp_path / "after", clock=clock, **spoilt)
    lead = before.sizes["seen_frame"] - 100
    time = before["time_s"].values[:, :1] + np.arange(-lead, 100) / rate_hz
    past = time <= 3.101
    for name in SEEN:
        old, new = before[name].values, after[name].values
        np.testing.assert_array_equal(old[past], new[past])
        assert (old[~past] != new[~past]).any()


def test_envelopes_that_others_have_smoothed_are_not_taken_for_the_past(tmp_path):
    data, quality = build(tmp_path, given=True)
    assert data.sizes["cycle"] == 0
    assert "may look ahead" in quality["reason"].iloc[-1]
