"""The planned comparisons of a study, test by test, and what they need of the other sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from myopinn.checks.spelling import some
from myopinn.config.layers import Problem
from myopinn.config.references import Path, hold_names

# The moment of a joint as a target of deep_emg.
_MOMENT = "_moment"


def planned_targets(task: str, selection: Mapping[str, Any]) -> dict[str, str]:
    """Give the targets of a task in a recording, each with the effect that its errors are held to.

    Parameters
    ----------
    task : str
    selection : mapping
        What the task selects in the recording.
    """
    if task == "deep_emg":
        found = dict.fromkeys(selection["muscles"], "envelope_percent_of_maximum")
        joint = selection["physics"] and selection["physics"]["coordinate"]
        return found | ({f"{joint}{_MOMENT}": "moment_percent_of_range"} if joint else {})
    angles = dict.fromkeys(selection["coordinates"], "angle_deg")
    return angles | dict.fromkeys(selection["muscles"], "force_percent_of_range")


def list_tests(
    statistics: Mapping[str, Any], task: str, settings: Mapping[str, Any]
) -> list[dict[str, str]]:
    """List the tests that the planned comparisons of a task come to.

    Returns
    -------
    list of dict
        ``entry``, ``versus``, ``recording``, ``split``, ``target``, ``effect`` (a key of
        ``smallest_effect``), ``against`` and ``family`` of each.
    """
    tests = []
    for planned in statistics["planned"]:
        entry, versus = planned["compare"]
        if not {entry, versus} <= set(settings["variants"]):
            continue
        about = {"entry": entry, "versus": versus}
        about |= {name: planned[name] for name in ("against", "family")}
        for recording, selection in settings["recordings"].items():
            offered = planned_targets(task, selection)
            tests += [
                {**about, "recording": recording, "split": split, "target": t, "effect": effect}
                for split in selection["splits"]
                for t, effect in offered.items()
                if recording in planned.get("recordings", (recording,))
                and split in planned.get("splits", (split,))
                and t in planned.get("targets", (t,))
            ]
    return tests


def hold_planned(statistics: Mapping[str, Any], tasks: Mapping[str, Any]) -> Iterator[Problem]:
    """Hold planned comparisons to entries, recordings, splits and targets of one task."""
    variants = {v for task in tasks.values() for v in task["variants"]}
    for position, planned in enumerate(statistics.get("planned", ())):
        place: Path = ("statistics", "planned", position)
        pair = planned["compare"]
        unknown = [*hold_names((*place, "compare"), pair, variants, "the tasks' variants")]
        yield from unknown
        own = {name: t for name, t in tasks.items() if set(pair) <= set(t["variants"])}
        if not own and not unknown:
            yield place, f" is {list(pair)}, which no task has both; expected two of one task."
        for name, task in own.items():
            yield from _hold_one(place, planned, name, task, statistics)


def _hold_one(
    place: Path,
    planned: Mapping[str, Any],
    name: str,
    task: Mapping[str, Any],
    statistics: Mapping[str, Any],
) -> Iterator[Problem]:
    """Hold one comparison to the task that has its entries."""
    selections = task["recordings"]
    targets = {t: e for s in selections.values() for t, e in planned_targets(name, s).items()}
    splits = {split for selection in selections.values() for split in selection["splits"]}
    for key, offered, there in (
        ("recordings", selections, f"tasks.{name}.recordings"),
        ("splits", splits, f"the splits of tasks.{name}"),
        ("targets", targets, f"the coordinates and muscles of tasks.{name}"),
    ):
        wrong = [*hold_names((*place, key), planned.get(key, ()), offered, there)]
        if wrong:
            yield from wrong
            return
    if planned["against"] == "truth" and name == "deep_emg":
        yield (*place, "against"), " is truth, but deep_emg says itself what each target has."
    tests = list_tests({"planned": [planned]}, name, task)
    if not tests:
        yield place, " meets nobody: no recording has these splits and these targets."
    effects = statistics.get("smallest_effect", {})
    missing = {t["effect"] for t in tests} - set(effects)
    if missing:
        yield (
            ("statistics", "smallest_effect"),
            f" needs {some(missing)} for planned[{place[-1]}]: without a margin a "
            "comparison cannot end as equivalent.",
        )
    spreads = statistics.get("power", {}).get("spreads")
    absent = {t["effect"] for t in tests} - set(spreads or ())
    if spreads is not None and absent:
        yield ("statistics", "power", "spreads"), f" needs {some(absent)} for what is planned."
