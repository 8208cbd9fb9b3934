"""A person's law of sharing where a movement is practised: over a whole cycle, and in corrections.

The laws are those of :mod:`myopinn.virtual.sharing_laws`, their costs those of a cycle's
excitations instead of an instant's activations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from myopinn.opensim.bounded_least_squares import bounded_least_squares
from myopinn.virtual.anticipation import Practice, anticipate
from myopinn.virtual.sharing_laws import (
    LEAST_FATIGUE,
    OPTIMAL_FEEDBACK,
    SYNERGIES,
    fatigue_price,
    noise_by_strength,
    variance_price,
)

if TYPE_CHECKING:
    import numpy as np

    from myopinn.virtual.people import Person

# How much dearer it is to leave a correction short than to make it, 1/(N.m)^2.
_WEIGHT = 1.0 / 0.1
# ASSUME: excitation below which a muscle is no cheaper to call in a correction.
_LEAST_DEAR = 0.05


@dataclass(frozen=True)
class PractisedSharing:
    """What a person's law costs in each phase of a cycle.

    A plan comes near the least cost and not to it: its search takes activation rates as given.

    Attributes
    ----------
    capacity : array, shape (phase, joint, muscle), N.m per unit of activation
    price : array, shape (phase, muscle)
    power : float
        Of the excitations, times whose price are the cost.
    modules : array, shape (module, muscle), or None
        Weights, where muscles are driven by modules.
    """

    capacity: np.ndarray
    price: np.ndarray
    power: float
    modules: np.ndarray | None

    def plan(
        self, moment: np.ndarray, floor: float, step_s: float, practice: Practice
    ) -> tuple[np.ndarray, np.ndarray]:
        """Plan a cycle; takes and gives what :func:`.anticipation.anticipate` does."""
        return anticipate(
            self.capacity,
            moment,
            self.price,
            floor,
            step_s,
            practice,
            power=self.power,
            modules=self.modules,
        )

    def change(
        self, phase: int, asked: np.ndarray, planned: np.ndarray, floor: float
    ) -> np.ndarray:
        """Give how activations have to differ from the plan for moments more than planned.

        Parameters
        ----------
        asked : array, shape (joint,), N.m
        planned : array, shape (muscle,)
            Activations of the phase.

        Returns
        -------
        array, shape (muscle,)
        """
        import numpy as np

        capacity, price = self.capacity[phase], self.price[phase]
        if self.power > 2:
            # What one more of a muscle costs grows with what it does already.
            price = self.power / 2 * price * np.maximum(planned, _LEAST_DEAR)
        low = np.minimum(floor - planned, -1e-6)
        high = np.maximum(1.0 - planned, 1e-6)
        if self.modules is not None:
            return self._change_modules(capacity, price, asked, low, high)
        matrix = np.vstack([_WEIGHT * capacity, np.diag(np.sqrt(price))])
        target = np.concatenate([_WEIGHT * asked, np.zeros(len(planned))])
        return bounded_least_squares(matrix, target, low, high)

    def _change_modules(
        self,
        capacity: np.ndarray,
        price: np.ndarray,
        asked: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
    ) -> np.ndarray:
        """Change the drives of modules, none below what would relax all its muscles."""
        import numpy as np

        assert self.modules is not None
        main = self.modules > 0.5 * self.modules.max(axis=1, keepdims=True)
        least = np.array([low[own].min() for own in main])
        most = np.array([high[own].max() for own in main])
        matrix = np.vstack(
            [_WEIGHT * capacity @ self.modules.T, np.diag(np.sqrt(self.modules**2 @ price))]
        )
        target = np.concatenate([_WEIGHT * asked, np.zeros(len(self.modules))])
        drive = bounded_least_squares(matrix, target, least, most)
        return np.clip(drive @ self.modules, low, high)


def practised_sharing(person: Person, capacity: np.ndarray, stress: np.ndarray) -> PractisedSharing:
    """Give how a person shares moments in a practised movement.

    Parameters
    ----------
    capacity : array, shape (phase, joint, muscle), N.m per unit of activation
    stress : array, shape (phase, muscle)
        Active force of full activation by strength.
    """
    import numpy as np

    muscles = person.anatomy.muscles
    strength = np.array([muscle.max_isometric_force_n for muscle in muscles])
    dear = np.array([person.sharing[muscle.name] for muscle in muscles])
    # Between the least sum of squared activations, which makes weak and strong muscles alike
    # dear, and that of forces times activations, which spends the weak ones first.
    price, power, modules = dear * np.sqrt(strength / strength.mean()), 2.0, None
    if person.law == LEAST_FATIGUE:
        price, power = fatigue_price(dear, stress), 3.0
    elif person.law == OPTIMAL_FEEDBACK:
        price = variance_price(dear, noise_by_strength(strength), capacity)
    elif person.law == SYNERGIES:
        modules = np.array(person.modules)
    return PractisedSharing(capacity, np.broadcast_to(price, stress.shape), power, modules)


def mix_sharings(
    sharings: Sequence[PractisedSharing], share: np.ndarray, phase: int
) -> PractisedSharing:
    """Give how a person shares moments between movements that are practised, at one phase.

    Parameters
    ----------
    sharings : sequence of PractisedSharing
        Of each movement.
    share : array, shape (movement,)
        What each of them is like the present one.

    Returns
    -------
    PractisedSharing
        Of the one phase.
    """
    import numpy as np

    capacity = np.tensordot(share, [each.capacity[phase] for each in sharings], 1)
    price = np.tensordot(share, [each.price[phase] for each in sharings], 1)
    return replace(sharings[0], capacity=capacity[None], price=price[None])
