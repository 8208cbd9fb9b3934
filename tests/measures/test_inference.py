"""Tests and effect sizes against SciPy, textbook formulas and what few subjects allow."""

import numpy as np
import pytest
from scipy import linalg, stats
from statsmodels.stats.multitest import multipletests

from myopinn.measures.inference import (
    LARGEST_RANGE,
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


def _normal(shape, seed=0, shifts=0.0):
    return np.random.default_rng(seed).normal(10.0, 1.0, shape) + np.asarray(shifts)


@pytest.mark.parametrize("n", [5, 8, 20])
@pytest.mark.parametrize("alpha", [0.05, 0.1])
def test_the_bootstrap_interval_is_as_wide_as_that_of_students_t(n, alpha):
    """Of values that are spread evenly about their mean.

    The plain percentile interval is narrower by sqrt((n - 1) / n) and by the normal instead of the
    t quantile, 9 % with 20 subjects and 22 % with 8 at alpha 0.05.
    """
    values = stats.norm.ppf((np.arange(n) + 0.5) / n)[:, None]
    low, high = bootstrap_interval(values, alpha, 40_000, 0)
    width = stats.t.ppf(1 - alpha / 2, n - 1) * stats.sem(values[:, 0])
    # Means of few values have shorter tails than the normal curve.
    rel = 0.04 if n > 5 else 0.12
    assert (low[0], high[0]) == pytest.approx((-width, width), rel=rel)


def test_every_series_is_drawn_with_the_same_subjects():
    """What is twice as large everywhere has an interval that is twice as wide, to the last bit."""
    values = _normal((7, 1))
    low, high = bootstrap_interval(np.hstack([values, 2 * values, -values]), 0.05, 500, 3)
    np.testing.assert_allclose([low[1], high[1]], [2 * low[0], 2 * high[0]], rtol=1e-12)
    np.testing.assert_allclose([low[2], high[2]], [-high[0], -low[0]], rtol=0.01)


def test_one_subject_has_no_interval_and_two_have_one():
    for n, finite in ((1, False), (2, True)):
        low, high = bootstrap_interval(_normal((n, 3)), 0.05, 200, 0)
        assert low.shape == high.shape == (3,)
        assert np.isfinite([low, high]).all() == finite


def test_rank_biserial_is_the_share_of_ranks_for_less_the_share_against():
    """1 - 4 T / (n (n + 1)) with T the smaller sum of ranks (King and Minium), with its sign."""
    differences = _normal((12, 3), shifts=[-9.5, -10.4, -10.0])
    for column, outcome in zip(differences.T, compare_pairs(differences, 0.5), strict=True):
        direct = stats.wilcoxon(column)
        size = 1 - 4 * direct.statistic / (12 * 13)
        against = stats.wilcoxon(column, alternative="greater").statistic
        assert outcome.effect == pytest.approx(np.sign(against - 12 * 13 / 4) * size)
        assert outcome.effect_kind == "rank_biserial"
        assert outcome.statistic == direct.statistic


def test_a_pair_without_a_test_stays_in_the_family_at_p_of_one():
    differences = _normal((12, 3), shifts=[-9.0, -10.0, -9.4])
    differences[:, 1] = 0.0
    first, same, last = compare_pairs(differences, 0.05)
    raw = [stats.wilcoxon(differences[:, 0]).pvalue, 1.0, stats.wilcoxon(differences[:, 2]).pvalue]
    adjusted = multipletests(raw, method="holm")[1]
    assert (first.p_adjusted, last.p_adjusted) == pytest.approx((adjusted[0], adjusted[2]))
    assert np.isnan([same.p, same.p_adjusted]).all()
    assert same.note == "no subject differs between the two variants"


@pytest.mark.parametrize(("n", "pairs", "possible"), [(6, 1, True), (5, 1, False), (8, 6, True),
                                                      (7, 4, False), (7, 3, True)])  # fmt: skip
def test_there_is_a_p_where_the_smallest_one_reaches_alpha(n, pairs, possible):
    """Signed ranks of n subjects that all agree have p = 2 / 2^n, times the pairs after Holm."""
    differences = np.abs(_normal((n, pairs)))
    outcomes = compare_pairs(differences, 0.05)
    for outcome in outcomes:
        assert np.isfinite(outcome.p) == possible
        assert outcome.effect == pytest.approx(1.0)
    if possible:
        assert outcomes[0].p == pytest.approx(2 / 2**n)
        assert outcomes[0].p_adjusted == pytest.approx(pairs * 2 / 2**n)
    else:
        assert f"for n = {n}" in outcomes[0].note and np.isnan(outcomes[0].p_adjusted)
    # At the level itself a test is still possible.
    assert np.isfinite(compare_pairs(differences, pairs * 2.0 ** (1 - n))[0].p)


def test_cohens_d_of_paired_values_is_t_over_the_root_of_n():
    differences = _normal(9, shifts=-9.0)
    t = stats.ttest_1samp(differences, 0.0).statistic
    assert standardised_difference(differences) == pytest.approx(t / 3.0)
    assert standardised_difference(-differences) == pytest.approx(-t / 3.0)
    assert standardised_difference(np.array([1.0, 2.0])) == pytest.approx(1.5 / np.sqrt(0.5))
    for few in ([1.0], []):
        assert np.isnan(standardised_difference(np.array(few)))
    # Differences that are one number but for rounding have no spread; a millionth is spread.
    assert np.isnan(standardised_difference(np.full(6, 0.1) + 1e-17 * np.arange(6)))
    assert np.isfinite(standardised_difference(0.1 + 1e-7 * np.arange(6)))


def test_eta_squared_is_the_share_of_the_sum_of_squares_between_the_variants():
    values = _normal((7, 3), shifts=[0.0, 0.5, 2.0])
    between = 7 * ((values.mean(axis=0) - values.mean()) ** 2).sum()
    outcome = one_way_anova(values)
    direct = stats.f_oneway(*values.T)
    assert outcome.effect == pytest.approx(between / ((values - values.mean()) ** 2).sum())
    assert (outcome.statistic, outcome.p) == pytest.approx((direct.statistic, direct.pvalue))
    assert outcome.df == "2, 18"


def test_greenhouse_geisser_epsilon_is_that_of_orthonormal_contrasts():
    """Box's formula on the covariance of any k - 1 orthonormal contrasts; here Helmert's."""
    values = _normal((9, 4), shifts=[0.0, 0.3, 1.0, 1.2]) * [1.0, 1.0, 1.0, 4.0]
    outcome = repeated_measures_anova(values)
    contrasts = np.cov(values @ linalg.helmert(4).T, rowvar=False)
    epsilon = np.trace(contrasts) ** 2 / (3 * np.sum(contrasts**2))
    assert 1 / 3 < epsilon < 0.8
    assert outcome.note == f"Greenhouse-Geisser epsilon {epsilon:.2f}"
    assert outcome.df == "3, 24"
    assert outcome.p == pytest.approx(stats.f.sf(outcome.statistic, 3, 24))
    expected = stats.f.sf(outcome.statistic, 3 * epsilon, 24 * epsilon)
    assert outcome.p_adjusted == pytest.approx(expected)
    residual = values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean()
    effect = 9 * ((values.mean(axis=0) - values.mean()) ** 2).sum()
    assert outcome.effect == pytest.approx(effect / (effect + (residual**2).sum()))


def test_kendalls_w_is_one_where_all_subjects_rank_alike_and_none_where_ranks_balance():
    alike = np.arange(3.0) + 10 * _normal((6, 1))
    assert friedman(alike).effect == pytest.approx(1.0)
    assert friedman(alike).df == "2"
    # Every order of three variants once.
    balanced = np.array([[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0.0]])
    assert friedman(balanced).effect == pytest.approx(0.0, abs=1e-12)
    assert friedman(np.repeat(_normal((6, 1)), 3, axis=1)).note


def test_assumptions_equal_direct_calls():
    values = _normal((8, 3), shifts=[0.0, 3.0, 9.0]) * [1.0, 2.0, 1.0]
    levene = stats.levene(*values.T, center="median")
    found = check_equal_variances(values)
    assert (found.statistic, found.p, found.df) == (
        pytest.approx(levene.statistic), pytest.approx(levene.pvalue), "2, 21",
    )  # fmt: skip
    direct = stats.shapiro((values - values.mean(axis=0)).ravel())
    found = check_normality(values)
    assert (found.statistic, found.p) == pytest.approx((direct.statistic, direct.pvalue))


def test_tukeys_intervals_and_p_are_scipys_from_alike_to_far_apart():
    values = _normal((6, 4), shifts=[0.0, 0.02, 1.5, 8.0])
    direct = stats.tukey_hsd(*values.T)
    for alpha in (0.05, 0.2):
        interval = direct.confidence_interval(1 - alpha)
        found = tukey_pairs(values, alpha)
        assert list(found) == [(i, j) for i in range(4) for j in range(i + 1, 4)]
        for (i, j), (difference, low, high, p) in found.items():
            assert difference == pytest.approx(values[:, i].mean() - values[:, j].mean())
            assert (low, high) == pytest.approx((interval.low[i, j], interval.high[i, j]))
            # The spline is within 1e-5 of scipy's integral.
            assert p == pytest.approx(direct.pvalue[i, j], abs=1e-5)


def test_beyond_the_largest_range_tukeys_p_is_none():
    """Variants that lie a thousand standard errors apart: no chance, whatever the spline says."""
    values = _normal((6, 4), shifts=[0.0, 0.0, 0.0, 1000.0])
    difference, _, _, p = tukey_pairs(values, 0.05)[0, 3]
    standard_error = np.sqrt(values.var(axis=0, ddof=1).mean() / 6)
    assert abs(difference) / standard_error > LARGEST_RANGE
    assert 0.0 <= p < 1e-5


def test_spread_that_is_only_rounding_of_the_values_is_none():
    """A part in 1e13 is what sums of doubles leave; a part in 1e9 is spread."""
    size = np.random.default_rng(0).choice([-1.0, 1.0], (6, 3))
    for spread, some in ((1e-13, False), (1e-9, True)):
        values = 1e4 * (1 + spread * size)
        for test in (one_way_anova, check_equal_variances, check_normality):
            assert np.isfinite(test(values).p) == some
    assert tukey_pairs(1e4 * (1 + 1e-13 * size), 0.05) == {}
