"""What entries differ in, by their resolved settings; their names say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from myopinn.figures.wording import listed

# In place of a value where an entry's variant has no such setting.
ABSENT = object()
SAME = "the same settings"
VARIANT = "variant"
# As a number of training cycles it is larger than any other.
EVERYTHING = "all"


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

    @property
    def is_shared(self) -> bool:
        """Tell whether every entry has the setting."""
        return all(value is not ABSENT for value in self.values.values())


def find_differences(
    entries: Mapping[str, Mapping[str, Any]], names: Sequence[str]
) -> list[Difference]:
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


def tell_differences(differences: Sequence[Difference], variant: str, versus: str) -> str:
    """Say what two entries differ in: all of it, and that it is all."""
    parts = [_tell_pair(difference, variant, versus) for difference in differences]
    if not parts:
        return SAME
    if len(parts) == 1:
        return f"{parts[0]}, all other settings the same"
    return f"{len(parts)} settings differ, {listed(parts)}"


def list_differences(
    differences: Sequence[Difference], variant: str, versus: str, meanings: Mapping[str, str]
) -> tuple[str, ...]:
    """Say the same setting by setting, each with what it means where that is known."""
    told = [_tell_pair(difference, variant, versus) for difference in differences]
    means = [meanings.get(difference.setting, "") for difference in differences]
    return tuple(
        f"{text} ({mean})" if mean else text for text, mean in zip(told, means, strict=True)
    )


def _tell_pair(difference: Difference, variant: str, versus: str) -> str:
    own, other = difference.values[variant], difference.values[versus]
    if own is ABSENT:
        return f"{difference.setting} {_written(other)} of {versus} alone"
    if other is ABSENT:
        return f"{difference.setting} {_written(own)} of {variant} alone"
    return f"{difference.setting} {_written(own)} against {_written(other)}"


def tell_levels(
    entries: Mapping[str, Mapping[str, Any]], meanings: Mapping[str, Mapping[str, str]]
) -> str:
    """Say what the levels of a question differ in.

    Settings that only some levels have are those of their variants, which differ then, and stand
    in the file of resolved settings alone.

    Parameters
    ----------
    entries : mapping of level to settings
    meanings : mapping of variant to what each of its settings means
    """
    differences = find_differences(entries, list(entries))
    if not differences:
        return f"All levels have {SAME}."
    shared = [difference for difference in differences if difference.is_shared]
    alone = " alone" if len(differences) == 1 else ""
    told = []
    for difference in shared:
        values = ", ".join(f"{level}: {_written(v)}" for level, v in difference.values.items())
        told.append(f"{difference.setting}{alone} ({values})")
    if len(shared) < len(differences):
        told.append("settings that only some of these variants have")
    known = {
        setting: text
        for settings in entries.values()
        for setting, text in meanings[settings[VARIANT]].items()
    }
    means = [f"{d.setting}: {known[d.setting]}." for d in shared if d.setting in known]
    return " ".join([f"The levels differ in {'; '.join(told)}.", *means])


def level_amounts(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, float] | None:
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
