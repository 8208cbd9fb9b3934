"""Find the cycles or pieces of a trial and sample its series at 100 frames of each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from myopinn.dataset.problem import CYCLE_FRAMES

# Quintic, as in OpenSim's inverse dynamics, so that accelerations are those behind the moments.
SPLINE_DEGREE = 5

NEVER_NEGATIVE = frozenset({"envelope", "muscle_force", "activation"})

PER_FRAME = (
    "envelope",
    "joint_angle",
    "joint_velocity",
    "joint_acceleration",
    "joint_moment",
    "muscle_force",
    "activation",
    "reserve_moment",
)


def motion_at(times: np.ndarray, known_times: np.ndarray, angles: np.ndarray) -> list[np.ndarray]:
    """Return joint angles, velocities and accelerations, each of shape (time, coordinate)."""
    from scipy.interpolate import make_interp_spline

    spline = make_interp_spline(known_times, angles, k=SPLINE_DEGREE)
    return [spline(times), *(spline.derivative(order)(times) for order in (1, 2))]


def whole_cycles(
    time: np.ndarray,
    marks: Sequence[float] | np.ndarray,
    measured: Iterable[tuple[float, float]],
    min_s: float,
    max_s: float,
) -> list[tuple[float, float]]:
    """Find the start and end of each whole cycle of a trial, in s.

    Parameters
    ----------
    time : array, shape (time,), s
    marks : sequence of float, s
        Where cycles start, in order.
    measured : iterable of (start, end), s
        A cycle lies in one of them.
    min_s, max_s : float
        Bounds of its duration.
    """
    measured = list(measured)
    # Half a sample of the kinematics: events are times of frames, intervals end on frames.
    slack = 0.5 * float(np.median(np.diff(time))) + 1e-6
    return [
        (float(start), float(end))
        for start, end in pairwise(marks)
        if min_s <= end - start <= max_s
        # The last of the 100 frames lies at 99 % of the cycle.
        and start >= time[0] - slack
        and end - (end - start) / CYCLE_FRAMES <= time[-1] + slack
        and any(a <= start + slack and end - slack <= b + slack for a, b in measured)
    ]


def minima(time: np.ndarray, angle: np.ndarray, prominence_deg: float) -> np.ndarray:
    """Return the times of the minima of an angle, rad, that are this deep."""
    from scipy.signal import find_peaks

    peaks, _ = find_peaks(-angle, prominence=np.deg2rad(prominence_deg))
    return time[peaks]


def clock_pieces(
    time: np.ndarray, measured: Iterable[tuple[float, float]], rate_hz: float
) -> tuple[list[tuple[float, float]], int]:
    """Cut a trial into pieces of 100 frames on a fixed clock that looks at no movement.

    Parameters
    ----------
    time : array, shape (time,), s
    measured : iterable of (start, end), s
        The clock starts with each of them; a piece lies in one.
    rate_hz : float

    Returns
    -------
    pieces : list of (start, end), s
        The end is where the next piece starts.
    left : int
        Frames at the ends that fill no piece.
    """
    pieces, left, length = [], 0, CYCLE_FRAMES / rate_hz
    for first, last in measured:
        start, end = max(first, float(time[0])), min(last, float(time[-1]))
        # Times are counted in floating point; a frame that is due is there.
        frames = math.floor((end - start) * rate_hz + 1e-6) + 1 if end >= start else 0
        whole, over = divmod(frames, CYCLE_FRAMES)
        pieces += [(start + k * length, start + (k + 1) * length) for k in range(whole)]
        left += over
    return pieces, left


def seen_times(start: float, rate_hz: float, lead_frames: int) -> np.ndarray:
    """Return the times of what is seen with a piece: its lead and its 100 frames, s."""
    times: np.ndarray = start + np.arange(-lead_frames, CYCLE_FRAMES) / rate_hz
    return times


def cut_cycle(series: Mapping[str, np.ndarray], start: float, end: float) -> dict[str, np.ndarray]:
    """Sample every series at 100 frames, frame k at k % of the cycle.

    Returns
    -------
    dict
        ``time_s`` of shape (100,), the others of shape (100, name).
    """
    time = start + (end - start) * np.arange(CYCLE_FRAMES) / CYCLE_FRAMES
    cut = {key: series_at(time, series["time_s"], series[key], key) for key in PER_FRAME}
    cut["time_s"] = time
    return cut


def series_at(
    times: np.ndarray, known_times: np.ndarray, values: np.ndarray, quantity: str
) -> np.ndarray:
    """Interpolate each column; what cannot be negative stays within its neighbouring samples."""
    from scipy.interpolate import CubicSpline, PchipInterpolator

    inside = np.clip(times, known_times[0], known_times[-1])
    if quantity in NEVER_NEGATIVE:
        return PchipInterpolator(known_times, values)(inside)
    return CubicSpline(known_times, values)(inside)
