"""Compare the variants of a task over subjects, one statement per row, each with its n.

The family of Holm's correction is all pairs of variants for one recording, split, target and
metric, and all of it is exploratory: what was planned is judged apart
(:mod:`myopinn.measures.findings.planned`). Means use every subject that a
variant has; differences use the subjects that both have; tests of all variants together use the
subjects that all have. Who is missing is named in ``note``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.errors import ConfigError
from myopinn.measures.inference import (
    FEWEST_SUBJECTS,
    Outcome,
    bootstrap_interval,
    check_equal_variances,
    check_normality,
    compare_pairs,
    friedman,
    one_way_anova,
    repeated_measures_anova,
    standardised_difference,
    tukey_pairs,
)
from myopinn.measures.prediction_errors import NOT_PREDICTED
from myopinn.measures.trial_errors import METRICS

if TYPE_CHECKING:
    import pandas as pd

CELL = ("task", "recording", "split", "target", "unit")
LOWER_IS_BETTER = frozenset({"rmse", "nrmse", "nrmse_sd"})
# Those that only some tasks have; an amplitude ratio is best at 1 and has no better side.
FURTHER_METRICS = ("nrmse_sd", "partial_r")
SKILL = "skill"
OPTIMISTIC = "interval too narrow with so few subjects"


def compare_entries(errors: pd.DataFrame, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what can be said about the differences between entries, as rows of the comparison.

    Parameters
    ----------
    errors : DataFrame
        Rows of the table of errors of a task.
    settings : mapping
        ``alpha`` (level of tests, 1 - alpha of intervals), ``bootstrap_samples`` and ``seed`` of
        the bootstrap.

    Returns
    -------
    list of dict
        ``analysis`` is one of

        - ``mean``: of one variant, with SD and bootstrap interval over subjects;
        - ``difference``: ``variant`` minus ``versus``, with SD and bootstrap interval of the paired
          differences and Cohen's d of paired values;
        - ``wilcoxon``: signed-rank test of a pair, ``p_adjusted`` after Holm over all pairs;
        - ``anova``, ``tukey``, ``shapiro_wilk``, ``levene``: one-way, its pairs and assumptions;
        - ``repeated_measures_anova``, ``friedman``: the same subjects in all variants;
        - ``no_test``: why there is no test, in ``note``.

        A variant that does not predict the target has a row ``mean`` with ``n`` 0 that says so, and
        takes part in nothing else. ``favours`` names the better variant where the interval or the
        test leaves no doubt at level alpha, and is empty otherwise.

    Raises
    ------
    ConfigError
        Where alpha or the number of samples cannot be used.
    """
    alpha, samples = float(settings["alpha"]), int(settings["bootstrap_samples"])
    if not 0 < alpha < 0.5:
        raise ConfigError(f"statistics: alpha is {alpha:g}, expected between 0 and 0.5.")
    if samples < 1 / alpha:
        raise ConfigError(
            f"statistics: bootstrap_samples is {samples}, too few for alpha {alpha:g}."
        )
    seed = settings["seed"]
    skills = [c for c in errors.columns if c == SKILL or c.startswith(f"{SKILL}_")]
    metrics = [m for m in (*METRICS, *FURTHER_METRICS, *skills) if m in errors.columns]
    rows: list[dict[str, Any]] = []
    for cell, group in errors.groupby(list(CELL), sort=False, dropna=False):
        names = dict(zip(CELL, cell, strict=True))
        absent = group["note"] == NOT_PREDICTED
        without = [
            v for v in dict.fromkeys(group["variant"]) if absent[group["variant"] == v].all()
        ]
        group = group[~group["variant"].isin(without)]
        order = list(dict.fromkeys(group["variant"]))
        for metric in metrics:
            rows += [
                {**names, "metric": metric, "analysis": "mean", "variant": variant, "n": 0}
                | {"note": NOT_PREDICTED}
                for variant in without
            ]
            if not order:
                continue
            values = group.pivot(index="subject", columns="variant", values=metric)[order]
            family = Family(values.astype(float), metric, alpha, samples, seed)
            rows += [{**names, "metric": metric, **row} for row in family.statements()]
    return rows


class Family:
    """The variants compared on one target by one metric.

    Parameters
    ----------
    values : DataFrame, subjects by variants
        NaN where a subject has no value for a variant.
    """

    def __init__(
        self,
        values: pd.DataFrame,
        metric: str,
        alpha: float,
        samples: int,
        seed: int,
    ) -> None:
        self.values = values
        self.variants = [str(v) for v in values.columns]
        self.pairs = list(combinations(range(len(self.variants)), 2))
        self.lower_is_better = metric in LOWER_IS_BETTER
        self.alpha, self.samples, self.seed = alpha, samples, seed

    def statements(self) -> Iterator[dict[str, Any]]:
        """Give every statement as a row of the comparison table."""
        array = self.values.to_numpy(dtype=float)
        yield from self._means(array)
        if not self.pairs:
            return
        differences = np.stack([array[:, i] - array[:, j] for i, j in self.pairs], axis=1)
        yield from self._differences(differences)
        complete = array[np.isfinite(array).all(axis=1)]
        largest = int(np.isfinite(differences).sum(axis=0).max())
        if largest < FEWEST_SUBJECTS:
            yield {"analysis": "no_test", "n": largest, "note": _too_few(largest)}
            return
        yield from self._wilcoxon(differences)
        if len(complete) < FEWEST_SUBJECTS:
            note = "tests of all variants together: " + _too_few(len(complete))
            yield {"analysis": "no_test", "n": len(complete), "note": note}
            return
        yield from self._variance(complete)

    def _means(self, array: np.ndarray) -> Iterator[dict[str, Any]]:
        for k, (column, low, high) in enumerate(self._intervals(array)):
            n = len(column)
            yield {
                "analysis": "mean",
                "variant": self.variants[k],
                "n": n,
                "estimate": column.mean() if n else np.nan,
                "sd": column.std(ddof=1) if n > 1 else np.nan,
                "ci_low": low,
                "ci_high": high,
                "note": self._notes(array[:, k], n),
            }

    def _differences(self, differences: np.ndarray) -> Iterator[dict[str, Any]]:
        intervals = self._intervals(differences)
        for k, ((i, j), (column, low, high)) in enumerate(zip(self.pairs, intervals, strict=True)):
            n = len(column)
            sign = np.sign(low) if low * high > 0 else 0.0
            yield {
                "analysis": "difference",
                **self._pair(i, j),
                "n": n,
                "estimate": column.mean() if n else np.nan,
                "sd": column.std(ddof=1) if n > 1 else np.nan,
                "ci_low": low,
                "ci_high": high,
                "effect": standardised_difference(column),
                "effect_kind": "cohen_d_paired",
                "favours": self._favoured(i, j, sign),
                "note": self._notes(differences[:, k], n),
            }

    def _wilcoxon(self, differences: np.ndarray) -> Iterator[dict[str, Any]]:
        for (i, j), outcome, column in zip(
            self.pairs, compare_pairs(differences, self.alpha), differences.T, strict=True
        ):
            significant = outcome.p_adjusted < self.alpha
            yield {
                "analysis": "wilcoxon",
                **self._pair(i, j),
                "n": int(np.isfinite(column).sum()),
                **vars(outcome),
                "favours": self._favoured(i, j, np.sign(outcome.effect) if significant else 0.0),
            }

    def _variance(self, complete: np.ndarray) -> Iterator[dict[str, Any]]:
        """Yield the tests of all variants together, on the subjects that all variants have."""
        n = len(complete)
        together: dict[str, Outcome] = {
            "shapiro_wilk": check_normality(complete),
            "levene": check_equal_variances(complete),
            "anova": one_way_anova(complete),
            "repeated_measures_anova": repeated_measures_anova(complete),
        }
        if len(self.variants) > 2:
            together["friedman"] = friedman(complete)
        for analysis, outcome in together.items():
            yield {"analysis": analysis, "n": n, **vars(outcome)}
        for (i, j), (difference, low, high, p) in tukey_pairs(complete, self.alpha).items():
            sign = np.sign(difference) if p < self.alpha else 0.0
            yield {
                "analysis": "tukey",
                **self._pair(i, j),
                "n": n,
                "estimate": difference,
                "ci_low": low,
                "ci_high": high,
                "p_adjusted": p,
                "favours": self._favoured(i, j, sign),
            }

    def _intervals(self, array: np.ndarray) -> list[tuple[np.ndarray, float, float]]:
        """Give each column's finite values and the interval of their mean.

        Columns with the same subjects are drawn together, so that they share the draws.
        """
        known = np.isfinite(array)
        found: list[tuple[np.ndarray, float, float]] = [(np.empty(0), np.nan, np.nan)] * len(
            array.T
        )
        for subjects in np.unique(known, axis=1).T:
            columns = np.flatnonzero((known == subjects[:, None]).all(axis=0))
            own = array[np.ix_(subjects, columns)]
            low, high = bootstrap_interval(own, self.alpha, self.samples, self.seed)
            for k, column in enumerate(columns):
                found[column] = (own[:, k], float(low[k]), float(high[k]))
        return found

    def _notes(self, column: np.ndarray, n: int) -> str:
        missing = [str(s) for s, v in zip(self.values.index, column, strict=True) if np.isnan(v)]
        parts = [f"without {', '.join(missing)}"] if missing else []
        if 1 < n < FEWEST_SUBJECTS + 1:
            parts.append(OPTIMISTIC)
        return "; ".join(parts)

    def _pair(self, i: int, j: int) -> dict[str, str]:
        return {"variant": self.variants[i], "versus": self.variants[j]}

    def _favoured(self, i: int, j: int, sign: float) -> str:
        """Name the better of two variants from the sign of ``i`` minus ``j``; '' for no sign."""
        if not sign or np.isnan(sign):
            return ""
        return self.variants[i] if (sign < 0) == self.lower_is_better else self.variants[j]


def _too_few(n: int) -> str:
    if n < 2:
        return f"n = {n}: nothing can be tested."
    return (
        f"n = {n}: no test can be trusted; the smallest p that a signed-rank test could give "
        f"is {2.0 ** (1 - n):.2g}, and normality cannot be checked."
    )
