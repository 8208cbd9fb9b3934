"""What every entry comes to once all defaults are in, so that entries can be held to each other.

An entry's name says nothing about it, and neither does a key that it does not write: what two
entries differ in is what their resolved settings differ in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from myopinn.config.training import TrainingSettings
from myopinn.dataset.selection import Selection
from myopinn.dataset.tasks import TASKS
from myopinn.records.told import NO_TRIALS, write_told
from myopinn.training.entry import SHOWN, Entry
from myopinn.variants import Variant, load_variant

# What an entry without a number or a choice of its own takes of the training cycles.
EVERYTHING = "all"


@dataclass(frozen=True)
class ResolvedEntry:
    """An entry of a task in one of its recordings: all that its fits are made with.

    Attributes
    ----------
    variant : Variant
        With its settings.
    selection : Selection
        What it is shown, with the inputs that it always sees.
    training : TrainingSettings
    shown : mapping
        What the entry itself says of the selection.
    """

    variant: Variant
    selection: Selection
    training: TrainingSettings
    shown: Mapping[str, Any] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """Give setting and value as plain values; those of training as ``training.<key>``.

        Of the selection only what an entry can have otherwise than its task, as all entries of a
        task have the rest in common.
        """
        shown = {key: getattr(self.selection, key) for key in SHOWN}
        shown["train_cycles"] = shown["train_cycles"] or EVERYTHING
        shown["conditions"] = shown["conditions"] or EVERYTHING
        trained = {f"training.{key}": value for key, value in asdict(self.training).items()}
        flat = {"variant": self.variant.name, **shown, **self.variant.described(), **trained}
        return {key: list(v) if isinstance(v, tuple) else v for key, v in flat.items()}

    def told(self, past_only: bool, trials: str) -> str:
        """Say what its answers rest on, as tables do.

        Parameters
        ----------
        past_only : bool
            Whether its pieces were cut by a clock.
        trials : str
            Whose trials its fits were given to learn from.
        """
        things = self.variant.rests_on(self.selection.sees())
        return write_told(things, past_only, trials if self.variant.learns else NO_TRIALS)

    def meanings(self) -> dict[str, str]:
        """Give of each setting what it means, with its unit where it has one."""
        told = dict(SHOWN)
        for prefix, kind in (("", self.variant.settings), ("training.", self.training)):
            for setting in fields(kind):
                unit = setting.metadata["unit"]
                told[f"{prefix}{setting.name}"] = setting.metadata["meaning"] + (
                    f", in {unit}" if unit else ""
                )
        return told


@dataclass(frozen=True)
class TaskSlice:
    """A task's slice of the configuration for one of its recordings.

    Attributes
    ----------
    task, recording : str
    selection : mapping
        What the task takes of the recording (:class:`myopinn.dataset.selection.Selection`).
    training : mapping
        The task's training slice (:class:`myopinn.config.training.TrainingSettings`).
    """

    task: str
    recording: str
    selection: Mapping[str, Any]
    training: Mapping[str, Any]

    def resolve(self, name: str, values: Mapping[str, Any]) -> ResolvedEntry:
        """Put an entry together with what its task says.

        Raises
        ------
        ConfigError
            Where a value is not one of those that are known.
        """
        return self.attempt(Entry.read(name, values))

    def attempt(self, entry: Entry) -> ResolvedEntry:
        """Put an entry that is taken apart together with what its task says.

        Raises
        ------
        ConfigError
            Where a value is not one of those that are known.
        """
        variant = load_variant(entry.variant, entry.settings, self.task)
        chosen = Selection.read({**self.selection, **entry.shown}, TASKS[self.task])
        return ResolvedEntry(
            variant,
            chosen.seeing(variant.always_sees),
            TrainingSettings.read({**self.training, **entry.training}),
            entry.shown,
        )
