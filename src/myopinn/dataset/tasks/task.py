"""What a task is: what variants are shown, what they answer, and what that is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np


class Asked(Protocol):
    """What is asked by name: a selection of a recording, or the problem of a fold."""

    @property
    def channels(self) -> tuple[str, ...]:
        """EMG channels."""

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Joints."""

    @property
    def muscles(self) -> tuple[str, ...]:
        """Muscles whose force or envelope is asked for."""

    @property
    def physics(self) -> Any:
        """The equation that names a joint, :class:`myopinn.dataset.problem.Physics`, or None."""

    @property
    def measured_emg(self) -> bool:
        """Whether measured envelopes are inputs."""

    @property
    def moment_input(self) -> bool:
        """Whether the joint's moment is an input."""


@dataclass(frozen=True)
class Scales:
    """Constants of the training trials that bring what a task shows and asks to one size.

    See :class:`myopinn.dataset.normalisation.Normalisation`.
    """

    target_centre: tuple[float, ...]
    target_range: tuple[float, ...]
    motion_centre: tuple[float, ...] = ()
    motion_range: tuple[float, ...] = ()


class Task(Protocol):
    """A task, found by name in :data:`myopinn.dataset.tasks.TASKS`.

    ``recorded`` are the cycles of a recording (:class:`myopinn.dataset.recorded.RecordedCycles`),
    ``constants`` those of a fold (:class:`myopinn.dataset.normalisation.Normalisation`).

    Attributes
    ----------
    name : str
    from_envelopes : bool
        Whether envelopes are all that a variant needs to be asked.
    """

    name: str
    from_envelopes: bool

    def inputs(self, asked: Asked) -> tuple[str, ...]:
        """Name the inputs in order, but for the position in the cycle."""

    def targets(self, asked: Asked) -> dict[str, str]:
        """Name the targets in order, each with its unit."""

    def sees(self, asked: Asked) -> list[str]:
        """Name the things of :mod:`myopinn.records.told` that a variant is shown."""

    def check(self, asked: Asked) -> None:
        """Refuse what the task cannot be asked with.

        Raises
        ------
        ConfigError
            Saying what is missing.
        """

    def check_muscles(self, asked: Asked, crossing: Sequence[Sequence[str]]) -> None:
        """Refuse muscles that the task can say nothing about.

        Parameters
        ----------
        crossing : sequence of sequences of str
            Of each person, the muscles that cross the joint of the physics.

        Raises
        ------
        ConfigError
            Naming the muscles.
        """

    def measured_by(self, recorded: Any) -> tuple[str | None, ...]:
        """Name the channel over each muscle, None where it is deep or its channel is hidden."""

    def scales(self, recorded: Any, rows: np.ndarray) -> Scales:
        """Take the constants from the cycles of the training trials, given by their rows."""

    def shown(self, recorded: Any, constants: Any, envelope: np.ndarray) -> np.ndarray:
        """Return the scaled inputs, shape (cycle, seen frame, input).

        Parameters
        ----------
        envelope : array, shape (cycle, seen frame, channel)
            Normalised envelopes of the asked channels, as they are seen.
        """

    def known(self, recorded: Any, envelope: np.ndarray) -> np.ndarray:
        """Return the targets that may be trained on, shape (cycle, frame, target), in their units.

        NaN where nothing is measured.
        """

    def reference(self, recorded: Any, constants: Any, train_rows: np.ndarray) -> np.ndarray:
        """Return what answers are held against, shape (cycle, frame, target), in the units.

        NaN where nothing was recorded.
        """


def extent(values: np.ndarray) -> float:
    """Range of the values; 1 where they are all the same, so that their error counts in SI."""
    found = float(values.max() - values.min())
    return found if found > 0 else 1.0
