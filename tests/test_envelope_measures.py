"""Measures of envelopes against curves whose correlations are known in closed form."""

import numpy as np
import pytest

from myopinn.measures.envelope_measures import (
    amplitude_ratio,
    measured_agonists,
    partial_correlation,
)

PHASE = 2 * np.pi * np.arange(100) / 100
# Three curves that have nothing to do with each other over a whole period, of variance 1 / 2.
FIRST, SECOND, THIRD = np.sin(PHASE), np.cos(PHASE), np.sin(2 * PHASE)


def test_the_amplitude_is_told_apart_from_level_and_shape():
    assert amplitude_ratio(3 + 0.5 * FIRST, 7 + 2 * THIRD) == pytest.approx(0.25)
    assert amplitude_ratio(np.ones(100), FIRST) == 0
    assert np.isnan(amplitude_ratio(FIRST, np.ones(100)))


def test_what_two_curves_share_with_a_third_is_taken_out_of_both():
    predicted = 1 + 5 * FIRST + 3 * SECOND + 4 * THIRD
    reference = 2 + 9 * FIRST + SECOND
    # Without the first, the one is 3 SECOND + 4 THIRD and the other SECOND.
    left = partial_correlation(predicted, reference, FIRST[:, None])
    assert left == pytest.approx(3 / 5)
    assert partial_correlation(-predicted, reference, FIRST[:, None]) == pytest.approx(-3 / 5)
    # A level of the third and the unit of any of them change nothing.
    small = partial_correlation(1e-4 * predicted, 1e-4 * reference, 7 + FIRST[:, None])
    assert small == pytest.approx(3 / 5)


def test_with_nothing_given_it_is_pearson_s_correlation():
    predicted, reference = 4 + FIRST + SECOND, 1 + FIRST
    nobody = np.empty((100, 0))
    assert partial_correlation(predicted, reference, nobody) == pytest.approx(np.sqrt(0.5))


def test_agreement_with_the_formula_of_pairwise_correlations():
    curves = np.random.default_rng(0).normal(size=(500, 3)) @ [
        [1, 0.4, 0.3],
        [0, 1, 0.5],
        [0, 0, 1],
    ]
    r = np.corrcoef(curves, rowvar=False)
    expected = (r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2))
    assert partial_correlation(*curves.T[:2], curves[:, 2:]) == pytest.approx(expected)


def test_a_copy_has_nothing_left_and_a_reference_without_rest_is_undefined():
    given = np.stack([FIRST, SECOND], axis=1)
    copy = 2 + 3 * FIRST - SECOND
    assert partial_correlation(copy, FIRST + THIRD, given) == 0
    # A thousandth of the copy's amplitude is no rounding.
    assert partial_correlation(copy + 1e-3 * THIRD, FIRST + THIRD, given) == pytest.approx(1)
    assert np.isnan(partial_correlation(THIRD, copy, given))
    assert np.isnan(partial_correlation(copy, copy, given))


def test_only_what_is_measured_is_given():
    agonists = {"deep": ("first", "second", "third")}
    assert measured_agonists("deep", agonists, ["third", "other", "first"]) == ["first", "third"]
    assert measured_agonists("other", agonists, ["first"]) == []
