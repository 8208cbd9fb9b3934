"""What a variant is asked: names, scales and geometry of a task, and the cycles it is shown.

Training makes both from files; variants, encoders and objectives see nothing else. Nothing here
imports torch when it is imported, so that a variant's settings can be checked quickly.

What is input and what is target is the task's to say (:mod:`myopinn.dataset.tasks`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from myopinn.dataset.tasks import MUSCLE_FORCE, Task

if TYPE_CHECKING:
    import numpy as np
    import torch

CYCLE_FRAMES = 100


@dataclass(frozen=True)
class Physics:
    """The equation that joint angle and muscle forces have to satisfy.

    Attributes
    ----------
    coordinate : str
        The joint.
    kind : str
        ``moment_balance``: the muscles' moments add up to the moment of inverse dynamics, for a
        joint inside a moving chain. ``single_joint``: they move the joint's own inertia against
        gravity, for a joint that moves alone.
    moment : str
        Which moment is balanced in ``moment_balance``: ``inverse_dynamics``, or
        ``inverse_dynamics_less_reserve`` where what the solver took from its reserve actuator is
        none of the muscles' business.
    window_s : float
        Over how long the equation of ``single_joint`` is averaged, s: windows of 0.25 s leave half
        of what moves at 5 Hz, which is about the band of joint angles that were low-passed at 6 Hz.
    """

    coordinate: str
    kind: str = "moment_balance"
    moment: str = "inverse_dynamics"
    window_s: float = 0.25


@dataclass(frozen=True)
class Problem:
    """Names and scales of one fold; all constants come from its training trials alone.

    Attributes
    ----------
    channels : tuple of str
        EMG channels that are measured.
    coordinates : tuple of str
        Joints whose angles are targets or inputs.
    muscles : tuple of str
        Muscles whose force or envelope is predicted: all that cross the joint of the physics and
        all that are reported.
    time_input : bool
        Whether the position in the cycle, 0 to 1, is the last input.
    target_centre, target_range : tuple of float
        Of each target, in its unit; a scaled target is (value - centre) / range.
    moment_range_n_m : float
        Range in the training trials of the moment to balance; 1 without physics.
    physics : Physics or None
    dataset_coordinates : tuple of str
        Names along the second dimension of :attr:`Cycles.joint_angle`.
    geometries : tuple of mapping
        Of each person, in the order of :attr:`Cycles.person`: the arrays of the layout
        ``myopinn.files.layouts.geometry.GEOMETRY`` by name, with the names ``muscle`` and
        ``coordinate``.
    joint_inertias : tuple of mapping
        Of each person, the fields of :class:`myopinn.physics.motion.Chain`; for ``single_joint``.
    held_coordinates : tuple of str
        Names along the second dimension of :attr:`Cycles.held_angle`.
    task : Task
    measured_by : tuple of (str or None)
        Of each muscle, the channel whose electrode lies over it; None where it is deep.
    measured_emg, moment_input : bool
        Whether the measured envelopes, and the moment, are among the inputs.
    """

    channels: tuple[str, ...]
    coordinates: tuple[str, ...]
    muscles: tuple[str, ...]
    time_input: bool
    target_centre: tuple[float, ...]
    target_range: tuple[float, ...]
    moment_range_n_m: float = 1.0
    physics: Physics | None = None
    dataset_coordinates: tuple[str, ...] = ()
    geometries: tuple[Mapping[str, Any], ...] = ()
    joint_inertias: tuple[Mapping[str, Any], ...] = ()
    held_coordinates: tuple[str, ...] = ()
    task: Task = MUSCLE_FORCE
    measured_by: tuple[str | None, ...] = ()
    measured_emg: bool = False
    moment_input: bool = False

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs in order."""
        seen = self.task.inputs(self)
        return (*seen, "time") if self.time_input else seen

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets in order."""
        return tuple(self.task.targets(self))

    @property
    def deep(self) -> tuple[str, ...]:
        """Names of the muscles that no electrode reaches."""
        pairs = zip(self.muscles, self.measured_by, strict=True)
        return tuple(muscle for muscle, channel in pairs if channel is None)


@dataclass(frozen=True)
class Cycles:
    """Some cycles of movement as tensors, cycle first; a batch is the same with fewer cycles.

    Attributes
    ----------
    inputs : tensor, shape (cycle, input, frame)
        Scaled, in the order of :attr:`Problem.inputs`: normalised EMG envelopes; motion and load,
        less their means in the training trials and divided by their ranges; moment / range.
    targets : tensor, shape (cycle, target, frame)
        In the order of :attr:`Problem.targets`, scaled as :class:`Problem` says. NaN is what
        nobody measured: the envelopes of deep muscles.
    joint_angle : tensor, shape (cycle, coordinate, frame), rad
        Every coordinate of the dataset, by inverse kinematics.
    joint_moment : tensor, shape (cycle, frame), N.m
        The moment that the muscles have to balance; zero without physics.
    time_step_s : tensor, shape (cycle,), s
        Time between two frames.
    load_kg : tensor, shape (cycle,), kg
        Held in the hand.
    held_angle : tensor, shape (cycle, held), rad
        Where the coordinates :attr:`Problem.held_coordinates`, which rest in a trial, stood.
    person : tensor, shape (cycle,)
        Whose cycle it is.
    joint_velocity, joint_acceleration : tensor, shape (cycle, coordinate, frame), rad/s, rad/s^2
        Derivatives of ``joint_angle``. These and what follows are NaN where they are not given.
    envelope : tensor, shape (cycle, channel, frame)
        Normalised envelopes of :attr:`Problem.channels`.
    activation : tensor, shape (cycle, muscle, frame)
        Of :attr:`Problem.muscles` by OpenSim's solver, which knows motion and moment but no EMG;
        NaN in cycles of calibration.
    calibration : bool tensor, shape (cycle,)
        Whether it is a piece of an isometric contraction against a dynamometer, which is trained on
        and never answered: its angle is constant, its moment is that of the muscles. False where
        not given.
    derived : dict of str to tensor, shape (cycle, ...)
        What a variant computed once for each cycle because it does not depend on what is learned.
    """

    inputs: torch.Tensor
    targets: torch.Tensor
    joint_angle: torch.Tensor
    joint_moment: torch.Tensor
    time_step_s: torch.Tensor
    load_kg: torch.Tensor
    person: torch.Tensor
    joint_velocity: torch.Tensor = None  # type: ignore[assignment]
    joint_acceleration: torch.Tensor = None  # type: ignore[assignment]
    envelope: torch.Tensor = None  # type: ignore[assignment]
    activation: torch.Tensor = None  # type: ignore[assignment]
    calibration: torch.Tensor = None  # type: ignore[assignment]
    held_angle: torch.Tensor = None  # type: ignore[assignment]
    derived: dict[str, torch.Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = self.inputs.new_full((len(self.person), 1, 1), float("nan"))
        for name in ("joint_velocity", "joint_acceleration", "envelope", "activation"):
            if getattr(self, name) is None:
                object.__setattr__(self, name, unknown)
        if self.held_angle is None:
            object.__setattr__(self, "held_angle", unknown[:, 0, :0])
        if self.calibration is None:
            object.__setattr__(self, "calibration", self.person != self.person)

    def __len__(self) -> int:
        """Return the number of cycles."""
        return len(self.person)

    def take(self, rows: torch.Tensor | np.ndarray) -> Cycles:
        """Return the cycles of these rows (indices or a mask)."""
        return self._each(lambda tensor: tensor[rows])

    def split(self, size: int) -> list[Cycles]:
        """Return the cycles in parts of this many at most, as even as can be; views, no copies."""
        count = -(-len(self) // size)
        edges = [part * len(self) // count for part in range(count + 1)]
        return [
            self._each(lambda tensor, first=first, end=end: tensor[first:end])
            for first, end in itertools.pairwise(edges)
        ]

    def to(self, device: torch.device | str) -> Cycles:
        """Return the cycles on a device."""
        return self._each(lambda tensor: tensor.to(device))

    def movements(self) -> Cycles:
        """Return the cycles that are no calibration."""
        return self.take(~self.calibration)

    def to_answer(self, problem: Problem) -> Cycles:
        """Return the cycles as they are asked: what the problem does not show is NaN."""
        hidden = ["targets"]
        hidden += [] if problem.measured_emg else ["envelope"]
        hidden += [] if problem.moment_input else ["joint_moment", "activation"]
        changed = {name: getattr(self, name) * float("nan") for name in hidden}
        return replace(self, **changed)

    def in_double(self) -> Cycles:
        """Return the cycles in double precision, for what single precision would drown in noise."""
        return self._each(lambda tensor: tensor.double() if tensor.is_floating_point() else tensor)

    def _each(self, change: Any) -> Cycles:
        changed = {
            f.name: change(getattr(self, f.name)) for f in fields(self) if f.name != "derived"
        }
        return replace(self, **changed, derived={k: change(v) for k, v in self.derived.items()})


@dataclass(frozen=True)
class IdentifiedParameter:
    """A parameter of a person's muscle that a variant has learned.

    Attributes
    ----------
    person : int
        As in :attr:`Cycles.person`.
    muscle : str
        Empty where all muscles share the parameter.
    parameter : str
        Its name, as in the layout ``myopinn.files.layouts.geometry.GEOMETRY`` where it stands
        there.
    unit : str
    value, generic, low, high : float
        What was learned, what the scaled model has, and the bounds, all in ``unit``.
    """

    person: int
    muscle: str
    parameter: str
    unit: str
    value: float
    generic: float
    low: float
    high: float
