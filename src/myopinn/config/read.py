"""Reading a study's configuration: all that is wrong with it is said at once, at the start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from myopinn.config.fields import plain
from myopinn.config.forms import hold_forms
from myopinn.config.layers import Problem, write_out_likes
from myopinn.config.messages import key_path, write_lines
from myopinn.config.offered import hold_recording, hold_task
from myopinn.config.planned import hold_planned
from myopinn.config.plug_ins import PlugIns
from myopinn.config.recordings import Recording
from myopinn.config.references import find_contradictions
from myopinn.config.statistics import Statistics
from myopinn.config.study import Study
from myopinn.config.tasks import Tasks
from myopinn.config.yaml_file import Places
from myopinn.errors import ConfigError
from myopinn.records.trials import Trial


def resolve(
    values: Mapping[str, Any], plug_ins: PlugIns, places: Places | None = None
) -> dict[str, Any]:
    """Hold a configuration to its sections, to itself and to the recordings; fill in all defaults.

    Parameters
    ----------
    values : mapping
        What is written (:func:`myopinn.config.layers.load_study`).
    plug_ins : PlugIns
        Laboratories and variants that may be named.
    places : dict, optional
        Where each key stands, for the messages.

    Returns
    -------
    dict
        The configuration as plain values with all defaults filled in. What nothing takes the place
        of where it is not written, such as a tuning, is not there.

    Raises
    ------
    ConfigError
        Listing every problem with file and line, the key's path, its value, what is allowed, and
        what was meant. What sections must agree on is looked at of those that are sound.
    """
    places = dict(places or {})
    written, problems = write_out_likes(dict(values), places)
    found = {(place, f"{key_path(place)}{text}"): None for place, text in problems}
    try:
        study = Study.model_validate(written, context=plug_ins)
    except ValidationError as error:
        found |= dict.fromkeys(write_lines(error.errors(include_url=False)))
        sound = _sound(written, plug_ins, [place for place, _ in found])
    else:
        sound = plain(study)
        sound["tasks"] = {
            n: t for n, t in sound["tasks"].items() if not _spoilt(("tasks", n), found)
        }
    named = written.get("recordings")
    for place, text in _disagreements(sound, plug_ins, named if isinstance(named, Mapping) else ()):
        found[place, f"{key_path(place)}{text}"] = None
    if found:
        lines = [f"{_where(place, places)}{line}" for place, line in found]
        number = "one problem" if len(lines) == 1 else f"{len(lines)} problems"
        raise ConfigError("\n  - ".join([f"the configuration has {number}:", *lines]))
    return sound


def _spoilt(part: tuple[Any, ...], found: Any) -> bool:
    return any(place[: len(part)] == part for place, _ in found)


def _sound(
    written: Mapping[str, Any], plug_ins: PlugIns, wrong: Sequence[tuple[Any, ...]]
) -> dict[str, Any]:
    """Give the recordings, tasks and statistics that nothing is wrong with, defaults filled in."""

    def parts(key: str) -> Iterator[tuple[str, Any]]:
        held = written.get(key)
        for name, value in held.items() if isinstance(held, Mapping) else ():
            if not any(place in ((key,), ()) or place[:2] == (key, name) for place in wrong):
                yield name, value

    recording: TypeAdapter[Any] = TypeAdapter(Recording)
    recordings = {
        name: plain(recording.validate_python(value, context=plug_ins))
        for name, value in parts("recordings")
    }
    tasks = dict(parts("tasks"))
    filled = plain(Tasks.model_validate(tasks, context=plug_ins)) if tasks else {}
    statistics = written.get("statistics", {})
    if any(place[:1] == ("statistics",) for place in wrong) or len(tasks) < len(
        written.get("tasks") or ()
    ):
        statistics = {}
    return {
        "recordings": recordings,
        "tasks": filled,
        "statistics": plain(Statistics.model_validate(statistics)),
    }


def _disagreements(
    sound: Mapping[str, Any], plug_ins: PlugIns, named_recordings: Any
) -> Iterator[Problem]:
    """Find what sound sections do not agree on with each other and with the recordings."""
    recordings, tasks = sound["recordings"], sound["tasks"]
    yield from find_contradictions(recordings, tasks, sound["statistics"], named_recordings)
    yield from hold_forms(recordings, tasks, plug_ins)
    yield from hold_planned(sound["statistics"], tasks)
    trials: dict[str, Sequence[Trial]] = {}
    for name, recording in recordings.items():
        settings = recording["laboratory"]
        laboratory = plug_ins.laboratory(settings["name"])
        try:
            trials[name] = laboratory.list_trials(settings)
            offers = laboratory.offers(settings)
        except ConfigError as error:
            yield ("recordings", name, "laboratory"), f": {error}"
            continue
        yield from hold_recording(name, recording, offers, trials[name])
    for name, task in tasks.items():
        yield from hold_task(name, task, trials)


def _where(place: tuple[Any, ...], places: Places) -> str:
    """Say file and line of a key, or of the nearest that holds it."""
    for length in range(len(place), 0, -1):
        if place[:length] in places:
            stands = places[place[:length]]
            return f"{stands.file}, line {stands.line}: "
    return ""
