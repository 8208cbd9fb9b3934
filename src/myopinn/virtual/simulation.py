"""A person in closed loop: excitations held for a few milliseconds, OpenSim integrates, and again.

What is returned is the truth of a trial: what was sent, what the muscles did, how the joints moved.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from myopinn.errors import TrialError
from myopinn.virtual.control import MINIMUM_EXCITATION, Controller
from myopinn.virtual.models import build_model, moment_arms
from myopinn.virtual.people import Person

if TYPE_CHECKING:
    import numpy as np

STEP_S = 0.005
# At 1e-5 an open-loop replay of an elbow over 6 s stays within 0.01 degrees, at 1e-4 within 0.4.
ACCURACY = 1e-5


@dataclass(frozen=True)
class Integrator:
    """Which of OpenSim's integrators, and how accurate.

    Attributes
    ----------
    method : str
        As in OpenSim's ``Manager.IntegratorMethod_...``.
    accuracy : float
    """

    method: str = "RungeKuttaMerson"
    accuracy: float = ACCURACY


class Surroundings(Protocol):
    """What acts on a person besides gravity and muscles.

    Attributes
    ----------
    parts : int
        How often within a step it acts anew.
    """

    parts: int

    def attach(self, model: Any) -> None:
        """Put forces into a model before its system is made."""
        ...

    def bind(self, model: Any) -> None:
        """Find them again in the model once its system is made."""
        ...

    def act(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> None:
        """Set the forces for the coming part of a step from the motion at its beginning."""
        ...


@dataclass(frozen=True)
class Truth:
    """What happened in a trial, every :data:`STEP_S`.

    Attributes
    ----------
    time_s : array, shape (time,)
    excitation : array, shape (time, muscle)
        What the nerves send and electrodes see; it reaches the muscle an electromechanical delay
        later.
    activation, tendon_force, fiber_length, fiber_velocity : array, shape (time, muscle)
    moment_arm : array, shape (time, coordinate, muscle)
    joint_angle, joint_velocity, joint_acceleration, target_angle : array, (time, coordinate)
        The target is NaN where nothing was intended. Metres for a coordinate that translates.
    """

    time_s: np.ndarray
    excitation: np.ndarray
    activation: np.ndarray
    tendon_force: np.ndarray
    fiber_length: np.ndarray
    fiber_velocity: np.ndarray
    moment_arm: np.ndarray
    joint_angle: np.ndarray
    joint_velocity: np.ndarray
    joint_acceleration: np.ndarray
    target_angle: np.ndarray

    @property
    def joint_moment(self) -> np.ndarray:
        """Moment of all muscles, N.m, shape (time, coordinate)."""
        import numpy as np

        return np.einsum("tcm,tm->tc", self.moment_arm, self.tendon_force)


class HeldControls:
    """A model whose excitations are constants that are changed between calls of the integrator."""

    def __init__(
        self,
        person: Person,
        *,
        locked: bool,
        integrator: Integrator | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        import opensim as osim

        self._integrator = integrator or Integrator()
        self.model = build_model(person.anatomy, person.muscles)
        names = person.anatomy.muscle_names
        controller = osim.PrescribedController()
        controller.setName("nerves")
        for name in names:
            controller.addActuator(self.model.getMuscles().get(name))
            controller.prescribeControlForActuator(name, osim.Constant(MINIMUM_EXCITATION))
        self.model.addController(controller)
        for name in person.anatomy.coordinates:
            self.model.updCoordinateSet().get(name).set_locked(locked)
        if surroundings:
            surroundings.attach(self.model)
        self.state = self.model.initSystem()
        if surroundings:
            surroundings.bind(self.model)
        self.coordinates = [
            self.model.getCoordinateSet().get(name) for name in person.anatomy.coordinates
        ]
        self.muscles = [
            osim.Millard2012EquilibriumMuscle.safeDownCast(self.model.getMuscles().get(name))
            for name in names
        ]
        self._crossings = person.anatomy.crossings
        made = osim.PrescribedController.safeDownCast(
            self.model.getComponent("/controllerset/nerves")
        )
        functions = made.get_ControlFunctions()
        self._controls = [osim.Constant.safeDownCast(functions.get(i)) for i in range(len(names))]
        self._locked = locked
        self._manager: Any = None

    def start(self, angle: np.ndarray, velocity: np.ndarray, activation: np.ndarray) -> None:
        """Put the person into a state, tendons in equilibrium, at time 0."""
        import opensim as osim

        for coordinate, q, qd in zip(self.coordinates, angle, velocity, strict=True):
            locked = coordinate.getLocked(self.state)
            coordinate.setLocked(self.state, False)
            coordinate.setValue(self.state, float(q), False)
            coordinate.setSpeedValue(self.state, 0.0 if locked else float(qd))
            coordinate.setLocked(self.state, locked)
        for muscle, value in zip(self.muscles, activation, strict=True):
            muscle.setActivation(self.state, float(value))
        self.model.equilibrateMuscles(self.state)
        self._manager = osim.Manager(self.model)
        method = getattr(osim.Manager, f"IntegratorMethod_{self._integrator.method}")
        self._manager.setIntegratorMethod(method)
        self._manager.setIntegratorAccuracy(self._integrator.accuracy)
        self._manager.setWriteToStorage(False)
        self._manager.initialize(self.state)
        self._observed = osim.State(self.state)
        self._arms: np.ndarray | None = None

    def advance(self, controls: Iterable[float], end_s: float) -> None:
        """Hold these controls until a time."""
        for control, value in zip(self._controls, controls, strict=True):
            control.setValue(float(value))
        self.state = self._manager.integrate(float(end_s))
        self.model.markControlsAsInvalid(self.state)

    def motion(self) -> tuple[np.ndarray, np.ndarray]:
        """Give angles and velocities of the coordinates."""
        import numpy as np

        angle = np.array([c.getValue(self.state) for c in self.coordinates])
        return angle, np.array([c.getSpeedValue(self.state) for c in self.coordinates])

    def observe(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the muscles' states (muscle, 4), moment arms (coordinate, muscle), accelerations."""
        import numpy as np

        # On another state: realizing the acceleration of the manager's own makes every further call
        # of the integrator seven times as slow. Without it the fibres' getters read a stale cache.
        state = self._observed
        state.setTime(self.state.getTime())
        state.setY(self.state.getY())
        self.model.markControlsAsInvalid(state)
        self.model.realizeAcceleration(state)
        muscles = [
            (
                muscle.getActivation(state),
                muscle.getTendonForce(state),
                muscle.getFiberLength(state),
                muscle.getFiberVelocity(state),
            )
            for muscle in self.muscles
        ]
        acceleration = np.array([c.getAccelerationValue(state) for c in self.coordinates])
        # Last, as this changes the speeds of the state.
        if self._arms is None or not self._locked:
            self._arms = moment_arms(
                self.model, state, self.coordinates, self.muscles, self._crossings
            )
        return np.array(muscles), self._arms, acceleration


def simulate(
    person: Person,
    controller: Controller,
    duration_s: float,
    lead_s: float,
    trial: str,
    *,
    integrator: Integrator | None = None,
    surroundings: Surroundings | None = None,
) -> Truth:
    """Let a person move.

    Parameters
    ----------
    duration_s : float
        Of the trial.
    lead_s : float
        How long the person is under way before the recording starts at time 0.
    trial : str
        Name, for the error.
    integrator : Integrator
    surroundings : Surroundings
        Nothing but gravity where there are none.

    Raises
    ------
    TrialError
        Where the simulation diverges: a joint leaves its range or the integrator gives up.
    """
    import numpy as np

    body = HeldControls(
        person, locked=controller.locked, integrator=integrator, surroundings=surroundings
    )
    if controller.target is None:
        angle = velocity = np.zeros(len(body.coordinates))
    else:
        angle, velocity, _ = controller.target.at(-lead_s)
    excitation = controller.command(-lead_s, angle, velocity)
    body.start(angle, velocity, excitation)
    # The integrator's clock starts with the lead, the trial's when the recording starts.
    on_the_way = [excitation] * round(person.electromechanical_delay_s / STEP_S)
    rows: list[tuple[Any, ...]] = []
    ranges = person.anatomy.ranges  # worked out from the joints at each call
    for step in range(round((lead_s + duration_s) / STEP_S) + 1):
        time = step * STEP_S - lead_s
        if step:
            excitation = controller.command(time, angle, velocity)
        if time > -STEP_S / 2:
            rows.append((time, excitation, angle, velocity, *body.observe()))
        on_the_way.append(excitation)
        arriving = on_the_way.pop(0)
        parts = surroundings.parts if surroundings else 1
        for part in range(parts):
            if surroundings:
                surroundings.act(time + part * STEP_S / parts, angle, velocity)
            try:
                body.advance(arriving, (step + (part + 1) / parts) * STEP_S)
            except RuntimeError as error:
                raise _diverged(person, trial, time, str(error).splitlines()[0]) from error
            angle, velocity = body.motion()
        _check_range(person, ranges, trial, time, angle)
    return _collect(rows, controller)


def _check_range(
    person: Person,
    ranges: Mapping[str, tuple[float, float]],
    trial: str,
    time: float,
    angle: np.ndarray,
) -> None:
    for (name, (low, high)), value in zip(ranges.items(), angle, strict=True):
        if not low <= value <= high:
            raise _diverged(
                person,
                trial,
                time,
                f"{name} is {math.degrees(value):.0f} degrees, its range is "
                f"{math.degrees(low):.0f} to {math.degrees(high):.0f}",
            )


def _diverged(person: Person, trial: str, time: float, reason: str) -> TrialError:
    return TrialError(
        f"the simulation of {person.name} diverged at {time:.3f} s: {reason}.",
        remedy="Ask for a smaller amplitude, rate, speed or load, or take another seed.",
        trial=trial,
    )


def _collect(rows: list[tuple[Any, ...]], controller: Controller) -> Truth:
    import numpy as np

    time, excitation, angle, velocity, muscles, arms, acceleration = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    target = np.full_like(angle, np.nan)
    if controller.target is not None:
        target = np.array([controller.target.at(t)[0] for t in time])
    return Truth(
        time_s=time,
        excitation=excitation,
        activation=muscles[..., 0],
        tendon_force=muscles[..., 1],
        fiber_length=muscles[..., 2],
        fiber_velocity=muscles[..., 3],
        moment_arm=arms,
        joint_angle=angle,
        joint_velocity=velocity,
        joint_acceleration=acceleration,
        target_angle=target,
    )
