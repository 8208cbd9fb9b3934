"""What the entries of a task and the levels of its questions come to, once all defaults are in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myopinn.files.layouts.settings import SETTINGS
from myopinn.training.resolved import TaskSlice


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
        Output (:data:`myopinn.files.layouts.settings.SETTINGS`).

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
            asked = TaskSlice(task, recording, selection, training)
            for name, values in levels.items():
                read = asked.resolve(name, values)
                place[name] = read.settings()
                meanings[read.variant.name] = read.meanings()
    SETTINGS.write({"task": task, "settings": settings, "meanings": meanings}, resolved)
