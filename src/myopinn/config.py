"""Reading a study's configuration: everything that is wrong with it is said at once, at the start.

The schema in ``workflow/schemas`` closes the file, the ``Settings`` of a laboratory and of a
variant close their slices, and the parts are held to each other.
"""

from __future__ import annotations

import importlib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from myopinn.checks.spelling import meant, some
from myopinn.errors import ConfigError

SCHEMA = Path("workflow", "schemas", "config.schema.yaml")
# Stands for a question where a task's ceilings are meant; no question can be called so.
CEILINGS = "-ceilings"
_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def read_config(
    config: Mapping[str, Any], schema: Path | str | None = None, *, full: bool = True
) -> dict[str, Any]:
    """Hold a configuration to the schema, to the laboratories' settings and to itself.

    Parameters
    ----------
    config : mapping
        The content of config.yaml.
    schema : path
        The schema; :func:`find_schema` where not given.
    full : bool
        False passes a configuration on that has been held to all this before, as the jobs of a
        workflow do.

    Returns
    -------
    dict
        The configuration, unchanged.

    Raises
    ------
    ConfigError
        Listing every problem with the key's path, what is wrong, and what was meant; what the parts
        must agree on is looked at once each of them is sound.
    """
    if not full:
        return dict(config)
    from myopinn.consistency import find_contradictions
    from myopinn.recordings import is_processed
    from myopinn.schema_errors import find_endless, find_problems

    content = _read_schema(find_schema() if schema is None else Path(schema))
    problems = find_problems(config, content)
    problems += _laboratory_problems(config)
    problems += [
        line
        for where, line in find_endless(config)
        if not any(problem.startswith(f"{where} is ") for problem in problems)
    ]
    if not problems:
        processed = [
            name
            for name, recording in config["recordings"].items()
            if is_processed(recording["laboratory"]["name"])
        ]
        problems = find_contradictions(config, content, processed)
    _raise(problems)
    return dict(config)


def check_variants(config: Mapping[str, Any]) -> None:
    """Hold every variant's entry to the Settings of its module.

    Separate from :func:`read_config` because it imports the variants' modules.

    Raises
    ------
    ConfigError
        Listing every variant that does not exist and every key that its Settings do not have.
    """
    variants = importlib.import_module("myopinn.variants")
    entry = importlib.import_module("myopinn.training.entry").Entry
    problems = []
    for (task, question), entries in list_entries(config).items():
        where = f"tasks.{task}.questions.{question}" if question else f"tasks.{task}"
        where = f"tasks.{task}.ceilings" if question == CEILINGS else f"{where}.variants"
        for name, values in fitted_entries(entries).items():
            read = entry.read(name, values)
            try:
                variants.load_variant(read.variant, read.settings, task)
            except ConfigError as error:
                problems.append(f"{where}: {error}")
    _raise(problems)


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


def find_schema() -> Path:
    """Find the schema beside the package, as in a checkout or an editable installation.

    Raises
    ------
    ConfigError
        Where the package is installed without its workflow.
    """
    for folder in Path(__file__).resolve().parents:
        if (folder / SCHEMA).is_file():
            return folder / SCHEMA
    raise ConfigError(
        f"the schema {SCHEMA.as_posix()} is not above {Path(__file__).parent}. Remedy: install the "
        "package from its checkout with 'pip install -e .', or give the schema's path."
    )


def settings_problems(where: str, kind: type, values: Mapping[str, Any]) -> list[str]:
    """Hold a slice of the configuration to a dataclass of settings.

    Parameters
    ----------
    where : str
        Path of the slice, for the messages.
    kind : type
        A dataclass; its fields are the keys, those without a default are needed. It may raise
        ConfigError for values that make no sense.
    values : mapping

    Returns
    -------
    list of str
        One line per problem; empty if none.
    """
    hints = typing.get_type_hints(kind)
    known = [field.name for field in fields(kind)]
    problems = []
    for key, value in values.items():
        if key not in known:
            question = meant(key, set(known) - set(values))
            problems.append(
                f"{where}: unknown key '{key}'.{question} Keys here are {some(known, 20)}."
            )
        else:
            problems += _type_problems(f"{where}.{key}", value, hints[key])
    for field in fields(kind):
        needed = field.default is MISSING and field.default_factory is MISSING
        misspelt = any(f"'{field.name}'" in problem for problem in problems)
        if needed and field.name not in values and not misspelt:
            problems.append(f"{where}: the key '{field.name}' is missing.")
    if not problems:
        try:
            kind(**values)
        except ConfigError as error:
            problems.append(f"{where}: {error}")
    return problems


def _type_problems(where: str, value: Any, wanted: Any) -> Iterator[str]:
    """Hold a value to the annotation of a field: plain types, lists, mappings, unions."""
    from myopinn.schema_errors import is_finite_number, wrong_type

    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in {typing.Union, types.UnionType}:
        if value is None and type(None) in inner:
            return
        kinds = [kind for kind in inner if kind is not type(None)]
        findings = [list(_type_problems(where, value, kind)) for kind in kinds]
        if all(findings):
            yield from findings[0]
    elif isinstance(origin, type) and issubclass(origin, Sequence):
        if not isinstance(value, list | tuple):
            yield wrong_type(where, value, "a list")
        else:
            for position, item in enumerate(value):
                yield from _type_problems(f"{where}[{position}]", item, inner[0])
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            yield wrong_type(where, value, "keys with values")
        else:
            for key, item in value.items():
                yield from _type_problems(f"{where}, key '{key}',", key, inner[0])
                yield from _type_problems(f"{where}.{key}", item, inner[1])
    elif wanted in _WORDS:
        fits = isinstance(value, wanted)
        if wanted in (int, float):
            fits = is_finite_number(value) and (wanted is float or fits)
        if not fits:
            yield wrong_type(where, value, _WORDS[wanted])


def _laboratory_problems(config: Mapping[str, Any]) -> list[str]:
    from myopinn.recordings import laboratory

    problems: list[str] = []
    recordings = config.get("recordings")
    for name, recording in recordings.items() if isinstance(recordings, Mapping) else ():
        settings = recording.get("laboratory") if isinstance(recording, Mapping) else None
        if not isinstance(settings, Mapping) or not isinstance(settings.get("name"), str):
            continue  # the schema has said so
        where = f"recordings.{name}.laboratory"
        try:
            module = laboratory(settings["name"])
        except ConfigError as error:
            problems.append(f"{where}.name: {error}")
            continue
        if hasattr(module, "Settings"):
            problems += settings_problems(where, module.Settings, settings)
    return problems


def _read_schema(path: Path) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)


def _raise(problems: list[str]) -> None:
    if problems:
        number = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ConfigError("\n  - ".join([f"the configuration has {number}:", *problems]))
