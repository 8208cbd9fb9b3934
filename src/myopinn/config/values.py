"""Making settings of plain values that a configuration has been held to before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError


def read_settings(where: str, kind: type, values: Mapping[str, Any]) -> Any:
    """Make settings of a slice of a configuration; its types have been held at the start.

    Parameters
    ----------
    where : str
        Whose they are, for the message.
    kind : type
        A frozen dataclass.

    Raises
    ------
    ConfigError
        Naming a key that is unknown or missing, or what the settings do not agree on.
    """
    known = [field.name for field in fields(kind)]
    for name in values:
        if name not in known:
            raise ConfigError(f"{where}: no key '{name}'.{meant(name, known)} There are {known}.")
    try:
        return kind(**{name: frozen(value) for name, value in values.items()})
    except (ConfigError, TypeError) as error:
        raise ConfigError(f"{where}: {error}") from error


def frozen(value: Any) -> Any:
    """Give lists as tuples, which settings keep."""
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    if isinstance(value, Mapping):
        return {name: frozen(item) for name, item in value.items()}
    return value
