"""Ranks of the variants within each subject, and which mean ranks the subjects can tell apart."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.measures.findings.claims import (
    RANK,
    RATIO,
    Row,
    corrected_over,
    judge_side,
)
from myopinn.measures.findings.judged import judged_rows, log_margin, ratio_row

if TYPE_CHECKING:
    import pandas as pd

# Of the null distribution; its tail needs more samples than a bootstrap.
FEWEST_PERMUTATIONS = 10_000
NEMENYI, NEMENYI_CORRECTS = "Nemenyi, random orders", "largest difference of all pairs"
CRITICAL = "critical difference of ranks"


@dataclass(frozen=True)
class Ranking:
    """The ranks of one recording and split.

    Attributes
    ----------
    ranks : DataFrame, subjects by variants
        1 is the lowest error; ties share their mean rank.
    log_errors : DataFrame, subjects by variants
        Mean over targets of ln RMSE: the difference of two variants is the logarithm of the
        geometric mean of their ratio.
    targets : list of str
        Over which the ranks go: those that every variant has.
    left_out : list of str
        Targets and subjects that not every variant has.
    """

    ranks: pd.DataFrame
    log_errors: pd.DataFrame
    targets: list[str]
    left_out: list[str]


def rank_variants(errors: pd.DataFrame) -> Ranking:
    """Rank the variants by RMSE within each subject and target, then over the targets.

    Ranks have no unit, so angles and forces can be put together: a subject's ranks are averaged
    over its targets and ranked again, which leaves one value per subject and variant.

    Parameters
    ----------
    errors : DataFrame
        Rows of the table of errors of one recording and split.
    """
    variants = list(dict.fromkeys(errors["variant"]))
    wide = errors.pivot(index=["target", "subject"], columns="variant", values="rmse")
    wide = wide.reindex(columns=variants).astype(float)
    order = [str(t) for t in dict.fromkeys(errors["target"])]
    known = wide.notna().groupby(level="target").any().all(axis=1)
    targets = [t for t in order if known[t]]
    common = wide[wide.index.get_level_values("target").isin(targets)]
    complete = common.notna().all(axis=1).groupby(level="subject").agg(["all", "count"])
    subjects = list(complete.index[complete["all"] & (complete["count"] == len(targets))])
    kept = common[common.index.get_level_values("subject").isin(subjects)]
    everyone = sorted(dict.fromkeys(errors["subject"]))
    left_out = [t for t in order if t not in targets]
    left_out += [s for s in everyone if s not in subjects] if targets else []
    mean = kept.rank(axis=1).groupby(level="subject").mean()
    # An error of zero would have no logarithm; the smallest number stands for it.
    positive = kept.clip(lower=np.finfo(float).tiny)
    logs = positive.apply(np.log).groupby(level="subject").mean()
    return Ranking(mean.round(9).rank(axis=1), logs, targets, left_out)


def fewest_subjects(alpha: float) -> int:
    """Give the number of subjects below which no two variants can differ at level alpha.

    If two variants swapped the best and the worst rank at random, all n subjects would agree with
    probability 2 / 2^n.
    """
    return 1 + math.ceil(math.log2(1 / alpha))


def state_ranks(errors: pd.DataFrame, settings: Mapping[str, Any]) -> list[Row]:
    """State the mean ranks, which pairs of them differ, and the critical difference.

    Each pair has a row of ranks and one of the geometric mean ratio of its errors.

    Parameters
    ----------
    errors : DataFrame
        Rows of the table of errors of one recording and split.
    settings : mapping
        ``alpha``, ``test``, ``smallest_effect``, ``bootstrap_samples`` (at least 10 000 random
        orders are drawn) and ``seed`` of the study.
    """
    ranking, alpha = rank_variants(errors), float(settings["alpha"])
    samples, seed = int(settings["bootstrap_samples"]), settings["seed"]
    critical, pairs = compare_ranks(ranking, alpha, samples, seed)
    about: Row = {"claim": RANK, "alpha": alpha, "n": len(ranking.ranks)}
    about["n_targets"] = len(ranking.targets)
    means = ranking.ranks.mean().sort_values(kind="stable")
    rows: list[Row] = [
        {**about, "measure": "rank", "entry": str(name), "estimate": value}
        for name, value in means.items()
    ]
    for pair in pairs:
        names: Row = {**about, "entry": pair.names[0], "versus": pair.names[1]}
        rows.append(
            {**names, "measure": "rank", "difference": pair.difference, "test": NEMENYI}
            | {"p_corrected": pair.p, "correction": NEMENYI_CORRECTS}
            | {"verdict": judge_side(pair.difference, pair.p, alpha)}
        )
    rows += [{**about, "measure": RATIO, **row} for row in _state_ratios(ranking, pairs, settings)]
    return [*rows, {**about, "measure": CRITICAL, "difference": critical}]


def _state_ratios(
    ranking: Ranking, pairs: Sequence[RankedPair], settings: Mapping[str, Any]
) -> list[Row]:
    """Judge the same pairs by their errors' ratio, which does not hang on the other variants.

    Benavoli, Corani, Mangili 2016, JMLR 17:1.
    """
    logs = [
        ranking.log_errors[a].to_numpy(float) - ranking.log_errors[b].to_numpy(float)
        for a, b in (pair.names for pair in pairs)
    ]
    margins = [log_margin(settings)] * len(pairs)
    judged = judged_rows(logs, margins, settings, corrected_over(len(pairs)))
    return [
        {"entry": pair.names[0], "versus": pair.names[1], **ratio_row(row)}
        for pair, row in zip(pairs, judged, strict=True)
    ]


@dataclass(frozen=True)
class RankedPair:
    """Two variants: the difference of their mean ranks, and its p."""

    names: tuple[str, str]
    difference: float
    p: float = float("nan")


def compare_ranks(
    ranking: Ranking, alpha: float, permutations: int, seed: int
) -> tuple[float, list[RankedPair]]:
    """Test which mean ranks differ, as Nemenyi does, for any number of subjects.

    Under the null hypothesis a subject's ranks stand in any order; the largest difference of two
    mean ranks in random orders is the null distribution (Nemenyi's tables hold for many subjects).

    Returns
    -------
    float
        The critical difference of mean ranks; NaN with too few subjects.
    list of RankedPair
    """
    ranks = ranking.ranks.to_numpy(dtype=float)
    n, k = ranks.shape
    mean = ranks.mean(axis=0) if n else np.full(k, np.nan)
    names = [str(v) for v in ranking.ranks.columns]
    both = list(combinations(range(k), 2))
    pairs = [RankedPair((names[i], names[j]), mean[i] - mean[j]) for i, j in both]
    if n < fewest_subjects(alpha) or not pairs:
        return float("nan"), pairs
    rng = np.random.default_rng(seed)
    samples = max(permutations, FEWEST_PERMUTATIONS)
    orders = rng.permuted(np.broadcast_to(ranks, (samples, n, k)), axis=2)
    largest = np.sort(np.ptp(orders.mean(axis=1), axis=1))
    apart = np.abs([pair.difference for pair in pairs])
    found = largest.size - np.searchsorted(largest, apart - 1e-9)
    tested = [
        replace(pair, p=float((reached + 1) / (samples + 1)))
        for pair, reached in zip(pairs, found, strict=True)
    ]
    # The smallest difference that at most a share alpha of the random orders reaches.
    values = np.unique(largest.round(9))
    share = (largest.size - np.searchsorted(largest, values - 1e-9) + 1) / (samples + 1)
    reached = values[share <= alpha]
    return (float(reached[0]) if len(reached) else float("nan")), tested


def joined_groups(mean_ranks: pd.Series, apart: Collection[frozenset[str]]) -> list[list[str]]:
    """Give the longest runs of neighbouring variants of which no two differ.

    Parameters
    ----------
    mean_ranks : Series
        By variant, in rising order.
    apart : collection of pairs
        That differ.
    """
    order = [str(v) for v in mean_ranks.index]
    runs: list[list[str]] = []
    for start in range(len(order)):
        end = start + 1
        while end < len(order) and not any(
            frozenset((order[end], other)) in apart for other in order[start:end]
        ):
            end += 1
        run = order[start:end]
        if len(run) > 1 and not (runs and set(run) <= set(runs[-1])):
            runs.append(run)
    return runs
