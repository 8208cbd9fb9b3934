"""What entries differ in and what that comes to: planned pairs, single settings, the rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from myopinn.figures.differences import (
    VARIANT,
    find_differences,
    list_differences,
    tell_differences,
)
from myopinn.figures.ranks import rank_variants
from myopinn.figures.sentences import decide, find_test
from myopinn.figures.style import shown_unit
from myopinn.figures.wording import fixed, interval, listed, number, probability, with_unit
from myopinn.measures.inference import bootstrap_interval, compare_pairs

OUTCOMES = {
    "lower": "lower RMSE at {}",
    "higher": "higher RMSE at {}",
    "equal": "no significant difference at {}",
    "undecided": "interval and test disagree at {}",
    "untested": "too few subjects for a corrected test at {}",
}
DEFAULT_SEED = 0
Pair = tuple[str, str]


@dataclass(frozen=True)
class Finding:
    """A sentence, what stands behind it in full, and what that is."""

    text: str
    details: tuple[str, ...] = ()
    summary: str = "By how much"


def tell_findings(
    errors: pd.DataFrame,
    comparison: pd.DataFrame,
    settings: Mapping[str, Any],
    entries: Mapping[str, Mapping[str, Any]],
    meanings: Mapping[str, Mapping[str, str]],
) -> list[Finding]:
    """Say in one recording and split what differences in settings come to.

    Three kinds of pairs are told: those that the study planned; those of one variant whose settings
    differ in one thing alone, or in nothing (:func:`pair_up`), a family of tests for each setting;
    and every other entry against the rival. What a pair differs in is read from the settings, never
    from a name.

    Parameters
    ----------
    errors, comparison : DataFrame
        Rows of one recording and split, all targets.
    settings : mapping
        As of the comparison of variants: ``alpha``, ``bootstrap_samples`` and optionally ``seed``,
        ``planned``, and ``rival``, the entry that skill is measured against.
    entries : mapping of entry to settings
        As :func:`myopinn.steps.resolve_entries.resolve_entries` writes them of this recording.
    meanings : mapping of variant to texts
        What each of its settings means.
    """
    variants = [str(v) for v in dict.fromkeys(errors["variant"])]
    every = [(str(a), str(b)) for a, b in settings.get("planned", ())]
    planned = [pair for pair in every if set(pair) <= set(variants)]
    families = {setting: (pairs, "") for setting, pairs in pair_up(variants, entries, planned)}
    told: list[Finding] = []
    for pairs, kind in [(planned, "planned "), *families.values()]:
        heads = [_head(pair, entries) for pair in pairs]
        told += [Finding(text) for text in tell_overall(errors, pairs, heads, settings, kind)]
        told += [Finding(text) for text in _explain(pairs, entries, meanings)]
        for pair in pairs:
            told += tell_targets(comparison, *pair, alpha=float(settings["alpha"]))
    rival = settings.get("rival")
    if rival in variants:
        against = [(v, str(rival)) for v in variants if v != rival]
        heads = [f"{v} against the rival {rival}" for v, _ in against]
        overall = tell_overall(errors, against, heads, settings)
        for sentence, pair in zip(overall, against, strict=False):
            theirs, own = (meanings[entries[name][VARIANT]] for name in reversed(pair))
            differences = find_differences(entries, pair)
            details = list_differences(differences, *pair, {**theirs, **own})
            told.append(Finding(sentence, details, "What they differ in"))
            told.append(Finding(tell_skill(comparison, *pair)))
    return [finding for finding in told if finding.text]


def pair_up(
    variants: Sequence[str], entries: Mapping[str, Mapping[str, Any]], planned: Sequence[Pair] = ()
) -> list[tuple[str, list[Pair]]]:
    """List, for each setting, the pairs of one variant that differ in it alone.

    Parameters
    ----------
    variants : sequence of str
        Entries in the order of the study; the earlier of two is the first of their pair.
    entries : mapping of entry to settings
    planned : sequence of pairs
        That are left out.

    Returns
    -------
    list of (str, list of pairs)
        Under the empty name those that differ in nothing.
    """
    found: dict[str, list[Pair]] = {}
    known = {frozenset(pair) for pair in planned}
    for pair in combinations(variants, 2):
        differences = find_differences(entries, pair)
        names = [difference.setting for difference in differences]
        if len(names) < 2 and VARIANT not in names and frozenset(pair) not in known:
            found.setdefault("".join(names), []).append(pair)
    return list(found.items())


def _head(pair: Pair, entries: Mapping[str, Mapping[str, Any]]) -> str:
    said = tell_differences(find_differences(entries, pair), *pair)
    return f"{said} ({pair[0]} against {pair[1]})"


def _explain(
    pairs: Sequence[Pair],
    entries: Mapping[str, Mapping[str, Any]],
    meanings: Mapping[str, Mapping[str, str]],
) -> list[str]:
    """Say of each setting that alone makes a difference what it means, once."""
    told = []
    for pair in pairs:
        differences = find_differences(entries, pair)
        if len(differences) == 1:
            setting = differences[0].setting
            mean = meanings[entries[pair[0]][VARIANT]].get(setting)
            told += [f"{setting}: {mean}."] if mean else []
    return list(dict.fromkeys(told))


def tell_overall(
    errors: pd.DataFrame,
    pairs: Sequence[Pair],
    heads: Sequence[str],
    settings: Mapping[str, Any],
    kind: str = "",
) -> list[str]:
    """Compare pairs of variants over all targets together.

    A subject's value is the geometric mean over targets of the ratio of the two errors, so that
    angles and forces count alike. Holm's correction is over these pairs alone.

    Parameters
    ----------
    errors : DataFrame
        Rows of the table of errors of one recording and split.
    pairs : sequence of (variant, versus)
    heads : sequence of str
        What is said before the numbers of each pair.
    kind : str
        Of pairs, before the word: ``planned``.
    """
    if not pairs:
        return []
    columns, counts = [], []
    for variant, versus in pairs:
        ranking = rank_variants(errors[errors["variant"].isin([variant, versus])])
        columns.append(ranking.log_errors[variant] - ranking.log_errors[versus])
        counts.append(len(ranking.targets))
    logs = pd.concat(columns, axis=1).to_numpy(dtype=float)
    if not len(logs):
        return []
    told = []
    outcomes = compare_pairs(logs, float(settings["alpha"]))
    for pair, head, targets, column, outcome in zip(
        pairs, heads, counts, logs.T, outcomes, strict=True
    ):
        known = column[np.isfinite(column)]
        text = "no subject has both"
        if len(known):
            family = f"{len(pairs)} {kind}pairs" if len(pairs) > 1 else ""
            ratio = _tell_ratio(known, outcome.p_adjusted, pair[1], family, settings)
            text = f"over {targets} targets together the RMSE of {pair[0]} is {ratio}"
        told.append(f"{head}: {text}.")
    return told


def _tell_ratio(
    logs: np.ndarray, p: float, versus: str, family: str, settings: Mapping[str, Any]
) -> str:
    """Write the geometric mean of the subjects' ratios, its interval, the test and the verdict."""
    alpha, samples = float(settings["alpha"]), int(settings["bootstrap_samples"])
    seed = settings.get("seed", DEFAULT_SEED)
    low, high = np.exp(bootstrap_interval(logs[:, None], alpha, samples, seed)).ravel()
    facts = [f"{100 * (1 - alpha):g} % interval {fixed(low)} to {fixed(high)}", f"n = {len(logs)}"]
    if np.isfinite(p):
        holm = f", Holm over {family}" if family else ""
        facts.append(f"Wilcoxon {probability(p)}{holm}")
    verdict = _judge(low, high, p, alpha) if np.any(logs) else "no subject differs"
    ratio = fixed(float(np.exp(logs.mean())))
    return f"{ratio} times that of {versus} ({', '.join(facts)}): {verdict}"


def _judge(low: float, high: float, p: float, alpha: float) -> str:
    """Say what interval and test of a ratio of errors allow to say."""
    if not np.isfinite(p):
        return "too few subjects to test"
    beside = low > 1 or high < 1
    if beside != (p < alpha):
        return "interval and test disagree"
    if not beside:
        return "no significant difference"
    return "significantly lower" if high < 1 else "significantly higher"


def tell_targets(cell: pd.DataFrame, variant: str, versus: str, alpha: float) -> list[Finding]:
    """Say at how many targets a variant beats another, then by how much at each."""
    outcomes = compare_two(cell, variant, versus)
    if not outcomes:
        return []
    parts = []
    for outcome in outcomes:
        row, sign, n = outcome["row"], outcome["sign"], int(outcome["row"]["n"])
        factor, unit = shown_unit(row["unit"])
        ends = sorted(sign * factor * row[end] for end in ("ci_low", "ci_high"))
        size = with_unit(number(sign * factor * row["estimate"]), unit)
        share = f", {number(100 * outcome['share'], 2)} %" if outcome["share"] is not None else ""
        facts = [f"{100 * (1 - alpha):g} % interval {interval(*ends)}", f"n = {n}"]
        facts += [outcome["p"]] if outcome["p"] != "–" else []
        parts.append(f"{row['target']}: {size}{share} ({', '.join(facts)})")
    what = f"difference of RMSE, {variant} minus {versus}"
    said = f"{variant} against {versus}, target by target: {_count(outcomes)} ({what})."
    return [Finding(said, tuple(parts))]


def compare_two(cell: pd.DataFrame, variant: str, versus: str) -> list[dict[str, Any]]:
    """Give for each target the paired difference of RMSE of two variants and its verdict.

    Returns
    -------
    list of dict
        ``row`` of the comparison, ``sign`` (-1 where the row has them the other way round),
        ``share`` of the other's mean error, ``p`` as text and ``outcome``, a key of
        :data:`OUTCOMES`.
    """
    found = []
    for _, own in cell[cell["metric"] == "rmse"].groupby("target", sort=False):
        means = own[own["analysis"] == "mean"].set_index("variant")["estimate"]
        for row in own[own["analysis"] == "difference"].to_dict("records"):
            if {row["variant"], row["versus"]} != {variant, versus} or row["n"] < 1:
                continue
            test = find_test(own, row)
            verdict = decide(row, test)
            outcome = {variant: "lower", versus: "higher"}.get(verdict, verdict)
            sign = 1 if row["variant"] == variant else -1
            share = sign * row["estimate"] / means[versus] if means.get(versus) else None
            p = probability(test["p_adjusted"]) if test is not None else "–"
            found.append({"row": row, "sign": sign, "share": share, "p": p, "outcome": outcome})
    return found


def tell_skill(cell: pd.DataFrame, variant: str, rival: str) -> str:
    """Say what a variant gains over the rival: its skill, and where that is sure."""
    skills = cell[
        (cell["metric"] == "skill") & (cell["analysis"] == "mean") & (cell["variant"] == variant)
    ].dropna(subset="estimate")
    outcomes = compare_two(cell, variant, rival)
    if skills.empty or not outcomes:
        return ""
    ordered = skills.sort_values("estimate")
    ends = (ordered.iloc[0], ordered.iloc[-1])
    low, high = (f"{fixed(row['estimate'])} ({row['target']})" for row in ends)
    middle = fixed(float(ordered["estimate"].median()))
    told = f"{low} to {high}, median {middle}" if len(ordered) > 1 else low
    return f"Skill of {variant} over {rival}: {told}; against it {_count(outcomes)}."


def _count(outcomes: Sequence[dict[str, Any]]) -> str:
    """Count the outcomes over the targets, naming the targets where something was found."""
    parts = []
    for outcome, text in OUTCOMES.items():
        targets = [str(o["row"]["target"]) for o in outcomes if o["outcome"] == outcome]
        if not targets:
            continue
        if len(targets) == len(outcomes):
            return text.format(f"all {len(targets)} targets" if len(targets) > 1 else targets[0])
        named = f" ({listed(targets)})" if outcome in ("lower", "higher") else ""
        parts.append(text.format(f"{len(targets)} of {len(outcomes)} targets") + named)
    return "; ".join(parts)
