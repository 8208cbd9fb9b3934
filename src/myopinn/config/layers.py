"""A study that extends another says only what is its own; an entry that is like another, too.

``extends: ../../config.yaml`` takes another configuration, from the file's own folder on, or a list
of them, each laid over those before it. What the study writes is laid over them: keys of mappings
are merged, one by one and deeply, lists and all other values replace what was there. ``without``
takes away first, by the names on the way to it::

    extends: ../../config.yaml
    without: {tasks: {muscle_force: {questions: [physics_weight], variants: [svr, elm]}}}

An entry with ``like: cnn`` has the keys of the task's entry ``cnn`` that it does not write itself,
as that entry stands once the study is laid over what it extends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from myopinn.checks.spelling import meant, some
from myopinn.config.yaml_file import Place, Places, load_yaml
from myopinn.errors import ConfigError

EXTENDS, WITHOUT, LIKE = "extends", "without", "like"
# A place in a configuration and what is said of it, which follows its path.
Problem = tuple[tuple[Any, ...], str]


class Source(NamedTuple):
    """What is written of a study, in one file or in several.

    Attributes
    ----------
    values : dict
        Its keys, not yet held to anything.
    places : dict
        Where each of them stands.
    files : tuple of path
        The files that it was read from, the study's own first.
    """

    values: dict[str, Any]
    places: Places
    files: tuple[Path, ...]


def load_study(path: Path | str) -> Source:
    """Read a study's file and those that it extends.

    Raises
    ------
    ConfigError
        Where a file cannot be read or its ``extends`` and ``without`` make no sense; names file,
        line and remedy.
    """
    return _load(Path(path), ())


def _load(path: Path, extending: tuple[Path, ...]) -> Source:
    values, places = load_yaml(path)
    base, without = values.pop(EXTENDS, None), values.pop(WITHOUT, {})
    if (EXTENDS,) not in places:
        if (WITHOUT,) in places:
            _refuse(
                places[WITHOUT,],
                f"'{WITHOUT}' takes away from what a study extends; there is none.",
            )
        return Source(values, places, (path,))
    here = places[EXTENDS,]
    named = [base] if isinstance(base, str) else base
    if not isinstance(named, list) or not named or not all(isinstance(n, str) for n in named):
        _refuse(here, f"'{EXTENDS}' is {base!r}; write the path of another config.yaml.")
    chain = (*extending, path.resolve())
    below = Source({}, {}, ())
    for name in named:
        file = path.parent / name
        if not file.is_file():
            seen = path.parent.resolve()
            _refuse(here, f"'{EXTENDS}': there is no file '{name}' as seen from {seen}.")
        if file.resolve() in chain:
            _refuse(here, f"'{EXTENDS}': '{name}' extends this study in turn.")
        other = _load(file, chain)
        _lay_over(below.values, other.values, below.places, other.places, ())
        below = below._replace(files=(*below.files, *other.files))
    _take_away(below, without, (), places)
    _lay_over(below.values, values, below.places, places, ())
    return below._replace(files=(path, *below.files))


def _take_away(below: Source, without: Any, path: tuple[Any, ...], places: Places) -> None:
    """Take what a study does not want out of what it extends."""
    held: Any = below.values
    for key in path:
        held = held[key]
    names = [without] if isinstance(without, str) else without
    for position, name in enumerate(names if isinstance(names, list | Mapping) else ()):
        here = (WITHOUT, *path, name if isinstance(names, Mapping) else position)
        if not isinstance(held, Mapping) or name not in held:
            place = places.get(here) or places[here[:-1]]
            offered = held if isinstance(held, Mapping) else ()
            _refuse(
                place,
                f"'{'.'.join(map(str, (WITHOUT, *path, name)))}': {below.files[0]} has no such key."
                f"{meant(name, offered)} There are {some(offered) or 'none'}.",
            )
        if isinstance(names, Mapping):
            _take_away(below, names[name], (*path, name), places)
        else:
            del held[name]
            _forget(below.places, (*path, name))


def _lay_over(
    below: dict[Any, Any],
    own: Mapping[Any, Any],
    told: Places,
    places: Places,
    path: tuple[Any, ...],
) -> None:
    """Lay a study's keys over those that it extends, and their places with them."""
    for key, value in own.items():
        here = (*path, key)
        if isinstance(value, Mapping) and isinstance(below.get(key), dict):
            told[here] = places[here]
            _lay_over(below[key], value, told, places, here)
        else:
            _forget(told, here)
            below[key] = value
            told |= {at: place for at, place in places.items() if at[: len(here)] == here}


def _forget(places: Places, path: tuple[Any, ...]) -> None:
    for at in [at for at in places if at[: len(path)] == path]:
        del places[at]


def _refuse(place: Place, text: str) -> None:
    raise ConfigError(
        f"{place.file}, line {place.line}: {text} Remedy: see 'extends' in docs/configuration.md."
    )


def write_out_likes(values: dict[str, Any], places: Places) -> tuple[dict[str, Any], list[Problem]]:
    """Give entries that are like another what they do not write themselves.

    Returns
    -------
    dict
        The values without any ``like``; an entry whose other is unknown is left out.
    list
        What is wrong with them.
    """
    problems: list[Problem] = []
    tasks = values.get("tasks")
    if not isinstance(tasks, Mapping):
        return values, problems
    made = dict(tasks)
    for name, task in tasks.items():
        if not isinstance(task, Mapping):
            continue
        own = task.get("variants")
        own = own if isinstance(own, Mapping) else {}
        made[name] = task = dict(task)
        for group in _groups(task):
            here = ("tasks", name, *group)
            held = task
            for key in group[:-1]:
                held[key] = held = dict(held[key])
            written = {}
            for entry, keys in held[group[-1]].items():
                try:
                    written[entry] = _like(keys, own, (*here, entry), ("tasks", name), places, ())
                except ConfigError as error:
                    problems.append(((*here, entry, LIKE), str(error)))
            held[group[-1]] = written
    return {**values, "tasks": made}, problems


def _groups(task: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Give the keys under which entries stand."""
    for group in ("variants", "ceilings"):
        if isinstance(task.get(group), Mapping):
            yield (group,)
    questions = task.get("questions")
    for name, question in questions.items() if isinstance(questions, Mapping) else ():
        if isinstance(question, Mapping) and isinstance(question.get("variants"), Mapping):
            yield "questions", name, "variants"


def _like(
    keys: Any,
    own: Mapping[str, Any],
    here: tuple[Any, ...],
    task: tuple[Any, ...],
    places: Places,
    seen: tuple[str, ...],
) -> Any:
    """Write out an entry that is like another one of its task."""
    if not isinstance(keys, Mapping) or LIKE not in keys:
        return keys
    other = keys[LIKE]
    if not isinstance(other, str) or not isinstance(own.get(other), Mapping):
        raise ConfigError(
            f" is {other!r}, which is no entry of the task.{meant(other, own)} "
            f"There are {some(own)}."
        )
    if other in seen:
        raise ConfigError(f" is {other!r}, which is like itself in turn; write it out.")
    there = (*task, "variants", other)
    below = _like(own[other], own, there, task, places, (*seen, other))
    below = {"variant": other, **below}
    for at, place in list(places.items()):
        taken = at[: len(there)] == there and at[len(there) :][:1]
        if taken and taken[0] not in keys:
            places.setdefault((*here, *at[len(there) :]), place)
    return {**below, **{key: value for key, value in keys.items() if key != LIKE}}
