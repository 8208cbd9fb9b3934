"""Errors of one target in one trial: two curves held against each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

METRICS = ("rmse", "nrmse", "r", "r2")
UNDEFINED = float("nan")
CONSTANT_REFERENCE = "reference constant, no nrmse, r and r2"
CONSTANT_PREDICTION = "prediction constant, no r"
NOT_FINITE = "prediction not finite"
NO_REFERENCE = "fewer than two frames with a reference"
# Relative to the largest value: below this a curve is constant to the accuracy of the files.
CONSTANT = 1e-9


@dataclass(frozen=True)
class TrialErrors:
    """Errors of one target in one trial; NaN where a measure is not defined.

    Attributes
    ----------
    mse, rmse : float
        In the target's unit (squared for ``mse``).
    nrmse : float
        ``rmse`` over the range of the reference in this trial.
    r : float
        Pearson's correlation over the trial's frames.
    r2 : float
        Coefficient of determination, 1 - SS_residual / SS_total, which may be negative.
    variance, centre : float
        Of the reference, in the target's unit (squared for ``variance``).
    note : str
        What kept a measure from being defined; empty otherwise.
    """

    mse: float
    rmse: float
    nrmse: float
    r: float
    r2: float
    variance: float
    centre: float
    note: str = ""

    @classmethod
    def undefined(cls, note: str) -> TrialErrors:
        """Make the record of a trial in which nothing can be measured."""
        nothing = dict.fromkeys(("mse", *METRICS, "variance", "centre"), UNDEFINED)
        return cls(**nothing, note=note)


def measure_errors(predicted: np.ndarray, reference: np.ndarray) -> TrialErrors:
    """Compare two curves of a trial.

    Frames without a reference are left out. A prediction that is not finite where there is a
    reference makes every measure NaN: leaving such frames out would favour the variant.

    Parameters
    ----------
    predicted, reference : array, shape (frame,)
        In the target's unit.
    """
    known = np.isfinite(reference)
    predicted, reference = predicted[known].astype(float), reference[known].astype(float)
    if len(reference) < 2:
        return TrialErrors.undefined(NO_REFERENCE)
    variance, centre = float(np.var(reference)), float(np.mean(reference))
    if not np.isfinite(predicted).all():
        undefined = TrialErrors.undefined(NOT_FINITE)
        return replace(undefined, variance=variance, centre=centre)
    mse = float(np.mean((predicted - reference) ** 2))
    rmse = float(np.sqrt(mse))
    if is_constant(reference):
        nothing = (UNDEFINED, UNDEFINED, UNDEFINED)
        return TrialErrors(mse, rmse, *nothing, variance, centre, CONSTANT_REFERENCE)
    constant = is_constant(predicted)
    return TrialErrors(
        mse=mse,
        rmse=rmse,
        nrmse=rmse / float(np.ptp(reference)),
        r=UNDEFINED if constant else float(np.corrcoef(predicted, reference)[0, 1]),
        r2=1.0 - mse / variance,
        variance=variance,
        centre=centre,
        note=CONSTANT_PREDICTION if constant else "",
    )


def is_constant(values: np.ndarray) -> bool:
    """Tell whether a curve is constant to the accuracy of the files."""
    return bool(np.ptp(values) <= CONSTANT * np.abs(values).max())
