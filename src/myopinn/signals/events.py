"""Foot strikes and foot offs: from the file, or found in plates and markers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from myopinn.errors import ConfigError, TrialError
from myopinn.signals.c3d import Recording
from myopinn.signals.contacts import SIDES, Contact

if TYPE_CHECKING:
    import numpy as np

STRIKE, OFF = "foot_strike", "foot_off"
_NAMES = (
    (STRIKE, r"(foot|heel)?[\s_]*strike|heel[\s_]*contact|initial[\s_]*contact|touch[\s_]*down"),
    (OFF, r"(foot|toe)[\s_]*off|lift[\s_]*off"),
)
_SHORT_NAMES = {"fs": STRIKE, "hs": STRIKE, "ic": STRIKE, "fo": OFF, "to": OFF}
# Two events of the same kind and foot closer than this are one that was marked twice.
_SAME_EVENT_S = 0.1
# A foot's turning point in the markers and its force on a plate are the same event within this.
_SAME_STEP_S = 0.15
# ASSUME: a foot swings below 7 Hz, turns at most every 0.4 s, and each turn reaches at least a
# third of the way of the longest one.
_STEP_HZ = 7.0
_SHORTEST_STEP_S = 0.4
_STEP_SHARE = 1.0 / 3.0
_FEWEST_FRAMES = 10


class Event(NamedTuple):
    """A foot strike or off: when (s from the first frame), of which foot, and what tells of it."""

    time_s: float
    side: str
    event: str
    source: str


def gait_events(
    recording: Recording,
    markers: Mapping[str, np.ndarray],
    contacts: Sequence[Contact],
    settings: Mapping[str, Any],
) -> list[Event]:
    """Return the events of a trial from the source that the settings name.

    Parameters
    ----------
    markers : mapping of name to array, shape (frame, 3), m, OpenSim's frame
    settings : mapping
        ``source``: file, detected or file_or_detected (the file's where they are complete);
        ``heel_markers``, ``toe_markers`` (side to marker) and ``sacrum_markers`` for detection.

    Returns
    -------
    list of Event
        In order of time.

    Raises
    ------
    TrialError
        Where the source gives no foot strike.
    """
    source = settings["source"]
    if source not in {"file", "detected", "file_or_detected"}:
        raise ConfigError(
            f"events.source is '{source}'; it must be file, detected or file_or_detected."
        )
    events = file_events(recording)
    if source == "detected" or (source == "file_or_detected" and not are_complete(events)):
        events = detected_events(recording, markers, contacts, settings)
    if not any(event.event == STRIKE for event in events):
        raise TrialError(
            f"no foot strike was found (events.source is '{source}').",
            remedy="mark the events in the recording, or set events.source to detected.",
            file=recording.file,
        )
    return events


def file_events(recording: Recording) -> list[Event]:
    """Return the foot strikes and offs of the file's EVENT group, cleaned.

    Names are recognised in their usual spellings, the side from the context or the name; events
    outside of the record and those marked twice are dropped; times count from the first frame.
    """
    import numpy as np

    labels = recording.parameter("EVENT", "LABELS") or []
    contexts = recording.parameter("EVENT", "CONTEXTS") or []
    times = recording.parameter("EVENT", "TIMES")
    if not len(labels) or times is None:
        return []
    table = np.asarray(times, dtype=float)
    # Minutes and seconds, by the format; a single row is seconds alone.
    seconds = 60.0 * table[0] + table[1] if table.ndim == 2 and len(table) == 2 else table.ravel()
    found = []
    for i, label in enumerate(labels[: len(seconds)]):
        side, event = _side_and_event(str(label), str(contexts[i]) if i < len(contexts) else "")
        # Rounded because the format keeps times in single precision.
        time = round(float(seconds[i]) - recording.first_frame / recording.rate_hz, 5)
        # An event on the last frame may be stored a hair behind it.
        if side and event and -1e-3 <= time <= (recording.frames - 1) / recording.rate_hz + 1e-3:
            found.append(Event(max(time, 0.0), side, event, "file"))
    return _without_doubles(found)


def detected_events(
    recording: Recording,
    markers: Mapping[str, np.ndarray],
    contacts: Sequence[Contact],
    settings: Mapping[str, Any],
) -> list[Event]:
    """Find the events in the plates, and in the markers for steps beside the plates.

    From the markers: a foot strikes when its heel is farthest in front of the sacrum and leaves
    when its toe is farthest behind (Zeni, Richards, Higginson 2008,
    doi 10.1016/j.gaitpost.2007.07.007). An event of a plate takes the place of that of the markers.
    In ten adults walking at 0.9-2.2 m/s the markers gave strikes 31 ms and offs 11 ms before those
    that their laboratory had marked.

    ASSUME: the person walks along OpenSim's x axis, as the rotation has turned them.
    """
    import numpy as np

    names = [*settings["sacrum_markers"], *settings["heel_markers"].values()]
    missing = [name for name in names if name not in markers]
    if missing:
        raise TrialError(
            f"marker '{missing[0]}', in which events are to be detected, is missing.",
            remedy="correct the markers of events, or map the label in markers.labels.",
            file=recording.file,
        )
    sacrum = np.mean([markers[n] for n in settings["sacrum_markers"]], axis=0)[:, 0]
    events = plate_events(recording, contacts)
    toes = settings.get("toe_markers") or settings["heel_markers"]
    for side in settings["heel_markers"]:
        for name, event, sign in (
            (settings["heel_markers"][side], STRIKE, 1.0),
            (toes[side], OFF, -1.0),
        ):
            ahead = sign * (markers[name][:, 0] - sacrum)
            for time in turning_points(ahead, recording.rate_hz):
                if not any(
                    e[1:3] == (side, event) and abs(e[0] - time) < _SAME_STEP_S for e in events
                ):
                    events.append(Event(time, side, event, "detected"))
    return _without_doubles(events)


def turning_points(distance: np.ndarray, rate_hz: float) -> list[float]:
    """Return the times of the maxima of a foot's way ahead, in s.

    Parameters
    ----------
    distance : array, shape (frame,), m; gaps are NaN and bridged
    """
    import numpy as np
    from scipy.signal import find_peaks

    from myopinn.signals.filters import low_pass

    seen = np.isfinite(distance)
    if seen.sum() < _FEWEST_FRAMES:
        return []
    frames = np.arange(len(distance))
    smooth = low_pass(np.interp(frames, frames[seen], distance[seen]), rate_hz, _STEP_HZ)
    rise = _STEP_SHARE * float(np.ptp(smooth))
    peaks, _ = find_peaks(smooth, distance=max(1, round(_SHORTEST_STEP_S * rate_hz)))
    return [float(p / rate_hz) for p in peaks if seen[p] and _turns(smooth, int(p), rise)]


def _turns(values: np.ndarray, peak: int, rise: float) -> bool:
    """Tell whether a peak stands out by ``rise`` on both sides, or on one if the other is cut off.

    A step near an end of the record shows only one of its sides.
    """
    import numpy as np

    complete = 0
    for side in (values[:peak][::-1], values[peak + 1 :]):
        higher = np.flatnonzero(side > values[peak])
        until_higher = side[: higher[0]] if len(higher) else side
        stands_out = len(until_higher) > 0 and values[peak] - until_higher.min() >= rise
        if len(higher) and not stands_out:
            return False
        complete += stands_out
    return complete > 0


def plate_events(recording: Recording, contacts: Sequence[Contact]) -> list[Event]:
    """Return the beginnings and ends of the contacts that the record shows whole."""
    events = []
    last = len(recording.analogs)
    for contact in contacts:
        if not contact.side:
            continue
        # A foot that goes from plate to plate strikes with its first contact and leaves with its
        # last.
        others = [c for c in contacts if c.side == contact.side and c is not contact]
        for sample, event, at_edge in (
            (contact.start, STRIKE, contact.start == 0),
            (contact.stop, OFF, contact.stop >= last),
        ):
            if not at_edge and not any(c.start < sample < c.stop for c in others):
                time = sample / recording.analog_rate_hz
                events.append(Event(time, contact.side, event, "detected"))
    return events


def are_complete(events: Sequence[Event]) -> bool:
    """Tell whether each foot strikes at least once and its strikes and offs take turns."""
    for side in SIDES:
        kinds = [event for _, s, event, _ in events if s == side]
        if STRIKE not in kinds or any(a == b for a, b in pairwise(kinds)):
            return False
    return True


def _side_and_event(label: str, context: str) -> tuple[str, str]:
    """Read the side and the kind of an event from its label ('Foot Strike1', 'RHS') and context."""
    text = re.sub(r"[\d#]+", "", label).strip().lower()
    side = {"right": "r", "r": "r", "left": "l", "l": "l"}.get(context.strip().lower(), "")
    named = re.match(r"^(right|left|[rl])([\s_.-]+|(?=(fs|hs|ic|fo|to)$))", text)
    if named:
        side = side or named.group(1)[0]
        text = text[named.end() :].strip(" _.-")
    if text in _SHORT_NAMES:
        return side, _SHORT_NAMES[text]
    for event, pattern in _NAMES:
        if re.fullmatch(pattern, text):
            return side, event
    return side, ""


def _without_doubles(
    events: Sequence[Event],
) -> list[Event]:
    kept: list[Event] = []
    for event in sorted(events):
        if not any(k[1:3] == event[1:3] and event[0] - k[0] < _SAME_EVENT_S for k in kept):
            kept.append(event)
    return kept
