"""What a variant is asked: names, scales and geometry of a task, and the cycles it is shown.

Training makes both from files; variants, encoders and objectives see nothing else. Nothing here
imports torch when it is imported, so that a variant's settings can be checked quickly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import torch


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
    """

    coordinate: str
    kind: str = "moment_balance"
    moment: str = "inverse_dynamics"


@dataclass(frozen=True)
class Problem:
    """Names and scales of one fold; all constants come from its training trials alone.

    Attributes
    ----------
    channels : tuple of str
        EMG channels, the first inputs.
    coordinates : tuple of str
        Joint angles to predict, the first targets.
    muscles : tuple of str
        Muscles whose force is predicted, the targets that follow: all that cross the joint of the
        physics and all that are reported.
    time_input : bool
        Whether the position in the cycle, 0 to 1, is the last input.
    target_centre, target_range : tuple of float
        Mean and range of each target in the training trials, rad and N; a scaled target is
        (value - centre) / range.
    moment_range_n_m : float
        Range in the training trials of the moment to balance; 1 without physics.
    physics : Physics or None
    dataset_coordinates : tuple of str
        Names along the second dimension of :attr:`Cycles.joint_angle`.
    geometries : tuple of mapping
        Of each person, in the order of :attr:`Cycles.person`: the arrays of the layout
        ``myopinn.artifacts.GEOMETRY`` by name, with the names ``muscle`` and ``coordinate``.
    joint_inertias : tuple of mapping
        Of each person, the fields of :class:`myopinn.physics.motion.Chain`; for ``single_joint``.
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

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs in order."""
        return (*self.channels, "time") if self.time_input else self.channels

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets in order."""
        return (*self.coordinates, *self.muscles)


@dataclass(frozen=True)
class Cycles:
    """Some cycles of movement as tensors, cycle first; a batch is the same with fewer cycles.

    Attributes
    ----------
    inputs : tensor, shape (cycle, input, frame)
        Normalised EMG envelopes and, if asked for, the position in the cycle.
    targets : tensor, shape (cycle, target, frame)
        Joint angles and muscle forces, scaled as :class:`Problem` says.
    joint_angle : tensor, shape (cycle, coordinate, frame), rad
        Every coordinate of the dataset, by inverse kinematics.
    joint_moment : tensor, shape (cycle, frame), N.m
        The moment that the muscles have to balance; zero without physics.
    time_step_s : tensor, shape (cycle,), s
        Time between two frames.
    load_kg : tensor, shape (cycle,), kg
        Held in the hand.
    person : tensor, shape (cycle,)
        Whose cycle it is.
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
    derived: dict[str, torch.Tensor] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of cycles."""
        return len(self.person)

    def take(self, rows: torch.Tensor | np.ndarray) -> Cycles:
        """Return the cycles of these rows (indices or a mask)."""
        return self._each(lambda tensor: tensor[rows])

    def to(self, device: torch.device | str) -> Cycles:
        """Return the cycles on a device."""
        return self._each(lambda tensor: tensor.to(device))

    def _each(self, change: Any) -> Cycles:
        changed = {
            f.name: change(getattr(self, f.name)) for f in fields(self) if f.name != "derived"
        }
        return replace(self, **changed, derived={k: change(v) for k, v in self.derived.items()})
