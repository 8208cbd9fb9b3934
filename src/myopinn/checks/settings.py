"""How a field of settings is declared: what it means, its unit, and what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, field
from typing import Any


def setting(meaning: str, default: Any = MISSING, *, unit: str = "", **more: Any) -> Any:
    """Declare a field of a frozen dataclass of settings.

    Parameters
    ----------
    meaning : str
        In a line, without the unit.
    default
        What holds where it is not set; left out where it has to be.
    more
        ``ge``, ``gt``, ``le``, ``lt``, the limits of its value, ``each``, the lowest and highest of
        each of its values, and ``search`` or ``choices``, where it is worth tuning.
    """
    metadata = {"unit": unit, "meaning": meaning, **more}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)
