"""Inverse kinematics: the joint angles whose model markers lie nearest to the measured ones."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.quality import write_quality
from myopinn.files.tables import write_table
from myopinn.formats.opensim_files import read_storage, read_trc, write_trc
from myopinn.formats.whole import whole_directory
from myopinn.opensim.marker_errors import (
    drop_outliers,
    dropped_share,
    marker_errors,
    visible_frames,
)
from myopinn.opensim.marker_placement import marker_weights
from myopinn.opensim.tool import DEFAULT_TIMEOUT_S, load_skeleton, marker_names, run
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Beyond one sample in fifty it is the trial that is wrong, not a marker.
_MAX_DROPPED_SHARE = 0.02
# Samples just inside the limit may fall outside once their neighbours no longer pull the pose.
_MAX_ROUNDS = 4
_REMEDY = (
    "Check units, axes and labels of the C3D file; look at <trial>_marker_errors.csv for the "
    "marker; weight or ignore markers under inverse_kinematics."
)


def solve_inverse_kinematics(
    *,
    signals: str,
    model: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    inverse_kinematics: str,
) -> None:
    """Find the joint angles of every dynamic trial of a person.

    Parameters
    ----------
    signals : folder of the person's signals (<trial>/markers.trc)
    model : folder of the person's models (<session>.osim)
    trials : the person's trials
    settings : the ``opensim`` slice of the recording's configuration
    inverse_kinematics : folder to write: <trial>.mot, <trial>_marker_errors.csv, quality.csv,
        opensim.log

    Raises
    ------
    ConfigError
        Where a setting names a marker or coordinate that the model does not have.
    """
    log = QualityLog(recording, subject, "solve_inverse_kinematics")
    with whole_directory(inverse_kinematics) as folder:
        for trial in (t for t in trials if t["kind"] == "dynamic"):
            markers = Path(signals).resolve() / trial["name"] / "markers.trc"
            session_model = Path(model).resolve() / f"{trial['session']}.osim"
            if not (markers.is_file() and session_model.is_file()):
                continue
            with log.guard(trial["name"], session=trial["session"]):
                _solve_trial(folder, markers, session_model, settings, log, trial)
        write_quality(log, folder / "quality.csv")


def _solve_trial(
    folder: Path,
    markers: Path,
    model: Path,
    settings: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Solve one trial, record its quality, and keep its files where it meets the bounds."""
    import numpy as np

    name, session = trial["name"], trial["session"]
    bounds = settings["inverse_kinematics"]
    time_s, points = read_trc(markers)
    in_model = marker_names(model)
    seen = [n for n, p in points.items() if np.isfinite(p).all(axis=1).any()]
    absent = sorted(set(in_model) - set(seen))
    if absent:
        log.note(name, "markers_not_seen", ", ".join(absent), session=session)
    weights = marker_weights(bounds, in_model, seen)
    used = visible_frames({n: points[n] for n in weights}, time_s, markers)
    log.measure(name, "frames_used", (used.stop - used.start) / len(time_s), "1", session=session)
    positions = {n: points[n][used] for n in weights}
    with tempfile.TemporaryDirectory() as scratch:
        motion = Path(scratch, "motion.mot")

        def solve() -> pd.DataFrame:
            return run(
                solve_frames,
                timeout_s=settings.get("timeout_s", DEFAULT_TIMEOUT_S),
                log=folder / "opensim.log",
                label=name,
                model_file=model,
                time_s=time_s[used],
                points=positions,
                weights=weights,
                output=motion,
            )

        max_share = bounds.get("max_dropped_share", _MAX_DROPPED_SHARE)
        limit_m = bounds.get("max_marker_error_m")
        errors, dropped = _solve_without_outliers(solve, positions, limit_m, max_share)
        _measure_dropped(dropped, positions, max_share, log, trial)
        _measure_markers(errors, bounds, log, trial)
        _measure_coordinates(motion, settings["muscle_forces"]["coordinates"], log, trial)
        shutil.copyfile(motion, folder / f"{name}.mot")
    write_table(errors, folder / f"{name}_marker_errors.csv")


def _solve_without_outliers(
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


def _measure_markers(
    errors: pd.DataFrame, bounds: Mapping[str, Any], log: QualityLog, trial: Mapping[str, Any]
) -> None:
    """Hold the rms over all markers and frames, and the largest error of one marker, to bounds."""
    name, session = trial["name"], trial["session"]
    rms = float((errors["rms_m"] ** 2).mean() ** 0.5)
    at = int(errors["max_m"].to_numpy().argmax())
    worst = errors.iloc[at]
    log.measure(
        name,
        "marker_rms",
        rms,
        "m",
        session=session,
        at_most=bounds.get("max_marker_rms_m"),
        remedy=_REMEDY,
    )
    log.measure(name, "marker_rms_worst_frame", float(errors["rms_m"].max()), "m", session=session)
    log.measure(
        name,
        f"marker_error_max:{worst['worst_marker']}",
        float(worst["max_m"]),
        "m",
        session=session,
        at_most=bounds.get("max_marker_error_m"),
        remedy=_REMEDY,
    )


def _measure_coordinates(
    motion: Path, coordinates: Sequence[str], log: QualityLog, trial: Mapping[str, Any]
) -> None:
    """Record the range of each studied coordinate.

    Raises
    ------
    ConfigError
        Where the model has no such coordinate.
    TrialError
        Where an angle is not finite.
    """
    import numpy as np

    angles, _ = read_storage(motion)
    if not np.isfinite(angles.to_numpy()).all():
        raise TrialError("inverse kinematics gave angles that are not finite.", remedy=_REMEDY)
    for coordinate in coordinates:
        if coordinate not in angles:
            raise ConfigError(f"muscle_forces: coordinates names '{coordinate}', not in the model.")
        for end, value in (
            ("min", angles[coordinate].min()),
            ("max", angles[coordinate].max()),
        ):
            log.measure(
                trial["name"],
                f"angle_{end}:{coordinate}",
                float(value),
                "deg",
                session=trial["session"],
            )


def _measure_dropped(
    dropped: Counter[str],
    points: Mapping[str, np.ndarray],
    max_share: float,
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Record which markers were dropped; many mean that the trial, not a marker, is wrong."""
    which = ", ".join(f"{name} in {n} frames" for name, n in dropped.most_common())
    if dropped:
        log.note(trial["name"], "markers_dropped", which, session=trial["session"])
    log.measure(
        trial["name"],
        "marker_samples_dropped",
        dropped_share(dropped, points),
        "1",
        session=trial["session"],
        at_most=max_share,
        remedy=_REMEDY,
    )
