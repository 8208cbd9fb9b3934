"""Inverse dynamics: the joint moments that make the measured motion under the measured forces."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.quality import write_quality
from myopinn.files.tables import read_table
from myopinn.formats.opensim_files import read_storage
from myopinn.formats.whole import whole_directory
from myopinn.opensim.filtered_angles import filter_angles
from myopinn.opensim.held_load import model_with_load
from myopinn.opensim.tool import DEFAULT_TIMEOUT_S, load_skeleton, run
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import pandas as pd

GRAVITY_M_S2 = 9.80665


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
            angles = Path(inverse_kinematics).resolve() / f"{trial['name']}.mot"
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
        weight_n, residuals = run(
            solve_moments,
            timeout_s=settings.get("timeout_s", DEFAULT_TIMEOUT_S),
            log=folder / "opensim.log",
            label=name,
            model_file=model_with_load(model, trial["load_kg"], Path(scratch, "model.osim")),
            angles=angles,
            lowpass_hz=options["lowpass_hz"],
            external_loads=loads if loads.is_file() else None,
            coordinates=coordinates,
            moments=moments,
        )
        table, _ = read_storage(moments)
        _measure_residuals(table, residuals, weight_n, signals, options, log, trial)
        measure_moments(table, settings["muscle_forces"]["coordinates"], log, trial)
        shutil.copyfile(coordinates, folder / f"{name}_coordinates.mot")
        shutil.copyfile(moments, folder / f"{name}.sto")


def solve_moments(
    *,
    model_file: Path,
    angles: Path,
    lowpass_hz: float,
    external_loads: Path | None,
    coordinates: Path,
    moments: Path,
) -> tuple[float, list[str]]:
    """Run OpenSim's InverseDynamicsTool; to be called inside :func:`myopinn.opensim.tool.run`.

    The angles are filtered once, here, and written to ``coordinates``, which every later step
    uses; the tool itself then filters nothing.

    Parameters
    ----------
    angles : motion in degrees and m
    coordinates, moments : files to write

    Returns
    -------
    weight_n : float
        The model's weight.
    residuals : list of str
        Coordinates of the free base: their moments should vanish. Empty where the base is fixed.
    """
    import opensim as osim

    model = load_skeleton(model_file)
    filter_angles(model, angles, lowpass_hz, coordinates)
    table, _ = read_storage(coordinates)
    tool = osim.InverseDynamicsTool()
    tool.setModel(model)
    tool.setCoordinatesFileName(str(coordinates))
    tool.setLowpassCutoffFrequency(-1)
    tool.setStartTime(float(table.index[0]))
    tool.setEndTime(float(table.index[-1]))
    if external_loads is not None:
        tool.setExternalLoadsFileName(str(external_loads))
    tool.setResultsDir(".")
    tool.setOutputGenForceFileName("moments.sto")
    if not tool.run():
        raise RuntimeError("InverseDynamicsTool reports failure.")
    Path("moments.sto").replace(moments)
    mass = model.getTotalMass(model.initSystem())
    return mass * GRAVITY_M_S2, base_coordinates(model)


def base_coordinates(model: Any) -> list[str]:
    """List the coordinates of the joint between ground and the first body, where it has six."""
    six = 6
    for index in range(model.getJointSet().getSize()):
        joint = model.getJointSet().get(index)
        parent = joint.getParentFrame().findBaseFrame().getName()
        if parent == "ground" and joint.numCoordinates() == six:
            return [joint.get_coordinates(i).getName() for i in range(six)]
    return []


def _measure_residuals(
    table: pd.DataFrame,
    residuals: list[str],
    weight_n: float,
    signals: Path,
    options: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Hold the force that the free base would still need to its bound, as a share of body weight.

    Judged only while every foot on the ground is on a plate (``both`` in force_intervals.csv).
    """
    import numpy as np

    bound = options.get("max_residual_force_fraction")
    forces = [f"{name}_force" for name in residuals if f"{name}_force" in table]
    if not forces:
        return
    file = signals / "force_intervals.csv"
    inside = np.zeros(len(table), dtype=bool)
    if file.is_file():
        for row in read_table(file, dtype={"side": str}).itertuples():
            if row.side == "both":
                inside |= (table.index >= row.start_s) & (table.index <= row.end_s)
    if not inside.any():
        log.note(
            trial["name"],
            "residual_force_share",
            "no time at which every foot on the ground is on a plate: residuals cannot be judged",
            session=trial["session"],
        )
        return
    rms = float(np.sqrt((table.loc[inside, forces] ** 2).sum(axis=1).mean()))
    log.measure(
        trial["name"],
        "residual_force_share",
        rms / weight_n,
        "1",
        session=trial["session"],
        at_most=bound,
        remedy="Check plate positions, the assignment of plates to feet, force units and the mass.",
    )


def measure_moments(
    table: pd.DataFrame, coordinates: list[str], log: QualityLog, trial: Mapping[str, Any]
) -> None:
    """Record the range of each studied moment."""
    import numpy as np

    if not np.isfinite(table.to_numpy()).all():
        raise TrialError(
            "inverse dynamics gave moments that are not finite.",
            remedy="Look for gaps in the ground forces and joint angles.",
        )
    for coordinate in coordinates:
        column = f"{coordinate}_moment"
        if column not in table:
            raise ConfigError(f"muscle_forces: coordinates names '{coordinate}', not in the model.")
        for end, value in (("min", table[column].min()), ("max", table[column].max())):
            log.measure(
                trial["name"],
                f"moment_{end}:{coordinate}",
                float(value),
                "N.m",
                session=trial["session"],
            )
