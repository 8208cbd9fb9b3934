"""Joint angles and the forces of muscles from EMG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from myopinn.dataset.tasks.task import Asked, Scales, extent
from myopinn.records.told import EMG


class MuscleForce:
    """The task ``muscle_force``; see :class:`myopinn.dataset.tasks.task.Task`."""

    name = "muscle_force"
    from_envelopes = True

    def inputs(self, asked: Asked) -> tuple[str, ...]:
        """Name the channels."""
        return asked.channels

    def targets(self, asked: Asked) -> dict[str, str]:
        """Name the joints, then the muscles."""
        return dict.fromkeys(asked.coordinates, "rad") | dict.fromkeys(asked.muscles, "N")

    def sees(self, asked: Asked) -> list[str]:
        """Name EMG, which is all."""
        return [EMG]

    def check(self, asked: Asked) -> None:
        """Take any selection: the task has no need of a physics."""

    def check_muscles(self, asked: Asked, crossing: Sequence[Sequence[str]]) -> None:
        """Take any muscles: their forces are known from the solver."""

    def measured_by(self, recorded: Any) -> tuple[str | None, ...]:
        """Name nothing: no muscle's envelope is asked for."""
        return ()

    def scales(self, recorded: Any, rows: np.ndarray) -> Scales:
        """Return mean and range of each target."""
        targets = target_values(recorded)[rows]
        return Scales(
            tuple(float(v) for v in targets.mean(axis=(0, 1))),
            tuple(extent(values) for values in np.moveaxis(targets, -1, 0)),
        )

    def shown(self, recorded: Any, constants: Any, envelope: np.ndarray) -> np.ndarray:
        """Return the envelopes."""
        return envelope

    def known(self, recorded: Any, envelope: np.ndarray) -> np.ndarray:
        """Return all targets."""
        return target_values(recorded)

    def reference(self, recorded: Any, constants: Any, train_rows: np.ndarray) -> np.ndarray:
        """Return all targets: they are what OpenSim's solver has found."""
        return target_values(recorded)


def target_values(recorded: Any) -> np.ndarray:
    """Return all targets, shape (cycle, frame, target), joint angles in rad and forces in N."""
    rows = [recorded.dataset_coordinates.index(name) for name in recorded.selection.coordinates]
    return np.concatenate([recorded.joint_angle[..., rows], recorded.muscle_force], axis=-1)
