"""Sentences under the figures of ranks, true errors and questions, from the numbers they draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.ranks import fewest_subjects
from myopinn.figures.wording import interval, listed, number, probability, with_unit
from myopinn.measures.true_references import LABELS

if TYPE_CHECKING:
    import pandas as pd


def tell_ranks(drawn: pd.DataFrame) -> list[str]:
    """Say who ranks before whom, and what too few subjects cannot say."""
    means = drawn[drawn["row"] == "mean"]
    if len(means) < 2 or means["value"].isna().all():
        return []
    n, targets = int(means["n_subjects"].iloc[0]), int(means["n_targets"].iloc[0])
    alpha = float(means["alpha"].iloc[0])
    order = [f"{v} {m:.1f}" for v, m in zip(means["variant"], means["value"], strict=True)]
    told = [f"Mean ranks over n = {n} subjects, each over {targets} targets: {listed(order)}."]
    if n < fewest_subjects(alpha):
        return [
            *told,
            f"With n = {n} no two variants could differ significantly, {fewest_subjects(alpha)} "
            "subjects are the fewest; the order describes these subjects and nobody else.",
        ]
    pairs = drawn[drawn["row"] == "pair"]
    apart = pairs[pairs["p"].astype(float) < alpha]
    critical = drawn.loc[drawn["row"] == "critical_difference", "value"].astype(float).iloc[0]
    if apart.empty:
        most = f" of {number(critical, 2)}" if np.isfinite(critical) else ""
        return [*told, f"No two mean ranks differ by the critical difference{most}."]
    before: dict[str, list[str]] = {}
    for row in apart.to_dict("records"):
        first, second = row["variant"], row["versus"]
        better, worse = (first, second) if row["value"] < 0 else (second, first)
        before.setdefault(str(better), []).append(str(worse))
    ranked = [f"{v} before {listed(before[v])}" for v in means["variant"] if v in before]
    told.append(f"Significantly apart, by more than {number(critical, 2)}: {'; '.join(ranked)}.")
    return [*told, _tell_wilcoxon(apart, n, len(pairs), alpha)]


def _tell_wilcoxon(apart: pd.DataFrame, n: int, pairs: int, alpha: float) -> str:
    """Say what tests that do not depend on the other variants make of the same pairs."""
    tests = "Holm-corrected Wilcoxon tests of the mean log RMSE"
    if not apart["p_wilcoxon"].notna().any():
        return (
            f"{tests} cannot confirm this: with n = {n} and {pairs} pairs no outcome of theirs "
            "could be significant."
        )
    sure = int((apart["p_wilcoxon"].astype(float) < alpha).sum())
    return f"{tests} confirm {sure} of these {len(apart)} pairs."


def tell_true_errors(drawn: pd.DataFrame) -> list[str]:
    """Say whether reference and truth rank the variants alike, and what the labels allow."""
    means = (
        drawn[drawn["value"].notna()]
        .groupby(["target", "unit", "variant", "against"], sort=False, dropna=False)["value"]
        .mean()
        .unstack("against")
    )
    if not {"reference", "truth"} <= set(means.columns):
        return []
    agree, differ, correlations, labels = [], [], [], []
    for (target, unit), own in means.groupby(level=["target", "unit"], sort=False, dropna=False):
        own = own.droplevel(["target", "unit"])
        unit = "" if unit != unit else str(unit)
        judged = own.drop(index=LABELS, errors="ignore").dropna()
        if len(judged) > 1:
            first = {side: str(judged[side].idxmin()) for side in ("reference", "truth")}
            if first["reference"] == first["truth"]:
                agree.append(str(target))
            else:
                differ.append(f"{target} ({first['reference']} and {first['truth']})")
            correlations.append(_kendall(judged))
        of_labels = own["truth"].get(LABELS, float("nan"))
        if np.isfinite(of_labels):
            labels.append((str(target), unit, float(of_labels), judged["truth"]))
    return [*_tell_agreement(agree, differ, correlations), *_tell_labels(labels)]


def _kendall(judged: pd.DataFrame) -> float:
    from scipy import stats

    return float(stats.kendalltau(judged["reference"], judged["truth"]).statistic)


def _tell_agreement(agree: list[str], differ: list[str], correlations: list[float]) -> list[str]:
    total = len(agree) + len(differ)
    if not total:
        return []
    told = (
        f"The lowest mean error is the same variant's against OpenSim's estimate and against the "
        f"truth at {len(agree)} of {total} targets"
    )
    if differ:
        told += f"; not at {listed(differ)}"
    known = [c for c in correlations if np.isfinite(c)]
    if not known:
        return [f"{told}."]
    spread = f" ({number(min(known), 2)} to {number(max(known), 2)})" if len(known) > 1 else ""
    middle = number(float(np.median(known)), 2)
    return [
        f"{told}.",
        f"Order of all variants by the two errors, Kendall's τ: {middle}{spread}, "
        f"{'median and range over targets' if len(known) > 1 else 'one target'}; 1 is the same "
        "order. Orders of means: which differences are significant, the comparison says.",
    ]


def _tell_labels(labels: list[tuple[str, str, float, pd.Series]]) -> list[str]:
    if not labels:
        return []
    parts, below = [], []
    for target, unit, own, judged in labels:
        parts.append(f"{target} {with_unit(number(own), unit)}")
        below += [f"{variant} at {target}" for variant in judged.index[judged < own]]
    told = [f"Mean error of OpenSim's own estimate against the truth: {listed(parts)}."]
    if below:
        told.append(f"Closer to the truth in the mean than the estimate itself: {listed(below)}.")
    else:
        told.append("No variant is closer to the truth in the mean than the estimate itself.")
    return told


def tell_question(drawn: pd.DataFrame) -> list[str]:
    """Say how the error changes over the levels, which is lowest, and whether that is sure."""
    told, changes = [], []
    for _, own in drawn.groupby("target", sort=False):
        means = own[(own["row"] == "mean") & (own["n_subjects"] > 0)]
        levels = [str(level) for level in means["level"]]
        if not levels:
            continue
        pairs = own[own["row"] == "pair"].to_dict("records")
        parts = []
        if means["amount"].notna().all() and len(levels) > 1:
            outcome, text = _tell_change(means, pairs)
            changes.append(outcome)
            parts.append(text)
        parts.append(_tell_lowest(means, pairs))
        told.append(f"{means['target'].iloc[0]}: {'; '.join(parts)}.")
    if len(changes) > 1:
        said = [
            f"{word} at {changes.count(word)}"
            for word in ("falls", "rises", "does not change for sure", "cannot be tested")
            if word in changes
        ]
        told.insert(
            0,
            f"From the first to the last level the error {listed(said)} of {len(changes)} targets.",
        )
    return told


def _tell_change(means: pd.DataFrame, pairs: list[dict[Any, Any]]) -> tuple[str, str]:
    """Say how the error changes from the first to the last level, in subjects that have both."""
    first, last = means.iloc[0], means.iloc[-1]
    unit = _unit(first)
    values = [with_unit(number(float(row["value"])), unit) for row in (first, last)]
    text = f"RMSE {values[0]} at {first['level']}, {values[1]} at {last['level']}"
    pair = _pair(pairs, str(first["level"]), str(last["level"]))
    if pair is None or not pair["n_subjects"]:
        return "cannot be tested", text
    sure, tested = _is_sure(pair), _is_tested(pair)
    share = 100 * -pair["value"] / first["value"] if first["value"] else float("nan")
    facts = [
        f"{number(share, 2)} %",
        f"paired difference {with_unit(number(-pair['value']), unit)}",
        f"{100 * (1 - pair['alpha']):g} % interval {interval(-pair['ci_high'], -pair['ci_low'])}",
        f"n = {pair['n_subjects']:.0f}",
    ]
    if np.isfinite(pair["p"]):
        facts.append(probability(pair["p"]))
    elif not tested:
        facts.append("too few subjects to test")
    outcome = "does not change for sure" if tested else "cannot be tested"
    if sure:
        outcome = "falls" if pair["value"] > 0 else "rises"
    return outcome, f"{text} ({', '.join(facts)})"


def _tell_lowest(means: pd.DataFrame, pairs: list[dict[Any, Any]]) -> str:
    """Name the level of the lowest mean, and from which others the subjects can tell it."""
    best = means.sort_values("value", kind="stable").iloc[0]
    level = str(best["level"])
    text = f"lowest mean at {level}, {with_unit(number(float(best['value'])), _unit(best))}"
    text += f" (n = {best['n_subjects']:.0f})"
    groups: dict[str, list[str]] = {"from": [], "not from": [], "untested": []}
    for other in map(str, means["level"]):
        pair = _pair(pairs, level, other)
        if pair is not None:
            tested = np.isfinite(pair["p"])
            groups[("from" if _is_sure(pair) else "not from") if tested else "untested"].append(
                other
            )
    if groups["from"]:
        text += f", distinguishable from {listed(groups['from'])}"
    if groups["not from"]:
        text += f", not distinguishable from {listed(groups['not from'])}"
    if groups["untested"]:
        text += f", too few subjects to test it against {listed(groups['untested'])}"
    return text


def _pair(pairs: list[dict[Any, Any]], a: str, b: str) -> dict[Any, Any] | None:
    found = [p for p in pairs if {str(p["level"]), str(p["versus"])} == {a, b} and a != b]
    return found[0] if found else None


def _is_tested(pair: dict[Any, Any]) -> bool:
    """Tell whether there is a test, or none is needed because no subject differs."""
    return bool(np.isfinite(pair["p"]) or pair["value"] == pair["ci_low"] == pair["ci_high"] == 0)


def _is_sure(pair: dict[Any, Any]) -> bool:
    """Tell whether interval and corrected test both say that two levels differ."""
    return bool(pair["ci_low"] * pair["ci_high"] > 0 and pair["p"] < pair["alpha"])


def _unit(row: Any) -> str:
    return str(row["unit"]) if isinstance(row["unit"], str) else ""
