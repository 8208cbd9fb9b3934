"""What a JSON schema finds wrong with a configuration, in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from myopinn.checks.path_names import why_unfit_together
from myopinn.checks.spelling import meant, some

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TYPES = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}


def find_problems(config: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """Hold a configuration to a schema.

    Returns
    -------
    list of str
        One line per problem: the key's path, what is wrong, and what was meant. Empty if none.
    """
    problems: dict[str, None] = {}
    for error in _validator(schema).iter_errors(config):
        where = key_path(error.absolute_path)
        if "propertyNames" in error.absolute_schema_path:
            where += ", the key's name,"
        problems.update(dict.fromkeys(_lines(where, error)))
    return list(problems)


def find_endless(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[str, str]]:
    """Find NaN and infinity anywhere in a configuration, also where the schema is open.

    Yields
    ------
    (str, str)
        The key's path, and a line that says what is wrong.
    """
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from find_endless(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from find_endless(item, (*path, position))
    elif isinstance(value, float) and not is_finite_number(value):
        yield key_path(path), wrong_type(key_path(path), value, "a number")


def is_finite_number(value: object) -> bool:
    """Tell whether a value is a number that can be counted with, which NaN and infinity are not."""
    # A bool is an int to Python, but never a size or a mass to a person.
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def key_path(parts: Any) -> str:
    """Write a path of keys and positions such as ``tasks.muscle_force.training.seeds[0]``."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "the configuration"


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


def wrong_type(where: str, value: Any, wanted: str, description: str = "") -> str:
    """Say that a value is of the wrong type, with the traps of YAML explained."""
    shown = "" if isinstance(value, Mapping | list) or value is None else f"{value!r}, "
    hint = ""
    if wanted == "text" and isinstance(value, int | float):
        hint = " Put it in quotes."
    elif "number" in wanted and isinstance(value, str) and _is_number(value):
        number = float(value)
        meant_number = int(number) if "whole" in wanted and number.is_integer() else number
        hint = f" YAML takes it for text; write {meant_number!r}, without quotes."
    about = f" ({description})" if description else ""
    return f"{where} is {shown}{type_name(value)}, expected {wanted}{about}.{hint}"


def _validator(schema: Mapping[str, Any]) -> Any:
    """Make a validator whose numbers are finite, and that knows which keys become paths."""
    from jsonschema import Draft202012Validator, ValidationError, validators

    def check_path_names(
        validator: Any, reserved: list[str], value: Any, schema: Any
    ) -> Iterator[ValidationError]:
        if validator.is_type(value, "object"):
            yield from map(ValidationError, why_unfit_together(value, reserved))

    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda checker, value: is_finite_number(value)
    )
    keywords = {"x-path-names": check_path_names}
    return validators.extend(Draft202012Validator, keywords, type_checker=types)(schema)


def _lines(where: str, error: ValidationError) -> Iterator[str]:
    """Put one finding into words; findings of kinds not named here keep the validator's words."""
    kind: Any = error.validator
    value: Any = error.instance
    schema: Any = error.schema
    about = schema.get("description", "").rstrip(".")
    if kind == "additionalProperties":
        yield from _unknown_keys(where, value, schema)
    elif kind == "required":
        yield from _missing_keys(where, value, schema)
    elif kind == "type":
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        yield wrong_type(where, value, " or ".join(_TYPES[t] for t in types), about)
    elif kind == "enum":
        allowed = schema["enum"]
        yield (
            f"{where} is {value!r}, allowed are {', '.join(map(str, allowed))}."
            f"{meant(value, allowed)}"
        )
    elif kind in _LIMITS:
        yield f"{where} is {value!r}, expected {_LIMITS[kind]} {schema[kind]} ({about})."
    elif kind in {"minItems", "minProperties", "minLength"}:
        yield f"{where} has {len(value)} entries, expected at least {schema[kind]}."
    elif kind == "maxItems":
        yield f"{where} has {len(value)} entries, expected at most {schema[kind]}."
    elif kind == "uniqueItems":
        twice = sorted({str(item) for item in value if value.count(item) > 1})
        yield f"{where} names {some(twice)} more than once."
    elif kind == "dependentRequired":
        for key, others in schema[kind].items():
            missing = [other for other in others if key in value and other not in value]
            if missing:
                yield f"{where} has '{key}' but no '{missing[0]}'; both are needed."
    elif kind == "x-path-names":
        yield f"{where}: {error.message}"
    else:
        yield f"{where}: {error.message}."


def _unknown_keys(where: str, value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    allowed = list(schema["properties"])
    for key in value:
        if key not in allowed:
            # A key that is there already cannot be what was meant.
            question = meant(key, [name for name in allowed if name not in value])
            yield f"{where}: unknown key '{key}'.{question} Keys here are {some(allowed, 20)}."


def _missing_keys(where: str, value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    allowed = schema.get("properties", {})
    # Where other keys may stand, one that is not listed is not told as unknown.
    closed = schema.get("additionalProperties") is False
    unknown = [key for key in value if closed and key not in allowed]
    for key in schema["required"]:
        if key in value:
            continue
        # A misspelt key is reported once, as unknown, and not as missing as well.
        if any(f"'{key}'" in meant(other, set(allowed) - set(value)) for other in unknown):
            continue
        about = allowed.get(key, {}).get("description", "").rstrip(".")
        yield f"{where}: the key '{key}' is missing{f' ({about})' if about else ''}."


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
