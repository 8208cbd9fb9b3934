"""What differences in settings come to, over all targets together: planned, single, the rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.measures.findings.claims import (
    ONE_SETTING,
    PLANNED,
    RATIO,
    RIVAL,
    SAME,
    SKILL,
    UNTESTED,
    WILCOXON,
    Row,
    corrected_over,
    judge,
)
from myopinn.measures.findings.differences import (
    VARIANT,
    Entries,
    Meanings,
    find_differences,
    tell_between,
)
from myopinn.measures.findings.ranks import rank_variants
from myopinn.measures.inference import bootstrap_interval, compare_pairs

if TYPE_CHECKING:
    import pandas as pd

Pair = tuple[str, str]


def state_overall(
    errors: pd.DataFrame,
    comparison: pd.DataFrame,
    pairs: Mapping[tuple[str, str, str], Row],
    settings: Mapping[str, Any],
    entries: Entries,
    meanings: Meanings,
) -> list[Row]:
    """State in one recording and split what differences in settings come to.

    Three kinds of pairs: those that the study planned; those of one variant whose settings differ
    in one thing alone, or in nothing (:func:`pair_up`), a family of tests for each setting; and
    every other entry against the rival. What a pair differs in is read from the settings, never
    from a name. After each family over all targets together come its pairs target by target.

    Parameters
    ----------
    errors, comparison : DataFrame
        Rows of one recording and split, all targets.
    pairs : mapping of (target, entry, versus) to row
        Either way round.
    settings : mapping
        As of the comparison of entries: ``alpha``, ``bootstrap_samples``, ``seed``, ``planned``
        and, where the study has one, ``rival``, the entry that skill is measured against.
    entries : mapping of entry to settings
        What each comes to in this recording.
    meanings : mapping of variant to texts
        What each of its settings means.
    """
    variants = [str(v) for v in dict.fromkeys(errors["variant"])]
    every = [(str(a), str(b)) for a, b in settings["planned"]]
    planned = [pair for pair in every if set(pair) <= set(variants)]
    single = pair_up(variants, entries, planned)
    families = [(PLANNED, planned), *((ONE_SETTING, family) for family in single)]
    rival = settings.get("rival")
    if rival in variants:
        families.append((RIVAL, [(v, str(rival)) for v in variants if v != rival]))
    rows: list[Row] = []
    for claim, family in families:
        rows += _state_family(errors, family, settings, claim)
        rows += [
            row | {"claim": claim}
            for pair in family
            for (_, *names), row in pairs.items()
            if tuple(names) == pair
        ]
        if claim == RIVAL:
            rows += _state_skills(comparison, family)
    about = {pair: tell_between(entries, *pair, meanings) for _, f in families for pair in f}
    return [row | about[row["entry"], row["versus"]] for row in rows]


def pair_up(
    variants: Sequence[str], entries: Entries, planned: Sequence[Pair] = ()
) -> list[list[Pair]]:
    """List for each setting the pairs of one variant that differ in it alone, or in nothing.

    Parameters
    ----------
    variants : sequence of str
        Entries in the order of the study; the earlier of two is the first of their pair.
    entries : mapping of entry to settings
    planned : sequence of pairs
        That are left out.
    """
    found: dict[str, list[Pair]] = {}
    known = {frozenset(pair) for pair in planned}
    for pair in combinations(variants, 2):
        differences = find_differences(entries, pair)
        names = [difference.setting for difference in differences]
        if len(names) < 2 and VARIANT not in names and frozenset(pair) not in known:
            found.setdefault("".join(names), []).append(pair)
    return list(found.values())


def _state_family(
    errors: pd.DataFrame, pairs: Sequence[Pair], settings: Mapping[str, Any], claim: str
) -> list[Row]:
    """Compare pairs over all targets together, Holm's correction being over these pairs alone.

    A subject's value is the geometric mean over targets of the ratio of the two errors, so that
    angles and forces count alike.
    """
    import pandas as pd

    if not pairs:
        return []
    columns, counts = [], []
    for variant, versus in pairs:
        ranking = rank_variants(errors[errors["variant"].isin([variant, versus])])
        columns.append(ranking.log_errors[variant] - ranking.log_errors[versus])
        counts.append(len(ranking.targets))
    logs = pd.concat(columns, axis=1).to_numpy(dtype=float)
    outcomes = compare_pairs(logs, float(settings["alpha"]))
    correction = corrected_over(len(pairs), "planned" if claim == PLANNED else "")
    rows = []
    for pair, targets, column, outcome in zip(pairs, counts, logs.T, outcomes, strict=True):
        known = column[np.isfinite(column)]
        tested = {"p": outcome.p, "p_corrected": outcome.p_adjusted, "correction": correction}
        rows.append(
            {"claim": claim, "measure": RATIO, "entry": pair[0], "versus": pair[1]}
            | {"n": len(known), "n_targets": targets, "test": WILCOXON, **tested}
            | {"note": outcome.note}
            | _state_ratio(known, outcome.p_adjusted, settings)
        )
    return rows


def _state_ratio(logs: np.ndarray, p: float, settings: Mapping[str, Any]) -> Row:
    """Give the geometric mean of the subjects' ratios, its interval and the verdict."""
    alpha, samples = float(settings["alpha"]), int(settings["bootstrap_samples"])
    if not len(logs):
        return {"alpha": alpha, "verdict": UNTESTED}
    seed = settings["seed"]
    low, high = np.exp(bootstrap_interval(logs[:, None], alpha, samples, seed)).ravel()
    return {
        "difference": float(np.exp(logs.mean())),
        "ci_low": low,
        "ci_high": high,
        "alpha": alpha,
        "verdict": judge(low, high, p, alpha, 1.0) if np.any(logs) else SAME,
    }


def _state_skills(comparison: pd.DataFrame, pairs: Sequence[Pair]) -> list[Row]:
    """State each entry's mean skill over the rival at each target."""
    means = comparison[(comparison["metric"] == SKILL) & (comparison["analysis"] == "mean")]
    kept = ("target", "estimate", "sd", "ci_low", "ci_high", "n", "note")
    return [
        {"claim": RIVAL, "measure": SKILL, "entry": variant, "versus": rival}
        | {name: row[name] for name in kept}
        for variant, rival in pairs
        for row in means[means["variant"] == variant].to_dict("records")
    ]
