"""What can be said about a population from a few subjects: intervals, tests, effect sizes.

All functions take values per subject; rows are subjects and columns are variants, and every
subject has a value for every variant that is compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

# With fewer subjects neither a rank test nor a check of normality has any power.
FEWEST_SUBJECTS = 4
# Relative to the values: smaller deviations are rounding.
ROUNDING = 1e-12
# Of a studentized range; whatever the degrees of freedom, what lies beyond is no chance.
LARGEST_RANGE = 100.0


@dataclass(frozen=True)
class Outcome:
    """The outcome of a test: its statistic, p, effect size and what a reader must know."""

    statistic: float = float("nan")
    df: str = ""
    p: float = float("nan")
    p_adjusted: float = float("nan")
    effect: float = float("nan")
    effect_kind: str = ""
    note: str = ""


def _negligible(deviations: np.ndarray, values: np.ndarray) -> bool:
    """Tell whether deviations are rounding of the values they come from."""
    return bool(np.abs(deviations).max() <= ROUNDING * np.abs(values).max())


def bootstrap_interval(
    values: np.ndarray, alpha: float, samples: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Bootstrap an interval of the mean over subjects, for several series at once.

    Subjects are drawn with replacement, the same ones for every series. Percentiles are widened
    for small samples: the plain percentile interval is too narrow by sqrt((n - 1) / n) and by the
    normal instead of the t quantile (Hesterberg 2015, doi 10.1080/00031305.2015.1089789).

    Parameters
    ----------
    values : array, shape (subject, series)
    alpha : float
        1 - alpha is the level of the interval.
    samples : int
        Number of bootstrap samples.

    Returns
    -------
    low, high : array, shape (series,)
        NaN for fewer than two subjects.
    """
    from scipy import stats

    n, series = values.shape
    if n < 2:
        return np.full(series, np.nan), np.full(series, np.nan)
    tail = float(stats.norm.cdf(np.sqrt(n / (n - 1)) * stats.t.ppf(alpha / 2, n - 1)))
    result = stats.bootstrap(
        (values.T,),
        np.mean,
        axis=-1,
        n_resamples=samples,
        confidence_level=1 - 2 * tail,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    interval = result.confidence_interval
    return np.asarray(interval.low), np.asarray(interval.high)


def compare_pairs(differences: np.ndarray, alpha: float) -> list[Outcome]:
    """Wilcoxon signed-rank tests with Holm's correction over the pairs of a family.

    The exact test on n subjects cannot give a p below 2 / 2^n; where that, times the number of
    pairs, is above alpha, no outcome could be below alpha and no p is given.

    Parameters
    ----------
    differences : array, shape (subject, pair)
        NaN where a subject misses one of the two variants.

    Returns
    -------
    list of Outcome
        One per pair; the effect size is the matched-pairs rank-biserial correlation, -1 to 1.
    """
    outcomes = [_signed_rank(column[np.isfinite(column)]) for column in differences.T]
    pairs = len(outcomes)
    # Pairs without a test stay in the family, at p = 1.
    family = np.array([1.0 if np.isnan(o.p) else o.p for o in outcomes])
    adjusted = _holm(family)
    results = []
    for outcome, column, p_adjusted in zip(outcomes, differences.T, adjusted, strict=True):
        n = int(np.isfinite(column).sum())
        smallest = min(1.0, pairs * 2.0 ** (1 - n))
        if smallest > alpha:
            note = (
                f"no outcome could be below alpha: the smallest possible p for n = {n} after "
                f"Holm's correction over {pairs} pairs is {smallest:.2g}"
            )
            results.append(replace(outcome, p=float("nan"), note=note))
        elif np.isnan(outcome.p):
            results.append(outcome)
        else:
            results.append(replace(outcome, p_adjusted=float(p_adjusted)))
    return results


def _holm(p: np.ndarray) -> np.ndarray:
    """Correct p values of a family by Holm's step-down method.

    As statsmodels' ``multipletests``, which collects garbage in each call: half a second, a
    hundred times in a study.
    """
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _signed_rank(differences: np.ndarray) -> Outcome:
    from scipy import stats

    moved = differences[differences != 0]
    if len(moved) == 0:
        return Outcome(note="no subject differs between the two variants")
    ranks = stats.rankdata(np.abs(moved))
    balance = float((np.sign(moved) * ranks).sum() / ranks.sum())
    result = stats.wilcoxon(differences)
    return Outcome(
        statistic=float(result.statistic),
        p=float(result.pvalue),
        effect=balance,
        effect_kind="rank_biserial",
    )


def standardised_difference(differences: np.ndarray) -> float:
    """Cohen's d of paired values: mean over SD of the differences; NaN where it is undefined."""
    if len(differences) < 2 or _negligible(differences - differences.mean(), differences):
        return float("nan")
    return float(differences.mean() / differences.std(ddof=1))


def one_way_anova(values: np.ndarray) -> Outcome:
    """One-way ANOVA, as the field reports it, with eta squared.

    # ASSUME: it treats the variants as groups of different subjects, though all saw the same ones,
    and so has less power than :func:`repeated_measures_anova`.

    Parameters
    ----------
    values : array, shape (subject, variant)
    """
    from scipy import stats

    n, k = values.shape
    deviations = values - values.mean(axis=0)
    if _negligible(deviations, values):
        return Outcome(note="no spread within the variants")
    result = stats.f_oneway(*values.T)
    total = float(((values - values.mean()) ** 2).sum())
    return Outcome(
        statistic=float(result.statistic),
        df=f"{k - 1}, {k * (n - 1)}",
        p=float(result.pvalue),
        effect=1 - float((deviations**2).sum()) / total,
        effect_kind="eta_squared",
        note="variants taken as independent groups",
    )


def repeated_measures_anova(values: np.ndarray) -> Outcome:
    """Repeated-measures ANOVA with the Greenhouse-Geisser correction (doi 10.1007/BF02289823).

    Parameters
    ----------
    values : array, shape (subject, variant)

    Returns
    -------
    Outcome
        ``p`` is uncorrected, ``p_adjusted`` has its degrees of freedom times epsilon.
    """
    import pandas as pd
    from scipy import stats
    from statsmodels.stats.anova import AnovaRM

    k = values.shape[1]
    left = values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean()
    if _negligible(left, values):
        return Outcome(note="no spread of the differences between subjects")
    subject, variant = np.indices(values.shape).reshape(2, -1)
    table = pd.DataFrame({"subject": subject, "variant": variant, "value": values.ravel()})
    row = AnovaRM(table, "value", "subject", within=["variant"]).fit().anova_table.iloc[0]
    statistic, effect_df, error_df = (float(row[c]) for c in ("F Value", "Num DF", "Den DF"))
    covariance = left.T @ left
    epsilon = float(np.trace(covariance) ** 2 / ((k - 1) * np.sum(covariance**2)))
    return Outcome(
        statistic=statistic,
        df=f"{effect_df:g}, {error_df:g}",
        p=float(row["Pr > F"]),
        p_adjusted=float(stats.f.sf(statistic, epsilon * effect_df, epsilon * error_df)),
        effect=statistic * effect_df / (statistic * effect_df + error_df),
        effect_kind="partial_eta_squared",
        note=f"Greenhouse-Geisser epsilon {epsilon:.2f}",
    )


def friedman(values: np.ndarray) -> Outcome:
    """Friedman's test with Kendall's W; the p is by the chi-squared approximation.

    Parameters
    ----------
    values : array, shape (subject, variant)
        At least three variants.
    """
    from scipy import stats

    n, k = values.shape
    if np.all(values == values[:, :1]):
        return Outcome(note="no subject differs between the variants")
    result = stats.friedmanchisquare(*values.T)
    return Outcome(
        statistic=float(result.statistic),
        df=f"{k - 1}",
        p=float(result.pvalue),
        effect=float(result.statistic) / (n * (k - 1)),
        effect_kind="kendall_w",
    )


def check_normality(values: np.ndarray) -> Outcome:
    """Shapiro-Wilk test of the residuals of a one-way ANOVA, shape (subject, variant)."""
    from scipy import stats

    residuals = (values - values.mean(axis=0)).ravel()
    if _negligible(residuals, values):
        return Outcome(note="no spread within the variants")
    result = stats.shapiro(residuals)
    return Outcome(float(result.statistic), p=float(result.pvalue))


def check_equal_variances(values: np.ndarray) -> Outcome:
    """Levene's test, about the medians, of equal spread in all variants."""
    from scipy import stats

    n, k = values.shape
    deviations = np.abs(values - np.median(values, axis=0))
    if _negligible(deviations - deviations.mean(axis=0), values):
        return Outcome(note="no spread within the variants")
    result = stats.levene(*values.T, center="median")
    return Outcome(float(result.statistic), df=f"{k - 1}, {k * (n - 1)}", p=float(result.pvalue))


def tukey_pairs(
    values: np.ndarray, alpha: float
) -> dict[tuple[int, int], tuple[float, float, float, float]]:
    """Tukey's honestly significant differences after a one-way ANOVA.

    Returns
    -------
    dict of (variant, versus) to (difference, low, high, p)
        Adjusted over all pairs; ``variant`` < ``versus`` are columns of ``values``.
    """
    if _negligible(values - values.mean(axis=0), values):
        return {}
    n, variants = values.shape
    df = variants * (n - 1)
    # Pooled over the variants, each with the same subjects.
    scale = float(np.sqrt(values.var(axis=0, ddof=1).mean() / n))
    survival, quantile = _studentized_range(variants, df)
    width = quantile(alpha) * scale
    pairs = {}
    for i in range(variants):
        for j in range(i + 1, variants):
            difference = float(values[:, i].mean() - values[:, j].mean())
            pairs[i, j] = (
                difference,
                difference - width,
                difference + width,
                survival(abs(difference) / scale),
            )
    return pairs


@cache
def _studentized_range(
    variants: int, df: int
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Give p of a studentized range, and the range of a given p.

    scipy integrates numerically for every value, and Tukey's test wants one for every pair in
    every cell; a spline through some of them, the same for all cells, is within 1e-5 of p.
    """
    from scipy import stats
    from scipy.interpolate import CubicSpline

    distribution = stats.studentized_range(variants, df)
    near, middle = np.arange(0, 4, 0.1), np.arange(4, 10, 0.25)
    ranges = np.concatenate([near, middle, np.geomspace(10, LARGEST_RANGE, 24)])
    spline = CubicSpline(ranges, distribution.sf(ranges))

    def survival(value: float) -> float:
        return float(np.clip(spline(min(value, LARGEST_RANGE)), 0.0, 1.0))

    return survival, cache(lambda alpha: float(distribution.isf(alpha)))
