"""What a task takes of the datasets of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from myopinn.errors import ConfigError
from myopinn.problem import Physics


@dataclass(frozen=True)
class Selection:
    """What a task takes of the datasets: the task's entry for a recording.

    Attributes
    ----------
    channels, coordinates, muscles : tuple of str
        Inputs, and the targets that are reported.
    physics : Physics or None
    emg_normalisation : str
        ``training_maximum`` or ``mvc``.
    time_input : bool
        Whether the position in the cycle is an input.
    train_cycles : int or None
        Number of training cycles, drawn from those of each fold; None for all.
    """

    channels: tuple[str, ...]
    coordinates: tuple[str, ...]
    muscles: tuple[str, ...]
    physics: Physics | None
    emg_normalisation: str
    time_input: bool
    train_cycles: int | None = None

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Selection:
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
            raise ConfigError("coordinates: at least one joint angle is predicted.")
        return cls(
            tuple(entry["channels"]),
            tuple(entry["coordinates"]),
            tuple(entry["muscles"]),
            physics,
            entry["emg_normalisation"],
            bool(entry["time_input"]),
            entry.get("train_cycles"),
        )
