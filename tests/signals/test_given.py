"""What is made of signals that come processed."""

import numpy as np
import pandas as pd
import pytest

from myopinn.signals.given import believed, force_events


def test_without_a_bound_everything_is_believed():
    time = np.arange(0, 4.01, 0.05)
    wild = pd.DataFrame({"force": 1e6 * np.ones_like(time)}, index=time)
    assert believed(time, wild, None) == [(0.0, pytest.approx(4.0))]
    assert believed(time, wild, 1.0) == []


def test_a_force_that_crosses_the_threshold_for_an_instant_is_no_step():
    time = np.arange(0, 2, 0.01)
    force = np.where((time > 0.5) & (time < 1.5), 600.0, 0.0)
    force[20] = 30.0  # a knock on the plate
    force[100] = 5.0  # a dropout
    events = force_events(time, {"r": force}, 20.0)
    assert [event.event for event in events] == ["foot_strike", "foot_off"]
    np.testing.assert_allclose([e.time_s for e in events], [0.51, 1.5], atol=0.011)
