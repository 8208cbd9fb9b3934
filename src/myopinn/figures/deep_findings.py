"""What a study says of deep muscles: each method against its rivals, and the moment."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from myopinn.figures.findings import Finding
from myopinn.figures.target_panels import SKILL_OVER
from myopinn.figures.wording import fixed, listed, mean_sd, probability
from myopinn.measures.envelope_errors import BY_INVERSE_DYNAMICS, BY_TRUTH


def describe_rows(errors: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Give what each variant sees when it answers, assumes, and is shown of the truth."""
    rows = errors[["variant", "inputs", "prior", "truth"]].fillna("").drop_duplicates("variant")
    return rows.to_dict("records")


def tell_deep(errors: pd.DataFrame, comparison: pd.DataFrame) -> list[Finding]:
    """Say of every method how it does on each deep muscle and on the moment.

    Parameters
    ----------
    errors, comparison : DataFrame
        Rows of one recording and split, all targets.
    """
    told = []
    for variant, own in errors.groupby("variant", sort=False):
        deep = own[own["held_against"] == BY_TRUTH]
        parts = [
            _tell_muscle(target, rows, comparison, str(variant))
            for target, rows in deep.groupby("target", sort=False)
            if rows["rmse"].notna().any()
        ]
        moment = own[own["held_against"] == BY_INVERSE_DYNAMICS]
        if moment["nrmse"].notna().any():
            nrmse = 100 * moment["nrmse"].mean()
            parts.append(f"moment NRMSE {fixed(nrmse, 1)} % of its range")
        if not parts:
            continue
        shown = str(own["truth"].iloc[0]) if pd.notna(own["truth"].iloc[0]) else ""
        what = f"{variant} (a ceiling that is shown the true {shown})" if shown else str(variant)
        told.append(Finding(f"{what}: {_verdict(deep, str(variant))}.", tuple(parts)))
    return told


def _tell_muscle(
    target: Hashable, rows: pd.DataFrame, comparison: pd.DataFrame, variant: str
) -> str:
    facts = [
        f"{what} {mean_sd(factor * rows[metric].mean(), factor * rows[metric].std())}{unit}"
        for metric, what, factor, unit in (
            ("r", "r", 1.0, ""),
            ("nrmse_sd", "NRMSE", 100.0, " % of the SD"),
            ("amplitude_ratio", "amplitude ratio", 1.0, ""),
            ("partial_r", "partial r", 1.0, ""),
        )
        if rows[metric].notna().any()
    ]
    for metric in _skills(rows):
        rival = metric.removeprefix(SKILL_OVER)
        if rival == variant:
            continue
        p = _tested(comparison, str(target), variant, rival)
        facts.append(f"skill over {rival} {mean_sd(rows[metric].mean(), rows[metric].std())}{p}")
    return f"{target}: {', '.join(facts)}"


def _skills(rows: pd.DataFrame) -> list[str]:
    return [c for c in rows.columns if c.startswith(SKILL_OVER) and rows[c].notna().any()]


def _tested(comparison: pd.DataFrame, target: str, variant: str, rival: str) -> str:
    """Write the p of the paired test of two variants' RMSE on a target, where there is one."""
    rows = comparison[
        (comparison["target"] == target)
        & (comparison["metric"] == "rmse")
        & (comparison["analysis"] == "wilcoxon")
    ]
    for row in rows.to_dict("records"):
        if {row["variant"], row["versus"]} == {variant, rival} and pd.notna(row["p_adjusted"]):
            return f" (RMSE, Wilcoxon {probability(row['p_adjusted'])} after Holm)"
    return ""


def _verdict(deep: pd.DataFrame, variant: str) -> str:
    """Say where the mean skill over all rivals but itself is positive."""
    if deep.empty or not deep["rmse"].notna().any():
        return "no deep muscle is predicted"
    rivals = [metric for metric in _skills(deep) if metric != SKILL_OVER + variant]
    if not rivals:
        return "has no rival here to be held against"
    better: list[str] = []
    worse: list[str] = []
    for target, rows in deep.groupby("target", sort=False):
        wins = all(rows[metric].mean() > 0 for metric in rivals)
        (better if wins else worse).append(str(target))
    names = listed([metric.removeprefix(SKILL_OVER) for metric in rivals])
    if not worse:
        return f"beats {names} on average at {listed(better)}"
    every = f"both {names}" if len(rivals) > 1 else names
    if not better:
        return f"does not beat {every} at {listed(worse)}"
    return f"beats {names} on average at {listed(better)}, not {every} at {listed(worse)}"
