"""Find the joint angles of a person's trials by inverse kinematics."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.files.layouts.joint_motion import JOINT_ANGLES
from myopinn.files.layouts.marker_errors import MARKER_ERRORS
from myopinn.files.layouts.quality import write_quality
from myopinn.formats.opensim_files import read_storage, read_trc
from myopinn.formats.whole import whole_directory
from myopinn.opensim.inverse_kinematics import (
    MAX_DROPPED_SHARE,
    solve_frames,
    solve_without_outliers,
)
from myopinn.opensim.joint_quality import measure_angles
from myopinn.opensim.marker_errors import dropped_share, visible_frames
from myopinn.opensim.marker_placement import marker_weights
from myopinn.opensim.tool import marker_names, runner
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

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
                run = runner(settings, folder, trial["name"])
                _solve_trial(folder, markers, session_model, settings, log, trial, run)
        write_quality(log, folder / "quality.csv")


def _solve_trial(
    folder: Path,
    markers: Path,
    model: Path,
    settings: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
    run: Callable[..., Any],
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
                model_file=model,
                time_s=time_s[used],
                points=positions,
                weights=weights,
                output=motion,
            )

        max_share = bounds.get("max_dropped_share", MAX_DROPPED_SHARE)
        limit_m = bounds.get("max_marker_error_m")
        errors, dropped = solve_without_outliers(solve, positions, limit_m, max_share)
        _measure_dropped(dropped, positions, max_share, log, trial)
        _measure_markers(errors, bounds, log, trial)
        angles, _ = read_storage(motion)
        if not np.isfinite(angles.to_numpy()).all():
            raise TrialError("inverse kinematics gave angles that are not finite.", remedy=_REMEDY)
        measure_angles(angles, settings["muscle_forces"]["coordinates"], log, trial)
        shutil.copyfile(motion, JOINT_ANGLES.path(folder, name))
    MARKER_ERRORS.write(errors, folder / f"{name}_marker_errors.csv")


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
