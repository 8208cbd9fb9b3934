"""What a nervous system believes about its body, and how it shares a moment among muscles.

The skeleton is believed as it is; strengths are believed with an error, tendons to be
inextensible. From a motion the model gives the moment that it needs and the excitations that
should make it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from myopinn.opensim.bounded_least_squares import bounded_least_squares
from myopinn.virtual.anatomy import Anatomy
from myopinn.virtual.models import MillardElastic, build_model

if TYPE_CHECKING:
    import numpy as np


class InternalModel:
    """The body as its owner believes it: the skeleton exactly, the muscles roughly."""

    def __init__(self, anatomy: Anatomy) -> None:
        import opensim as osim

        self._model = build_model(anatomy, MillardElastic())
        self._muscles = [
            osim.Muscle.safeDownCast(self._model.getMuscles().get(name))
            for name in anatomy.muscle_names
        ]
        for muscle in self._muscles:
            muscle.set_appliesForce(False)
        self._state = self._model.initSystem()
        names = anatomy.coordinates
        self._coordinates = [self._model.getCoordinateSet().get(name) for name in names]
        self._solver = osim.InverseDynamicsSolver(self._model)
        self._angle: list[float] | None = None

    def _pose(self, angle: np.ndarray) -> None:
        # A value that is set anew, even the same, has all positions and paths computed anew.
        wanted = [float(q) for q in angle]
        if wanted != self._angle:
            for coordinate, q in zip(self._coordinates, wanted, strict=True):
                coordinate.setValue(self._state, q, False)
            self._angle = wanted

    def moment(
        self, angle: np.ndarray, velocity: np.ndarray, acceleration: np.ndarray
    ) -> np.ndarray:
        """Give the moments that a motion needs, N.m, shape (coordinate,)."""
        import numpy as np
        import opensim as osim

        self._pose(angle)
        for coordinate, qd in zip(self._coordinates, velocity, strict=True):
            coordinate.setSpeedValue(self._state, float(qd))
        wanted = osim.Vector(len(self._coordinates), 0.0)
        for index, value in enumerate(acceleration):
            wanted.set(index, float(value))
        needed = self._solver.solve(self._state, wanted)
        return np.array([needed.get(i) for i in range(len(self._coordinates))])

    def geometry(self, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give muscle-tendon lengths (muscle,) and moment arms (coordinate, muscle), m."""
        import numpy as np

        self._pose(angle)
        self._model.realizePosition(self._state)
        length = np.array([muscle.getLength(self._state) for muscle in self._muscles])
        # Not moment_arms: it differs in the last digit, which searches for a plan and integrators
        # that choose their steps magnify.
        arms = [
            [muscle.computeMomentArm(self._state, c) for muscle in self._muscles]
            for c in self._coordinates
        ]
        return length, np.array(arms)


class BelievedMuscles:
    """Rigid-tendon Hill muscles with the strengths that a person believes in.

    Parameters
    ----------
    anatomy : Anatomy
    belief_spread : float
        Standard deviation of the logarithm of believed over true strength.
    tendon_stretch : float
        Stretch at which every tendon is believed to be.
    rng : Generator
    viscosity : float
        Share of its strength with which a relaxed muscle is believed to resist being lengthened or
        shortened at its highest speed.
    """

    def __init__(
        self,
        anatomy: Anatomy,
        belief_spread: float,
        tendon_stretch: float,
        rng: np.random.Generator,
        viscosity: float = 0.0,
    ) -> None:
        import numpy as np

        self._viscosity = viscosity
        muscles = anatomy.muscles
        self.strength = np.array([m.max_isometric_force_n for m in muscles])
        self.strength = self.strength * np.exp(belief_spread * rng.standard_normal(len(muscles)))
        self._optimal = np.array([m.optimal_fiber_length_m for m in muscles])
        slack = np.array([m.tendon_slack_length_m for m in muscles])
        self._tendon = slack * tendon_stretch
        self._height = self._optimal * np.sin([m.pennation_angle_rad for m in muscles])

    def forces(self, length: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the tendon forces of full activation and of none, N, shape (muscle,).

        Curves of Thelen 2003, doi:10.1115/1.1531112: a Gaussian of the fibre's length, Hill's
        hyperbola of its velocity and an exponential passive force.
        """
        import numpy as np

        along = np.maximum(length - self._tendon, 0.2 * self._optimal)
        fiber = np.hypot(along, self._height)
        cosine, stretch = along / fiber, fiber / self._optimal
        speed = np.clip(velocity * cosine / (10.0 * self._optimal), -0.95, 1.0)
        by_length = np.exp(-((stretch - 1.0) ** 2) / 0.45)
        shortening = (1.0 + speed) / (1.0 - speed / 0.25)
        lengthening = 1.0 + 0.4 * 7.56 * speed / (1.0 + 7.56 * np.abs(speed))
        by_speed = np.where(speed < 0, shortening, lengthening)
        passive = np.expm1(np.maximum(4.0 * (stretch - 1.0) / 0.6, 0.0)) / np.expm1(4.0)
        scale = self.strength * cosine
        # A muscle that is believed useless would be asked for anything.
        active = np.maximum(scale * by_length * by_speed, 0.02 * self.strength)
        return active, scale * (passive + self._viscosity * speed)


# How dear it is, against effort, to leave a moment short, 1/(N.m)^2.
SLACK = 1e-2


def share_moment(
    capacity: np.ndarray, moment: np.ndarray, price: np.ndarray, floor: np.ndarray
) -> np.ndarray:
    """Share moments among muscles: least effort above a floor, the moments met as well as can be.

    Bounded least squares, minimising ``sum price (a - floor)^2 + |capacity a - moment|^2 / slack``.
    With more asked than there is, the moment stays short instead of wrong muscles being used.

    Parameters
    ----------
    capacity : array, shape (coordinate, muscle), N.m per unit of activation
    moment : array, shape (coordinate,), N.m
    price, floor : array, shape (muscle,)

    Returns
    -------
    array, shape (muscle,), between ``floor`` and 1
    """
    import numpy as np

    if len(moment) == 1:
        return _share_about_one_joint(capacity[0], float(moment[0]), price, floor)
    matrix = np.vstack([capacity / SLACK**0.5, np.diag(np.sqrt(price))])
    target = np.concatenate([moment / SLACK**0.5, np.sqrt(price) * floor])
    return bounded_least_squares(matrix, target, floor, np.ones_like(floor))


def _share_about_one_joint(
    capacity: np.ndarray, moment: float, price: np.ndarray, floor: np.ndarray
) -> np.ndarray:
    """Share the moment about a single joint, exactly and several times as fast.

    Every muscle follows the price ``t`` of a moment: ``a = floor + t capacity / price`` up to 1,
    if that is upwards, and ``SLACK t = moment - capacity a``: muscles reach 1 one after the other.
    """
    import numpy as np

    missing = moment - float(capacity @ floor)
    sign = 1.0 if missing >= 0 else -1.0
    helps = sign * capacity > 0
    gain = np.where(helps, np.abs(capacity) / price, 0.0)
    full = np.where(helps, (1.0 - floor) / np.where(helps, gain, 1.0), np.inf)
    rising, left = helps, abs(missing)
    for index in np.argsort(full):
        cost = left / (SLACK + float((np.abs(capacity) * gain)[rising].sum()))
        if cost <= full[index]:
            break
        rising = rising & (np.arange(len(full)) != index)
        left -= abs(capacity[index]) * (1.0 - floor[index])
    return np.where(helps, np.minimum(floor + cost * gain, 1.0), floor)
