"""The nervous system: feedback, internal model, sharing among muscles, noise.

A person intends a motion, senses the joint with a delay, and asks for an acceleration. An internal
model of the body turns it into a moment, looking ahead by the delay of the muscles; the moment is
shared among the muscles by the person's law, never below the co-contraction. The internal
model believes wrong strengths and inextensible tendons, and what is sent is noisy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from myopinn.virtual.internal_model import BelievedMuscles, InternalModel
from myopinn.virtual.motion import Target
from myopinn.virtual.people import Person
from myopinn.virtual.sharing_laws import law_of

if TYPE_CHECKING:
    import numpy as np

MINIMUM_EXCITATION = 0.01


@dataclass(frozen=True)
class Gains:
    """Feedback in acceleration and what delays and blurs it.

    Attributes
    ----------
    proportional, derivative, integral : float
        In 1/s^2, 1/s, 1/s^3.
    sensory_delay_s : float
        ASSUME: of the fast spinal and long-latency loops together.
    activation_lead_s : float
        How much the muscles' own lag is anticipated.
    belief_spread : float
        Standard deviation of the logarithm of believed over true strength.
    motor_noise : float
        Standard deviation of the noise as a share of the excitation (Harris, Wolpert 1998,
        doi:10.1038/29528).
    noise_s : float
        Correlation time of the noise.
    tendon_stretch : float
        Stretch at which the internal model believes every tendon to be.
    """

    proportional: float = 100.0
    derivative: float = 15.0
    integral: float = 60.0
    sensory_delay_s: float = 0.020
    activation_lead_s: float = 0.045
    belief_spread: float = 0.10
    motor_noise: float = 0.12
    noise_s: float = 0.030
    tendon_stretch: float = 1.02


class Controller(Protocol):
    """Whoever commands muscles.

    Attributes
    ----------
    locked : bool
        Whether the joints are held by a fixture meanwhile.
    target : Target or None
        The intended motion.
    """

    locked: bool
    target: Target | None

    def command(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        """Give the excitations at a time from the motion so far, shape (muscle,)."""
        ...


class Noise:
    """Coloured noise of unit variance, one channel per muscle (first order)."""

    def __init__(self, count: int, time_s: float, step_s: float, rng: np.random.Generator) -> None:
        import math

        self._rng, self._keep = rng, math.exp(-step_s / time_s)
        self._value = rng.standard_normal(count)

    def draw(self) -> np.ndarray:
        """Step on and give the values, shape (muscle,)."""
        fresh = self._rng.standard_normal(len(self._value))
        self._value = self._keep * self._value + (1 - self._keep**2) ** 0.5 * fresh
        return self._value


class FeedbackController:
    """A person who follows a target.

    Parameters
    ----------
    person : Person
    target : Target
    gains : Gains
    step_s : float
        Time between two commands.
    rng : Generator
    """

    locked = False

    def __init__(
        self,
        person: Person,
        target: Target,
        gains: Gains,
        step_s: float,
        rng: np.random.Generator,
    ) -> None:
        import numpy as np

        self.target: Target | None = target
        self._intended = target
        self._gains, self._step = gains, step_s
        self._lead = gains.activation_lead_s + person.electromechanical_delay_s
        self._body = InternalModel(person.anatomy)
        self._muscles = BelievedMuscles(
            person.anatomy, gains.belief_spread, gains.tendon_stretch, rng
        )
        self._law = law_of(person)
        # How tense a person is differs from trial to trial and wanders within it.
        self._tension = person.co_contraction * float(np.exp(0.25 * rng.standard_normal()))
        self._wander = Noise(1, 2.0, step_s, rng)
        self._noise = Noise(len(person.anatomy.muscles), gains.noise_s, step_s, rng)
        self._rng = rng
        self._sensed: list[tuple[np.ndarray, np.ndarray]] = []
        self._integral = np.zeros(len(person.anatomy.coordinates))

    def command(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        """Give the excitations at a time from the motion so far, shape (muscle,)."""
        import numpy as np

        gains = self._gains
        self._sensed.append((angle, velocity))
        delay = round(gains.sensory_delay_s / self._step)
        q, qd = self._sensed[max(len(self._sensed) - 1 - delay, 0)]
        wanted, wanted_speed, _ = self._intended.at(time_s - gains.sensory_delay_s)
        error, error_speed = wanted - q, wanted_speed - qd
        self._integral = np.clip(self._integral + error * self._step, -0.3, 0.3)
        correction = (
            gains.proportional * error
            + gains.derivative * error_speed
            + gains.integral * self._integral
        )
        planned = self.plan(time_s + self._lead, correction)
        noise = 1.0 + gains.motor_noise * self._noise.draw()
        background = 0.003 * self._rng.standard_normal(len(planned))
        return np.clip(planned * noise + background, MINIMUM_EXCITATION, 1.0)

    def plan(self, time_s: float, correction: np.ndarray) -> np.ndarray:
        """Give the activations that the internal model holds right at a time, shape (muscle,)."""
        import numpy as np

        q, qd, qdd = self._intended.at(time_s)
        needed = self._body.moment(q, qd, qdd + correction)
        length, arm = self._body.geometry(q)
        active, passive = self._muscles.forces(length, -qd @ arm)
        capacity, missing = arm * active, needed - arm @ passive
        # Co-contraction grows with the effort (De Luca, Mambrito 1987, J Neurophysiol 58:525).
        most = np.abs(capacity).sum(axis=1) / 2
        effort = min(float(np.max(np.abs(missing) / most)), 0.5)
        wander = float(np.exp(0.25 * self._wander.draw()[0]))
        level = self._tension * wander * (0.6 + 2.0 * effort)
        floor = np.full(len(active), min(MINIMUM_EXCITATION + level, 0.5))
        return self._law.share(capacity, missing, active / self._muscles.strength, floor)


class MaximalEffort:
    """A person who pushes against a fixture as hard as can be, one group of muscles at a time.

    Parameters
    ----------
    groups : sequence of tuple of muscle names
        One effort each.
    muscle_names : sequence of str
    duration_s : float
        Of all efforts and the rests between them.
    reached : sequence of float
        Share of its usual maximum that each muscle reaches; all of it where it is not given.
    """

    locked = True
    target: Target | None = None

    def __init__(
        self,
        groups: tuple[tuple[str, ...], ...],
        muscle_names: tuple[str, ...],
        duration_s: float,
        gains: Gains,
        step_s: float,
        rng: np.random.Generator,
        *,
        reached: Sequence[float] | None = None,
    ) -> None:
        import numpy as np

        self._period = duration_s / len(groups)
        self._member = np.array([[name in group for name in muscle_names] for group in groups])
        # ASSUME: nobody drives every muscle to its very maximum; antagonists work along at a tenth.
        self._peak = np.clip(rng.normal(0.95, 0.03, self._member.shape), 0.85, 1.0)
        if reached is not None:
            self._peak = self._peak * np.asarray(reached)
        self._along = rng.uniform(0.05, 0.15, self._member.shape)
        self._noise = Noise(len(muscle_names), gains.noise_s, step_s, rng)
        self._motor_noise = gains.motor_noise / 2

    def command(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        """Give the excitations at a time, shape (muscle,)."""
        import numpy as np

        time_s = max(time_s, 0.0)
        effort = min(int(time_s / self._period), len(self._member) - 1)
        share = time_s / self._period - effort
        # Rest, rise for an eighth, hold for a half, let go.
        shape = np.interp(share, [0.10, 0.225, 0.725, 0.85], [0.0, 1.0, 1.0, 0.0])
        level = np.where(self._member[effort], self._peak[effort], self._along[effort]) * shape
        noise = 1.0 + self._motor_noise * self._noise.draw()
        return np.clip(level * noise + 0.012, MINIMUM_EXCITATION, 1.0)
