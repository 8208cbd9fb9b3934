"""Somebody pushes a moving limb, at times that the person cannot foresee.

The push is on nobody's record: inverse dynamics takes it for the muscles' moment while it lasts, as
it does with a knock in a real laboratory. The reflexes and corrections that follow are the person's
own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from myopinn.virtual.anatomy import Anatomy
from myopinn.virtual.control import FeedbackController

if TYPE_CHECKING:
    import numpy as np

# ASSUME: a motor's pulse that stretches muscles and is over before they answer from the will, as in
# Lee, Tatton 1975, Can J Neurol Sci 2:285, whose wrist's answers come after 30 to 100 ms.
PULSE_S = 0.1
_NAME = "push"


class Pushes:
    """Pulses of moment about one joint; :class:`myopinn.virtual.simulation.Surroundings`.

    Parameters
    ----------
    anatomy : Anatomy
        With one joint that moves.
    start_s : array, shape (pulse,)
        When pulses begin; none overlap.
    moment_n_m : array, shape (pulse,)
        Positive in the direction of the joint's angle.
    """

    parts = 1

    def __init__(self, anatomy: Anatomy, start_s: np.ndarray, moment_n_m: np.ndarray) -> None:
        self._body = next(joint.child for joint in anatomy.joints if joint.coordinate)
        self.start_s, self.moment_n_m = start_s, moment_n_m
        self._value: Any = None

    def attach(self, model: Any) -> None:
        """Put the moment on the moving body into a model."""
        import opensim as osim

        force = osim.PrescribedForce(_NAME, model.getBodySet().get(self._body))
        force.setForceIsInGlobalFrame(True)
        force.setTorqueFunctions(*(osim.Constant(0.0) for _ in range(3)))
        model.addForce(force)
        model.finalizeConnections()

    def bind(self, model: Any) -> None:
        """Find the moment about the joint's axis, z, again."""
        import opensim as osim

        force = osim.PrescribedForce.safeDownCast(model.getForceSet().get(_NAME))
        self._force = force
        self._value = osim.Constant.safeDownCast(force.updTorqueFunctions().get(2))

    def act(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> None:
        """Push, or do not."""
        self._value.setValue(self.moment_at(time_s))

    def moment_at(self, time_s: float) -> float:
        """Give the moment at a time, N.m."""
        since = time_s - self.start_s
        # Half a microsecond for times that are sums of steps.
        return float(self.moment_n_m[(since > -5e-7) & (since < PULSE_S - 5e-7)].sum())


def draw_pushes(
    anatomy: Anatomy,
    per_minute: float,
    moment_n_m: float,
    duration_s: float,
    rng: np.random.Generator,
) -> Pushes:
    """Draw pulses, one at some time in each equal part of a trial, either way."""
    import numpy as np

    count = max(round(per_minute * duration_s / 60.0), 1)
    part = duration_s / count
    start = part * np.arange(count) + rng.uniform(0.0, max(part - PULSE_S, 0.0), count)
    return Pushes(anatomy, start, moment_n_m * rng.choice([-1.0, 1.0], count))


class PushedController(FeedbackController):
    """A person who follows a target and is pushed meanwhile.

    Attributes
    ----------
    pushes : Pushes
        Which the person knows nothing of until they are felt.
    """

    pushes: Pushes
