"""The levels of a question: each one's mean error, and which of them the subjects tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.measures.findings.claims import (
    LEVEL,
    LEVELS,
    Row,
    corrected_over,
)
from myopinn.measures.findings.differences import (
    Entries,
    Meanings,
    level_amounts,
    tell_between,
    tell_levels,
)
from myopinn.measures.findings.judged import judged_rows, margin_of
from myopinn.measures.inference import bootstrap_interval
from myopinn.measures.prediction_errors import NOT_PREDICTED
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd


def introduce_levels(entries: Entries, meanings: Meanings) -> list[Row]:
    """State what each level of a question is, whether or not anybody could be tested.

    Parameters
    ----------
    entries : mapping of level to settings
        What each comes to in a recording.
    meanings : mapping of variant to texts
        What each of its settings means.
    """
    amounts, told = level_amounts(entries) or {}, tell_levels(entries, meanings)
    return [
        {"claim": LEVEL, "measure": "rmse", "entry": level, "amount": amounts.get(level), **about}
        for level, about in told.items()
    ]


def compare_levels(
    errors: pd.DataFrame, levels: Sequence[str], settings: Mapping[str, Any], entries: Entries
) -> list[Row]:
    """State the mean RMSE of each level and the paired differences of all levels.

    Levels are compared like entries, Holm's correction being over all pairs of one target.

    Parameters
    ----------
    errors : DataFrame
        Rows of one recording and split; ``variant`` is the level.
    levels : sequence of str
        All of the question, in their order.
    settings : mapping
        ``alpha``, ``test``, ``smallest_effect``, ``bootstrap_samples`` and ``seed`` of the study.
    entries : mapping of level to settings
    """
    amounts = level_amounts({level: entries[level] for level in levels}) or {}
    if "note" in errors:
        errors = errors[errors["note"] != NOT_PREDICTED]
    rows: list[Row] = []
    for (target, unit), own in errors.groupby(["target", "unit"], sort=False):
        factor, shown = shown_unit(str(unit))
        wide = own.pivot(index="subject", columns="variant", values="rmse").reindex(
            columns=list(levels)
        )
        array = wide.to_numpy(dtype=float) * factor
        names: Row = {"measure": "rmse", "target": target, "unit": shown}
        for column, level in zip(array.T, levels, strict=True):
            mean = _mean(column, settings)
            amount = {"amount": amounts.get(level)}
            rows.append({"claim": LEVEL, **names, "entry": level, **amount, **mean})
        rows += [
            {"claim": LEVELS, **names, **row, **tell_between(entries, row["entry"], row["versus"])}
            for row in _compare(array, levels, settings, shown)
        ]
    return rows


def _compare(
    array: np.ndarray, levels: Sequence[str], settings: Mapping[str, Any], unit: str
) -> list[Row]:
    """Judge all pairs of levels, shape of the array (subject, level)."""
    pairs = list(combinations(range(len(levels)), 2))
    judged = judged_rows(
        [array[:, i] - array[:, j] for i, j in pairs],
        [margin_of(unit, settings)] * len(pairs),
        settings,
        corrected_over(len(pairs)),
    )
    return [
        {"entry": levels[i], "versus": levels[j], **row}
        for (i, j), row in zip(pairs, judged, strict=True)
    ]


def _mean(values: np.ndarray, settings: Mapping[str, Any]) -> Row:
    """Give mean, SD and bootstrap interval of the values that are known."""
    alpha, samples = float(settings["alpha"]), int(settings["bootstrap_samples"])
    known = values[np.isfinite(values)]
    seed = settings["seed"]
    low, high = bootstrap_interval(known[:, None], alpha, samples, seed)
    return {
        "estimate": known.mean() if len(known) else np.nan,
        "sd": known.std(ddof=1) if len(known) > 1 else np.nan,
        "ci_low": float(low[0]),
        "ci_high": float(high[0]),
        "alpha": alpha,
        "n": len(known),
    }
