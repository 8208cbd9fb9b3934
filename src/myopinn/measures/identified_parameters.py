"""How near identified parameters come to the true ones, and which of them the data identify.

A parameter that the data say nothing of ends wherever a fit has started or a prior draws it: either
fits that differ in their seed and in their trials disagree about it, or all of them stay at the
generic value. Both are told: the spread over fits as a share of what the bounds allow, and the
error before and after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def judge_parameter(fits: pd.DataFrame, true: float | None) -> dict[str, float]:
    """Sum up what several fits say of one parameter.

    Parameters
    ----------
    fits : DataFrame
        ``value``, ``generic``, ``low`` and ``high`` of each fit, positive.
    true : float or None
    """
    generic, low, high = (float(fits[name].iloc[0]) for name in ("generic", "low", "high"))
    values = fits["value"].to_numpy(dtype=float)
    nothing = float("nan")
    if min(low, generic, values.min()) <= 0:
        # A share of nothing has no logarithm, such as a shape factor around zero.
        value, spread, prior = float(values.mean()), float(values.std()), (high - low) / 12**0.5
        errors = {"error_generic": nothing, "error": nothing}
    else:
        logs = np.log(values)
        value, spread = float(np.exp(logs.mean())), float(logs.std())
        prior = float(np.log(high / low)) / 12**0.5
        errors = {
            "error_generic": float(np.log(generic / true)) if true else nothing,
            "error": float(np.log(value / true)) if true else nothing,
        }
    return {
        "true": nothing if true is None else true,
        "generic": generic,
        "low": low,
        "high": high,
        "value": value,
        "spread": spread if len(values) > 1 else nothing,
        "n_fits": len(values),
        **errors,
        "spread_share": spread / prior if prior > 0 and len(values) > 1 else nothing,
    }
