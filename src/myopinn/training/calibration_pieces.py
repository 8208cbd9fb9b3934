"""Pieces of a person's isometric contractions, as if they were cycles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myopinn.dataset.problem import CYCLE_FRAMES
from myopinn.dataset.selection import Selection
from myopinn.errors import ConfigError
from myopinn.files.layouts.calibration import CALIBRATION
from myopinn.training.unchanged_files import read_unchanged

if TYPE_CHECKING:
    import xarray as xr


def calibration_pieces(
    path: str | Path,
    person: int,
    data: xr.Dataset,
    muscles: Sequence[str],
    selection: Selection,
) -> dict[str, np.ndarray]:
    """Read the pieces of the conditions that a selection names.

    Parameters
    ----------
    path : path
        Laid out as :data:`myopinn.files.layouts.calibration.CALIBRATION`.
    data : Dataset
        The person's dataset: its coordinates, and its maximal envelopes by session.
    muscles : sequence of str
        Along the last dimension of what is of muscles.

    Returns
    -------
    dict
        The arrays of :class:`myopinn.dataset.recorded.RecordedCycles` with one row for
        each piece. Muscle forces and activations are NaN, rates and loads zero.

    Raises
    ------
    ConfigError
        Where the dynamometer was at another joint, or the person did none of these conditions.
    """
    assert selection.physics is not None
    pieces = read_unchanged(path, CALIBRATION)
    joint, subject = selection.physics.coordinate, str(data.attrs["subject"])
    if joint not in pieces["coordinate"].values:
        raise ConfigError(
            f"{path}: the dynamometer was at {list(pieces['coordinate'].values)}, the task's "
            f"physics is of '{joint}'."
        )
    there = sorted(set(pieces["condition"].values.astype(str)))
    missing = sorted(set(selection.calibration) - set(there))
    if missing and there:
        raise ConfigError(f"{path}: no isometric contractions {missing}, there are {there}.")
    pieces = pieces.isel(
        window=np.flatnonzero(
            np.isin(pieces["condition"].values.astype(str), selection.calibration)
        )
    )
    count, names = pieces.sizes["window"], data["coordinate"].values
    session, trial = (pieces[k].values.astype(str) for k in ("trial_session", "trial"))
    over = [selection.channel_over(muscle) for muscle in muscles]
    still = np.zeros((count, CYCLE_FRAMES, len(names)))
    unknown = np.full((count, CYCLE_FRAMES, len(muscles)), np.nan)
    return {
        "person": np.full(count, person),
        "cycle": np.full(count, -1),
        "trial": trial,
        "session": session,
        "condition": pieces["condition"].values.astype(str),
        "key": np.array([f"{subject}/{name}" for name in trial], dtype=str),
        "time_s": pieces["time_s"].values,
        "load_kg": np.zeros(count),
        "held_angle": np.full((count, data.sizes["held"]), np.nan),
        "envelope": pieces["envelope"].sel(channel=list(selection.channels)).values,
        "mvc_envelope": mvc_of_cycles(data, session, selection.channels),
        "joint_angle": pieces["joint_angle"].reindex(coordinate=names).values,
        "muscle_force": unknown,
        "joint_moment": pieces["joint_moment"].sel(coordinate=joint).values,
        "joint_velocity": still,
        "joint_acceleration": still,
        "activation": unknown,
        "muscle_envelope": pieces["envelope"].reindex(channel=over).values,
        "muscle_mvc": mvc_of_cycles(data, session, over),
        "calibration": np.ones(count, dtype=bool),
    }


def mvc_of_cycles(data: xr.Dataset, session: np.ndarray, channels: Sequence[str]) -> np.ndarray:
    """Give the maximal envelopes of each cycle's session.

    Returns
    -------
    array, shape (cycle, channel), V
        NaN where there is no such channel or the session has no maximal contraction.
    """
    mvc = data["mvc_envelope"].reindex(channel=list(channels)).values
    row_of = {str(name): row for row, name in enumerate(data["session"].values)}
    rows = np.array([row_of[name] for name in session], dtype=int)
    found: np.ndarray = mvc[rows].reshape(len(session), mvc.shape[1])
    return found
