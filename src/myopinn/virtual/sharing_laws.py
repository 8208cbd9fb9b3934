r"""Laws by which a nervous system shares a moment among more muscles than it needs.

Nobody knows which one people follow, and a method that assumes one is right by construction about
people made by it. So people are made by several. Where :math:`A` is what full activation gives of
the moment, :math:`a` the activations, none below the co-contraction :math:`a_0`, :math:`p_m` how
dear muscle :math:`m` is to this person, :math:`F_m` its strength and :math:`g_m` its stress by
activation, each law minimises a cost beside the moment's squared error:

- ``least_effort``: :math:`\sum p_m F_m (a_m - a_0)^2`, weighted by strength, above the
  co-contraction;
- ``least_fatigue``: :math:`\sum p_m (g_m a_m)^3`, cubed stress (Crowninshield, Brand 1981,
  doi:10.1016/0021-9290(81)90035-X): strong muscles do more, and more muscles join in;
- ``synergies``: muscles are driven by a few modules of fixed, nonnegative weights (d'Avella,
  Saltiel, Bizzi 2003, doi:10.1038/nn1010), the modules by least effort;
- ``optimal_feedback``: :math:`\sum p_m (k_m A_m a_m)^2` and a little effort, the moment's variance
  where noise grows with the signal (Todorov, Jordan 2002, doi:10.1038/nn963; Harris, Wolpert 1998,
  doi:10.1038/29528), less so in strong muscles (Hamilton, Jones, Wolpert 2004,
  doi:10.1007/s00221-004-1856-7). Plan and correction are shared in one step as the optimal
  controller shares them. ASSUME: its gains are the person's usual ones, since noise of a tenth of
  the signal hardly changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from myopinn.opensim.bounded_least_squares import bounded_least_squares
from myopinn.virtual.internal_model import SLACK, share_moment

if TYPE_CHECKING:
    import numpy as np

    from myopinn.virtual.people import Modules, Person

LEAST_EFFORT, LEAST_FATIGUE = "least_effort", "least_fatigue"
SYNERGIES, OPTIMAL_FEEDBACK = "synergies", "optimal_feedback"
SHARING_LAWS = (LEAST_EFFORT, LEAST_FATIGUE, SYNERGIES, OPTIMAL_FEEDBACK)

# A muscle so short or fast that it gives less of its strength is not thought to rest for that.
LEAST_STRESS = 0.25
# ASSUME: noise by signal falls with the fourth root of strength. Hamilton et al. 2004 found it to
# fall from weak joints to strong ones; with it a muscle of 16 times the strength has half of it.
NOISE_BY_STRENGTH = -0.25
# Share of effort in what optimal feedback minimises. Without it a muscle without leverage, whose
# noise moves nothing, could be driven at will.
EFFORT_SHARE = 0.05
# Steps by which cubed stress is approached where several joints share muscles.
_ROUNDS = 12


class SharingLaw(Protocol):
    """How a person shares moments among muscles."""

    def share(
        self, capacity: np.ndarray, moment: np.ndarray, stress: np.ndarray, floor: np.ndarray
    ) -> np.ndarray:
        """Share moments among muscles.

        Parameters
        ----------
        capacity : array, shape (coordinate, muscle), N.m per unit of activation
        moment : array, shape (coordinate,), N.m
        stress : array, shape (muscle,)
            Active force of full activation by strength.
        floor : array, shape (muscle,)
            Co-contraction, below which no muscle falls.

        Returns
        -------
        array, shape (muscle,), between ``floor`` and 1
        """
        ...


@dataclass(frozen=True)
class LeastEffort:
    """Squared activations above the co-contraction, weighted by ``price`` (muscle,)."""

    price: np.ndarray

    def share(
        self, capacity: np.ndarray, moment: np.ndarray, stress: np.ndarray, floor: np.ndarray
    ) -> np.ndarray:
        """Share moments among muscles, shape (muscle,)."""
        return share_moment(capacity, moment, self.price, floor)


@dataclass(frozen=True)
class LeastFatigue:
    """Cubed stress, weighted by ``dear`` (muscle,)."""

    dear: np.ndarray

    def share(
        self, capacity: np.ndarray, moment: np.ndarray, stress: np.ndarray, floor: np.ndarray
    ) -> np.ndarray:
        """Share moments among muscles, shape (muscle,)."""
        import numpy as np

        price = fatigue_price(self.dear, stress)
        if len(moment) == 1:
            # Where 3/2 price a^2 is what the muscle gives at the price t of a moment.
            return _at_one_price(
                lambda worth: np.sqrt(np.maximum(worth, 0.0) / (1.5 * price)),
                capacity[0],
                float(moment[0]),
                floor,
            )
        found = fresh = np.maximum(floor, 0.3)
        for _ in range(_ROUNDS):
            # The root of old and new: the new alone swings about the answer.
            found = np.sqrt(found * fresh)
            fresh = _weigh(capacity, moment, 1.5 * price * np.maximum(found, 1e-3), floor)
        return fresh


@dataclass(frozen=True)
class Synergies:
    """Modules (module, muscle) of nonnegative weights, driven with least effort by ``price``."""

    price: np.ndarray
    modules: np.ndarray

    def share(
        self, capacity: np.ndarray, moment: np.ndarray, stress: np.ndarray, floor: np.ndarray
    ) -> np.ndarray:
        """Share moments among muscles, shape (muscle,)."""
        import numpy as np

        dear = self.modules**2 @ self.price
        drive = share_moment(
            capacity @ self.modules.T, moment - capacity @ floor, dear, np.zeros(len(dear))
        )
        return np.minimum(floor + drive @ self.modules, 1.0)


@dataclass(frozen=True)
class OptimalFeedback:
    """Variance of the moment under signal-dependent noise, weighted by ``dear`` (muscle,).

    Attributes
    ----------
    dear : array, shape (muscle,)
    noise : array, shape (muscle,)
        Standard deviation by signal, by that of a muscle of mean strength.
    """

    dear: np.ndarray
    noise: np.ndarray

    def share(
        self, capacity: np.ndarray, moment: np.ndarray, stress: np.ndarray, floor: np.ndarray
    ) -> np.ndarray:
        """Share moments among muscles, shape (muscle,)."""
        price = variance_price(self.dear, self.noise, capacity)
        if len(moment) == 1:
            return _at_one_price(lambda worth: worth / price, capacity[0], float(moment[0]), floor)
        return _weigh(capacity, moment, price, floor)


def fatigue_price(dear: np.ndarray, stress: np.ndarray) -> np.ndarray:
    """Give what a cubed activation costs, of the shape of ``stress`` (..., muscle)."""
    import numpy as np

    price: np.ndarray = dear * np.maximum(stress, LEAST_STRESS) ** 3
    return price


def variance_price(dear: np.ndarray, noise: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    """Give what a squared activation costs in variance and effort, (..., muscle).

    Parameters
    ----------
    capacity : array, shape (..., coordinate, muscle), N.m per unit of activation
    """
    import numpy as np

    variance = ((noise * capacity) ** 2).sum(axis=-2)
    price: np.ndarray = dear * (
        variance / np.maximum(variance.max(axis=-1, keepdims=True), 1e-12) + EFFORT_SHARE
    )
    return price


def _at_one_price(
    respond: Callable[[np.ndarray], np.ndarray],
    capacity: np.ndarray,
    moment: float,
    floor: np.ndarray,
) -> np.ndarray:
    """Share the moment about a single joint at the price of a moment at which all is asked for.

    As in :func:`myopinn.virtual.internal_model.share_moment` a moment stays short by the price
    times :data:`SLACK`.

    Parameters
    ----------
    respond : callable of array (muscle,) to array (muscle,)
        Activations by what a unit of them is worth, growing.
    """
    import numpy as np
    from scipy.optimize import brentq

    def activation(price: float) -> np.ndarray:
        found: np.ndarray = np.clip(respond(price * capacity), floor, 1.0)
        return found

    def over(price: float) -> float:
        return float(capacity @ activation(price)) + SLACK * price - moment

    start = over(0.0)
    if not start:
        return activation(0.0)
    # Every muscle only helps, so the slack alone bounds the price.
    return activation(brentq(over, 0.0, -start / SLACK, xtol=1e-9, rtol=1e-9))


def _weigh(
    capacity: np.ndarray, moment: np.ndarray, price: np.ndarray, floor: np.ndarray
) -> np.ndarray:
    """Minimise ``sum price a^2 + |capacity a - moment|^2 / slack`` between floor and 1."""
    import numpy as np

    matrix = np.vstack([capacity / SLACK**0.5, np.diag(np.sqrt(price))])
    target = np.concatenate([moment / SLACK**0.5, np.zeros(len(price))])
    return bounded_least_squares(matrix, target, floor, np.ones_like(floor))


def law_of(person: Person) -> SharingLaw:
    """Give the law by which a person shares moments."""
    import numpy as np

    muscles = person.anatomy.muscles
    strength = np.array([muscle.max_isometric_force_n for muscle in muscles])
    dear = np.array([person.sharing[muscle.name] for muscle in muscles])
    price = dear * strength / strength.mean()
    if person.law == LEAST_FATIGUE:
        return LeastFatigue(dear)
    if person.law == SYNERGIES:
        return Synergies(price, np.array(person.modules))
    if person.law == OPTIMAL_FEEDBACK:
        return OptimalFeedback(dear, noise_by_strength(strength))
    return LeastEffort(price)


def noise_by_strength(strength: np.ndarray) -> np.ndarray:
    """Give the noise of muscles by that of a muscle of mean strength."""
    found: np.ndarray = (strength / strength.mean()) ** NOISE_BY_STRENGTH
    return found


# ASSUME: weights of a module, of the muscles that it is for and of all others.
_OWN, _ALONG = (0.35, 1.0), (0.0, 0.12)
# From how many muscles on a group has a second module.
_ENOUGH_FOR_TWO = 4


def draw_modules(
    person: Person, groups: Sequence[Sequence[str]], rng: np.random.Generator
) -> Modules:
    """Draw a person's modules about a joint.

    Parameters
    ----------
    groups : sequence of sequence of str
        Muscles that turn it the same way; each has a module, a large one two.

    Returns
    -------
    tuple of tuple of float
        Weight of each muscle in each module, the largest 1.
    """
    import numpy as np

    names = person.anatomy.muscle_names
    modules = []
    for group in groups:
        own = np.array([name in group for name in names])
        for _ in range(2 if own.sum() >= _ENOUGH_FOR_TWO else 1):
            mine, along = (rng.uniform(*bounds, len(names)) for bounds in (_OWN, _ALONG))
            weights = np.where(own, mine, along)
            modules.append(tuple(float(value) for value in weights / weights.max()))
    return tuple(modules)
