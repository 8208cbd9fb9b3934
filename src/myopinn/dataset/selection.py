"""What a task takes of the datasets of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from myopinn.dataset.problem import Physics
from myopinn.dataset.tasks import MUSCLE_FORCE, Task
from myopinn.errors import ConfigError
from myopinn.records.told import MOTION, POSITION


@dataclass(frozen=True)
class Selection:
    """What a task takes of the datasets: the task's entry for a recording.

    Attributes
    ----------
    channels, coordinates, muscles : tuple of str
        What is measured, whose angles are inputs or targets, and whose targets are reported.
    physics : Physics or None
    emg_normalisation : str
        ``training_maximum`` or ``mvc``.
    time_input : bool
        Whether the position in the cycle is an input.
    train_cycles : int or None
        Number of training cycles, drawn from those of each fold; None for all.
    task : Task
    electrodes : mapping of muscle to channel
        Which channel lies over a muscle; where it names none, the channel of the muscle's name.
    measured_emg, moment_input : bool
        Whether measured envelopes, and the joint's moment, are inputs.
    conditions : tuple of str
        Of the trials that are trained on; all where it is empty.
    calibration : tuple of str
        Conditions of the isometric contractions that are trained on as well.
    past_motion : bool
        Whether the past motion is shown of pieces that were cut by a clock.
    """

    channels: tuple[str, ...]
    coordinates: tuple[str, ...]
    muscles: tuple[str, ...]
    physics: Physics | None
    emg_normalisation: str
    time_input: bool
    train_cycles: int | None = None
    task: Task = MUSCLE_FORCE
    electrodes: Mapping[str, str] = field(default_factory=dict)
    measured_emg: bool = False
    moment_input: bool = False
    conditions: tuple[str, ...] = ()
    calibration: tuple[str, ...] = ()
    past_motion: bool = False

    def channel_over(self, muscle: str) -> str:
        """Name the channel that would lie over a muscle, whether or not it was recorded."""
        return self.electrodes.get(muscle, muscle)

    def sees(self) -> set[str]:
        """Name the things of :mod:`myopinn.records.told` that a variant is shown."""
        past = [MOTION] * self.past_motion
        return {*self.task.sees(self), *[POSITION] * self.time_input, *past}

    def seeing(self, always: tuple[str, ...]) -> Selection:
        """Return the selection with the inputs that a variant always sees."""
        return replace(
            self,
            measured_emg=self.measured_emg or "measured_emg" in always,
            moment_input=self.moment_input or "moment_input" in always,
            past_motion=self.past_motion or "past_motion" in always,
        )

    @classmethod
    def read(cls, entry: Mapping[str, Any], task: Task = MUSCLE_FORCE) -> Selection:
        """Make a selection of the configuration's entry; other keys (splits) are not looked at.

        Raises
        ------
        ConfigError
            Where a value is not one of those that are known.
        """
        physics = Physics(**entry["physics"]) if entry.get("physics") else None
        if physics and physics.moment not in ("inverse_dynamics", "inverse_dynamics_less_reserve"):
            raise ConfigError(
                f"physics: moment '{physics.moment}' is neither 'inverse_dynamics' nor "
                "'inverse_dynamics_less_reserve'."
            )
        if entry["emg_normalisation"] not in ("training_maximum", "mvc"):
            raise ConfigError(
                f"emg_normalisation '{entry['emg_normalisation']}' is neither 'training_maximum' "
                "nor 'mvc'."
            )
        if not entry["coordinates"]:
            raise ConfigError("coordinates: name at least one joint.")
        selection = cls(
            tuple(entry["channels"]),
            tuple(entry["coordinates"]),
            tuple(entry["muscles"]),
            physics,
            entry["emg_normalisation"],
            bool(entry.get("time_input", False)),
            entry.get("train_cycles"),
            task,
            dict(entry.get("electrodes", {})),
            bool(entry.get("measured_emg", False)),
            bool(entry.get("moment_input", False)),
            tuple(entry.get("conditions", ())),
            tuple(entry.get("calibration", ())),
        )
        task.check(selection)
        return selection
