"""What a dynamometer reads, beside the envelopes of the muscles that it holds."""

from pathlib import Path

import numpy as np
import pytest

from myopinn.errors import TrialError
from myopinn.signals.c3d import Recording
from myopinn.signals.dynamometer import dynamometer_moments
from myopinn.signals.envelope import emg_envelope

RATE_HZ = 1000.0
TIME_S = np.arange(4000) / RATE_HZ
FRAMES_S = TIME_S[::10]


def recording(values, unit="N.m"):
    return Recording(
        file=Path("push.c3d"),
        rate_hz=100.0,
        first_frame=0,
        markers={},
        frames=len(FRAMES_S),
        length_unit_m=1e-3,
        analog_rate_hz=RATE_HZ,
        analog_labels=("Torque",),
        analog_units=(unit,),
        analogs=np.asarray(values, dtype=float)[:, None],
        parameters={},
    )


def read(values, unit="N.m", label="Torque"):
    return dynamometer_moments(recording(values, unit), FRAMES_S, {"elbow": label}, 6.0)[:, 0]


@pytest.mark.parametrize(("unit", "in_unit"), [("N.m", 1.0), ("Nm", 1.0), ("Nmm", 1e3)])
def test_a_steady_moment_is_read_as_it_is_with_its_sign(unit, in_unit):
    moments = read(np.full_like(TIME_S, -12.5 * in_unit), unit)
    np.testing.assert_allclose(moments, -12.5, rtol=1e-9)


def test_a_muscle_and_the_moment_that_it_makes_are_smoothed_alike():
    pull = 1.0 - np.cos(2 * np.pi * 2.0 * TIME_S)
    envelope = emg_envelope(pull, RATE_HZ, state="band_passed", lowpass_hz=6.0)
    np.testing.assert_allclose(read(pull), np.interp(FRAMES_S, TIME_S, envelope), atol=1e-9)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"label": "Force"}, "'elbow'.*no label 'Force'"),
        ({"unit": "N"}, "unit 'N', which is no unit of moment"),
        ({"values": np.where(TIME_S < 0.002, np.nan, 1.0)}, "2 values that are no number"),
    ],
)
def test_what_cannot_be_a_moment_is_refused(options, said):
    with pytest.raises(TrialError, match=f"push.c3d: .*{said}.*Remedy"):
        read(**({"values": np.ones_like(TIME_S)} | options))
