"""What a quality record has of the studied joint angles and moments, computed or given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError

if TYPE_CHECKING:
    import pandas as pd

    from myopinn.records.quality import QualityLog


def measure_angles(
    table: pd.DataFrame,
    coordinates: Sequence[str],
    log: QualityLog,
    trial: Mapping[str, Any],
    where: Path | str = "the model",
) -> None:
    """Record the range of each studied angle.

    Parameters
    ----------
    table : DataFrame, one column per coordinate, degrees
    where : path or str
        What the table has its columns from, for the message.

    Raises
    ------
    ConfigError
        Where there is no such coordinate.
    """
    for coordinate in coordinates:
        _measure_range(table, coordinate, ("angle", coordinate, "deg"), log, trial, where)


def measure_moments(
    table: pd.DataFrame, coordinates: Sequence[str], log: QualityLog, trial: Mapping[str, Any]
) -> None:
    """Record the range of each studied moment.

    Parameters
    ----------
    table : DataFrame, columns ``<coordinate>_moment``, N.m

    Raises
    ------
    ConfigError
        Where there is no such coordinate.
    TrialError
        Where a moment is not finite.
    """
    import numpy as np

    if not np.isfinite(table.to_numpy()).all():
        raise TrialError(
            "inverse dynamics gave moments that are not finite.",
            remedy="Look for gaps in the ground forces and joint angles.",
        )
    for coordinate in coordinates:
        what = ("moment", f"{coordinate}_moment", "N.m")
        _measure_range(table, coordinate, what, log, trial, "the model")


def _measure_range(
    table: pd.DataFrame,
    coordinate: str,
    what: tuple[str, str, str],
    log: QualityLog,
    trial: Mapping[str, Any],
    where: Path | str,
) -> None:
    """Record the least and the largest value of a column, by what it is, its name and unit."""
    quantity, column, unit = what
    if column not in table:
        raise ConfigError(f"muscle_forces: coordinates names '{coordinate}', not in {where}.")
    for end, value in (("min", table[column].min()), ("max", table[column].max())):
        named = f"{quantity}_{end}:{coordinate}"
        log.measure(trial["name"], named, float(value), unit, session=trial["session"])
