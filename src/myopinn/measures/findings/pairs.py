"""Two entries at a target each: every pair, who is lowest of all, and how the others stand to it.

All of these are exploratory: they are corrected for each other at each target, and not for the
choice of what is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.measures.findings.claims import BEST, PAIR, Row, corrected_over, turn
from myopinn.measures.findings.judged import judged_rows, margin_of
from myopinn.measures.prediction_errors import NOT_PREDICTED
from myopinn.measures.units import shown_unit
from myopinn.measures.verdicts import UNDECIDED

if TYPE_CHECKING:
    import pandas as pd


def state_pairs(errors: pd.DataFrame, settings: Mapping[str, Any]) -> list[Row]:
    """State the paired difference of RMSE of every pair at every target, with its verdict.

    Parameters
    ----------
    errors : DataFrame
        Rows of the table of errors of one recording and split.
    settings : mapping
        ``alpha``, ``test`` and ``smallest_effect`` of the study.
    """
    if "note" in errors:
        errors = errors[errors["note"] != NOT_PREDICTED]
    rows: list[Row] = []
    for (target, unit), own in errors.groupby(["target", "unit"], sort=False):
        factor, shown = shown_unit(str(unit))
        variants = list(dict.fromkeys(own["variant"]))
        wide = own.pivot(index="subject", columns="variant", values="rmse")[variants]
        columns = dict(zip(variants, factor * wide.to_numpy(dtype=float).T, strict=True))
        pairs = list(combinations(variants, 2))
        margin = margin_of(shown, settings)
        about: Row = {"claim": PAIR, "measure": "rmse", "target": str(target), "unit": shown}
        judged = judged_rows(
            [columns[a] - columns[b] for a, b in pairs],
            [margin] * len(pairs),
            settings,
            corrected_over(len(pairs)),
        )
        for (a, b), row in zip(pairs, judged, strict=True):
            means = {"estimate": _mean(columns[a]), "versus_estimate": _mean(columns[b])}
            rows.append({**about, "entry": str(a), "versus": str(b), **means, **row})
    return rows


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def state_lowest(
    comparison: pd.DataFrame, pairs: Mapping[tuple[str, str, str], Row], alpha: float
) -> list[Row]:
    """State at every target who has the lowest mean RMSE, and how all others stand to it.

    The first row is the mean of the lowest itself; its verdict is the one against the next best.

    Parameters
    ----------
    comparison : DataFrame
        Rows of the comparison of one recording and split.
    pairs : mapping of (target, entry, versus) to row
        Of :func:`state_pairs`, either way round.
    """
    rows = []
    rmse = comparison[(comparison["metric"] == "rmse") & (comparison["n"] > 0)]
    means = rmse[rmse["analysis"] == "mean"]
    for target, own in means.groupby("target", sort=False):
        ordered = own.sort_values("estimate")
        best, order = ordered.iloc[0], [str(v) for v in ordered["variant"]]
        factor, unit = shown_unit(best["unit"])
        against = {v: pairs[str(target), order[0], v] for v in own["variant"] if v != order[0]}
        names = {"claim": BEST, "measure": "rmse", "target": target, "entry": order[0]}
        rows.append(
            {**names, "unit": unit, "alpha": alpha, "n": best["n"]}
            | {k: factor * best[k] for k in ("estimate", "sd", "ci_low", "ci_high")}
            | {"verdict": against[order[1]]["verdict"] if len(order) > 1 else UNDECIDED}
        )
        rows += [row | names for row in against.values()]
    return rows


def either_way(rows: list[Row]) -> dict[tuple[str, str, str], Row]:
    """Give the rows of pairs by target, entry and what it is held against, either way round."""
    found = {}
    for row in rows:
        for own in (row, turn(row)):
            found[own["target"], own["entry"], own["versus"]] = own
    return found
