"""Measures of predicted envelopes that a correlation alone does not give.

A neighbour's EMG already correlates with that of a deep muscle, whatever its amplitude; so the
amplitude, what is left once the measured agonists are taken out, and the skill against simple
rivals are told beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

# Of the variance of a prediction: what is left below this is nothing but rounding.
NOTHING_LEFT = 1e-9


def amplitude_ratio(predicted: np.ndarray, reference: np.ndarray) -> float:
    """Return the SD of a prediction over that of the reference; NaN where this one is constant."""
    spread = float(np.std(reference))
    return float(np.std(predicted)) / spread if spread > 0 else float("nan")


def partial_correlation(predicted: np.ndarray, reference: np.ndarray, given: np.ndarray) -> float:
    """Correlate what is left of two curves once others are taken out of both by least squares.

    Parameters
    ----------
    predicted, reference : array, shape (frame,)
    given : array, shape (frame, other)
        May have no column.

    Returns
    -------
    float
        0 where nothing is left of the prediction, as of a copy of the others; NaN where nothing is
        left of the reference.
    """
    design = np.column_stack([np.ones(len(reference)), given])
    left = []
    for curve in (predicted, reference):
        weights = np.linalg.lstsq(design, curve, rcond=None)[0]
        rest = curve - design @ weights
        left.append(rest if np.var(rest) > NOTHING_LEFT * np.var(curve) else None)
    if left[1] is None:
        return float("nan")
    if left[0] is None:
        return 0.0
    return float(np.corrcoef(left[0], left[1])[0, 1])


def measured_agonists(
    target: str, agonists: Mapping[str, Sequence[str]], measured: Sequence[str]
) -> list[str]:
    """Name the measured muscles that turn the joint as a muscle does, without itself."""
    return [name for name in agonists.get(target, ()) if name in measured]
