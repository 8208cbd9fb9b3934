"""Processed recordings: the model, joint angles and joint moments as they are given.

They take the place of scaling, inverse kinematics and inverse dynamics, and leave the same files.
Angles and moments are low-passed alike, at one cutoff and over the whole recording, before they
are cut to the trial.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.quality import write_quality
from myopinn.files.processed import (
    ANGLES_FILE,
    MODEL_FILE,
    MOMENTS_FILE,
    cut_stretch,
    read_recording,
)
from myopinn.files.tables import write_table
from myopinn.formats.opensim_files import read_storage, write_storage
from myopinn.formats.whole import whole_directory
from myopinn.opensim.filtered_angles import filter_angles, lowpass
from myopinn.opensim.inverse_dynamics import measure_moments, solve_moments
from myopinn.opensim.tool import DEFAULT_TIMEOUT_S, load_model, load_skeleton, run
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# What is kept on either side of a trial until its angles are filtered.
_MARGIN_S = 0.5


def take_model(
    *,
    recordings: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    model: str,
) -> None:
    """Take a person's model as it is given, scaled by known factors where there are any.

    Parameters
    ----------
    recordings : folder of the person's recordings (model.osim)
    trials : the person's trials
    settings : the ``opensim`` slice; of ``scaling`` ``factors`` {body: factor} and ``mass_kg``,
        both of which may be absent
    model : folder to write: scaled.osim, <session>.osim, scale_factors.csv where there are
        factors, quality.csv, opensim.log. Without a usable model it holds quality.csv alone.

    Raises
    ------
    ConfigError
        Where the factors name a body that the model does not have.
    """
    import pandas as pd

    log = QualityLog(recording, subject, "take_model")
    known = settings.get("scaling") or {}
    with whole_directory(model) as folder:
        with log.refusals("model"):
            with tempfile.TemporaryDirectory() as scratch:
                scaled = Path(scratch, "scaled.osim")
                mass_kg = run(
                    scale_by_factors,
                    timeout_s=settings.get("timeout_s", DEFAULT_TIMEOUT_S),
                    log=folder / "opensim.log",
                    label=subject,
                    model_file=(Path(recordings) / MODEL_FILE).resolve(),
                    factors=dict(known.get("factors", {})),
                    mass_kg=known.get("mass_kg"),
                    output=scaled,
                )
                shutil.copyfile(scaled, folder / "scaled.osim")
            log.measure("model", "model_mass", mass_kg, "kg")
            for session in {t["session"] for t in trials}:
                shutil.copyfile(folder / "scaled.osim", folder / f"{session}.osim")
            if known.get("factors"):
                rows = [(body, *[factor] * 3) for body, factor in known["factors"].items()]
                table = pd.DataFrame(rows, columns=["body", "x", "y", "z"])
                write_table(table, folder / "scale_factors.csv")
        write_quality(log, folder / "quality.csv")


def scale_by_factors(
    *, model_file: Path, factors: Mapping[str, float], mass_kg: float | None, output: Path
) -> float:
    """Scale bodies by known factors; to be called inside :func:`myopinn.opensim.tool.run`.

    Bodies keep their relative mass, and muscles the ratio of fibre to tendon length; a body that
    no factor names keeps its size.

    Parameters
    ----------
    factors : mapping of body to factor, along all axes
    mass_kg : float or None
        Of the whole model; None keeps its own.
    output : the model to write

    Returns
    -------
    float
        The model's mass, kg.

    Raises
    ------
    ConfigError
        Where a body is not in the model.
    """
    import opensim as osim

    model = load_model(model_file)
    state = model.initSystem()
    own_kg = model.getTotalMass(state)
    if factors or mass_kg is not None:
        bodies = [body.getName() for body in model.getBodySet()]
        for name in factors:
            if name not in bodies:
                raise ConfigError(
                    f"opensim.scaling.factors: '{name}' is no body of {model_file.name}."
                    f"{meant(name, bodies)}"
                )
        scale_set = osim.ScaleSet()
        for name in bodies:
            scale = osim.Scale()
            scale.setSegmentName(name)
            scale.setScaleFactors(osim.Vec3(float(factors.get(name, 1.0))))
            scale.setApply(True)
            scale_set.cloneAndAppend(scale)
        if not model.scale(state, scale_set, True, own_kg if mass_kg is None else mass_kg):
            raise RuntimeError("Model.scale reports failure.")
    model.printToXML(str(output))
    scaled = load_model(output)
    return scaled.getTotalMass(scaled.initSystem())


def take_joint_angles(
    *,
    recordings: str,
    signals: str,
    model: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    inverse_kinematics: str,
) -> None:
    """Take the joint angles of every trial, with half a second on either side to be filtered.

    Parameters
    ----------
    recordings : folder of the person's recordings (<file>/angles.sto)
    signals : folder of the person's signals; a trial that is not there was left out
    model : folder of the person's models (<session>.osim)
    trials : the person's trials
    settings : the ``opensim`` slice of the recording's configuration
    inverse_kinematics : folder to write: <trial>.mot in degrees and m, quality.csv, opensim.log
    """
    log = QualityLog(recording, subject, "take_joint_angles")
    with whole_directory(inverse_kinematics) as folder:
        for trial in trials:
            person = Path(model).resolve() / f"{trial['session']}.osim"
            if not ((Path(signals) / trial["name"]).is_dir() and person.is_file()):
                continue
            with log.guard(trial["name"], session=trial["session"]):
                file = Path(recordings).resolve() / trial["file"] / ANGLES_FILE
                table, in_degrees = read_recording(file)
                rotations = run(
                    rotational_coordinates,
                    timeout_s=settings.get("timeout_s", DEFAULT_TIMEOUT_S),
                    log=folder / "opensim.log",
                    label=trial["name"],
                    model_file=person,
                    names=[str(c) for c in table],
                    angles=file,
                )
                part = _stretch(table, trial, _MARGIN_S, file)
                if not in_degrees:
                    import numpy as np

                    part = part.assign(**{c: np.degrees(part[c]) for c in rotations})
                _measure_angles(part, settings["muscle_forces"]["coordinates"], log, trial, file)
                write_storage(
                    folder / f"{trial['name']}.mot",
                    part.index.to_numpy(),
                    {str(c): part[c].to_numpy() for c in part},
                    in_degrees=True,
                    title="Coordinates",
                )
        write_quality(log, folder / "quality.csv")


def rotational_coordinates(*, model_file: Path, names: Sequence[str], angles: Path) -> list[str]:
    """List which columns turn; to be called inside :func:`myopinn.opensim.tool.run`.

    Raises
    ------
    TrialError
        Where a column is no coordinate of the model, or the model has one that is not given.
    """
    import opensim as osim

    model = load_skeleton(model_file)
    state = model.initSystem()
    own = {c.getName(): c for c in model.getCoordinateSet()}
    unknown = [name for name in names if name not in own]
    needed = [name for name, c in own.items() if not (c.getLocked(state) or c.isDependent(state))]
    missing = [name for name in needed if name not in names]
    if unknown or missing:
        what = f"'{unknown[0]}' is no coordinate of" if unknown else f"'{missing[0]}' is of"
        raise TrialError(
            f"{what} the model{'' if unknown else ', but its angle is not given'}."
            f"{meant(unknown[0], own) if unknown else ''}",
            remedy="give the model that the angles were computed with.",
            file=angles,
        )
    return [n for n in names if own[n].getMotionType() == osim.Coordinate.Rotational]


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
            angles = Path(inverse_kinematics).resolve() / f"{trial['name']}.mot"
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
    child = {
        "timeout_s": settings.get("timeout_s", DEFAULT_TIMEOUT_S),
        "log": folder / "opensim.log",
        "label": name,
        "model_file": model,
        "angles": angles,
        "lowpass_hz": cutoff_hz,
    }
    given, _ = read_recording(moments)
    given = given.assign(**_filtered(given, cutoff_hz, moments))
    part = _stretch(given, trial, 0.0, moments)
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
        motion = _stretch(read_storage(coordinates)[0], trial, 0.0, angles)
    for table, suffix, in_degrees in ((motion, "_coordinates.mot", True), (part, ".sto", False)):
        write_storage(
            folder / f"{name}{suffix}",
            table.index.to_numpy(),
            {str(c): table[c].to_numpy() for c in table},
            in_degrees=in_degrees,
            title="Coordinates" if in_degrees else "Inverse Dynamics Generalized Forces",
        )


def filter_given_angles(
    *, model_file: Path, angles: Path, lowpass_hz: float, coordinates: Path
) -> None:
    """Low-pass joint angles alone; to be called inside :func:`myopinn.opensim.tool.run`."""
    filter_angles(load_skeleton(model_file), angles, lowpass_hz, coordinates)


def _filtered(table: pd.DataFrame, cutoff_hz: float, file: Path) -> dict[str, np.ndarray]:
    """Low-pass every column of a whole recording.

    Raises
    ------
    TrialError
        Where it is not evenly sampled or has values that are no numbers.
    """
    import numpy as np

    steps = np.diff(table.index.to_numpy())
    if len(steps) < 1 or not np.allclose(steps, steps.mean(), rtol=0, atol=1e-5):
        raise TrialError("joint moments are not evenly sampled.", file=file)
    if not np.isfinite(table.to_numpy()).all():
        raise TrialError(
            "joint moments have values that are no numbers.", file=file, remedy="fill the gaps."
        )
    smooth = lowpass(table.to_numpy(), float(1 / steps.mean()), cutoff_hz)
    return dict(zip(map(str, table.columns), smooth.T, strict=True))


def _stretch(
    table: pd.DataFrame, trial: Mapping[str, Any], margin_s: float, file: Path
) -> pd.DataFrame:
    """Keep the frames of a trial, and of a margin on either side as far as there are any."""
    return cut_stretch(table, trial["start_s"], trial["end_s"], file, margin_s=margin_s)


def _measure_angles(
    table: pd.DataFrame,
    coordinates: Sequence[str],
    log: QualityLog,
    trial: Mapping[str, Any],
    file: Path,
) -> None:
    """Record the range of each studied angle."""
    for coordinate in coordinates:
        if coordinate not in table:
            raise ConfigError(f"muscle_forces: coordinates names '{coordinate}', not in {file}.")
        for end, value in (("min", table[coordinate].min()), ("max", table[coordinate].max())):
            log.measure(
                trial["name"],
                f"angle_{end}:{coordinate}",
                float(value),
                "deg",
                session=trial["session"],
            )


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
