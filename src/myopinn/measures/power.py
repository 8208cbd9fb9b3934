"""How often a study's verdicts are right, by simulating studies and judging them the same way.

People's differences are drawn normal about the true one; each is a mean over seeds, whose spread is
a level below that between people. Judged is by the very procedure that judges the study: with all
tests of a family, whose corrections hang on each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from myopinn.measures.verdicts import EQUIVALENT, VERDICTS, WORSE, judge_studies

STUDIES = 2000
WANTED = 0.8
# Beyond so many people nobody plans; a number of people that is not found below is NaN.
MOST_PEOPLE = 400
# Of a difference, in its own SD.
LARGEST_EFFECT = 64.0


@dataclass(frozen=True)
class Design:
    """What one planned test has.

    Attributes
    ----------
    people, seeds : int
    sd_people, sd_seeds : float
        Spread of the difference between people, and between the seeds of one person.
    margin : float
        Smallest effect of interest, in the same unit.
    """

    people: int
    seeds: int
    sd_people: float
    sd_seeds: float
    margin: float

    @property
    def sd(self) -> float:
        """Give the SD over people of differences that are averaged over seeds."""
        return math.sqrt(self.sd_people**2 + self.sd_seeds**2 / self.seeds)


def simulate_verdicts(
    family: Sequence[Design],
    differences: Sequence[float],
    alpha: float,
    test: str,
    *,
    studies: int = STUDIES,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Give the share of each verdict of each test over simulated studies.

    Parameters
    ----------
    family : sequence of Design
        All tests that are corrected for each other; their people are drawn independently.
    differences : sequence of float
        The true ones, positive where the first entry's error is larger.
    """
    rng = np.random.default_rng(seed)
    drawn = [
        rng.normal(true, design.sd, (studies, design.people))
        for design, true in zip(family, differences, strict=True)
    ]
    words = judge_studies(drawn, [design.margin for design in family], alpha, test)
    return [{word: float((own == word).mean()) for word in VERDICTS} for own in words.T]


def _share(ratio: float, difference: float, n: int, level: float, test: str, seed: int) -> float:
    """Give the share of right verdicts of one test whose spread is 1, and margin a ratio to it."""
    design = Design(n, 1, 1.0, 0.0, ratio)
    (found,) = simulate_verdicts([design], [difference], level, test, seed=seed)
    return found[WORSE if difference else EQUIVALENT]


@cache
def detectable(n: int, level: float, test: str, seed: int = 0, wanted: float = WANTED) -> float:
    """Give the smallest true difference, in its SD, that a wanted share of studies finds.

    NaN where so few people can find none.
    """

    def found(effect: float) -> bool:
        return _share(math.nan, effect, n, level, test, seed) >= wanted

    if not found(LARGEST_EFFECT):
        return math.nan
    low, high = 0.0, LARGEST_EFFECT
    while high - low > 0.005 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return high


def people_to_decide(
    margin: float, sd: float, level: float, test: str, seed: int = 0, wanted: float = WANTED
) -> float:
    """Give the fewest people that decide in a wanted share of studies, whichever way it is.

    No difference has to end as equivalent, one of the size of the margin as a difference.

    Returns
    -------
    float
        NaN above :data:`MOST_PEOPLE`.
    """
    # People hang on the ratio alone; to four digits, so that it is looked up again.
    ratio = margin / sd if sd > 0 else LARGEST_EFFECT
    return _people(float(f"{min(ratio, LARGEST_EFFECT):.4g}"), level, test, seed, wanted)


@cache
def _people(ratio: float, level: float, test: str, seed: int, wanted: float) -> float:
    def decide(n: int) -> bool:
        return all(_share(ratio, true, n, level, test, seed) >= wanted for true in (0.0, ratio))

    low, high = 1, 2
    while not decide(high):
        low, high = high, 2 * high
        if low >= MOST_PEOPLE:
            return math.nan
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decide(middle) else (middle, high)
    return float(high) if high <= MOST_PEOPLE else math.nan
