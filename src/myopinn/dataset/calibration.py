"""Pieces of 100 frames of isometric contractions, and the weight that the muscles hold in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from myopinn.dataset.problem import CYCLE_FRAMES


def gravity_at(chain: Mapping[str, Any], angle_rad: float) -> float:
    """Return the moment that holds a joint that moves alone against gravity, N.m.

    Parameters
    ----------
    chain : mapping
        What :func:`myopinn.opensim.joint_inertia.read_chain` wrote: ``axis``, ``point``,
        ``centre_of_mass`` (shape (1, 3), m, ground frame at angle zero), ``mass`` and ``gravity``.
    angle_rad : float
    """
    from scipy.spatial.transform import Rotation

    axis, point, centre = (np.asarray(chain[k][0]) for k in ("axis", "point", "centre_of_mass"))
    lever = Rotation.from_rotvec(angle_rad * axis).apply(centre - point)
    weight = chain["mass"][0] * np.asarray(chain["gravity"])
    return -float(axis @ np.cross(lever, weight))


def piece_starts(time: np.ndarray, piece_s: float) -> np.ndarray:
    """Return when the pieces of a contraction start, s."""
    return np.arange(time[0], time[-1] - piece_s + 1e-9, piece_s)


def cut_pieces(
    time: np.ndarray, series: Mapping[str, np.ndarray], piece_s: float
) -> list[dict[str, np.ndarray]]:
    """Cut a contraction into pieces one after the other; what is left at its end is not used.

    Parameters
    ----------
    time : array, shape (time,), s
    series : mapping of str to array, shape (time, name)
    piece_s : float

    Returns
    -------
    list of dict
        ``time_s`` of shape (100,), and each of the series of shape (100, name).
    """
    share = np.arange(CYCLE_FRAMES) / CYCLE_FRAMES
    pieces = []
    for start in piece_starts(time, piece_s):
        at = start + piece_s * share
        piece = {
            key: np.stack([np.interp(at, time, column) for column in values.T], axis=1)
            for key, values in series.items()
        }
        pieces.append(piece | {"time_s": at})
    return pieces
