"""Series of a trial by name, as several steps read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.errors import TrialError
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.netcdf import read_netcdf
from myopinn.formats.opensim_files import read_storage

if TYPE_CHECKING:
    import numpy as np


def read_past_envelopes(path: Path, channels: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Read envelopes by filters that run forwards alone.

    Parameters
    ----------
    path : path
        Laid out as :data:`myopinn.files.layouts.envelopes.ENVELOPES`.
    channels : sequence of str

    Returns
    -------
    time : array, shape (time,), s
    envelope : array, shape (time, channel)

    Raises
    ------
    TrialError
        Where the envelopes are such as others have made.
    """
    envelopes = read_netcdf(path, ENVELOPES)
    if "past_envelope" not in envelopes:
        raise TrialError(
            "the envelopes were made by others, whose filters may look ahead.",
            file=path,
            remedy="give raw EMG, or cut cycles from events or a coordinate.",
        )
    own = envelopes["past_envelope"].sel(channel=list(channels))
    return own["time_s"].values, own.values


def read_columns(path: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Read columns of a storage file, rotations in rad.

    Returns
    -------
    dict
        ``time_s`` of shape (time,) and ``values`` of shape (time, name).

    Raises
    ------
    TrialError
        Where a column is missing or has values that are not finite.
    """
    import numpy as np

    table, in_degrees = read_storage(path)
    missing = [n for n in names if n not in table.columns]
    if missing:
        raise TrialError(
            f"no column {missing}; there are {list(table.columns)}.",
            file=path,
            remedy="name coordinates and muscles as the model does.",
        )
    values = table[list(names)].to_numpy(dtype=float)
    if not np.isfinite(values).all():
        bad = [n for n, ok in zip(names, np.isfinite(values).all(axis=0), strict=True) if not ok]
        raise TrialError(f"values of {bad} are not finite.", file=path)
    return {
        "time_s": table.index.to_numpy(dtype=float),
        "values": np.deg2rad(values) if in_degrees else values,
    }
