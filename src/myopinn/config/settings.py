"""Settings that a laboratory, a variant or the training brings, held like any other section.

They are a frozen dataclass. Each field has the metadata ``meaning`` and, where it has one,
``unit``; its limits are ``ge``, ``gt``, ``le`` and ``lt``, those of each of its values ``each``.
What the fields must agree on, ``__post_init__`` says by :class:`myopinn.errors.ConfigError`.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidationInfo, create_model

from myopinn.config.fields import Flag, Number, Section, Text, Whole, key, plain
from myopinn.config.messages import detail, told
from myopinn.config.values import frozen
from myopinn.errors import ConfigError

_LIMITS = ("ge", "gt", "le", "lt")
_PLAIN = {float: Number, int: Whole, bool: Flag, str: Text}


@functools.cache
def settings_section(kind: type, base: type[Section] = Section) -> type[Section]:
    """Make the section that holds settings, with the keys of another section beside them.

    Parameters
    ----------
    kind : type
        A frozen dataclass.
    base : type
        Whose keys come first.
    """
    hints = typing.get_type_hints(kind)
    declared = {
        field.name: (
            _kept(hints[field.name], field.metadata.get("each")),
            key(
                _default(field),
                field.metadata.get("meaning", ""),
                unit=field.metadata.get("unit", ""),
                **{name: field.metadata[name] for name in _LIMITS if name in field.metadata},
            ),
        )
        for field in fields(kind)
    }
    name = f"{kind.__module__.rpartition('.')[2]}_{base.__name__}"
    return create_model(name, __base__=base, __doc__=kind.__doc__, **declared)  # type: ignore[call-overload]


def hold_settings(
    values: Any, kind: type, info: ValidationInfo | None = None, base: type[Section] = Section
) -> dict[str, Any]:
    """Hold values to settings, and settings to themselves.

    Returns
    -------
    dict
        The values with all defaults filled in.

    Raises
    ------
    pydantic.ValidationError
        With every problem put into words.
    """
    context = info.context if info else None
    section = settings_section(kind, base).model_validate(values, context=context)
    filled = plain(section)
    own = {field.name for field in fields(kind)}
    try:
        kind(**{name: frozen(value) for name, value in filled.items() if name in own})
    except ConfigError as error:
        raise ValidationError.from_exception_data(
            "", [detail(told(f": {error}"), values)]
        ) from None
    return filled


def _default(field: Any) -> Any:
    """Give a field's default as YAML would have it; an ellipsis where there is none."""
    if field.default_factory is not MISSING:
        return _plain(field.default_factory())
    return ... if field.default is MISSING else _plain(field.default)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _kept(hint: Any, each: tuple[float, float] | None = None) -> Any:
    """Give the type by which a section holds what a dataclass declares: YAML knows lists alone.

    Parameters
    ----------
    each : tuple of float
        The lowest and the highest of each value of a list or mapping.
    """
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return functools.reduce(lambda a, b: a | b, (_kept(kind, each) for kind in inner))
    if origin is typing.Literal:
        return hint
    if isinstance(origin, type) and issubclass(origin, Mapping | Sequence):
        item = _kept(inner[-1] if issubclass(origin, Mapping) else inner[0])
        if each is not None:
            item = Annotated[item, Field(ge=each[0], le=each[1])]
        if issubclass(origin, Mapping):
            return dict[str, item]  # type: ignore[valid-type]
        return list[item]  # type: ignore[valid-type]
    if isinstance(hint, type) and is_dataclass(hint):
        return settings_section(hint)
    return _PLAIN.get(hint, hint)
