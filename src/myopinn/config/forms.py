"""What a configuration must agree on where pieces are cut by a clock: nothing may tell the future.

A recording has one of two forms: normalised cycles, or pieces by a clock in continuous time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from myopinn.checks.spelling import some
from myopinn.config.layers import Problem
from myopinn.config.plug_ins import PlugIns
from myopinn.config.references import Path

CYCLES, CLOCK = "cycles", "clock"


def form_of(recording: Mapping[str, Any]) -> str:
    """Name the form of a recording's pieces."""
    return CLOCK if recording["dataset"]["cycle"]["from"] == CLOCK else CYCLES


def hold_forms(
    recordings: Mapping[str, Any], tasks: Mapping[str, Any], plug_ins: PlugIns
) -> Iterator[Problem]:
    """Hold signals, selections and entries to the form of the recordings that they are of.

    Parameters
    ----------
    recordings, tasks : mapping
        Those that are sound, with their defaults filled in.
    plug_ins : PlugIns

    Yields
    ------
    Problem
        The place, and what is said of it.
    """
    for name, recording in recordings.items():
        yield from _hold_signals(name, recording)
    for name, task in tasks.items():
        here: Path = ("tasks", name)
        forms = {r: form_of(recordings[r]) for r in task["recordings"] if r in recordings}
        for recording, selection in task["recordings"].items():
            if forms.get(recording) == CLOCK and selection["time_input"]:
                yield (*here, "recordings", recording, "time_input"), _told_phase(recording)
        groups = [
            ((*here, "variants"), task["variants"], forms),
            ((*here, "ceilings"), task.get("ceilings", {}), forms),
        ]
        for question, asked in task["questions"].items():
            own = {r: forms[r] for r in asked["recordings"] if r in forms}
            groups.append(((*here, "questions", question, "variants"), asked["variants"], own))
        for place, entries, own in groups:
            for entry, values in entries.items():
                if isinstance(values, Mapping):
                    yield from _hold_entry((*place, entry), values, own, name, plug_ins)


def _hold_signals(name: str, recording: Mapping[str, Any]) -> Iterator[Problem]:
    """Refuse a clock where EMG was smoothed by others, and a side where no plate is."""
    if form_of(recording) != CLOCK:
        return
    signals, place = recording["signals"], ("recordings", name, "dataset", "cycle")
    if signals["emg"]["state"] == "envelope":
        yield (
            (*place, "from"),
            " is clock, but signals.emg.state is envelope: filters of others may look ahead. Give "
            "raw EMG, or take events or coordinate.",
        )
    if "side" in recording["dataset"]["cycle"] and signals["ground_forces"] is None:
        yield (*place, "side"), ": signals.ground_forces is null; remove it."


def _told_phase(recording: str) -> str:
    return (
        f" is true, but {recording} is cut by a clock, and no frame has a position in a cycle; "
        "expected false."
    )


def _hold_entry(
    place: Path,
    values: Mapping[str, Any],
    forms: Mapping[str, str],
    task: str,
    plug_ins: PlugIns,
) -> Iterator[Problem]:
    """Hold an entry to the forms that its variant answers."""
    variant = values["variant"]
    can = plug_ins.variant_forms(variant)
    for recording, form in forms.items():
        if form == CLOCK and values.get("time_input"):
            yield (*place, "time_input"), _told_phase(recording)
        if form not in can:
            others = [v for v in plug_ins.variants(task) if form in plug_ins.variant_forms(v)]
            made = "a clock" if form == CLOCK else "normalised cycles"
            yield (
                (*place, "variant"),
                f" is {variant}, which answers {' and '.join(can)} alone, but {recording} is made "
                f"of {made}; expected one of {some(others, 40)}.",
            )
