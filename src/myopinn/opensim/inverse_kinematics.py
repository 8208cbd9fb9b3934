"""Inverse kinematics: the joint angles whose model markers lie nearest to the measured ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.formats.opensim_files import read_storage, write_trc
from myopinn.opensim.marker_errors import drop_outliers, dropped_share, marker_errors
from myopinn.opensim.tool import load_skeleton

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Beyond one sample in fifty it is the trial that is wrong, not a marker.
MAX_DROPPED_SHARE = 0.02
# Samples just inside the limit may fall outside once their neighbours no longer pull the pose.
_MAX_ROUNDS = 4


def solve_without_outliers(
    solve: Callable[[], pd.DataFrame],
    positions: dict[str, np.ndarray],
    limit_m: float | None,
    max_share: float,
) -> tuple[pd.DataFrame, Counter[str]]:
    """Solve, leave out the samples that are too far off, and solve again until none is."""
    errors = solve()
    dropped: Counter[str] = Counter()
    for _ in range(_MAX_ROUNDS):
        outliers = drop_outliers(positions, errors, limit_m)
        dropped.update(outliers)
        if not outliers or dropped_share(dropped, positions) > max_share:
            break
        errors = solve()
    return errors, dropped


def solve_frames(
    *,
    model_file: Path,
    time_s: np.ndarray,
    points: Mapping[str, np.ndarray],
    weights: Mapping[str, float],
    output: Path,
) -> pd.DataFrame:
    """Run OpenSim's InverseKinematicsTool; to be called inside :func:`myopinn.opensim.tool.run`.

    Parameters
    ----------
    time_s : array, shape (frame,)
    points : mapping of marker to positions, shape (frame, 3), m
    weights : mapping of marker to weight
    output : the motion file to write, degrees and m

    Returns
    -------
    DataFrame
        As of :func:`marker_errors`.
    """
    import opensim as osim

    model = load_skeleton(model_file)
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0])
    write_trc(Path("markers.trc"), rate_hz, points, start_s=float(time_s[0]))
    tool = osim.InverseKinematicsTool()
    tool.setName("trial")
    tool.setModel(model)
    tool.setMarkerDataFileName("markers.trc")
    tool.setStartTime(float(time_s[0]))
    tool.setEndTime(float(time_s[-1]))
    tool.setOutputMotionFileName("motion.mot")
    tool.setResultsDir(".")
    tool.set_report_errors(False)
    tool.set_report_marker_locations(True)
    for name, weight in weights.items():
        task = osim.IKMarkerTask()
        task.setName(name)
        task.setApply(True)
        task.setWeight(weight)
        tool.getIKTaskSet().cloneAndAppend(task)
    if not tool.run():
        raise RuntimeError("InverseKinematicsTool reports failure.")
    locations, _ = read_storage("trial_ik_model_marker_locations.sto")
    errors = marker_errors(locations, points)
    Path("motion.mot").replace(output)
    return errors
