"""What the parts of a configuration must agree on, which a schema cannot say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from myopinn.checks.spelling import meant, some
from myopinn.config import fitted_entries, taken_entries

# Keys that recordings need, and those of the other kind, which they do not know: C3D files, and
# recordings that enter the flow after inverse dynamics.
RAW_KEYS = (
    *("signals.markers", "opensim.scaling.measurements", "opensim.inverse_kinematics"),
    *("signals.ground_forces.lowpass_hz", "signals.ground_forces.max_foot_distance_m"),
)
RAW_FOOT: tuple[str, ...] = ("markers",)
PROCESSED_FOOT = ("force", "point", "torque")
PROCESSED_KEYS = ("signals.emg.unit",)
# Not needed, but of processed recordings alone.
PROCESSED_OPTIONS = (
    *("signals.ground_forces.residual_forces", "signals.ground_forces.max_residual_n"),
    *("opensim.scaling.factors", "opensim.scaling.mass_kg"),
)
RAW_OPTIONS = (
    *("signals.dynamometer", "signals.emg.band_hz", "signals.emg.lowpass_hz"),
    *("opensim.joint_inertia", "opensim.inverse_dynamics.max_residual_force_fraction"),
)


def find_contradictions(
    config: Mapping[str, Any], schema: Mapping[str, Any], processed: Collection[str] = ()
) -> list[str]:
    """Hold the parts of a configuration that keeps to the schema to each other.

    Parameters
    ----------
    processed : collection of str
        Recordings that enter the flow after inverse dynamics.

    Returns
    -------
    list of str
        One line per contradiction: the key's path, what is wrong, and what was meant.
    """
    problems: list[str] = []
    for name, recording in config["recordings"].items():
        where = f"recordings.{name}"
        unsound = list(_way(where, recording, name in processed))
        problems += unsound
        if not unsound and name not in processed:
            problems += _signals(f"{where}.signals", recording["signals"])
        problems += _solver(
            f"{where}.opensim.muscle_forces", recording["opensim"]["muscle_forces"], schema
        )
        problems += _geometry(
            f"{where}.opensim.muscle_geometry", recording["opensim"]["muscle_geometry"]
        )
        problems += _dataset(f"{where}.dataset", recording)
    for name, task in config["tasks"].items():
        for recording, selection in task["recordings"].items():
            where = f"tasks.{name}.recordings"
            if recording not in config["recordings"]:
                problems += _named(where, [recording], config["recordings"], "recordings")
                continue
            here = f"{where}.{recording}"
            problems += _selection(here, selection, config["recordings"][recording])
            problems += _task_keys(here, name, selection, config["recordings"][recording])
        problems += _entries(f"tasks.{name}", task, config)
        for key in ("rivals", "drawn"):
            there = f"tasks.{name}.variants"
            problems += _named(f"tasks.{name}.{key}", task.get(key, ()), task["variants"], there)
        if name != "deep_emg":
            problems += [
                f"tasks.{name}.{key} is of the task deep_emg; remove it."
                for key in ("rivals", "drawn", "ceilings", "protocols", "hidden_channels")
                if key in task
            ]
        problems += [
            f"tasks.{name}.ceilings.{entry}: tasks.{name}.variants has an entry of this name, and "
            "both are shown side by side; give another."
            for entry in task.get("ceilings", {})
            if entry in task["variants"]
        ]
        if "hidden_channels" in task:
            problems += _hidden_channels(f"tasks.{name}", task)
        if "protocols" in task:
            where, asked = f"tasks.{name}.protocols", task["protocols"]
            named = {"variants": [asked["variant"]], "recordings": asked["recordings"]}
            for key, names in named.items():
                problems += _named(where, names, task[key], f"tasks.{name}.{key}")
        for question, asked in task.get("questions", {}).items():
            problems += _question(f"tasks.{name}", question, asked, task, config)
        if "tuning" in task:
            there = f"tasks.{name}.recordings"
            where = f"tasks.{name}.tuning.recordings"
            problems += _named(where, task["tuning"]["recordings"], task["recordings"], there)
    statistics = config["statistics"]
    variants = {v for task in config["tasks"].values() for v in task["variants"]}
    rival = [[statistics["rival"]]] if "rival" in statistics else []
    for names in [*statistics.get("planned", ()), *rival]:
        problems += _named("statistics", names, variants, "the tasks' variants")
    return problems


def _entries(where: str, task: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[str]:
    """Hold the variants' own channels to every recording that they are fitted on."""
    for recording in task["recordings"]:
        if recording not in config["recordings"]:
            yield from _named(
                f"{where}.recordings", [recording], config["recordings"], "recordings"
            )
            continue
        offered = config["recordings"][recording]["dataset"]["channels"]
        there = f"recordings.{recording}.dataset.channels"
        for variant, entry in fitted_entries(task["variants"]).items():
            channels = entry.get("channels", ())
            yield from _named(f"{where}.variants.{variant}.channels", channels, offered, there)


def _question(
    where: str,
    question: str,
    asked: Mapping[str, Any],
    task: Mapping[str, Any],
    config: Mapping[str, Any],
) -> Iterator[str]:
    """Hold a question to its task, and the task's own entries in it to what the task fits."""
    here, recordings = f"{where}.questions.{question}", task["recordings"]
    yield from _named(f"{here}.recordings", asked["recordings"], recordings, f"{where}.recordings")
    both = {name: splits for name, splits in asked["recordings"].items() if name in recordings}
    yield from _entries(here, {"recordings": both, "variants": asked["variants"]}, config)
    for level, entry in taken_entries(asked["variants"]).items():
        place = f"{here}.variants.{level}"
        if entry not in task["variants"]:
            yield from _named(place, [entry], task["variants"], f"{where}.variants")
            continue
        for recording, splits in both.items():
            own = recordings[recording]["splits"]
            for split in splits:
                if split not in own:
                    yield (
                        f"{place} is the task's entry '{entry}', which is not fitted on "
                        f"{recording} under {split}, but under {some(own)}. Write its settings "
                        f"here, or add {split} to {where}.recordings.{recording}.splits."
                    )


def _hidden_channels(where: str, task: Mapping[str, Any]) -> Iterator[str]:
    """Hold what is hidden to what is measured, and the methods to those of the task."""
    here, hidden = f"{where}.hidden_channels", task["hidden_channels"]
    variants = hidden.get("variants", task["variants"])
    yield from _named(f"{here}.variants", variants, task["variants"], f"{where}.variants")
    rivals = task.get("rivals", ())
    yield from _named(f"{where}.rivals", rivals, variants, "hidden_channels.variants")
    there = f"{where}.recordings"
    yield from _named(f"{here}.recordings", hidden["recordings"], task["recordings"], there)
    for recording, entry in hidden["recordings"].items():
        if recording in task["recordings"]:
            own = task["recordings"][recording]
            over = [own.get("electrodes", {}).get(m, m) for m in own["muscles"]]
            measured = [channel for channel in own["channels"] if channel in over]
            yield from _named(
                f"{here}.recordings.{recording}.channels",
                entry["channels"],
                measured,
                f"the channels of {there}.{recording} that lie over one of its muscles",
            )


def _task_keys(
    where: str, task: str, selection: Mapping[str, Any], recording: Mapping[str, Any]
) -> Iterator[str]:
    """Hold the keys that only one of the tasks knows to the task."""
    if task != "deep_emg":
        for key in ("electrodes", "calibration"):
            if key in selection:
                yield f"{where}.{key} is of the task deep_emg; remove it."
        return
    if not selection.get("physics"):
        yield f"{where}: deep_emg needs the key 'physics', which names the joint of the moment."
    elif selection["physics"]["kind"] != "moment_balance":
        yield f"{where}.physics.kind: deep_emg balances the moment: set moment_balance."
    electrodes = selection.get("electrodes", {})
    yield from _named(f"{where}.electrodes", electrodes, selection["muscles"], "muscles")
    channels = recording["dataset"]["channels"]
    yield from _named(f"{where}.electrodes", electrodes.values(), channels, "dataset.channels")
    if selection.get("calibration") and "calibration" not in recording["dataset"]:
        yield f"{where}.calibration needs 'dataset: calibration' of the recording."


def _named(where: str, names: Iterable[str], offered: Iterable[str], there: str) -> Iterator[str]:
    """Hold names to those that another key offers."""
    offered = list(offered)
    for name in names:
        if name not in offered:
            yield (
                f"{where}: '{name}' is not in {there}.{meant(name, offered)} "
                f"There are {some(offered)}."
            )


def _rising(where: str, bounds: Any) -> Iterator[str]:
    if bounds is not None and not bounds[0] < bounds[1]:
        yield f"{where} is {list(bounds)}, expected the smaller number first."


def _way(where: str, recording: Mapping[str, Any], processed: bool) -> Iterator[str]:
    """Hold a recording to the keys of its kind: C3D files, or recordings that are processed."""
    kind = "processed recordings" if processed else "C3D files"
    needed: tuple[str, ...] = PROCESSED_KEYS if processed else RAW_KEYS
    # A unit is what a C3D file may lack, so that this key is of both kinds.
    alien = (*RAW_KEYS, *RAW_OPTIONS) if processed else PROCESSED_OPTIONS
    for key in needed:
        place, _, last = key.rpartition(".")
        holder = _look_up(recording, place)
        # Nothing is needed of ground forces that there are none of.
        if last not in (holder or {}) and (holder or place != "signals.ground_forces"):
            yield f"{where}.{place}: {kind} need the key '{last}'."
    for key in alien:
        place, _, last = key.rpartition(".")
        if last in (_look_up(recording, place) or {}):
            yield f"{where}.{key} is not for {kind}; remove it."
    feet = (recording["signals"]["ground_forces"] or {"feet": {}})["feet"]
    wanted, strange = (PROCESSED_FOOT, RAW_FOOT) if processed else (RAW_FOOT, PROCESSED_FOOT)
    for side, foot in feet.items():
        here = f"{where}.signals.ground_forces.feet.{side}"
        yield from (f"{here}: {kind} need the key '{key}'." for key in wanted if key not in foot)
        yield from (f"{here}.{key} is not for {kind}; remove it." for key in strange if key in foot)
    events = recording["signals"]["events"]
    if events is not None and (events["source"] == "ground_forces") != processed:
        offered = "ground_forces" if processed else "file, detected or file_or_detected"
        yield f"{where}.signals.events.source: of {kind} it is {offered}."
    if processed and events is not None and not feet:
        yield f"{where}.signals.events: events come from the ground forces, which are null."
    if processed and recording["signals"]["emg"]["state"] != "envelope":
        yield f"{where}.signals.emg.state: of {kind} it is envelope; nothing is filtered."


def _look_up(recording: Mapping[str, Any], place: str) -> Any:
    """Give what stands under a dotted place, None where nothing does."""
    found: Any = recording
    for key in place.split("."):
        found = (found or {}).get(key)
    return found


def _signals(where: str, signals: Mapping[str, Any]) -> Iterator[str]:
    markers, emg, events = signals["markers"], signals["emg"], signals["events"]
    forward = markers["forward"]
    if ("axis" in forward) == ("from" in forward):
        yield f"{where}.markers.forward: give either 'axis', or 'from' and 'to'."
    elif forward.get("axis", "").lstrip("-") == markers["vertical_axis"].lstrip("-"):
        yield f"{where}.markers.forward.axis is the vertical axis; they must differ."
    yield from _rising(f"{where}.markers.body_size_m", markers.get("body_size_m"))
    yield from _rising(f"{where}.emg.band_hz", emg.get("band_hz"))
    if events is not None and events["source"] != "file":
        for key in ("heel_markers", "sacrum_markers"):
            if key not in events:
                yield f"{where}.events: detecting events needs the key '{key}'."


def _solver(where: str, settings: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    keys = schema["$defs"]["muscle_forces"]["properties"]
    for key in settings:
        solvers = keys[key].get("x-solvers", [settings["solver"]])
        if settings["solver"] not in solvers:
            yield (
                f"{where}.{key} is for {' and '.join(solvers)}, but the solver is "
                f"{settings['solver']}; remove it."
            )


def _geometry(where: str, settings: Mapping[str, Any]) -> Iterator[str]:
    for coordinate, bounds in settings["coordinates"].items():
        yield from _rising(f"{where}.coordinates.{coordinate}", bounds)


def _dataset(where: str, recording: Mapping[str, Any]) -> Iterator[str]:
    dataset, signals = recording["dataset"], recording["signals"]
    forces, cycle = recording["opensim"]["muscle_forces"], dataset["cycle"]
    yield from _named(
        f"{where}.channels", dataset["channels"], signals["emg"]["channels"], "signals.emg.channels"
    )
    if forces["muscles"] is not None:
        yield from _named(
            f"{where}.muscles",
            dataset["muscles"],
            forces["muscles"],
            "opensim.muscle_forces.muscles",
        )
    # Reserves, and with them what the muscles did not balance, are known there alone.
    yield from _named(
        f"{where}.coordinates",
        dataset["coordinates"],
        forces["coordinates"],
        "opensim.muscle_forces.coordinates",
    )
    yield from _rising(f"{where}.cycle.min_s and max_s", [cycle["min_s"], cycle["max_s"]])
    needed = {"events": ("side",), "coordinate": ("coordinate", "prominence_deg")}[cycle["from"]]
    for key in needed:
        if key not in cycle:
            yield f"{where}.cycle: cycles from {cycle['from']} need the key '{key}'."
    if "calibration" in dataset:
        needed_by = f"{where}.calibration needs"
        if "dynamometer" not in signals:
            yield f"{needed_by} 'signals: dynamometer'."
        if "joint_inertia" not in recording["opensim"]:
            yield f"{needed_by} 'opensim: joint_inertia', whose gravity the dynamometer reads too."
    if cycle["from"] == "events" and signals["events"] is None:
        yield f"{where}.cycle.from is events, but signals.events is null."
    if cycle["from"] == "coordinate" and "coordinate" in cycle:
        yield from _named(
            f"{where}.cycle.coordinate",
            [cycle["coordinate"]],
            dataset["coordinates"],
            "dataset.coordinates",
        )


def _selection(
    where: str, selection: Mapping[str, Any], recording: Mapping[str, Any]
) -> Iterator[str]:
    for key in ("channels", "coordinates", "muscles"):
        yield from _named(
            f"{where}.{key}", selection[key], recording["dataset"][key], f"dataset.{key}"
        )
    physics = selection.get("physics")
    if physics is not None:
        coordinate = [physics["coordinate"]]
        geometry = recording["opensim"]["muscle_geometry"]
        yield from _named(
            f"{where}.physics.coordinate", coordinate, selection["coordinates"], "coordinates"
        )
        yield from _named(
            f"{where}.physics.coordinate",
            coordinate,
            geometry["coordinates"],
            "opensim.muscle_geometry.coordinates",
        )
        if physics["kind"] == "single_joint":
            inertia = recording["opensim"].get("joint_inertia", {"coordinates": []})
            yield from _named(
                f"{where}.physics.coordinate",
                coordinate,
                inertia["coordinates"],
                "opensim.joint_inertia.coordinates",
            )
