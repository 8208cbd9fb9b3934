"""Power by simulation against the formulas that hold for normal differences."""

import numpy as np
import pytest
from scipy import integrate, stats
from statsmodels.stats.power import TTestPower

from myopinn.measures.paired_tests import SIGNED_RANK, T
from myopinn.measures.power import Design, detectable, people_to_decide, simulate_verdicts
from myopinn.measures.verdicts import EQUIVALENT, NO_MARGIN, UNDECIDED, WORSE

STUDIES = 8000
# Three standard errors of a share of one half.
WITHIN = 3 * 0.5 / np.sqrt(STUDIES)


def simulated(n, sd, true, margin, test=T, seeds=1, sd_seeds=0.0):
    design = Design(n, seeds, sd, sd_seeds, margin)
    (shares,) = simulate_verdicts([design], [true], 0.05, test, studies=STUDIES, seed=1)
    assert sum(shares.values()) == pytest.approx(1.0)
    return shares


@pytest.mark.parametrize(("n", "effect"), [(6, 1.0), (10, 1.0), (20, 0.5)])
def test_power_of_a_difference_is_that_of_statsmodels(n, effect):
    shares = simulated(n, 2.0, 2.0 * effect, NO_MARGIN)
    # Of either side; the wrong one is as good as never claimed.
    assert shares[WORSE] == pytest.approx(TTestPower().power(effect, n, 0.05), abs=WITHIN)


def tost_power(n, ratio, alpha=0.05):
    """Power of two one-sided t tests without a difference, the SD integrated out.

    Given the sample's SD s, the mean is normal and has to lie within margin - t s / sqrt(n)
    (Phillips 1990, doi 10.1007/BF01063556). ``ratio`` is the margin over the true SD.
    """
    quantile = stats.t.ppf(1 - alpha, n - 1)

    def inside(chi):
        reach = np.sqrt(n) * ratio - quantile * chi / np.sqrt(n - 1)
        return (2 * stats.norm.cdf(reach) - 1) * stats.chi.pdf(chi, n - 1)

    return integrate.quad(inside, 0, np.sqrt(n * (n - 1)) * ratio / quantile)[0]


@pytest.mark.parametrize(("n", "ratio"), [(6, 1.5), (12, 1.0), (30, 0.6)])
def test_power_of_equivalence_is_that_of_two_one_sided_t_tests(n, ratio):
    share = simulated(n, 1.0, 0.0, ratio)[EQUIVALENT]
    assert share == pytest.approx(tost_power(n, ratio), abs=WITHIN)
    assert 0.3 < share < 0.95


def test_signed_ranks_have_the_power_that_six_and_ten_people_are_known_for():
    """0.3 and 0.8 at an effect of one SD; without a corrected test, on five people none."""
    assert simulated(6, 1.0, 1.0, NO_MARGIN, SIGNED_RANK)[WORSE] == pytest.approx(0.3, abs=0.06)
    assert simulated(10, 1.0, 1.0, NO_MARGIN, SIGNED_RANK)[WORSE] == pytest.approx(0.8, abs=0.05)
    assert simulated(5, 1.0, 9.0, NO_MARGIN, SIGNED_RANK)[UNDECIDED] == 1.0


def test_seeds_are_a_level_below_people():
    """Averaging seeds takes their spread away and leaves that of people."""
    one, four = (simulated(10, 0.5, 0.0, 1.0, SIGNED_RANK, seeds, 1.2) for seeds in (1, 4))
    alike = simulated(10, np.hypot(0.5, 0.6), 0.0, 1.0, SIGNED_RANK)
    assert four[EQUIVALENT] == pytest.approx(alike[EQUIVALENT], abs=WITHIN)
    assert four[EQUIVALENT] > one[EQUIVALENT] + 0.2


def test_other_tests_of_the_family_take_power_away():
    design = Design(12, 1, 1.0, 0.0, 1.0)
    (alone,) = simulate_verdicts([design], [0.0], 0.05, SIGNED_RANK)
    first, *_ = simulate_verdicts([design] * 8, [0.0] * 8, 0.05, SIGNED_RANK)
    assert first[EQUIVALENT] < alone[EQUIVALENT] - 0.02


@pytest.mark.parametrize("n", [8, 16])
def test_the_detectable_difference_is_that_of_statsmodels(n):
    known = TTestPower().solve_power(nobs=n, alpha=0.05, power=0.8)
    assert detectable(n, 0.05, T) == pytest.approx(known, rel=0.04)
    # Signed ranks need little more (3 / pi of the efficiency, for many normal people).
    assert known < detectable(n, 0.05, SIGNED_RANK) < 1.2 * known
    assert np.isnan(detectable(5, 0.05, SIGNED_RANK))


def test_as_many_people_decide_as_both_questions_need():
    """The larger of the numbers for a difference and for equivalence, by the formulas for t."""
    ratio = 0.9
    different = TTestPower().solve_power(effect_size=ratio, alpha=0.05, power=0.8)
    same = next(n for n in range(3, 99) if tost_power(n, ratio) >= 0.8)
    assert people_to_decide(0.9, 1.0, 0.05, T) == pytest.approx(max(different, same), abs=1.5)
    assert np.isnan(people_to_decide(0.01, 1.0, 0.05, T))
    # Without any spread as few as a test can be made of: 2^-6 is the first two-sided p below 0.05.
    assert people_to_decide(1.0, 0.0, 0.05, SIGNED_RANK) == 6
