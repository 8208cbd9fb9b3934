r"""Hill muscles of each person, whose parameters can be learned inside physiological bounds.

From the excitations of the muscles of a joint, in this order:

.. math::
    \dot a = f(e(t - d), a), \quad F = F(a, l, \dot l), \quad
    \tau = \sum_m r_m F_m

Activation dynamics and muscle are those of De Groote et al. 2016
(doi 10.1007/s10439-016-1591-9, :mod:`myopinn.physics`), with a rigid tendon. A person's factors
multiply the values of that person's own scaled model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from myopinn.dataset.problem import Cycles, IdentifiedParameter, Problem
from myopinn.errors import ConfigError
from myopinn.methods.joint.muscle_states import LENGTH, MOMENT_ARM, PARAMETERS, VELOCITY
from myopinn.methods.muscles.calibrated_muscles import UNIT, Bounded
from myopinn.physics.excitation import delayed
from myopinn.physics.parallel_activation import parallel_activation
from myopinn.physics.parameters import MuscleParameters
from myopinn.physics.rigid_tendon import FiberForce, fiber_force, fiber_state

# Of each parameter that is a factor: the parameter of the scaled model, and its unit.
FACTORS = {
    "strength": ("max_isometric_force", "N"),
    "fiber_length": ("optimal_fiber_length", "m"),
    "tendon_slack": ("tendon_slack_length", "m"),
}
# Of each parameter that a person's muscles share: its name in the tables, and its unit.
SHARED = {
    "common_strength": ("common_strength", ""),
    "fiber_damping": ("fiber_damping", ""),
    "activation_time_s": ("activation_time_constant", "s"),
    "deactivation_time_s": ("deactivation_time_constant", "s"),
    "delay_s": ("electromechanical_delay", "s"),
}
# The excitation changes by little from frame to frame, so the rates settle sooner than by default.
_ITERATIONS = 2
# A muscle that shortens too fast to pull has no less advantage than this share of its best.
_SLOWEST = 0.1


@dataclass(frozen=True)
class Range:
    """Bounds of a parameter, where it starts, and how far a person's usually lies from there.

    Attributes
    ----------
    low, start, high : float
    spread : float
        Standard deviation of the prior about the start, of the logarithm.
    """

    low: float
    start: float
    high: float
    spread: float


@dataclass(frozen=True)
class MovingMuscles:
    """The muscles of some cycles: all that their motion and parameters say, worked out once.

    Attributes
    ----------
    moment_arm, cos_pennation : tensor, shape (cycle, muscle, frame), m and 1
    force : FiberForce
        Its fields have the same shape.
    max_isometric_force : tensor, shape (cycle, muscle), N
    time_step_s : tensor, shape (cycle, 1, 1)
    times_s : tensors, shape (cycle, 1, 1)
        Of activation and deactivation, and the electromechanical delay.
    """

    moment_arm: Tensor
    cos_pennation: Tensor
    force: FiberForce
    max_isometric_force: Tensor
    time_step_s: Tensor
    times_s: tuple[Tensor, Tensor, Tensor]

    def activation(self, excitation: Tensor) -> Tensor:
        """Return the activations that excitations lead to, both (cycle, muscle, frame).

        # ASSUME: before the first frame that is seen the excitation was as it is there.
        """
        rise, fall, delay = self.times_s
        samples = (delay / self.time_step_s).expand(-1, excitation.shape[1], -1)
        late = delayed(excitation.flatten(0, 1), samples.flatten(), 1.0).reshape(excitation.shape)
        return parallel_activation(late, self.time_step_s, rise, fall, iterations=_ITERATIONS)

    def moments(self, activation: Tensor) -> Tensor:
        """Return each muscle's moment about the joint, N.m, of activations of the same shape."""
        active = self.force.active_length * self.force.velocity
        along_tendon = (activation * active + self.force.rest) * self.cos_pennation
        # A tendon does not push.
        pull = self.max_isometric_force[:, :, None] * along_tendon.clamp(min=0.0)
        return self.moment_arm * pull

    def moment(self, excitation: Tensor) -> Tensor:
        """Return the joint's moment, N.m, shape (cycle, frame)."""
        return self.moments(self.activation(excitation)).sum(1)

    def advantage(self) -> Tensor:
        """Return the moment of full activation over the maximal isometric force.

        Returns
        -------
        tensor, shape (cycle, muscle, frame), m
            Moment arm times active force-length and force-velocity; its sign is the moment's.
        """
        speed = self.force.velocity.clamp(min=_SLOWEST)
        return self.moment_arm * (self.force.active_length * speed * self.cos_pennation)


class PersonalMuscles(nn.Module):
    """The muscles of a problem, of every person.

    Parameters
    ----------
    problem : Problem
        With a physics and geometries.
    ranges : mapping of str to Range
        Of each of :data:`FACTORS`, of which every muscle of a person has its own, and of each of
        :data:`SHARED`.
    learned : bool
        Whether they are learned; else all stay where they start.

    Raises
    ------
    ConfigError
        Where a parameter has no range.
    """

    low: Tensor
    width: Tensor
    origin: Tensor
    start: Tensor
    spread: Tensor

    def __init__(self, problem: Problem, ranges: Mapping[str, Range], *, learned: bool) -> None:
        super().__init__()
        lost = sorted((set(FACTORS) | set(SHARED)) - set(ranges))
        if lost:
            raise ConfigError(f"personal muscles: no range for {lost}.")
        self.people, self.muscles = len(problem.geometries), problem.muscles
        self.ranges = {name: ranges[name] for name in (*FACTORS, *SHARED)}
        self.learned = nn.ModuleDict(
            {
                name: Bounded(
                    self.people * (len(self.muscles) if name in FACTORS else 1),
                    given.low,
                    given.start,
                    given.high,
                )
                for name, given in self.ranges.items()
            }
        )
        self.requires_grad_(learned)
        self.counts = [len(self.muscles) if name in FACTORS else 1 for name in self.ranges]
        # Of each column of the table of all parameters; these are no part of what is learned.
        modules = [self.learned[name] for name in self.ranges]
        for name, column in {
            "low": [module.low for module in modules],
            "width": [module.width for module in modules],
            "origin": [module.origin for module in modules],
            "start": [math.log(given.start) for given in self.ranges.values()],
            "spread": [given.spread for given in self.ranges.values()],
        }.items():
            values = torch.tensor(column).repeat_interleave(torch.tensor(self.counts))
            self.register_buffer(name, values, persistent=False)

    def _logarithms(self) -> Tensor:
        """Return the logarithm of every parameter in one table, shape (person, parameter).

        What each of ``learned`` would give by itself, in one operation for all: in training there
        are more parameters than things to do with them.
        """
        learned = cast("Iterable[Bounded]", self.learned.values())
        shifts = torch.cat([bounded.shift.reshape(self.people, -1) for bounded in learned], 1)
        return self.low + self.width * torch.sigmoid(self.origin + UNIT * shifts)

    def _named(self, table: Tensor) -> dict[str, Tensor]:
        return dict(zip(self.ranges, table.split(self.counts, dim=1), strict=True))

    def values(self) -> dict[str, Tensor]:
        """Return every parameter, shape (person, muscle) or (person, 1)."""
        return self._named(self._logarithms().exp())

    def prior(self) -> Tensor:
        """Return the squared distance from where they start, in spreads, summed; a person's mean.

        Returns
        -------
        scalar
        """
        distance = (self._logarithms() - self.start) / self.spread
        return distance.square().sum() / max(self.people, 1)

    def _of_muscles(self, cycles: Cycles, values: Mapping[str, Tensor]) -> MuscleParameters:
        """Return the parameters of the muscles in each cycle, shape (cycle * muscle,)."""
        maximal, optimal, slack, pennation = cycles.derived[PARAMETERS].unbind(1)
        damping = values["fiber_damping"].expand(-1, len(self.muscles))
        return MuscleParameters.of(
            (maximal * values["strength"] * values["common_strength"]).reshape(-1),
            (optimal * values["fiber_length"]).reshape(-1),
            (slack * values["tendon_slack"]).reshape(-1),
            pennation.reshape(-1),
            fiber_damping=damping.reshape(-1),
        )

    def at(self, cycles: Cycles) -> MovingMuscles:
        """Return the muscles of these cycles at the present parameters.

        Parameters
        ----------
        cycles : Cycles
            With what :func:`myopinn.methods.joint.muscle_states.joint_muscle_states` returned.
        """
        values = self._named(self._logarithms().exp()[cycles.person])
        parameters = self._of_muscles(cycles, values)
        length, velocity = (cycles.derived[name].flatten(0, 1) for name in (LENGTH, VELOCITY))
        fiber = fiber_state(length, velocity, parameters)
        rise, fall, delay = (
            values[name][:, :, None]
            for name in ("activation_time_s", "deactivation_time_s", "delay_s")
        )
        arm, shape = cycles.derived[MOMENT_ARM], cycles.derived[MOMENT_ARM].shape
        return MovingMuscles(
            arm,
            fiber.cos_pennation.reshape(shape),
            FiberForce(*(part.reshape(shape) for part in fiber_force(fiber, parameters))),
            parameters.max_isometric_force.reshape(shape[:2]),
            cycles.time_step_s[:, None, None],
            (rise, fall, delay),
        )

    def forward(self, cycles: Cycles, excitation: Tensor) -> Tensor:
        """Return the joint's moment, N.m, shape (cycle, frame)."""
        return self.at(cycles).moment(excitation)

    def identified(self, problem: Problem) -> Iterator[IdentifiedParameter]:
        """Give what was learned of every person, factors times the scaled model's values."""
        values = {name: value.detach() for name, value in self.values().items()}
        for person, geometry in enumerate(problem.geometries):
            known = [str(name) for name in geometry["muscle"]]
            strong = float(values["common_strength"][person, 0])
            for name, (parameter, unit) in FACTORS.items():
                given, common = self.ranges[name], strong if name == "strength" else 1.0
                for column, muscle in enumerate(self.muscles):
                    scaled = float(geometry[parameter][known.index(muscle)])
                    value = float(values[name][person, column]) * common * scaled
                    low, high = given.low * scaled, given.high * scaled
                    if name == "strength":
                        common_range = self.ranges["common_strength"]
                        low, high = low * common_range.low, high * common_range.high
                    yield IdentifiedParameter(
                        person, muscle, parameter, unit, value, scaled, low, high
                    )
            for name, (parameter, unit) in SHARED.items():
                if name == "common_strength":
                    continue
                given = self.ranges[name]
                yield IdentifiedParameter(
                    person,
                    "",
                    parameter,
                    unit,
                    float(values[name][person, 0]),
                    given.start,
                    given.low,
                    given.high,
                )
