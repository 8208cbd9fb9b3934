"""What every entry comes to once all defaults are in, so that entries can be held to each other.

An entry's name says nothing about it, and neither does a key that it does not write: what two
entries differ in is what their resolved settings differ in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from myopinn.config.training import TrainingSettings
from myopinn.formats.whole import whole_file
from myopinn.training.entry import SHOWN, Entry
from myopinn.training.selection import Selection
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
    """

    variant: Variant
    selection: Selection
    training: TrainingSettings

    @classmethod
    def read(
        cls,
        name: str,
        values: Mapping[str, Any],
        *,
        task: str,
        selection: Mapping[str, Any],
        training: Mapping[str, Any],
    ) -> ResolvedEntry:
        """Put an entry together with what its task says of a recording and of training.

        Parameters
        ----------
        name : str
            Of the entry.
        values : mapping
            What the configuration has under it.
        task : str
        selection : mapping
            What the task takes of the recording.
        training : mapping
            The task's training slice.

        Raises
        ------
        ConfigError
            Where a value is not one of those that are known.
        """
        entry = Entry.read(name, values)
        variant = load_variant(entry.variant, entry.settings, task)
        chosen = Selection.read({**selection, **entry.shown}, task)
        return cls(
            variant,
            chosen.seeing(variant.always_sees),
            TrainingSettings.read({**training, **entry.training}),
        )

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

    def meanings(self) -> dict[str, str]:
        """Give of each setting what it means, with its unit where it has one."""
        told = dict(SHOWN)
        for prefix, kind in (("", self.variant.settings), ("training.", self.training)):
            for field in fields(kind):
                unit = field.metadata["unit"]
                told[f"{prefix}{field.name}"] = field.metadata["meaning"] + (
                    f", in {unit}" if unit else ""
                )
        return told


def resolve_entries(
    *,
    task: str,
    entries: Mapping[str, Mapping[str, Any]],
    recordings: Mapping[str, Mapping[str, Any]],
    training: Mapping[str, Any],
    resolved: str | Path,
) -> None:
    """Write what the entries of a task and the levels of its questions come to.

    Parameters
    ----------
    task : str
    entries : mapping of question to entries by name
        Those of the task itself under the empty name. A level that is one of them is written out.
    recordings : mapping of recording to selection
        What the task takes of each recording.
    training : mapping
        The task's training slice.
    resolved : path
        Output, JSON: ``settings``, by question, recording and entry a value for each setting, and
        ``meanings``, by variant a text for each setting.

    Raises
    ------
    ConfigError
        Where a value is not one of those that are known.
    """
    settings: dict[str, dict[str, Any]] = {}
    meanings: dict[str, dict[str, str]] = {}
    for question, levels in entries.items():
        for recording, selection in recordings.items():
            place = settings.setdefault(question, {}).setdefault(recording, {})
            about: dict[str, Any] = {"task": task, "selection": selection, "training": training}
            for name, values in levels.items():
                read = ResolvedEntry.read(name, values, **about)
                place[name] = read.settings()
                meanings[read.variant.name] = read.meanings()
    content = json.dumps({"settings": settings, "meanings": meanings}, indent=1)
    with whole_file(resolved) as temporary:
        temporary.write_text(content + "\n", encoding="utf-8")
