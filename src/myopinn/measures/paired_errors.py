"""Errors of two entries, person by person, in the unit in which an effect of interest is named."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

# Column of the table of errors, factor, and unit as it is shown.
EFFECTS = {
    "angle_deg": ("rmse", 180 / math.pi, "deg"),
    "force_percent_of_range": ("nrmse", 100.0, "% of range"),
    "moment_percent_of_range": ("nrmse", 100.0, "% of range"),
    "envelope_percent_of_maximum": ("rmse", 100.0, "% of maximum"),
}
UNKNOWN = float("nan")


@dataclass(frozen=True)
class PairedErrors:
    """Errors of two entries that are averaged over seeds within each person.

    Attributes
    ----------
    differences : array, shape (person,)
        First less second, of everybody who has both.
    mean, versus_mean : float
        Of each entry over these people.
    seeds : int
        Fits that differ in their seed alone: the fewer of the two entries.
    sd_seeds : float
        SD between seeds of one person's difference, the two entries' seeds being independent; NaN
        where no entry has several.
    seeds_share : float
        What of the variance over people is that of the means over seeds.
    """

    differences: np.ndarray
    mean: float
    versus_mean: float
    seeds: int
    sd_seeds: float
    seeds_share: float

    @property
    def sd_people(self) -> float:
        """Give the SD between people, without the seeds' share of that of their differences."""
        if len(self.differences) < 2:
            return UNKNOWN
        return math.sqrt(max(float(self.differences.var(ddof=1)) - self.seeds_share, 0.0))


def pair_errors(errors: pd.DataFrame | None, test: Mapping[str, str]) -> PairedErrors:
    """Pair the errors of two entries at a target.

    Parameters
    ----------
    errors : DataFrame or None
        Table of errors of a task.
    test : mapping
        ``recording``, ``split``, ``target``, ``entry``, ``versus`` and ``effect``.
    """
    if errors is None:
        return PairedErrors(np.empty(0), UNKNOWN, UNKNOWN, 0, UNKNOWN, 0.0)
    metric, factor, _ = EFFECTS[test["effect"]]
    places = ("recording", "split", "target")
    own = errors[np.logical_and.reduce([errors[name] == test[name] for name in places])]
    first, second = (
        own[(own["variant"] == test[name]) & own[metric].notna()].set_index("subject")
        for name in ("entry", "versus")
    )
    people = [person for person in first.index if person in second.index]
    sides = [side.loc[people] for side in (first, second)]
    values = [factor * side[metric].to_numpy(dtype=float) for side in sides]
    variances = [_between_seeds(side, metric, factor) for side in sides]
    known = [variance for variance, _ in variances if not math.isnan(variance)]
    mean, versus_mean = (float(v.mean()) if people else UNKNOWN for v in values)
    return PairedErrors(
        values[0] - values[1],
        mean,
        versus_mean,
        min((count for _, count in variances), default=0),
        math.sqrt(sum(known)) if known else UNKNOWN,
        sum(variance / count for variance, count in variances if not math.isnan(variance)),
    )


def _between_seeds(side: pd.DataFrame, metric: str, factor: float) -> tuple[float, int]:
    """Give the mean variance between seeds within a person, and the number of seeds."""
    if not len(side):
        return UNKNOWN, 0
    count, name = int(side["n_seeds"].min()), f"{metric}_sd_seeds"
    if name not in side or not side[name].notna().any():
        return UNKNOWN, count
    return float(np.nanmean((factor * side[name].to_numpy(dtype=float)) ** 2)), count
