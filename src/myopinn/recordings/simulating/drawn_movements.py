"""Settings of a condition in which people do what chance draws, held to what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError


@dataclass(frozen=True)
class DrawnMovement:
    """What the movements of a condition are like: numbers, and pairs to draw between.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    def __post_init__(self) -> None:
        for entry in fields(self):
            value, unit = getattr(self, entry.name), entry.metadata["unit"]
            if "each" in entry.metadata:
                low, high = entry.metadata["each"]
                if not _is_pair(value) or not low <= value[0] <= value[1] <= high:
                    raise ConfigError(
                        f"{entry.name} is {value!r}, allowed are two numbers from {low:g} to "
                        f"{high:g} {unit}, the smaller one first."
                    )
                continue
            whole = isinstance(entry.default, int)
            fits = _is_number(value) and entry.metadata["ge"] <= value <= entry.metadata["le"]
            if not fits or (whole and value != int(value)):
                raise ConfigError(
                    f"{entry.name} is {value!r}, allowed is a {'whole ' * whole}number from "
                    f"{entry.metadata['ge']:g} to {entry.metadata['le']:g}"
                    f"{' ' + unit if unit else ''}."
                )

    @classmethod
    def read(cls, here: str, wanted: Any) -> Self:
        """Read the settings of one condition.

        Parameters
        ----------
        here : str
            Where they stand, for messages.

        Raises
        ------
        ConfigError
            Where a key is unknown (says which was meant) or a value is not allowed.
        """
        if isinstance(wanted, cls):
            return wanted
        known = [entry.name for entry in fields(cls)]
        if not isinstance(wanted, Mapping):
            raise ConfigError(f"{here} is {wanted!r}, expected keys and values, {{}} for none.")
        for key in wanted:
            if key not in known:
                raise ConfigError(f"{here}: unknown setting '{key}'.{meant(key, known)}")
        try:
            return cls(**wanted)
        except ConfigError as error:
            raise ConfigError(f"{here}: {error}") from None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pair(value: Any) -> bool:
    return isinstance(value, Sequence) and len(value) == 2 and all(map(_is_number, value))
