"""Marker quality: which frames and samples inverse kinematics may use, and how far off it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.errors import TrialError
from myopinn.opensim.marker_placement import MIN_MARKERS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# The shortest motion whose accelerations splines of fifth degree can give.
_MIN_FRAMES = 10


def visible_frames(points: Mapping[str, np.ndarray], time_s: np.ndarray, file: Path) -> slice:
    """Find the frames between the first and the last in which enough markers are seen.

    Gaps of single markers are left to OpenSim, which leaves out a marker while it is not seen.

    Parameters
    ----------
    points : mapping of marker to positions, shape (frame, 3), NaN where not seen

    Raises
    ------
    TrialError
        Where no frame, or not every frame between those two, shows enough markers.
    """
    import numpy as np

    count = sum(np.isfinite(p).all(axis=1).astype(int) for p in points.values())
    enough = np.flatnonzero(count >= MIN_MARKERS)
    if enough.size < _MIN_FRAMES:
        raise TrialError(
            f"{enough.size} of {len(time_s)} frames show at least {MIN_MARKERS} markers of the "
            "model.",
            remedy="Label the trial's markers, or leave the trial out of the trial list.",
            file=file,
        )
    used = slice(int(enough[0]), int(enough[-1]) + 1)
    blind = np.flatnonzero(count[used] < MIN_MARKERS)
    if blind.size:
        at = time_s[used][blind]
        raise TrialError(
            f"{blind.size} frames between {at[0]:.2f} and {at[-1]:.2f} s show fewer than "
            f"{MIN_MARKERS} markers of the model.",
            remedy="Fill the gap when labelling, or cut the trial before it.",
            file=file,
        )
    return used


def drop_outliers(
    points: dict[str, np.ndarray], errors: pd.DataFrame, limit_m: float | None
) -> dict[str, int]:
    """Take marker samples that are too far from the solved pose for marker gaps.

    A marker that swaps its label, or that was filled in wrongly, pulls the whole pose; without it
    the others still define the pose. Changes ``points``.

    Parameters
    ----------
    points : dict of marker to positions, shape (frame, 3), m
    errors : DataFrame of :func:`marker_errors`
    limit_m : float or None
        None drops nothing.

    Returns
    -------
    dict of marker to the number of samples dropped
    """
    import numpy as np

    dropped = {}
    for name in points if limit_m is not None else ():
        outside = (errors[name] > limit_m).to_numpy()
        if outside.any():
            dropped[name] = int(outside.sum())
            points[name] = np.where(outside[:, None], np.nan, points[name])
    return dropped


def dropped_share(dropped: Mapping[str, int], points: Mapping[str, np.ndarray]) -> float:
    """Give the dropped samples as a share of all that the trial had."""
    import numpy as np

    kept = sum(int(np.isfinite(p).all(axis=1).sum()) for p in points.values())
    total = sum(dropped.values())
    return total / max(kept + total, 1)


def marker_errors(locations: pd.DataFrame, points: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Measure how far each model marker lies from the measured one.

    Parameters
    ----------
    locations : DataFrame, index time, columns <marker>_tx, _ty, _tz, m
    points : mapping of marker to positions, shape (frame, 3), m

    Returns
    -------
    DataFrame
        Columns time_s, rms_m, max_m, worst_marker and one per marker (m; NaN in its gaps).
    """
    import numpy as np
    import pandas as pd

    if len(locations) != len(next(iter(points.values()))):
        raise TrialError(
            f"OpenSim solved {len(locations)} of {len(next(iter(points.values())))} frames.",
            remedy="See opensim.log of this step.",
        )
    distance = pd.DataFrame(
        {
            name: np.linalg.norm(
                locations[[f"{name}_t{axis}" for axis in "xyz"]].to_numpy() - points[name], axis=1
            )
            for name in points
        }
    )
    summary = pd.DataFrame(
        {
            "time_s": locations.index.to_numpy(),
            "rms_m": np.sqrt((distance**2).mean(axis=1)),
            "max_m": distance.max(axis=1),
            "worst_marker": distance.idxmax(axis=1),
        }
    )
    return pd.concat([summary, distance], axis=1)
