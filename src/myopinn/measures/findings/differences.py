"""What entries differ in, by their resolved settings; their names say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# In place of a value where an entry's variant has no such setting.
ABSENT = object()
SAME_SETTINGS = "the same settings"
VARIANT = "variant"
# As a number of training cycles it is larger than any other.
EVERYTHING = "all"

Entries = Mapping[str, Mapping[str, Any]]
Meanings = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Difference:
    """A setting in which entries differ.

    Attributes
    ----------
    setting : str
    values : dict of entry to value
        :data:`ABSENT` of an entry whose variant has no such setting.
    """

    setting: str
    values: dict[str, Any]

    def between(self, entry: str, versus: str) -> str:
        """Write the values of two entries."""
        own, other = self.values[entry], self.values[versus]
        if own is ABSENT:
            return f"{self.setting} {_written(other)} of {versus} alone"
        if other is ABSENT:
            return f"{self.setting} {_written(own)} of {entry} alone"
        return f"{self.setting} {_written(own)} against {_written(other)}"

    def of(self, entry: str) -> str:
        """Write the value of one entry."""
        return f"{self.setting} {_written(self.values[entry])}"


def find_differences(entries: Entries, names: Sequence[str]) -> list[Difference]:
    """Find all settings in which some entries differ, in the order of the settings.

    Parameters
    ----------
    entries : mapping of entry to settings
        One recording's part of what :func:`myopinn.steps.resolve_entries.resolve_entries` writes.
    names : sequence of str
        The entries that are compared.
    """
    found = []
    for setting in dict.fromkeys(key for name in names for key in entries[name]):
        values = {name: entries[name].get(setting, ABSENT) for name in names}
        first, *others = values.values()
        if any(other != first for other in others):
            found.append(Difference(setting, values))
    return found


def tell_between(
    entries: Entries, entry: str, versus: str, meanings: Meanings | None = None
) -> dict[str, str]:
    """Give the columns that say in what two entries differ: a line for each setting.

    Both are empty where the settings of an entry are not known, as those of a ceiling.

    Parameters
    ----------
    meanings : mapping of variant to texts, optional
        What each of its settings means.
    """
    if entry not in entries or versus not in entries:
        return {}
    differences = find_differences(entries, (entry, versus))
    lines = [difference.between(entry, versus) for difference in differences]
    known: dict[str, str] = {}
    for name in (versus, entry) if meanings else ():
        known |= meanings[entries[name][VARIANT]]  # type: ignore[index]
    return {
        "settings": "\n".join(lines) or SAME_SETTINGS,
        "meanings": "\n".join(known.get(d.setting, "") for d in differences),
    }


def tell_levels(entries: Entries, meanings: Meanings) -> dict[str, dict[str, str]]:
    """Give the same columns of each level of a question: its own values of what levels differ in.

    Settings that a level's variant has not are left out.
    """
    differences = find_differences(entries, list(entries))
    told = {}
    for level, settings in entries.items():
        own = [d for d in differences if d.values[level] is not ABSENT]
        known = meanings[settings[VARIANT]]
        told[level] = {
            "settings": "\n".join(d.of(level) for d in own),
            "meanings": "\n".join(known.get(d.setting, "") for d in own),
        }
    return told


def level_amounts(entries: Entries) -> dict[str, float] | None:
    """Give the number that each level stands for; None where levels are mere names.

    They are numbers where the levels differ in one setting alone whose values are different
    numbers; all training cycles are more than any number of them.
    """
    differences = find_differences(entries, list(entries))
    if len(differences) != 1:
        return None
    values = {k: np.inf if v == EVERYTHING else v for k, v in differences[0].values.items()}
    numbers = [v for v in values.values() if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(set(numbers)) < len(values):
        return None
    return {level: float(value) for level, value in values.items()}


def _written(value: Any) -> str:
    """Write a setting's value as the configuration would, numbers never as a power of ten."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return np.format_float_positional(value, trim="-")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return "none" if value is None else str(value)
