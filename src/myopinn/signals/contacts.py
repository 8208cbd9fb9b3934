"""Which foot stood on which plate, and when: each contact of a plate given to one foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.signals.force_plates import Plate, centre_of_pressure, outside_of

if TYPE_CHECKING:
    import numpy as np

SIDES = ("r", "l")
# Blips shorter than this are no step; breaks shorter than this do not end one.
_SHORTEST_CONTACT_S = 0.1
_SHORTEST_BREAK_S = 0.03
# The centre of pressure is judged where the force is at least this share of the contact's peak.
_STRONG = 0.1
# ASSUME: a foot rests on the ground while one of its markers is this slow and no higher than this
# above the lowest that marker gets in the trial; and it is off a plate when that marker is outside
# by more than the margin, which allows for a heel marker behind the sole.
_RESTING_SPEED_M_S = 0.25
_RESTING_HEIGHT_M = 0.03
_OUTSIDE_MARGIN_M = 0.03
_RESTING_S = 0.05
# The centre of pressure may be far from the foot for this share of a contact, for its noise.
_MAX_AWAY = 0.1


@dataclass(frozen=True)
class Contact:
    """One contact with one plate.

    Attributes
    ----------
    plate : int
        Number of the plate.
    start, stop : int
        Samples of the plate.
    side : str
        ``r`` or ``l``; empty where it belongs to no foot alone.
    distance_m : float
        From the centre of pressure to that foot, median over the contact.
    reason : str
        Why the contact is of no use, where it is not.
    """

    plate: int
    start: int
    stop: int
    side: str
    distance_m: float
    reason: str = ""


def loaded_spans(vertical_force: np.ndarray, rate_hz: float, threshold_n: float) -> list[slice]:
    """Return the spans of samples in which a plate is stood on.

    Parameters
    ----------
    vertical_force : array, shape (sample,), N
    """
    import numpy as np

    loaded = np.concatenate([[False], vertical_force > threshold_n, [False]])
    edges = np.flatnonzero(np.diff(loaded.astype(int)))
    spans: list[slice] = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if spans and start - spans[-1].stop < _SHORTEST_BREAK_S * rate_hz:
            start = spans.pop().start
        spans.append(slice(int(start), int(stop)))
    return [s for s in spans if s.stop - s.start >= _SHORTEST_CONTACT_S * rate_hz]


def assign_contacts(
    plates: Sequence[Plate],
    feet: Mapping[str, np.ndarray],
    *,
    rate_hz: float,
    analog_rate_hz: float,
    threshold_n: float,
    max_foot_distance_m: float,
) -> list[Contact]:
    """Give every contact with every plate to the foot that made it.

    A contact belongs to a foot when its centre of pressure stays near that foot and the other foot
    does not rest on the same plate meanwhile; a plate may be trodden by both feet in turn.

    Parameters
    ----------
    plates : sequence of Plate
        In OpenSim's frame, force on the person.
    feet : mapping of side to array, shape (frame, marker, 3), m
        The markers of each foot in the same frame.

    Returns
    -------
    list of Contact
        Those of no use carry the reason and no side.
    """
    contacts = []
    resting = {side: resting_markers(points, rate_hz) for side, points in feet.items()}
    for plate in plates:
        for span in loaded_spans(plate.force[:, 1], analog_rate_hz, threshold_n):
            contacts.append(
                _assign(
                    plate, span, plates, feet, resting, rate_hz, analog_rate_hz, max_foot_distance_m
                )
            )
    return contacts


def _assign(
    plate: Plate,
    span: slice,
    plates: Sequence[Plate],
    feet: Mapping[str, np.ndarray],
    resting: Mapping[str, np.ndarray],
    rate_hz: float,
    analog_rate_hz: float,
    max_foot_distance_m: float,
) -> Contact:
    """Give one contact to a foot, or say why it cannot be."""
    import numpy as np

    number, start, stop = plate.number, span.start, span.stop
    recorded = len(next(iter(feet.values())))
    frames, samples = _strong_frames(plate, span, recorded, rate_hz, analog_rate_hz)
    height = float(plate.corners[:, 1].mean())
    pressure = centre_of_pressure(plate.force[samples], plate.moment[samples], height)
    distances = {
        side: distance_to_foot(pressure[:, [0, 2]], points[frames][:, :, [0, 2]])
        for side, points in feet.items()
    }
    median = {s: float(np.nanmedian(d)) if np.isfinite(d).any() else np.inf
              for s, d in distances.items()}  # fmt: skip
    side = min(median, key=lambda s: median[s])
    others = [s for s in feet if s != side]
    away = float(np.mean(~(distances[side] <= max_foot_distance_m)))
    near = median[side] <= max_foot_distance_m
    on_plate = {s: _rests_on(plate, feet[s], resting[s], frames, rate_hz) for s in feet}
    if any(on_plate[s] for s in others) and (near or on_plate[side]):
        reason = "both feet were on the plate at once"
    elif not near:
        reason = f"no foot is within {max_foot_distance_m:g} m, the nearest {median[side]:.2f} m"
    elif away > _MAX_AWAY:
        reason = f"the centre of pressure leaves foot {side} for {away:.0%} of the contact"
    elif _steps_beside(plates, feet[side], resting[side], frames, rate_hz):
        reason = f"foot {side} was partly beside the plate"
    else:
        return Contact(number, start, stop, side, median[side])
    return Contact(number, start, stop, "", median[side], reason)


def _strong_frames(
    plate: Plate, span: slice, total: int, rate_hz: float, analog_rate_hz: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return a contact's frames at which its force is strong, and the plate's samples there."""
    import numpy as np

    first, last = (sample * rate_hz / analog_rate_hz for sample in (span.start, span.stop - 1))
    frames = np.arange(np.ceil(first), min(np.floor(last) + 1, total)).astype(int)
    samples = np.minimum(np.round(frames * analog_rate_hz / rate_hz).astype(int), span.stop - 1)
    strong = plate.force[samples, 1] > _STRONG * plate.force[span, 1].max()
    return frames[strong], samples[strong]


def distance_to_foot(points: np.ndarray, foot: np.ndarray) -> np.ndarray:
    """Return the horizontal distance of a point from the foot's markers and the lines between them.

    Parameters
    ----------
    points : array, shape (frame, 2), m
    foot : array, shape (frame, marker, 2), m

    Returns
    -------
    array, shape (frame,), m
        NaN where no marker of the foot is seen.
    """
    import warnings

    import numpy as np

    count = foot.shape[1]
    nearest = [np.linalg.norm(points - foot[:, i], axis=1) for i in range(count)]
    for i in range(count):
        for j in range(i + 1, count):
            along = foot[:, j] - foot[:, i]
            length = np.maximum(np.sum(along**2, axis=1), 1e-12)
            share = np.clip(np.sum((points - foot[:, i]) * along, axis=1) / length, 0.0, 1.0)
            nearest.append(np.linalg.norm(points - foot[:, i] - share[:, None] * along, axis=1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # frames without any marker stay NaN
        return np.nanmin(np.stack(nearest), axis=0)


def resting_markers(foot: np.ndarray, rate_hz: float) -> np.ndarray:
    """Tell which markers of a foot rest on the ground.

    Parameters
    ----------
    foot : array, shape (frame, marker, 3), m, y up

    Returns
    -------
    array of bool, shape (frame, marker)
    """
    import numpy as np

    if len(foot) < 2:
        return np.ones(foot.shape[:2], dtype=bool)
    speed = np.linalg.norm(np.gradient(foot, 1.0 / rate_hz, axis=0), axis=2)
    height = foot[:, :, 1]
    low = height < np.nanmin(height, axis=0) + _RESTING_HEIGHT_M
    return (speed < _RESTING_SPEED_M_S) & low


def _rests_on(
    plate: Plate, foot: np.ndarray, resting: np.ndarray, frames: np.ndarray, rate_hz: float
) -> bool:
    """Tell whether a foot rests on a plate during some frames."""
    import numpy as np

    corners = plate.corners[:, [0, 2]]
    inside = np.zeros(len(frames), dtype=bool)
    for marker in range(foot.shape[1]):
        out = outside_of(np.nan_to_num(foot[frames, marker][:, [0, 2]], nan=1e6), corners)
        inside |= resting[frames, marker] & (out == 0.0)
    return bool(inside.sum() > _RESTING_S * rate_hz)


def _steps_beside(
    plates: Sequence[Plate],
    foot: np.ndarray,
    resting: np.ndarray,
    frames: np.ndarray,
    rate_hz: float,
) -> bool:
    """Tell whether a part of a foot rests where there is no plate."""
    import numpy as np

    beside = np.zeros(len(frames), dtype=bool)
    for marker in range(foot.shape[1]):
        points = foot[frames, marker][:, [0, 2]]
        seen = np.isfinite(points).all(axis=1)
        out = np.min(
            [outside_of(np.nan_to_num(points), p.corners[:, [0, 2]]) for p in plates], axis=0
        )
        beside |= resting[frames, marker] & seen & (out > _OUTSIDE_MARGIN_M)
    return bool(beside.sum() > _RESTING_S * rate_hz)


def foot_points(
    markers: Mapping[str, np.ndarray], feet: Mapping[str, Mapping[str, Any]], file: object
) -> dict[str, np.ndarray]:
    """Return each foot's markers, shape (frame, marker, 3), m.

    Raises
    ------
    TrialError
        Where a marker of a foot is missing.
    """
    import numpy as np

    for foot in feet.values():
        for name in foot["markers"]:
            if name not in markers:
                raise TrialError(
                    f"marker '{name}' of the foot is missing.",
                    remedy="correct ground_forces.feet, or map the label in markers.labels.",
                    file=str(file),
                )
    return {
        side: np.stack([markers[n] for n in foot["markers"]], axis=1) for side, foot in feet.items()
    }
