"""The entries of a study's tasks and questions: ways to solve a task, by the user's own names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Stands for a question where a task's ceilings are meant; no question can be called so.
CEILINGS = "-ceilings"


def list_entries(config: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Give the variants of every task, and those of every question that a task asks.

    Returns
    -------
    dict of (task, question) to entries by name
        ``question`` is empty for the variants of the task itself, and :data:`CEILINGS` for those
        that are shown the truth. A level of a question may be the name of an entry of its task.
    """
    found = {}
    for name, task in config["tasks"].items():
        found[name, ""] = task["variants"]
        if "ceilings" in task:
            found[name, CEILINGS] = task["ceilings"]
        for question, asked in task.get("questions", {}).items():
            found[name, question] = asked["variants"]
    return found


def fitted_entries(entries: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the entries that are fitted: all but the levels that are entries of the task."""
    return {name: values for name, values in entries.items() if not isinstance(values, str)}


def taken_entries(entries: Mapping[str, Any]) -> dict[str, str]:
    """Give of each level that is an entry of the task the name of that entry."""
    return {name: entry for name, entry in entries.items() if isinstance(entry, str)}
