"""Compute the joint moments of a person's trials by inverse dynamics."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myopinn.files.layouts.force_intervals import read_force_intervals
from myopinn.files.layouts.joint_motion import FILTERED_ANGLES, JOINT_ANGLES, JOINT_MOMENTS
from myopinn.files.layouts.quality import write_quality
from myopinn.formats.opensim_files import read_storage
from myopinn.formats.whole import whole_directory
from myopinn.opensim.held_load import model_with_load
from myopinn.opensim.inverse_dynamics import residual_force, solve_moments
from myopinn.opensim.joint_quality import measure_moments
from myopinn.opensim.tool import runner
from myopinn.records.quality import QualityLog


def solve_inverse_dynamics(
    *,
    signals: str,
    model: str,
    inverse_kinematics: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    inverse_dynamics: str,
) -> None:
    """Compute the joint moments of every trial that has joint angles.

    Parameters
    ----------
    signals : folder of the person's signals (<trial>/external_loads.xml and ground_forces.mot
        where the laboratory has plates, <trial>/force_intervals.csv)
    model : folder of the person's models (<session>.osim)
    inverse_kinematics : folder of the person's joint angles (<trial>.mot)
    trials : the person's trials, with the load held in each
    settings : the ``opensim`` slice of the recording's configuration
    inverse_dynamics : folder to write: <trial>_coordinates.mot (the filtered angles that the
        moments belong to), <trial>.sto, quality.csv, opensim.log
    """
    log = QualityLog(recording, subject, "solve_inverse_dynamics")
    with whole_directory(inverse_dynamics) as folder:
        for trial in trials:
            angles = JOINT_ANGLES.path(Path(inverse_kinematics).resolve(), trial["name"])
            if not angles.is_file():
                continue
            with log.guard(trial["name"], session=trial["session"]):
                _solve_trial(
                    folder,
                    angles,
                    Path(model).resolve() / f"{trial['session']}.osim",
                    Path(signals).resolve() / trial["name"],
                    settings,
                    log,
                    trial,
                )
        write_quality(log, folder / "quality.csv")


def _solve_trial(
    folder: Path,
    angles: Path,
    model: Path,
    signals: Path,
    settings: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Compute one trial's moments, record their quality, keep them where they meet the bounds."""
    name, options = trial["name"], settings["inverse_dynamics"]
    loads = signals / "external_loads.xml"
    with tempfile.TemporaryDirectory() as scratch:
        coordinates, moments = Path(scratch, "coordinates.mot"), Path(scratch, "moments.sto")
        weight_n, residuals = runner(settings, folder, name)(
            solve_moments,
            model_file=model_with_load(model, trial["load_kg"], Path(scratch, "model.osim")),
            angles=angles,
            lowpass_hz=options["lowpass_hz"],
            external_loads=loads if loads.is_file() else None,
            coordinates=coordinates,
            moments=moments,
        )
        table, _ = read_storage(moments)
        forces = [f"{base}_force" for base in residuals if f"{base}_force" in table]
        if forces:
            both = read_force_intervals(signals / "force_intervals.csv", "both")
            share = residual_force(table[forces], both)
            _measure_residual(share, weight_n, options, log, trial)
        measure_moments(table, settings["muscle_forces"]["coordinates"], log, trial)
        shutil.copyfile(coordinates, FILTERED_ANGLES.path(folder, name))
        shutil.copyfile(moments, JOINT_MOMENTS.path(folder, name))


def _measure_residual(
    residual_n: float | None,
    weight_n: float,
    options: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Hold the force that the free base would still need to its bound, as a share of body weight.

    Judged only while every foot on the ground is on a plate (``both`` in force_intervals.csv).
    """
    name, session, quantity = trial["name"], trial["session"], "residual_force_share"
    if residual_n is None:
        log.note(
            name,
            quantity,
            "no time at which every foot on the ground is on a plate: residuals cannot be judged",
            session=session,
        )
        return
    log.measure(
        name,
        quantity,
        residual_n / weight_n,
        "1",
        session=session,
        at_most=options.get("max_residual_force_fraction"),
        remedy="Check plate positions, the assignment of plates to feet, force units and the mass.",
    )
