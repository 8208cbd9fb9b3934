"""Filters without delay, which look ahead, and filters that run forwards alone, which do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def low_pass(
    values: np.ndarray, rate_hz: float, cutoff_hz: float, *, order: int = 3, padtype: str = "odd"
) -> np.ndarray:
    """Low-pass along the first axis, Butterworth forward and backward, so without delay.

    The default order is that of OpenSim's own filter (``Storage::lowpassIIR``: third order, run
    forward and backward, cut-off not corrected for the two passes), so that forces and kinematics
    filtered at the same cut-off are damped alike. Differing cut-offs put an artefact into the joint
    moments (Bisseling and Hof 2006, J Biomech 39:2438, PMID 16209869).

    Parameters
    ----------
    values : array, shape (sample, ...)
    padtype : str
        How the record is continued past its ends while filtering: ``odd`` for a signal that goes
        on, ``even`` for one that must stay positive.

    Returns
    -------
    array, shape of ``values``
    """
    from scipy.signal import butter, sosfiltfilt

    sos = butter(order, cutoff_hz, "lowpass", fs=rate_hz, output="sos")
    return sosfiltfilt(
        sos, values, axis=0, padtype=padtype, padlen=padding(len(values), rate_hz, cutoff_hz)
    )


def band_pass(values: np.ndarray, rate_hz: float, low_hz: float, high_hz: float) -> np.ndarray:
    """Band-pass along the first axis, second-order Butterworth forward and backward.

    Parameters
    ----------
    values : array, shape (sample, ...)

    Returns
    -------
    array, shape of ``values``
    """
    from scipy.signal import butter, sosfiltfilt

    sos = butter(2, [low_hz, high_hz], "bandpass", fs=rate_hz, output="sos")
    return sosfiltfilt(sos, values, axis=0, padlen=padding(len(values), rate_hz, low_hz))


def low_pass_forwards(values: np.ndarray, rate_hz: float, cutoff_hz: float) -> np.ndarray:
    """Low-pass along the first axis, second-order Butterworth, forwards alone.

    Its answer is late by sqrt(2) / (2 pi cutoff) for what changes slowly, 38 ms at 6 Hz. Before the
    record the signal was what its first sample is.

    Parameters
    ----------
    values : array, shape (sample, ...)

    Returns
    -------
    array, shape of ``values``
        Each sample follows from those up to it.
    """
    from scipy.signal import butter

    return _forwards(butter(2, cutoff_hz, "lowpass", fs=rate_hz, output="sos"), values)


def band_pass_forwards(
    values: np.ndarray, rate_hz: float, low_hz: float, high_hz: float
) -> np.ndarray:
    """Band-pass along the first axis, second-order Butterworth, forwards alone.

    Before the record the signal was what its first sample is.

    Parameters
    ----------
    values : array, shape (sample, ...)

    Returns
    -------
    array, shape of ``values``
        Each sample follows from those up to it.
    """
    from scipy.signal import butter

    return _forwards(butter(2, [low_hz, high_hz], "bandpass", fs=rate_hz, output="sos"), values)


def _forwards(sections: np.ndarray, values: np.ndarray) -> np.ndarray:
    import numpy as np
    from scipy.signal import sosfilt, sosfilt_zi

    state = sosfilt_zi(sections)
    rest = state.reshape(*state.shape, *(1,) * (values.ndim - 1))
    filtered: np.ndarray = sosfilt(sections, values, axis=0, zi=rest * np.asarray(values)[:1])[0]
    return filtered


def followed_motion(
    angles: np.ndarray, rate_hz: float, cutoff_hz: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Follow joint angles by a filter whose states are angle, velocity and acceleration.

    .. math:: \dddot x = \omega^3 (u - x) - 2 \omega^2 \dot x - 2 \omega \ddot x

    This is a third-order Butterworth filter, :math:`\omega = 2 \pi` times its cut-off, in the form
    of a state-variable filter (Kerwin, Huelsman, Newcomb 1967, doi 10.1109/JSSC.1967.1049798): it
    differentiates nothing, and even the acceleration is smooth. It is solved exactly for angles
    that change along straight lines between samples. It runs forwards alone; all three are late by
    2 / omega for what changes slowly, 53 ms at 6 Hz. Before the record the joint was at rest.

    Parameters
    ----------
    angles : array, shape (sample, coordinate), rad
    cutoff_hz : float
        Where the angle's amplitude is lowered by 3 dB.

    Returns
    -------
    angle, velocity, acceleration : array, shape of ``angles``, rad, rad/s and rad/s^2
        Each sample follows from those up to it.
    """
    import numpy as np
    from scipy.linalg import expm

    omega, step = 2 * np.pi * cutoff_hz, 1.0 / rate_hz
    # The states, then the angle and its slope, which stays as it is until the next sample.
    law = np.zeros((5, 5))
    law[0, 1] = law[1, 2] = law[3, 4] = 1.0
    law[2] = [-(omega**3), -2 * omega**2, -2 * omega, omega**3, 0.0]
    taken = expm(law * step)[:3]
    states = np.zeros((len(angles), 3, *angles.shape[1:]))
    states[0, 0] = angles[0]
    slopes = np.diff(angles, axis=0) / step
    for k, slope in enumerate(slopes):
        states[k + 1] = np.tensordot(
            taken, np.concatenate([states[k], angles[k][None], slope[None]]), axes=1
        )
    return states[:, 0], states[:, 1], states[:, 2]


def padding(samples: int, rate_hz: float, cutoff_hz: float) -> int:
    """Return how many samples to continue a record by: one period of the cut-off, if there are."""
    return max(0, min(samples - 1, round(rate_hz / cutoff_hz)))


def held_at(times: np.ndarray, known_times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the last sample that is known at each time, the first one before the record.

    Interpolation would look ahead to the next sample.

    Parameters
    ----------
    times, known_times : array, shape (time,) and (sample,), s
    values : array, shape (sample, ...)

    Returns
    -------
    array, shape (time, ...)
    """
    import numpy as np

    # Times of two clocks that mean the same sample differ by rounding.
    slack = 1e-6 * float(known_times[-1] - known_times[0]) / max(len(known_times) - 1, 1)
    last = np.searchsorted(known_times, np.asarray(times) + slack, side="right") - 1
    held: np.ndarray = values[np.maximum(last, 0)]
    return held
