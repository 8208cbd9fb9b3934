"""Two tests of paired differences, each with the interval that says the same as its p.

The last axis is persons; axes before it are taken one by one, so a simulation runs the very test
that judges a study. A claim that the middle of the differences lies above a value is made where
the lower end of the interval does, at the same one-sided level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np


@dataclass(frozen=True)
class PairedTest:
    """A test of the middle of paired differences.

    Attributes
    ----------
    title : str
        For readers.
    above : callable of array (..., person) and float
        p, one-sided, of the claim that the middle is above a value.
    bounds : callable of array (person,) and float
        Lower and upper end of the interval, each at this one-sided level; infinite where so few
        people allow none.
    """

    title: str
    above: Callable[[np.ndarray, float], np.ndarray]
    bounds: Callable[[np.ndarray, float], tuple[float, float]]

    def below(self, differences: np.ndarray, value: float) -> np.ndarray:
        """Give the p of the claim that the middle is below a value."""
        return self.above(-differences, -value)


def _ranks_above(differences: np.ndarray, value: float) -> np.ndarray:
    """Test by signed ranks, exactly: ranks of differences that are not above the value, summed.

    That sum is the number of Walsh averages (x_i + x_j) / 2, i <= j, that are not above the value.
    What is tied with it, or among each other, counts against the claim; so p is that of
    ``scipy.stats.wilcoxon`` without ties, and never below it with them. Of one study they are
    counted, so that p and interval agree to the last bit; of many, ranked, which is far cheaper.
    """
    chance = _chance_of_sums(differences.shape[-1])
    if differences.ndim == 1:
        return chance[np.count_nonzero(_walsh_averages(differences) <= value)]
    moved = differences - value
    against = moved <= 0
    order = np.lexsort((against, np.abs(moved)), axis=-1)
    ranks = np.arange(1, differences.shape[-1] + 1)
    summed = (np.take_along_axis(against, order, axis=-1) * ranks).sum(axis=-1)
    return chance[summed]


def _walsh_averages(differences: np.ndarray) -> np.ndarray:
    """Give the means of all pairs of differences, and of each with itself."""
    first, second = np.triu_indices(len(differences))
    return (differences[first] + differences[second]) / 2


def _ranks_bounds(differences: np.ndarray, level: float) -> tuple[float, float]:
    """Give the Walsh averages between which the middle lies (Hollander, Wolfe, Chicken 2013, 3.4).

    The exact test at every value, turned into the values that it does not exclude.
    """
    n = len(differences)
    allowed = int(np.searchsorted(_chance_of_sums(n), level, side="right"))
    if not allowed:
        return -np.inf, np.inf
    walsh = np.sort(_walsh_averages(differences))
    return float(walsh[allowed - 1]), float(walsh[-allowed])


@cache
def _chance_of_sums(n: int) -> np.ndarray:
    """Give the probability of a sum of ranks of 0, 1, ... or less where signs are drawn.

    Sums are added rank by rank, each with either sign, so it is exact for any number of people.
    """
    chance = np.ones(1)
    for rank in range(1, n + 1):
        chance = (np.pad(chance, (0, rank)) + np.pad(chance, (rank, 0))) / 2
    return np.minimum(np.cumsum(chance), 1.0)


def _t_above(differences: np.ndarray, value: float) -> np.ndarray:
    """Test by Student's t, which takes the differences for normal."""
    from scipy import special

    n = differences.shape[-1]
    if n < 2:
        return np.ones(differences.shape[:-1])
    middle = differences.mean(axis=-1) - value
    error = differences.std(axis=-1, ddof=1) / np.sqrt(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(error > 0, middle / error, np.where(middle > 0, np.inf, -np.inf))
    return np.asarray(special.stdtr(n - 1, -statistic))


def _t_bounds(differences: np.ndarray, level: float) -> tuple[float, float]:
    from scipy import special

    n = len(differences)
    if n < 2:
        return -np.inf, np.inf
    width = -special.stdtrit(n - 1, level) * differences.std(ddof=1) / np.sqrt(n)
    return float(differences.mean() - width), float(differences.mean() + width)


SIGNED_RANK, T = "signed_rank", "t"
TESTS = {
    SIGNED_RANK: PairedTest("Wilcoxon signed-rank", _ranks_above, _ranks_bounds),
    T: PairedTest("paired t", _t_above, _t_bounds),
}
# The one that is told beside the one that decides.
OTHER = {SIGNED_RANK: T, T: SIGNED_RANK}
