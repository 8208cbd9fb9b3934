"""Which cycles of a trial are whole, and how its series are brought to their frames."""

import numpy as np
import pytest

from myopinn.dataset.cycles import (
    PER_FRAME,
    cut_cycle,
    minima,
    motion_at,
    series_at,
    whole_cycles,
)

TIME = np.arange(0.0, 5.0, 0.01)


def test_only_cycles_of_the_duration_that_is_asked_for_are_found():
    marks = [0.5, 1.0, 2.2, 3.2]
    found = whole_cycles(TIME, marks, [(0.0, 5.0)], 0.8, 1.1)
    assert found == [(2.2, 3.2)]
    assert whole_cycles(TIME, marks, [(0.0, 5.0)], 0.5, 1.25) == [
        (0.5, 1.0),
        (1.0, 2.2),
        (2.2, 3.2),
    ]


def test_a_cycle_lies_within_one_stretch_that_was_measured():
    marks = [1.0, 2.0, 3.0, 4.0]
    found = whole_cycles(TIME, marks, [(0.9, 2.5), (2.5, 4.0)], 0.5, 2.0)
    # The second reaches from one stretch into the next.
    assert found == [(1.0, 2.0), (3.0, 4.0)]
    assert whole_cycles(TIME, marks, [], 0.5, 2.0) == []
    # Half a sample off is rounding, a whole one is not.
    assert whole_cycles(TIME, [1.0, 2.0], [(1.005, 1.996)], 0.5, 2.0) == [(1.0, 2.0)]
    assert whole_cycles(TIME, [1.0, 2.0], [(1.01, 2.0)], 0.5, 2.0) == []


def test_the_last_frame_lies_at_99_percent_so_the_record_may_end_there():
    end = TIME[-1]
    assert whole_cycles(TIME, [end - 1.0, end + 0.01], [(0.0, 9.0)], 0.5, 2.0)
    assert not whole_cycles(TIME, [end - 1.0, end + 0.03], [(0.0, 9.0)], 0.5, 2.0)
    assert not whole_cycles(TIME, [-0.02, 1.0], [(-1.0, 9.0)], 0.5, 2.0)


def test_minima_are_as_deep_as_is_asked_for():
    angle = np.radians(20 * np.cos(2 * np.pi * TIME) + 3 * np.cos(6 * np.pi * TIME))
    assert minima(TIME, angle, 30.0) == pytest.approx([0.5, 1.5, 2.5, 3.5, 4.5])
    # They are 46 degrees deep.
    assert len(minima(TIME, angle, 47.0)) == 0


def test_derivatives_are_those_of_the_motion():
    """Of a polynomial of the spline's degree, to rounding."""
    known = TIME[::10]
    angle, velocity, acceleration = motion_at(TIME[:400], known, (known**3)[:, None])
    at = TIME[:400, None]
    np.testing.assert_allclose(angle, at**3, atol=1e-9)
    np.testing.assert_allclose(velocity, 3 * at**2, atol=1e-8)
    np.testing.assert_allclose(acceleration, 6 * at, atol=1e-6)


def test_what_is_never_negative_stays_so_and_nothing_is_extrapolated():
    known, burst = np.arange(6.0), np.array([0, 0, 1.0, 0, 0, 0])[:, None]
    between = np.linspace(-1, 6, 200)
    assert series_at(between, known, burst, "envelope").min() == 0
    assert series_at(between, known, burst, "joint_moment").min() < -0.01
    line = series_at(between, known, known[:, None], "joint_moment")
    assert line[0] == 0 and line[-1] == 5


def test_frame_k_of_every_series_lies_at_k_percent_of_the_cycle():
    series = dict.fromkeys(PER_FRAME, TIME[:, None]) | {"time_s": TIME}
    cut = cut_cycle(series, 1.0, 3.0)
    assert set(cut) == {*PER_FRAME, "time_s"}
    for values in cut.values():
        np.testing.assert_allclose(values.ravel(), 1.0 + 0.02 * np.arange(100))
