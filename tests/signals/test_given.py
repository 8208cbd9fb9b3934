"""What is made of signals that come processed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from myopinn.errors import TrialError
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.signals.given import (
    believed,
    believed_intervals,
    carried_mass,
    force_events,
    given_envelopes,
)


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


def test_two_feet_give_what_is_believed_of_both_and_one_does_not():
    spans = [(0.0, 1.0), (2.0, 3.0)]
    assert [i.side for i in believed_intervals(spans, ["r"])] == ["r", "r"]
    both = [i for i in believed_intervals(spans, ["r", "l"]) if i.side == "both"]
    assert [(i.start_s, i.end_s) for i in both] == spans


def test_the_mass_is_what_both_feet_carry_on_average():
    phase = np.linspace(0.0, 1.0, 500, endpoint=False)
    right = 700.0 * np.clip(2 * phase, 0, 1)
    assert carried_mass({"r": right, "l": 700.0 - right}) == pytest.approx(700.0 / 9.80665)


def test_envelopes_of_a_maximum_are_held_to_no_voltage():
    """A bound in volts says nothing of shares of a largest envelope."""
    walk = Trial("P01", "s", "walk", "dynamic", "", "walk")
    table = pd.DataFrame({"vas": 0.5 + 0.5 * np.sin(np.arange(400) / 30)})
    settings = {"channels": {"quad": "vas"}, "min_amplitude_v": 2.0}
    log = QualityLog("lab", "P01", "take_signals")
    values, unit = given_envelopes(table, walk, settings | {"unit": "1"}, log, Path("emg.sto"))
    assert unit == "1" and values[:, 0] == pytest.approx(table["vas"].to_numpy())
    in_millivolts, unit = given_envelopes(
        1e4 * table, walk, settings | {"unit": "mV"}, log, Path("emg.sto")
    )
    assert unit == "V" and in_millivolts == pytest.approx(10 * values)
    with pytest.raises(TrialError, match=r"emg_amplitude\.quad is .* V, allowed is >= 2 V"):
        given_envelopes(table, walk, settings | {"unit": "mV"}, log, Path("emg.sto"))
