"""What a configuration must agree on with the recordings: names of the model, conditions, rates.

Only what a laboratory knows before anything is fetched can be held (:class:`Offers`): of virtual
people all, of a folder of one's own the model and the trials, of a model that is not here yet
nothing. What cannot be known is passed over; the step that reads it says so then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from myopinn.config.layers import Problem
from myopinn.config.plug_ins import Offers
from myopinn.config.references import Path, hold_names
from myopinn.config.splits import SPLITS
from myopinn.records.trials import Trial

_MODEL = "the model"


def hold_recording(
    name: str, recording: Mapping[str, Any], offers: Offers, trials: Sequence[Trial]
) -> Iterator[Problem]:
    """Hold a recording to what its laboratory offers.

    Parameters
    ----------
    name : str
    recording : mapping
        With its defaults filled in.
    offers : Offers
    trials : sequence of Trial
        Those that the laboratory lists.
    """
    here = ("recordings", name)
    signals, room = recording["signals"], recording["opensim"]
    yield from _signals((*here, "signals"), signals, offers)
    yield from _model((*here, "opensim"), room, offers)
    scaling, kinematics = room.get("scaling", {}), room.get("inverse_kinematics", {})
    for step, settings in (("scaling", scaling), ("inverse_kinematics", kinematics)):
        yield from _weights((*here, "opensim", step), settings, offers)
    yield from _scaling((*here, "opensim", "scaling"), scaling, offers)
    yield from _times(here, recording, offers, trials)


def hold_task(
    name: str, task: Mapping[str, Any], trials: Mapping[str, Sequence[Trial]]
) -> Iterator[Problem]:
    """Hold a task to the trials of its recordings: conditions, and what its splits need of people.

    A question may be asked of too few people: the folds name everyone who is left out, and why, and
    nothing else is lost. A task without anybody would be without results.

    Parameters
    ----------
    trials : mapping of recording to its trials
        Of the recordings that are known.
    """
    here: Path = ("tasks", name)
    moved = {r: {t.condition for t in ts if t.kind == "dynamic"} for r, ts in trials.items()}
    held = {r: {t.condition for t in ts if _is_held(t)} for r, ts in trials.items()}
    for recording, selection in task["recordings"].items():
        if recording not in trials:
            continue
        place: Path = (*here, "recordings", recording)
        there = f"the isometric contractions of {recording}"
        calibration = selection.get("calibration", ())
        yield from hold_names((*place, "calibration"), calibration, held[recording], there)
        yield from _splits((*place, "splits"), selection["splits"], trials[recording])
    known = [recording for recording in task["recordings"] if recording in trials]
    groups: dict[Path, tuple[Mapping[str, Any], list[str]]] = {}
    groups[(*here, "variants")] = (task["variants"], known)
    groups[(*here, "ceilings")] = (task.get("ceilings", {}), known)
    for question, asked in task["questions"].items():
        place = (*here, "questions", question)
        groups[(*place, "variants")] = (asked["variants"], list(asked["recordings"]))
    for place, (entries, recordings) in groups.items():
        for entry, values in entries.items():
            asked = values if isinstance(values, Mapping) else {}
            yield from _conditions((*place, entry), asked, recordings, moved, held)
    for recording, compared in task.get("protocols", {"recordings": {}})["recordings"].items():
        place = (*here, "protocols", "recordings", recording)
        asked = {"conditions": compared["asked"]}
        for at, names in (
            (place, asked),
            *(
                ((*place, "compared", protocol), own)
                for protocol, own in compared["compared"].items()
            ),
        ):
            yield from _conditions(at, names, [recording], moved, held)


def _is_held(trial: Trial) -> bool:
    """Tell whether a trial is an isometric contraction: its joint is held at an angle."""
    return trial.held_angle_deg == trial.held_angle_deg


def _conditions(
    here: Path,
    asked: Mapping[str, Any],
    recordings: Iterable[str],
    moved: Mapping[str, set[str]],
    held: Mapping[str, set[str]],
) -> Iterator[Problem]:
    """Hold conditions of movements and contractions to those that the laboratory lists."""
    for recording in recordings:
        for key, offered, what in (
            ("conditions", moved, "the conditions"),
            ("calibration", held, "the isometric contractions"),
        ):
            if recording in offered:
                there = f"{what} of {recording}"
                yield from hold_names((*here, key), asked.get(key, ()), offered[recording], there)


def _splits(here: Path, splits: Iterable[str], trials: Sequence[Trial]) -> Iterator[Problem]:
    """Hold splits to people, sessions, conditions and loads, of which each needs some."""
    own = [t for t in trials if t.kind == "dynamic"]
    people: dict[str, list[Trial]] = {}
    for trial in own:
        people.setdefault(trial.subject, []).append(trial)

    for split in splits:
        need = SPLITS[split]
        there = need.count(people)
        if there < need.least:
            yield (
                here,
                f" has {split}, but there are {there} {need.what}; expected {need.least} at least.",
            )


def _signals(here: Path, signals: Mapping[str, Any], offers: Offers) -> Iterator[Problem]:
    markers, emg, forces = signals.get("markers"), signals["emg"], signals["ground_forces"]
    events = signals["events"] or {}
    labels = {(*here, "emg", "channels", c): label for c, label in emg["channels"].items()}
    dynamometer = signals.get("dynamometer", {})
    labels |= {(*here, "dynamometer", joint): label for joint, label in dynamometer.items()}
    if offers.labels is not None:
        for place, label in labels.items():
            yield from hold_names(place, [label], offers.labels, "the channels of its files")
    yield from _known((*here, "dynamometer"), dynamometer, offers.coordinates, "coordinates")
    for side, foot in (forces or {"feet": {}})["feet"].items():
        place = (*here, "ground_forces", "feet", side)
        yield from _known((*place, "body"), [foot["body"]], offers.bodies, "bodies")
        files = foot.get("markers", ())
        yield from _known((*place, "markers"), files, offers.file_markers, "markers", "its files")
    for key in ("heel_markers", "toe_markers", "sacrum_markers"):
        names = events.get(key, ())
        names = names.values() if isinstance(names, Mapping) else names
        place = (*here, "events", key)
        yield from _known(place, names, offers.file_markers, "markers", "its files")
    if markers is None:
        return
    place = (*here, "markers")
    forward = markers["forward"]
    for at, names in (
        ((*place, "required"), markers.get("required", ())),
        ((*place, "forward", "from"), forward.get("from", ())),
        ((*place, "forward", "to"), forward.get("to", ())),
        ((*place, "labels"), markers["labels"].values()),
    ):
        yield from _known(at, names, offers.file_markers, "markers", "its files")
    for at, said, axis in (
        ((*place, "vertical_axis"), markers["vertical_axis"], offers.vertical_axis),
        ((*place, "forward", "axis"), forward.get("axis"), offers.forward_axis),
    ):
        if axis is not None and said not in (None, axis):
            yield at, f" is '{said}', expected '{axis}', as the laboratory's axes lie."
    yield from _rates(here, signals, offers)


def _rates(here: Path, signals: Mapping[str, Any], offers: Offers) -> Iterator[Problem]:
    """Hold cut-offs to half the sampling rates; the upper edge of a band is lowered to it."""
    emg, rate = signals["emg"], offers.analog_rate_hz
    if rate is not None and emg["state"] == "raw" and emg["band_hz"][0] >= rate / 2:
        yield (
            (*here, "emg", "band_hz"),
            f" is {emg['band_hz']}, expected a lower edge below {rate / 2:g} Hz, half the rate.",
        )


def _known(
    here: Path, names: Iterable[str], offered: Any, what: str, whose: str = _MODEL
) -> Iterator[Problem]:
    """Hold names to those of the model or the files, where they are known."""
    if offered is not None:
        yield from hold_names(here, names, offered, f"the {what} of {whose}")


def _model(here: Path, room: Mapping[str, Any], offers: Offers) -> Iterator[Problem]:
    """Hold coordinates, muscles and bodies to the model."""
    forces, geometry = room["muscle_forces"], room["muscle_geometry"]
    inertia = room.get("joint_inertia", {"coordinates": (), "posture_deg": ()})
    scaling = room.get("scaling", {})
    for place, names in (
        (("muscle_forces", "coordinates"), forces["coordinates"]),
        (("muscle_geometry", "coordinates"), geometry["coordinates"]),
        (("joint_inertia", "coordinates"), inertia["coordinates"]),
        (("joint_inertia", "posture_deg"), inertia["posture_deg"]),
        (("scaling", "coordinates"), scaling.get("coordinates", ())),
    ):
        yield from _known((*here, *place), names, offers.coordinates, "coordinates")
    for step, settings in (("muscle_forces", forces), ("muscle_geometry", geometry)):
        names = settings["muscles"] or ()
        yield from _known((*here, step, "muscles"), names, offers.muscles, "muscles")
    factors = scaling.get("factors", ())
    yield from _known((*here, "scaling", "factors"), factors, offers.bodies, "bodies")


def _scaling(here: Path, scaling: Mapping[str, Any], offers: Offers) -> Iterator[Problem]:
    for position, measured in enumerate(scaling.get("measurements", ())):
        place = (*here, "measurements", position)
        for number, pair in enumerate(measured["pairs"]):
            yield from _known((*place, "pairs", number), pair, offers.markers, "markers")
        yield from _known((*place, "scales"), measured["scales"], offers.bodies, "bodies")


def _weights(here: Path, settings: Mapping[str, Any], offers: Offers) -> Iterator[Problem]:
    weights, ignored = settings.get("marker_weights", {}), settings.get("ignored_markers", ())
    yield from _known((*here, "marker_weights"), weights, offers.markers, "markers")
    yield from _known((*here, "ignored_markers"), ignored, offers.markers, "markers")
    left = [m for m in offers.markers or () if m not in ignored and weights.get(m, 1) > 0]
    if offers.markers is not None and settings and len(left) < 3:
        yield (
            (*here, "marker_weights"),
            f" leaves {len(left)} markers with a weight above 0; expected 3 at least.",
        )


def _times(
    here: Path, recording: Mapping[str, Any], offers: Offers, trials: Sequence[Trial]
) -> Iterator[Problem]:
    """Hold cycles and pieces to the length of trials, and cut-offs to half the markers' rate."""
    dataset, rate = recording["dataset"], offers.marker_rate_hz
    calibration = dataset.get("calibration", {"piece_s": 0.0})
    yield from _clock((*here, "dataset", "cycle"), dataset["cycle"], offers)
    shortest = dataset["cycle"].get("min_s", 0.0)
    for place, value, longest, what in (
        (("cycle", "min_s"), shortest, offers.movement_s, "movements"),
        (("calibration", "piece_s"), calibration["piece_s"], offers.contraction_s, "contractions"),
    ):
        if longest is not None and value > longest:
            yield (
                (*here, "dataset", *place),
                f" is {value:g}, but {what} last {longest:g} s; expected at most that.",
            )
    cutoff = recording["opensim"]["inverse_dynamics"]["lowpass_hz"]
    if rate is not None and cutoff >= rate / 2:
        yield (
            (*here, "opensim", "inverse_dynamics", "lowpass_hz"),
            f" is {cutoff:g}, expected less than {rate / 2:g} Hz, half the markers' rate.",
        )


def _clock(here: Path, clock: Mapping[str, Any], offers: Offers) -> Iterator[Problem]:
    """Hold a clock to the length of trials, and its filter and its rate to that of the markers."""
    if clock["from"] != "clock":
        return
    rate, known, longest = clock["rate_hz"], offers.marker_rate_hz, offers.movement_s
    if longest is not None and 100 / rate > longest:
        yield (
            (*here, "rate_hz"),
            f" is {rate:g}, at which 100 frames last {100 / rate:g} s, but movements last "
            f"{longest:g} s; expected at least {100 / longest:g}.",
        )
    if known is not None and rate > known:
        yield (
            (*here, "rate_hz"),
            f" is {rate:g}, but markers have {known:g}; expected at most that.",
        )
    if known is not None and clock["motion_lowpass_hz"] >= known / 2:
        yield (
            (*here, "motion_lowpass_hz"),
            f" is {clock['motion_lowpass_hz']:g}, expected less than {known / 2:g} Hz, half the "
            "markers' rate.",
        )
