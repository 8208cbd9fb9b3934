"""Take the joint moments of a person's trials as they are given."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.files.layouts.joint_motion import FILTERED_ANGLES, JOINT_ANGLES, JOINT_MOMENTS
from myopinn.files.layouts.quality import write_quality
from myopinn.files.processed import MOMENTS_FILE, cut_stretch, read_recording
from myopinn.formats.opensim_files import read_storage
from myopinn.formats.whole import whole_directory
from myopinn.opensim.given_motion import filter_given_angles, filter_moments
from myopinn.opensim.inverse_dynamics import solve_moments
from myopinn.opensim.joint_quality import measure_moments
from myopinn.opensim.tool import runner
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import pandas as pd


def take_joint_moments(
    *,
    recordings: str,
    signals: str,
    model: str,
    inverse_kinematics: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    inverse_dynamics: str,
) -> None:
    """Take the joint moments of every trial, low-passed as the joint angles are.

    Where ground forces are given as well, what OpenSim's inverse dynamics makes of them, the
    angles and the model is held against the given moments, for the record: they differ where the
    moments were computed with another model.

    Parameters
    ----------
    recordings : folder of the person's recordings (<file>/moments.sto)
    signals : folder of the person's signals (<trial>/external_loads.xml where there are any)
    model : folder of the person's models (<session>.osim)
    inverse_kinematics : folder of the person's joint angles (<trial>.mot)
    trials : the person's trials
    settings : the ``opensim`` slice of the recording's configuration
    inverse_dynamics : folder to write: <trial>_coordinates.mot (the filtered angles), <trial>.sto,
        quality.csv, opensim.log
    """
    log = QualityLog(recording, subject, "take_joint_moments")
    with whole_directory(inverse_dynamics) as folder:
        for trial in trials:
            angles = JOINT_ANGLES.path(Path(inverse_kinematics).resolve(), trial["name"])
            if not angles.is_file():
                continue
            with log.guard(trial["name"], session=trial["session"]):
                _take_trial(
                    folder,
                    angles,
                    Path(recordings).resolve() / trial["file"] / MOMENTS_FILE,
                    Path(model).resolve() / f"{trial['session']}.osim",
                    Path(signals).resolve() / trial["name"] / "external_loads.xml",
                    settings,
                    log,
                    trial,
                )
        write_quality(log, folder / "quality.csv")


def _take_trial(
    folder: Path,
    angles: Path,
    moments: Path,
    model: Path,
    loads: Path,
    settings: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Filter and cut one trial's angles and moments, and keep them."""
    name, cutoff_hz = trial["name"], float(settings["inverse_dynamics"]["lowpass_hz"])
    studied = list(settings["muscle_forces"]["coordinates"])
    run = runner(settings, folder, name)
    child = {"model_file": model, "angles": angles, "lowpass_hz": cutoff_hz}
    given = filter_moments(read_recording(moments)[0], cutoff_hz, moments)
    part = cut_stretch(given, trial["start_s"], trial["end_s"], moments)
    measure_moments(part, studied, log, trial)
    with tempfile.TemporaryDirectory() as scratch:
        coordinates = Path(scratch, "coordinates.mot")
        if loads.is_file():
            recomputed = Path(scratch, "moments.sto")
            run(
                solve_moments,
                **child,
                external_loads=loads,
                coordinates=coordinates,
                moments=recomputed,
            )
            _compare(part, read_storage(recomputed)[0], studied, log, trial)
        else:
            run(filter_given_angles, **child, coordinates=coordinates)
        filtered, _ = read_storage(coordinates)
        motion = cut_stretch(filtered, trial["start_s"], trial["end_s"], angles)
    FILTERED_ANGLES.write(motion, folder, name)
    JOINT_MOMENTS.write(part, folder, name)


def _compare(
    given: pd.DataFrame,
    recomputed: pd.DataFrame,
    coordinates: Sequence[str],
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Record how far the given moments are from those of the model, forces and angles."""
    import numpy as np

    for coordinate in coordinates:
        own = given[f"{coordinate}_moment"].to_numpy()
        again = np.interp(given.index, recomputed.index, recomputed[f"{coordinate}_moment"])
        values = (
            ("recomputed_moment_rms", float(np.sqrt(np.mean((again - own) ** 2))), "N.m"),
            ("recomputed_moment_r", float(np.corrcoef(again, own)[0, 1]), ""),
        )
        for quantity, value, unit in values:
            log.measure(
                trial["name"], f"{quantity}:{coordinate}", value, unit, session=trial["session"]
            )
