"""When the forces on a foot are wholly known: inverse dynamics holds only then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from myopinn.signals.contacts import SIDES, Contact
from myopinn.signals.events import OFF, STRIKE, Event

BOTH = "both"
# A stance is measured when a contact with a plate covers this share of it; events stand on frames
# and need not agree with the plate's threshold to the millisecond.
_COVERED = 0.9

Span = tuple[float, float]


class Interval(NamedTuple):
    """From when to when the forces on a foot (r, l), or on both, are wholly known, s."""

    side: str
    start_s: float
    end_s: float


def force_intervals(
    events: Sequence[Event],
    contacts: Sequence[Contact],
    *,
    sides: Sequence[str] = SIDES,
    start_s: float,
    end_s: float,
    analog_rate_hz: float,
) -> list[Interval]:
    """Return when every contact of each foot, and of both, is on a plate or the foot is in swing.

    Parameters
    ----------
    events : sequence of Event
    start_s, end_s : float
        The record.
    """
    per_side: dict[str, list[Span]] = {}
    for side in sides:
        measured = [
            (c.start / analog_rate_hz, c.stop / analog_rate_hz) for c in contacts if c.side == side
        ]
        unknown = [
            stance
            for stance in stances(events, side, start_s, end_s)
            if _covered(stance, measured) < _COVERED
        ]
        per_side[side] = _between(unknown, start_s, end_s)
    if set(per_side) == set(SIDES):
        per_side[BOTH] = _common(per_side["r"], per_side["l"])
    return [Interval(side, *span) for side, spans in per_side.items() for span in spans]


def stances(events: Sequence[Event], side: str, start_s: float, end_s: float) -> list[Span]:
    """Return when a foot is on the ground.

    Before its first event and after its last one a foot is where those events say. Between two
    events of the same kind, of which one in between was missed, it is taken to be on the ground, so
    that nothing is believed of it; so it is where there is no event at all.
    """
    own = sorted(event for event in events if event.side == side)
    kinds, times = [event.event for event in own], [event.time_s for event in own]
    if not kinds:
        return [(start_s, end_s)]
    bounds = [start_s, *times, end_s]
    before = [STRIKE if kinds[0] == OFF else OFF, *kinds]
    after = [*kinds, OFF if kinds[-1] == STRIKE else STRIKE]
    spans: list[Span] = []
    for i, (left, right) in enumerate(zip(before, after, strict=True)):
        swing = left == OFF and right == STRIKE
        if swing or bounds[i + 1] <= bounds[i]:
            continue
        spans.append((bounds[i], bounds[i + 1]))
    return spans


def _covered(stance: Span, measured: Sequence[Span]) -> float:
    length = stance[1] - stance[0]
    common = sum(max(0.0, min(stance[1], b) - max(stance[0], a)) for a, b in measured)
    return common / length


def _between(unknown: Sequence[Span], start_s: float, end_s: float) -> list[Span]:
    spans, left = [], start_s
    for a, b in sorted(unknown):
        if a > left:
            spans.append((left, a))
        left = max(left, b)
    if end_s > left:
        spans.append((left, end_s))
    return spans


def _common(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    pairs = [(max(a, c), min(b, d)) for a, b in first for c, d in second]
    return sorted((a, b) for a, b in pairs if b > a)
