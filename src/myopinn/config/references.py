"""What the sections of a configuration must agree on: names that one uses and another one gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from myopinn.checks.spelling import meant, some
from myopinn.config.entries import fitted_entries, taken_entries
from myopinn.config.layers import Problem

Path = tuple[Any, ...]


def find_contradictions(
    recordings: Mapping[str, Any],
    tasks: Mapping[str, Any],
    statistics: Mapping[str, Any],
    named_recordings: Iterable[str],
) -> Iterator[Problem]:
    """Hold the sections of a configuration, each of them sound, to each other.

    Parameters
    ----------
    recordings, tasks, statistics : mapping
        With their defaults filled in; those that are not sound are left out.
    named_recordings : iterable of str
        All recordings, sound or not.

    Yields
    ------
    Problem
        The place, and what is said of it.
    """
    for name, recording in recordings.items():
        yield from _dataset(("recordings", name, "dataset"), recording)
    named_recordings = list(named_recordings)
    for name, task in tasks.items():
        here = ("tasks", name)
        selections = task["recordings"]
        yield from hold_names((*here, "recordings"), selections, named_recordings, "recordings")
        for recording, selection in selections.items():
            if recording in recordings:
                place = (*here, "recordings", recording)
                yield from _selection(place, selection, recordings[recording], name)
        yield from _channels(here, task["variants"], selections, recordings)
        yield from _task(here, task)
        for question, asked in task["questions"].items():
            yield from _question((*here, "questions", question), here, asked, task, recordings)
        if "tuning" in task:
            yield from hold_names(
                (*here, "tuning", "recordings"),
                task["tuning"]["recordings"],
                selections,
                f"tasks.{name}.recordings",
            )
    yield from _statistics(statistics, tasks)


def hold_names(
    here: Path, names: Iterable[Any], offered: Iterable[str], there: str
) -> Iterator[Problem]:
    """Hold names to those that something else offers."""
    offered = list(offered)
    for name in names:
        if name not in offered:
            yield (
                here,
                f": '{name}' is not in {there}.{meant(name, offered)} There are {some(offered)}.",
            )


def _dataset(here: Path, recording: Mapping[str, Any]) -> Iterator[Problem]:
    dataset, signals = recording["dataset"], recording["signals"]
    forces, cycle = recording["opensim"]["muscle_forces"], dataset["cycle"]
    channels = signals["emg"]["channels"]
    yield from hold_names(
        (*here, "channels"), dataset["channels"], channels, "signals.emg.channels"
    )
    # Reserves, and with them what the muscles did not balance, are known there alone.
    for key in ("muscles", "coordinates"):
        if forces[key] is not None:
            there = f"opensim.muscle_forces.{key}"
            yield from hold_names((*here, key), dataset[key], forces[key], there)
    if "calibration" in dataset:
        place = (*here, "calibration")
        if "dynamometer" not in signals:
            yield place, " needs 'signals: dynamometer'."
        if "joint_inertia" not in recording["opensim"]:
            yield (
                place,
                " needs 'opensim: joint_inertia', whose gravity the dynamometer reads too.",
            )
    if cycle["from"] == "events" and signals["events"] is None:
        yield (*here, "cycle", "from"), " is events, but signals.events is null."
    untouched = (signals["ground_forces"] or {}).get("none_in", ())
    if cycle["from"] == "events" and untouched:
        yield (
            (*here, "cycle", "from"),
            f" is events, but in {', '.join(untouched)} no foot strikes "
            "(signals.ground_forces.none_in); take clock.",
        )
    if cycle["from"] == "coordinate":
        place, kept = (*here, "cycle", "coordinate"), dataset["coordinates"]
        yield from hold_names(place, [cycle["coordinate"]], kept, "dataset.coordinates")


def _selection(
    here: Path, selection: Mapping[str, Any], recording: Mapping[str, Any], task: str
) -> Iterator[Problem]:
    dataset, room = recording["dataset"], recording["opensim"]
    for key in ("channels", "coordinates", "muscles"):
        yield from hold_names((*here, key), selection[key], dataset[key], f"dataset.{key}")
    physics = selection["physics"]
    if physics is not None:
        offered = {
            "coordinates": selection["coordinates"],
            "opensim.muscle_geometry.coordinates": room["muscle_geometry"]["coordinates"],
        }
        if physics["kind"] == "single_joint":
            inertia = room.get("joint_inertia", {"coordinates": []})
            offered["opensim.joint_inertia.coordinates"] = inertia["coordinates"][-1:]
            resting, place = inertia["coordinates"][:-1], (*here, "physics", "kind")
            yield from hold_names(
                place, resting, dataset["held"], "dataset.held, where joints rest that move another"
            )
        for there, names in offered.items():
            place = (*here, "physics", "coordinate")
            yield from hold_names(place, [physics["coordinate"]], names, there)
    if task != "deep_emg":
        return
    place = (*here, "electrodes")
    yield from hold_names(place, selection["electrodes"], selection["muscles"], "muscles")
    over = selection["electrodes"].values()
    yield from hold_names(place, over, dataset["channels"], "dataset.channels")
    if selection["calibration"] and "calibration" not in dataset:
        yield (*here, "calibration"), " needs 'dataset: calibration' of the recording."


def _channels(
    here: Path, entries: Mapping[str, Any], selections: Iterable[str], recordings: Mapping[str, Any]
) -> Iterator[Problem]:
    """Hold the channels of entries to every recording that they are fitted on."""
    for recording in selections:
        offered = recordings.get(recording, {"dataset": {}})["dataset"].get("channels")
        there = f"recordings.{recording}.dataset.channels"
        for name, entry in fitted_entries(entries).items():
            if offered is not None:
                place = (*here, "variants", name, "channels")
                yield from hold_names(place, entry.get("channels", ()), offered, there)


def _task(here: Path, task: Mapping[str, Any]) -> Iterator[Problem]:
    """Hold the parts of a task to its variants and recordings."""
    variants, there = task["variants"], f"{'.'.join(here)}.variants"
    for key in ("rivals", "drawn"):
        yield from hold_names((*here, key), task.get(key, ()), variants, there)
    for entry in task.get("ceilings", {}):
        if entry in variants:
            yield (
                (*here, "ceilings", entry),
                f": {there} has an entry of this name, and both are shown side by side; give "
                "another.",
            )
    if "hidden_channels" in task:
        yield from _hidden_channels(here, task)
    if "protocols" in task:
        place, asked = (*here, "protocols"), task["protocols"]
        yield from hold_names((*place, "variant"), [asked["variant"]], variants, there)
        recordings = f"{'.'.join(here)}.recordings"
        yield from hold_names(
            (*place, "recordings"), asked["recordings"], task["recordings"], recordings
        )
    weighed = {
        name: values["physics_weight"]
        for name, values in variants.items()
        if values.get("physics_weight")
    }
    for recording, selection in task["recordings"].items():
        for name, weight in weighed.items() if selection["physics"] is None else ():
            yield (
                (*here, "variants", name, "physics_weight"),
                f" is {weight:g}, but recordings.{recording}.physics of the task is null; expected "
                "0, or a physics there.",
            )


def _hidden_channels(here: Path, task: Mapping[str, Any]) -> Iterator[Problem]:
    """Hold what is hidden to what is measured, and the methods to those of the task."""
    place, hidden, name = (*here, "hidden_channels"), task["hidden_channels"], ".".join(here)
    variants = hidden.get("variants", task["variants"])
    yield from hold_names((*place, "variants"), variants, task["variants"], f"{name}.variants")
    rivals = (*here, "rivals")
    yield from hold_names(rivals, task["rivals"], variants, "hidden_channels.variants")
    there = f"{name}.recordings"
    yield from hold_names((*place, "recordings"), hidden["recordings"], task["recordings"], there)
    for recording, entry in hidden["recordings"].items():
        if recording not in task["recordings"]:
            continue
        own = task["recordings"][recording]
        over = [own["electrodes"].get(m, m) for m in own["muscles"]]
        measured = [channel for channel in own["channels"] if channel in over]
        channels = (*place, "recordings", recording, "channels")
        lying = f"the channels of {there}.{recording} that lie over one of its muscles"
        yield from hold_names(channels, entry["channels"], measured, lying)
        if len(own["channels"]) < 2:
            yield (
                channels,
                f" is {entry['channels']}, but the task has no other channel; expected 2 at least "
                f"in {there}.{recording}.channels.",
            )


def _question(
    place: Path, here: Path, asked: Mapping[str, Any], task: Mapping[str, Any], recordings: Any
) -> Iterator[Problem]:
    """Hold a question to its task, and the task's own entries in it to what the task fits."""
    selections, name = task["recordings"], ".".join(here)
    yield from hold_names(
        (*place, "recordings"), asked["recordings"], selections, f"{name}.recordings"
    )
    both = {r: splits for r, splits in asked["recordings"].items() if r in selections}
    yield from _channels(place, asked["variants"], both, recordings)
    for level, entry in taken_entries(asked["variants"]).items():
        at = (*place, "variants", level)
        yield from hold_names(at, [entry], task["variants"], f"{name}.variants")
        for recording, splits in both.items() if entry in task["variants"] else ():
            own = selections[recording]["splits"]
            for split in splits:
                if split not in own:
                    yield (
                        at,
                        f" is the task's entry '{entry}', which is not fitted on {recording} under "
                        f"{split}, but under {some(own)}. Write its settings here, or add {split} "
                        f"to {name}.recordings.{recording}.splits.",
                    )


def _statistics(statistics: Mapping[str, Any], tasks: Mapping[str, Any]) -> Iterator[Problem]:
    """Hold the rival to variants."""
    variants = {v for task in tasks.values() for v in task["variants"]}
    offered = "the tasks' variants"
    if "rival" in statistics and tasks:
        # Of deep_emg the task names its own rivals.
        own = tasks.get("muscle_force", {"variants": variants})["variants"]
        yield from hold_names(("statistics", "rival"), [statistics["rival"]], own, offered)
