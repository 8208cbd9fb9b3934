"""Isometric contractions: a person pushes against a fixture, maximally and in ramps, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from myopinn.virtual.control import MINIMUM_EXCITATION, Gains, Noise
from myopinn.virtual.internal_model import BelievedMuscles, InternalModel
from myopinn.virtual.motion import hold_still
from myopinn.virtual.people import Person
from myopinn.virtual.sharing_laws import law_of

if TYPE_CHECKING:
    import numpy as np

    from myopinn.virtual.motion import Target

# Share of the trial's time, and share of the maximum that the person aims at, for each direction in
# turn: a maximal effort, then a ramp up and down.
_MAXIMUM = ((0.03, 0.07, 0.14, 0.18), (0.0, 0.95, 0.95, 0.0))
_RAMP = ((0.22, 0.36, 0.48), (0.0, 0.8, 0.0))


class IsometricEffort:
    """A person who makes a moment against a fixture that holds one joint at an angle.

    The moment asked for is shared among the muscles as in a motion, as far as the person believes
    to know their strength; with growing effort the sharing changes as dear muscles join in.

    Parameters
    ----------
    person : Person
    angle_rad : float
        At which the joint is held.
    duration_s : float
        Of the trial: a maximal effort and a ramp each in flexion and in extension.
    """

    locked = True

    def __init__(
        self,
        person: Person,
        angle_rad: float,
        duration_s: float,
        gains: Gains,
        step_s: float,
        rng: np.random.Generator,
    ) -> None:
        import numpy as np

        angle = np.array([angle_rad])
        self.target: Target | None = hold_still(angle, 0.0, duration_s)
        muscles = BelievedMuscles(person.anatomy, gains.belief_spread, gains.tendon_stretch, rng)
        length, arm = InternalModel(person.anatomy).geometry(angle)
        active, _ = muscles.forces(length, np.zeros_like(length))
        self._capacity, self._stress = arm * active, active / muscles.strength
        self._law = law_of(person)
        # Who does not reach the maximum of single muscles does not in an effort of all of them.
        self._reached = float(np.mean(list(person.traits.mvc_effort.values()) or [1.0]))
        self._tension = person.co_contraction * float(np.exp(0.25 * rng.standard_normal()))
        self._duration = duration_s
        self._noise = Noise(len(person.anatomy.muscles), gains.noise_s, step_s, rng)
        self._motor_noise = gains.motor_noise / 2

    def command(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        """Give the excitations at a time, shape (muscle,)."""
        import numpy as np

        effort = self._reached * self.effort(time_s)
        direction = 1.0 if effort >= 0 else -1.0
        most = np.maximum(direction * self._capacity, 0.0).sum()
        level = self._tension * (0.6 + 2.0 * min(abs(effort), 0.5))
        floor = np.full(len(self._stress), MINIMUM_EXCITATION + level * bool(effort))
        asked = np.array([effort * most])
        planned = self._law.share(self._capacity, asked, self._stress, floor)
        noise = 1.0 + self._motor_noise * self._noise.draw()
        return np.clip(planned * noise, MINIMUM_EXCITATION, 1.0)

    def effort(self, time_s: float) -> float:
        """Give the share of the maximal moment aimed at, -1 to 1, flexion positive."""
        import numpy as np

        share = time_s / self._duration
        half, sign = (share, 1.0) if share < 0.5 else (share - 0.5, -1.0)
        return sign * float(np.interp(half, *_MAXIMUM) + np.interp(half, *_RAMP))
