"""Two entries at a target each: every pair, who is lowest of all, and whom that beats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from myopinn.measures.comparison import PLANNED as NOTED_AS_PLANNED
from myopinn.measures.findings.claims import (
    BEST,
    PAIR,
    UNTESTED,
    WILCOXON,
    Row,
    corrected_over,
    judge_pair,
    turn,
)
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd


def state_pairs(comparison: pd.DataFrame, alpha: float) -> list[Row]:
    """State the paired difference of RMSE of every pair at every target, with its verdict.

    Parameters
    ----------
    comparison : DataFrame
        Rows of the comparison of one recording and split.
    """
    rows = []
    rmse = comparison[comparison["metric"] == "rmse"]
    for target, own in rmse.groupby("target", sort=False):
        records = own.to_dict("records")
        means = {r["variant"]: r for r in records if r["analysis"] == "mean"}
        tests = {(r["variant"], r["versus"]): r for r in records if r["analysis"] == "wilcoxon"}
        families = _name_families(tests)
        for record in records:
            if record["analysis"] != "difference":
                continue
            pair = (record["variant"], record["versus"])
            rows.append(
                {"claim": PAIR, "measure": "rmse", "target": target, "alpha": alpha}
                | _state(record, tests.get(pair), means)
                | {"correction": families.get(pair, "")}
            )
    return rows


def _name_families(tests: Mapping[Any, Row]) -> dict[Any, str]:
    """Name what each test is corrected for: planned pairs for each other alone."""
    planned = {pair: test["note"].startswith(NOTED_AS_PLANNED) for pair, test in tests.items()}
    count = sum(planned.values())
    names = {True: corrected_over(count, "planned"), False: corrected_over(len(tests) - count)}
    return {pair: names[which] for pair, which in planned.items()}


def _state(difference: Row, test: Row | None, means: Mapping[str, Row]) -> Row:
    """Put a difference, its test and the two means together in the unit that is shown."""
    factor, unit = shown_unit(difference["unit"])
    tested: Row = {}
    if test is not None:
        tested = {"test": WILCOXON, "p": test["p"], "p_corrected": test["p_adjusted"]}
        tested["note"] = test["note"]
    return {
        "unit": unit,
        "entry": difference["variant"],
        "versus": difference["versus"],
        "estimate": factor * means[difference["variant"]]["estimate"],
        "versus_estimate": factor * means[difference["versus"]]["estimate"],
        "difference": factor * difference["estimate"],
        "sd": factor * difference["sd"],
        "ci_low": factor * difference["ci_low"],
        "ci_high": factor * difference["ci_high"],
        "n": difference["n"],
        "verdict": judge_pair(difference, test),
        **tested,
    }


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
            | {"verdict": against[order[1]]["verdict"] if len(order) > 1 else UNTESTED}
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
