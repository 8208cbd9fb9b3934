"""Ranks of the variants within each subject, and which mean ranks the subjects can tell apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from myopinn.measures.inference import compare_pairs

# Of the null distribution; its tail needs more samples than a bootstrap.
FEWEST_PERMUTATIONS = 10_000


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


def compare_ranks(
    ranking: Ranking, alpha: float, permutations: int, seed: int
) -> tuple[float, pd.DataFrame]:
    """Test which mean ranks differ, as Nemenyi does, for any number of subjects.

    Under the null hypothesis a subject's ranks stand in any order; the largest difference of two
    mean ranks in random orders is the null distribution (Nemenyi's tables hold for many subjects).
    Pairs are also tested by Holm-corrected Wilcoxon signed-rank tests of the log errors, which do
    not depend on the other variants (Benavoli, Corani, Mangili 2016, JMLR 17:1).

    Returns
    -------
    float
        The critical difference of mean ranks; NaN with too few subjects.
    DataFrame
        Columns variant, versus, difference (of mean ranks), p, p_wilcoxon and note.
    """
    ranks = ranking.ranks.to_numpy(dtype=float)
    n, k = ranks.shape
    pairs = list(combinations(range(k), 2))
    mean = ranks.mean(axis=0) if n else np.full(k, np.nan)
    names = [str(v) for v in ranking.ranks.columns]
    table = pd.DataFrame(
        [(names[i], names[j], mean[i] - mean[j]) for i, j in pairs],
        columns=["variant", "versus", "difference"],
    ).assign(p=np.nan, p_wilcoxon=np.nan, note="")
    if n < fewest_subjects(alpha) or not pairs:
        return float("nan"), table
    rng = np.random.default_rng(seed)
    samples = max(permutations, FEWEST_PERMUTATIONS)
    orders = rng.permuted(np.broadcast_to(ranks, (samples, n, k)), axis=2)
    largest = np.sort(np.ptp(orders.mean(axis=1), axis=1))
    found = largest.size - np.searchsorted(largest, table["difference"].abs() - 1e-9)
    logs = ranking.log_errors.to_numpy(dtype=float)
    outcomes = compare_pairs(np.stack([logs[:, i] - logs[:, j] for i, j in pairs], axis=1), alpha)
    table["p"] = (found + 1) / (samples + 1)
    table["p_wilcoxon"] = [outcome.p_adjusted for outcome in outcomes]
    table["note"] = [outcome.note for outcome in outcomes]
    # The smallest difference that at most a share alpha of the random orders reaches.
    values = np.unique(largest.round(9))
    share = (largest.size - np.searchsorted(largest, values - 1e-9) + 1) / (samples + 1)
    reached = values[share <= alpha]
    return (float(reached[0]) if len(reached) else float("nan")), table


def joined_groups(mean_ranks: pd.Series, pairs: pd.DataFrame, alpha: float) -> list[list[str]]:
    """Give the longest runs of neighbouring variants of which no two differ.

    Parameters
    ----------
    mean_ranks : Series
        By variant, in rising order.
    pairs : DataFrame
        Of :func:`compare_ranks`.
    """
    differ = {frozenset(pair) for pair in pairs[pairs["p"] < alpha][["variant", "versus"]].values}
    order = [str(v) for v in mean_ranks.index]
    runs: list[list[str]] = []
    for start in range(len(order)):
        end = start + 1
        while end < len(order) and not any(
            frozenset((order[end], other)) in differ for other in order[start:end]
        ):
            end += 1
        run = order[start:end]
        if len(run) > 1 and not (runs and set(run) <= set(runs[-1])):
            runs.append(run)
    return runs
