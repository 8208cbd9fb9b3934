"""Zero-phase filters."""

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


def padding(samples: int, rate_hz: float, cutoff_hz: float) -> int:
    """Return how many samples to continue a record by: one period of the cut-off, if there are."""
    return max(0, min(samples - 1, round(rate_hz / cutoff_hz)))
