"""What is wrong with a configuration, in words: key, value, what is allowed, what was meant."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from myopinn.checks.spelling import meant, some

_WANTED = {
    "string": "text",
    "float": "a number",
    "finite": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "list": "a list",
    "dict": "keys with values",
    "mapping": "keys with values",
    "model": "keys with values",
}
_LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_LIMIT_ERRORS = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


def told(text: str, *, above: bool = False) -> PydanticCustomError:
    """Make an error whose words are final, but for the key's path that they follow.

    Parameters
    ----------
    text : str
        What follows the path.
    above : bool
        Whether the path is that of what holds the key.
    """
    return PydanticCustomError("told", "{text}", {"text": text, "above": above})


def detail(error: PydanticCustomError, value: Any, *loc: str | int) -> InitErrorDetails:
    """Give an error its place and value."""
    return InitErrorDetails(type=error, loc=loc, input=value)


def key_path(parts: Iterable[Any]) -> str:
    """Write a path of keys and positions such as ``tasks.muscle_force.training.seeds[0]``."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "the configuration"


def write_lines(
    errors: Iterable[ErrorDetails], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Put errors that sections have explained into lines.

    Parameters
    ----------
    above : tuple of str
        The path of what was held.

    Yields
    ------
    tuple, str
        The place, as keys and positions, and the line about it.
    """
    for error in errors:
        loc, context = (*above, *error["loc"]), error.get("ctx", {})
        of_key = loc[-1:] == ("[key]",)
        where = key_path(loc[:-2] if of_key else loc[:-1] if context.get("above") else loc)
        where += f", key '{loc[-2]}'," if of_key else ""
        place = loc[:-1] if of_key else loc
        yield place, f"{where}{context['text']}"


def explain(
    errors: Iterable[ErrorDetails], section: Any, given: Iterable[str]
) -> Iterator[InitErrorDetails]:
    """Put what pydantic found in one section into words; what is explained already is passed on.

    Parameters
    ----------
    section : type
        The section (:class:`myopinn.config.fields.Section`).
    given : iterable of str
        The keys that are written.
    """
    fields, given = section.by_key(), set(given)
    left = [key for key in fields if key not in given]
    unknown = given - set(fields)
    for error in errors:
        loc, kind = error["loc"], error["type"]
        name = str(loc[0]) if loc else ""
        own = len(loc) == 1
        if kind == "told":
            error_told = told(error["ctx"]["text"], above=error["ctx"]["above"])
        elif kind == "extra_forbidden" and own and name in section.foreign:
            error_told = told(section.foreign[name])
        elif kind == "extra_forbidden" and own:
            # A key that is there already cannot be what was meant.
            question = meant(name, left)
            listed = f"Keys here are {some(fields, 40)}."
            error_told = told(f": unknown key '{name}'.{question} {listed}", above=True)
        elif kind == "missing" and own:
            # A misspelt key is reported once, as unknown, and not as missing as well.
            if any(f"'{name}'" in meant(key, left) for key in unknown):
                continue
            needs = f"{section.needed_by} need the key '{name}'" if section.needed_by else ""
            needs = needs or f"the key '{name}' is missing"
            error_told = told(f": {needs}{_about(fields[name])}.", above=True)
        else:
            error_told = told(_words(error, fields.get(name)))
        yield detail(error_told, error["input"], *loc)


def misspelt(values: Iterable[Any], name: str) -> str:
    """Say which key may be another one misspelt; empty where none is near."""
    near = [key for key in values if key != name and meant(key, [name])]
    return f": unknown key '{near[0]}'. Did you mean '{name}'?" if near else ""


def is_finite_number(value: object) -> bool:
    """Tell whether a value is a number that can be counted with, which NaN and infinity are not."""
    # A bool is an int to Python, but never a size or a mass to a person.
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def type_name(value: Any) -> str:
    """Name the type of a value as a person would."""
    if isinstance(value, float) and not math.isfinite(value):
        return "not a finite number"
    for kind, name in (
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number"),
        (str, "text"),
        (Mapping, "keys with values"),
        (list, "a list"),
    ):
        if isinstance(value, kind):
            return name
    return "empty" if value is None else type(value).__name__


def wrong_type(value: Any, wanted: str, about: str = "") -> str:
    """Say that a value is of the wrong type, with the traps of YAML explained."""
    shown = "" if isinstance(value, Mapping | list) or value is None else f"{value!r}, "
    hint = ""
    if wanted.startswith("text") and isinstance(value, int | float):
        hint = " Put it in quotes."
    elif "number" in wanted and isinstance(value, str) and _is_number(value):
        number = float(value)
        plain = int(number) if "whole" in wanted and number.is_integer() else number
        hint = f" YAML takes it for text; write {plain!r}, without quotes."
    return f" is {shown}{type_name(value)}, expected {wanted}{about}.{hint}"


def _words(error: ErrorDetails, field: Any) -> str:
    """Say what follows the path of a value that is wrong."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    about = _about(field) if field is not None else ""
    unit = (getattr(field, "json_schema_extra", None) or {}).get("unit", "")
    unit = f" {unit}" if unit else ""
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        return f" is {value!r}, allowed are {', '.join(allowed)}{about}.{meant(value, allowed)}"
    if kind in _LIMIT_ERRORS:
        limits = {key: bound for key, bound in context.items() if key in _LIMITS}
        if len(error["loc"]) == 1:
            limits |= _limits(field)
        said = " and ".join(f"{_LIMITS[k]} {bound:.12g}" for k, bound in sorted(limits.items()))
        return f" is {value!r}, expected {said}{unit}{about}."
    if kind == "too_long" and isinstance(value, str):
        return f" is {value[:20]!r}..., expected at most {context['max_length']} characters{about}."
    if kind in {"too_short", "too_long"}:
        bound = f"at least {context['min_length']}" if kind == "too_short" else ""
        bound = bound or f"at most {context['max_length']}"
        return f" has {len(value)} entries, expected {bound}{about}."
    wanted = _WANTED.get(kind.split("_")[0])
    if wanted is None:
        return f" is {value!r}: {error['msg']}{about}."
    nullable = field is not None and len(error["loc"]) == 1 and is_nullable(field)
    of = f" of{unit}" if unit and "number" in wanted else ""
    return wrong_type(value, wanted + of + (" or null" if nullable else ""), about)


def is_nullable(field: Any) -> bool:
    """Tell whether null is a value of a key."""
    return type(None) in getattr(field.annotation, "__args__", ())


def _about(field: Any) -> str:
    """Put a key's meaning in brackets."""
    return f" ({field.description})" if field.description else ""


def _limits(field: Any) -> dict[str, float]:
    """Give the limits of a key's value."""
    return {
        name: getattr(limit, name)
        for limit in getattr(field, "metadata", ())
        for name in _LIMITS
        if getattr(limit, name, None) is not None
    }


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
