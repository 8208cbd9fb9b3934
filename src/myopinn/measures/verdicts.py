"""Verdicts on differences of errors: better, worse, equivalent or undecided, and no others.

One rule for all of them. Two intervals are those of the test that decides, at the level at which
Holm's step tests it: of 1 - level for superiority, of 1 - 2 level for equivalence. A difference is

- *equivalent* where the interval for equivalence lies inside the margin, which is the same as two
  one-sided tests (Schuirmann 1987, doi 10.1007/BF01068419);
- *better* or *worse* where it is not, and the interval for superiority leaves out zero;
- *undecided* otherwise.

Superiority and equivalence are corrected in a family each. A pair is either the same or differs by
the margin, so only one of its two claims can be false, and each kind is false in at most a share
alpha of studies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myopinn.measures.paired_tests import OTHER, TESTS, PairedTest

BETTER, WORSE, EQUIVALENT, UNDECIDED = "better", "worse", "equivalent", "undecided"
VERDICTS = (BETTER, WORSE, EQUIVALENT, UNDECIDED)
TURNED = {BETTER: WORSE, WORSE: BETTER}
NO_MARGIN = float("nan")


@dataclass(frozen=True)
class Claim:
    """What is claimed of one kind: superiority or equivalence.

    Attributes
    ----------
    p, corrected : float
        Alone, and after Holm over the family.
    level : float
        At which Holm's step tests it: ``p`` is held to that, as ``corrected`` to alpha.
    low, high : float
        Interval of the test at that level; NaN where so few people allow none.
    beside : float
        p of the test that does not decide.
    """

    p: float
    corrected: float
    level: float
    low: float
    high: float
    beside: float


@dataclass(frozen=True)
class Verdict:
    """A verdict with what it rests on; the differences are of errors, so lower is better."""

    superiority: Claim
    equivalence: Claim
    margin: float
    n: int
    word: str


def judge_family(
    differences: Sequence[np.ndarray], margins: Sequence[float], alpha: float, test: str
) -> list[Verdict]:
    """Judge the paired differences of a family of comparisons.

    Parameters
    ----------
    differences : sequence of array, shape (person,)
        Error of the first entry less that of the second; people who lack one are NaN.
    margins : sequence of float
        Smallest difference of interest; NaN where nobody named one, and nothing is equivalent.
    alpha : float
        Of the whole family.
    test : str
        Which of :data:`myopinn.measures.paired_tests.TESTS` decides.
    """
    known = [values[np.isfinite(values)] for values in differences]
    tests = (TESTS[test], TESTS[OTHER[test]])
    apart, beside = ([_apart(own, values) for values in known] for own in tests)
    inside, inside_beside = (
        [_inside(own, values, margin) for values, margin in zip(known, margins, strict=True)]
        for own in tests
    )
    steps = [holm(np.array(p), alpha) for p in (apart, inside)]
    verdicts = []
    for k, (values, margin) in enumerate(zip(known, margins, strict=True)):
        superiority, equivalence = (
            _claim(tests[0], values, tails, float(p[k]), float(other[k]), corrected[k], levels[k])
            for p, other, (corrected, levels), tails in zip(
                (apart, inside), (beside, inside_beside), steps, (0.5, 1.0), strict=True
            )
        )
        word = say(superiority, equivalence, margin)
        verdicts.append(Verdict(superiority, equivalence, margin, len(values), word))
    return verdicts


def _claim(
    test: PairedTest,
    values: np.ndarray,
    tails: float,
    p: float,
    beside: float,
    corrected: float,
    level: float,
) -> Claim:
    """Put a p beside the interval of the same test, each of whose ends has so much of the level."""
    low, high = test.bounds(values, tails * level)
    if not np.isfinite([low, high]).all():
        low = high = float("nan")
    return Claim(p, float(corrected), float(level), low, high, beside)


def say(superiority: Claim, equivalence: Claim, margin: float) -> str:
    """Give the verdict that two intervals allow; an interval that is NaN allows none."""
    if -margin < equivalence.low and equivalence.high < margin:
        return EQUIVALENT
    if superiority.high < 0:
        return BETTER
    return WORSE if superiority.low > 0 else UNDECIDED


def _apart(test: PairedTest, differences: np.ndarray) -> np.ndarray:
    """Give the two-sided p of a difference."""
    both = np.minimum(test.above(differences, 0.0), test.below(differences, 0.0))
    return np.minimum(2 * both, 1.0)


def _inside(test: PairedTest, differences: np.ndarray, margin: float) -> np.ndarray:
    """Give the p of two one-sided tests; 1 without a margin."""
    if np.isnan(margin):
        return np.ones(differences.shape[:-1])
    return np.maximum(test.above(differences, -margin), test.below(differences, margin))


def holm(p: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Correct p values by Holm's step-down method, and give the level of each one's step.

    The smallest of m is tested at alpha / m, the next at alpha / (m - 1), and so on; from the first
    that fails on, all are held to its level.

    Parameters
    ----------
    p : array, shape (..., test)

    Returns
    -------
    corrected, levels : array, shape (..., test)
        ``corrected <= alpha`` where and only where ``p <= levels``.
    """
    order = np.argsort(p, axis=-1, kind="stable")
    sorted_p = np.take_along_axis(p, order, axis=-1)
    left = np.arange(p.shape[-1], 0, -1)
    stepped = np.minimum(np.maximum.accumulate(sorted_p * left, axis=-1), 1.0)
    passed = np.logical_and.accumulate(sorted_p <= alpha / left, axis=-1)
    failed_at = np.minimum(passed.sum(axis=-1, keepdims=True), p.shape[-1] - 1)
    step = np.where(passed, left, np.take(left, failed_at) if p.shape[-1] else left)
    corrected, levels = np.empty(p.shape), np.empty(p.shape)
    np.put_along_axis(corrected, order, stepped, axis=-1)
    np.put_along_axis(levels, order, alpha / step, axis=-1)
    return corrected, levels


def judge_studies(
    differences: Sequence[np.ndarray], margins: Sequence[float], alpha: float, test: str
) -> np.ndarray:
    """Judge many studies at once, as :func:`judge_family` judges one, by p alone.

    Parameters
    ----------
    differences : sequence of array, shape (study, person)
        For each comparison of the family.

    Returns
    -------
    array of str, shape (study, comparison)
    """
    decides = TESTS[test]
    apart = np.stack([_apart(decides, values) for values in differences], axis=-1)
    pairs = zip(differences, margins, strict=True)
    inside = np.stack([_inside(decides, values, margin) for values, margin in pairs], axis=-1)
    sides = np.stack(
        [decides.below(values, 0.0) < decides.above(values, 0.0) for values in differences], axis=-1
    )
    words = np.where(apart <= holm(apart, alpha)[1], np.where(sides, BETTER, WORSE), UNDECIDED)
    return np.where(inside <= holm(inside, alpha)[1], EQUIVALENT, words)
