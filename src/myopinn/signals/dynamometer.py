"""The moment that a dynamometer reads while it holds a joint still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from myopinn.errors import TrialError
from myopinn.signals.c3d import Recording, find_label
from myopinn.signals.envelope import smooth

if TYPE_CHECKING:
    import numpy as np

_UNITS = {"N.m": 1.0, "Nm": 1.0, "N*m": 1.0, "Nmm": 1e-3, "N.mm": 1e-3}


def dynamometer_moments(
    recording: Recording, time_s: np.ndarray, labels: Mapping[str, str], lowpass_hz: float
) -> np.ndarray:
    """Return what a dynamometer read at the kinematics' times.

    Smoothed by the same filter as the envelopes, so that neither leads the other.

    Parameters
    ----------
    time_s : array, shape (frame,), s from the first frame of the file
    labels : mapping of coordinate to label in the file
        The moment by which the fixture holds the joint, positive as the coordinate is.
    lowpass_hz : float

    Returns
    -------
    array, shape (frame, coordinate), N.m

    Raises
    ------
    TrialError
        Naming the channel that is missing, not finite, or without a unit of moment.
    """
    import numpy as np

    rate = recording.analog_rate_hz
    sample_times = np.arange(len(recording.analogs)) / rate
    columns = []
    for coordinate, label in labels.items():
        what, file = f"the dynamometer at '{coordinate}'", recording.file
        remedy = "correct the label in signals.dynamometer, or record the channel."
        index = find_label(label, recording.analog_labels, what=what, file=file, remedy=remedy)
        unit = recording.analog_units[index]
        if unit not in _UNITS:
            raise TrialError(
                f"{what} ('{label}') has the unit '{unit}', which is no unit of moment.",
                remedy=f"export it with one of {', '.join(_UNITS)}.",
                file=file,
            )
        moment = recording.analogs[:, index] * _UNITS[unit]
        if not np.isfinite(moment).all():
            raise TrialError(
                f"{what} ('{label}') has {int((~np.isfinite(moment)).sum())} values that are no "
                "number.",
                remedy="export the trial again.",
                file=file,
            )
        columns.append(np.interp(time_s, sample_times, smooth(moment, rate, lowpass_hz)))
    return np.stack(columns, axis=1)
