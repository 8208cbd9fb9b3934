"""Where the last cycle of a movement began, as it can be known by then."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Beginnings(NamedTuple):
    """What is known at each frame of the cycles that have begun.

    Attributes
    ----------
    elapsed : array, shape (piece, frame)
        Frames since the last beginning; NaN before one is known.
    length : array, shape (piece, frame)
        Frames between the last two beginnings; NaN before two are known.
    """

    elapsed: np.ndarray
    length: np.ndarray


def find_beginnings(angle: np.ndarray, rise: float) -> Beginnings:
    """Find minima of a joint angle, each once the angle has risen from it.

    A cycle begins where the angle is lowest between two excursions: it has fallen by ``rise`` from
    what came before, and is known for a minimum as soon as it has risen by as much again. Until
    then the cycle before is the last that is known. What is seen first is no minimum, as nobody
    knows what came before it.

    Parameters
    ----------
    angle : array, shape (piece, frame)
        As it is known by each frame; pieces know nothing of each other.
    rise : float
        In the angle's unit; smaller excursions begin no cycle.
    """
    pieces, frames = angle.shape
    highest, lowest = angle[:, 0].copy(), angle[:, 0].copy()
    falling = np.zeros(pieces, dtype=bool)
    lowest_at, began = np.zeros(pieces), np.full(pieces, np.nan)
    length = np.full(pieces, np.nan)
    elapsed, lengths = np.empty((pieces, frames)), np.empty((pieces, frames))
    for frame in range(frames):
        now = angle[:, frame]
        highest = np.where(falling, highest, np.maximum(highest, now))
        starts = ~falling & (now < highest - rise)
        lower = starts | (falling & (now < lowest))
        lowest, lowest_at = np.where(lower, now, lowest), np.where(lower, frame, lowest_at)
        falling |= starts
        known = falling & (now > lowest + rise)
        length = np.where(known & np.isfinite(began), lowest_at - began, length)
        began = np.where(known, lowest_at, began)
        highest, falling = np.where(known, now, highest), falling & ~known
        elapsed[:, frame], lengths[:, frame] = frame - began, length
    return Beginnings(elapsed, lengths)
