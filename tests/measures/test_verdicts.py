"""Verdicts against SciPy and statsmodels, and how often they are false."""

from itertools import product

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import ttost_paired

from myopinn.measures.paired_tests import SIGNED_RANK, TESTS, T
from myopinn.measures.verdicts import (
    BETTER,
    EQUIVALENT,
    NO_MARGIN,
    UNDECIDED,
    VERDICTS,
    WORSE,
    holm,
    judge_family,
    judge_studies,
)


def drawn(n, seed=0, shape=()):
    return np.random.default_rng(seed).normal(0.2, 1.0, (*shape, n))


def scipy_p(values, about, test):
    """Give the one-sided p of being above a value by SciPy."""
    if test == T:
        return stats.ttest_1samp(values, about, alternative="greater").pvalue
    return stats.wilcoxon(values - about, alternative="greater", method="exact").pvalue


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("n", [2, 5, 12, 31])
def test_p_is_scipy_s_on_either_side_of_any_value(test, n):
    values = drawn(n, n)
    for about in (-0.7, 0.0, 0.4):
        p = scipy_p(values, about, test)
        assert TESTS[test].above(values, about) == pytest.approx(p, rel=1e-9)
        assert TESTS[test].below(-values, -about) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize("n", [3, 6, 20])
def test_equivalence_by_t_is_that_of_statsmodels(n):
    first, second = drawn(n, 1), drawn(n, 2)
    (verdict,) = judge_family([first - second], [0.8], 0.05, T)
    assert verdict.equivalence.p == pytest.approx(ttost_paired(first, second, -0.8, 0.8)[0])
    # The interval is the other way to say it: Student's, of 1 - 2 alpha.
    interval = stats.ttest_rel(first, second).confidence_interval(0.9)
    ends = (verdict.equivalence.low, verdict.equivalence.high)
    assert ends == pytest.approx((interval.low, interval.high))
    assert (verdict.superiority.low, verdict.superiority.high) == pytest.approx(
        tuple(stats.ttest_rel(first, second).confidence_interval(0.95))
    )


def test_the_interval_of_signed_ranks_is_that_of_a_textbook():
    """Hamilton depression scores of nine patients, Hollander, Wolfe, Chicken 2013, table 3.1.

    R's ``wilcox.test(x, y, paired = TRUE, conf.int = TRUE)`` gives p = 0.03906 and, at 95 %, -0.786
    to -0.010; the book's example 3.4 takes the same at 96.1 %.
    """
    before = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    after = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    (verdict,) = judge_family([after - before], [NO_MARGIN], 0.05, SIGNED_RANK)
    assert verdict.superiority.p == pytest.approx(0.03906, abs=5e-6)
    ends = (verdict.superiority.low, verdict.superiority.high)
    assert ends == pytest.approx((-0.786, -0.010), abs=5e-4)
    assert verdict.word == BETTER


def test_holm_is_statsmodels_and_its_levels_say_the_same():
    rng = np.random.default_rng(0)
    p = rng.beta(0.3, 2.0, (20, 6))
    corrected, levels = holm(p, 0.05)
    for own, found in zip(p, corrected, strict=True):
        np.testing.assert_allclose(found, multipletests(own, 0.05, "holm")[1])
    np.testing.assert_array_equal(corrected <= 0.05, p <= levels)
    assert 0.05 < (corrected <= 0.05).mean() < 0.95


def families():
    """Draw families of all kinds: few people and many, ties, zeros, nobody, skew, no margin."""
    rng = np.random.default_rng(7)
    for _ in range(400):
        family = []
        for _ in range(rng.integers(1, 5)):
            n, middle, spread = rng.integers(0, 14), rng.choice([0, 0.3, 2]), rng.choice([0.1, 1])
            values = middle + spread * rng.standard_t(3, n)
            values = np.round(values, 1) if rng.random() < 0.4 else values
            family.append(values * (rng.random() > 0.1))
        margins = rng.choice([0.5, 1.0, NO_MARGIN], len(family))
        yield family, margins


@pytest.mark.parametrize("test", TESTS)
def test_verdict_interval_and_corrected_p_never_disagree(test):
    seen = set()
    for family, margins in families():
        for verdict in judge_family(family, margins, 0.05, test):
            apart, inside, margin = verdict.superiority, verdict.equivalence, verdict.margin
            equivalent = -margin < inside.low and inside.high < margin
            beside = apart.low > 0 or apart.high < 0
            assert verdict.word in VERDICTS
            assert (verdict.word == EQUIVALENT) == equivalent == (inside.corrected <= 0.05)
            assert beside == (apart.corrected <= 0.05)
            if not equivalent:
                expected = UNDECIDED if not beside else BETTER if apart.high < 0 else WORSE
                assert verdict.word == expected
            seen.add(verdict.word)
    assert seen == set(VERDICTS)


def test_turning_a_pair_round_turns_its_verdict():
    turned = {BETTER: WORSE, WORSE: BETTER}
    for family, margins in families():
        words = [v.word for v in judge_family(family, margins, 0.05, SIGNED_RANK)]
        others = [v.word for v in judge_family([-x for x in family], margins, 0.05, SIGNED_RANK)]
        assert others == [turned.get(word, word) for word in words]


def test_many_studies_are_judged_as_each_alone():
    studies = [drawn(8, k, (60,)) * [0.2, 1, 3][k] + [0, 1, 0][k] for k in range(3)]
    for test in TESTS:
        words = judge_studies(studies, [0.5, 1.0, NO_MARGIN], 0.05, test)
        for number, found in enumerate(words):
            alone = judge_family(
                [own[number] for own in studies], [0.5, 1.0, NO_MARGIN], 0.05, test
            )
            assert list(found) == [verdict.word for verdict in alone]
        assert set(words.ravel()) == set(VERDICTS)


# Symmetric: the signed ranks' only assumption. 5 % of 20 000 studies have an SE of 0.15 %.
SHAPES = {
    "normal": lambda rng, shape: rng.normal(0, 1, shape),
    "heavy tails": lambda rng, shape: rng.standard_t(2, shape),
    "two humps": lambda rng, shape: rng.choice([-1, 1], shape) + rng.normal(0, 0.1, shape),
}


@pytest.mark.parametrize(("shape", "n"), product(SHAPES, [6, 10]))
def test_false_claims_are_as_rare_as_they_say(shape, n):
    """False 'better' or 'worse' without a difference, false 'equivalent' at the margin itself."""
    values = SHAPES[shape](np.random.default_rng(3), (20_000, n))
    margin = 4.0
    (same,) = judge_studies([values], [NO_MARGIN], 0.05, SIGNED_RANK).T
    assert np.isin(same, [BETTER, WORSE]).mean() <= 0.05 + 0.005
    for side in (-1, 1):
        (apart,) = judge_studies([values + side * margin], [margin], 0.05, SIGNED_RANK).T
        assert (apart == EQUIVALENT).mean() <= 0.05 + 0.005
        # Nor is the wrong one called better.
        assert (apart == (WORSE if side < 0 else BETTER)).mean() <= 0.025 + 0.005


def test_in_a_family_any_false_claim_is_as_rare_as_one():
    rng = np.random.default_rng(5)
    family = [rng.normal(0, 1, (10_000, 12)) for _ in range(4)]
    words = judge_studies(family, [NO_MARGIN] * 4, 0.05, SIGNED_RANK)
    assert np.isin(words, [BETTER, WORSE]).any(axis=1).mean() <= 0.05 + 0.007
    moved = [values + 2.0 for values in family]
    words = judge_studies(moved, [2.0] * 4, 0.05, SIGNED_RANK)
    assert 0.01 < (words == EQUIVALENT).any(axis=1).mean() <= 0.05 + 0.007


def test_five_people_can_show_no_difference_by_ranks_and_equivalence_all_the_same():
    small = np.array([0.1, -0.2, 0.05, -0.04, 0.15])
    far, near = (judge_family([small + x], [1.0], 0.05, SIGNED_RANK)[0] for x in (9.0, 0.0))
    assert (far.word, near.word) == (UNDECIDED, EQUIVALENT)
    assert np.isnan(far.superiority.low) and far.superiority.p == pytest.approx(2 / 2**5)
