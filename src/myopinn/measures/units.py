"""How files' SI units are shown to readers, in figures, findings and the report alike."""

from __future__ import annotations

import math

# Factor and label.
SHOWN_UNITS: dict[str, tuple[float, str]] = {
    "rad": (180 / math.pi, "deg"),
    "rad/s": (180 / math.pi, "deg/s"),
    "N.m": (1.0, "N·m"),
    "V": (1e6, "µV"),
    "m": (1e3, "mm"),
    "1": (1.0, ""),
}


def shown_unit(unit: str) -> tuple[float, str]:
    """Give the factor and the label by which values of a file's unit are shown."""
    return SHOWN_UNITS.get(unit, (1.0, unit))
