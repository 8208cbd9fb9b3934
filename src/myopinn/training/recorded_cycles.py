"""Read the cycles of all people of a recording from their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.dataset.problem import CYCLE_FRAMES
from myopinn.dataset.recorded import RecordedCycles
from myopinn.dataset.selection import Selection
from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.layouts.joint_inertia import JOINT_INERTIA
from myopinn.records.quality import QualityLog
from myopinn.training.calibration_pieces import calibration_pieces, mvc_of_cycles
from myopinn.training.inputs import FitInputs
from myopinn.training.unchanged_files import read_unchanged

if TYPE_CHECKING:
    import xarray as xr


MEASURED = ("time_s", "load_kg", "envelope", "joint_angle", "muscle_force", "joint_moment")
MOTION = ("joint_velocity", "joint_acceleration")


def read_recorded_cycles(
    inputs: FitInputs, selection: Selection, recording: str
) -> tuple[RecordedCycles, list[QualityLog]]:
    """Read the datasets and, where there is physics, the muscle geometry of all people.

    Trials with values that are not finite, without the maximal contraction that their
    normalisation asks for, or of a person without what the physics needs, are left out and
    recorded.

    Parameters
    ----------
    inputs : FitInputs
    selection : Selection
    recording : str

    Returns
    -------
    recorded : RecordedCycles
    logs : list of QualityLog
        One of each person.

    Raises
    ------
    ConfigError
        Where the selection names a channel, coordinate or muscle that a dataset does not have, or a
        muscle that the task can say nothing about.
    """
    read = [read_unchanged(path, DATASET) for path in inputs.datasets]
    people = [str(data.attrs["subject"]) for data in read]
    shapes = _geometries(inputs.geometries, people, selection)
    inertias = tuple(JOINT_INERTIA.read(path) for path in inputs.joint_inertias)
    crossing = [_crossing(shape, selection) for shape in shapes]
    muscles = tuple(dict.fromkeys([*(m for own in crossing for m in own), *selection.muscles]))
    selection.task.check_muscles(selection, crossing)
    parts, logs = [], []
    coordinates: tuple[str, ...] = ()
    for person, (path, data) in enumerate(zip(inputs.datasets, read, strict=True)):
        coordinates = coordinates or tuple(str(c) for c in data["coordinate"].values)
        _require(path, data, selection, muscles, coordinates)
        part = _person(data, person, people[person], selection, muscles, coordinates)
        log = QualityLog(recording, people[person], "train_variant")
        lacking = _lacking(person, crossing, inertias, selection)
        kept = _usable(part, path, selection, lacking, log)
        part = {key: values[kept] for key, values in part.items()}
        if selection.calibration:
            if not inputs.calibrations:
                raise ConfigError(
                    "the task's 'calibration' needs 'dataset: calibration' of the recording."
                )
            isometric = inputs.calibrations[person]
            pieces = calibration_pieces(isometric, person, data, muscles, selection)
            part = {key: np.concatenate([values, pieces[key]]) for key, values in part.items()}
        parts.append(part)
        logs.append(log)
    joined = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    held = tuple(str(name) for name in read[0]["held"].values)
    return RecordedCycles(
        selection, tuple(people), muscles, coordinates, shapes, inertias, held, **joined
    ), logs


def _geometries(
    paths: Sequence[str | Path], people: Sequence[str], selection: Selection
) -> tuple[dict[str, Any], ...]:
    if selection.physics is None:
        return ()
    if len(paths) != len(people):
        raise ConfigError(f"{len(paths)} geometry files for {len(people)} people.")
    shapes = []
    for path in paths:
        shape = read_geometry(path)
        if selection.physics.coordinate not in shape["coordinate"]:
            raise ConfigError(
                f"{path}: physics: no coordinate '{selection.physics.coordinate}', there are "
                f"{list(shape['coordinate'])}; add it to 'muscle_geometry: coordinates'."
            )
        shapes.append(shape)
    return tuple(shapes)


def read_geometry(path: str | Path) -> dict[str, Any]:
    """Read the arrays of a person's muscle geometry by name."""
    data = read_unchanged(path, GEOMETRY)
    return {str(name): data[name].values for name in (*data.data_vars, *data.coords)}


def _crossing(shape: Mapping[str, Any], selection: Selection) -> list[str]:
    """Muscles of a person's geometry that cross the joint of the physics."""
    assert selection.physics is not None
    column = list(shape["coordinate"]).index(selection.physics.coordinate)
    return [str(m) for m, c in zip(shape["muscle"], shape["crosses"], strict=True) if c[column]]


def _lacking(
    person: int,
    crossing: Sequence[Sequence[str]],
    inertias: Sequence[Mapping[str, Any]],
    selection: Selection,
) -> str:
    """Say what a person's model did not yield of what the physics needs; empty if nothing.

    All variants do without such a person, also those without physics: they see the same data.
    """
    if selection.physics is None:
        return ""
    joint = selection.physics.coordinate
    missing = sorted({m for own in crossing for m in own} - set(crossing[person]))
    if missing or not crossing[person]:
        return f"no geometry of {missing or 'any muscle'} across '{joint}' for this person."
    if selection.physics.kind == "single_joint" and inertias and not inertias[person]:
        return f"no inertia of '{joint}' for this person."
    return ""


def _require(
    path: str | Path,
    data: xr.Dataset,
    selection: Selection,
    muscles: Sequence[str],
    coordinates: Sequence[str],
) -> None:
    wanted = {
        "channel": selection.channels,
        "coordinate": (*coordinates, *selection.coordinates),
        "muscle": muscles,
    }
    if selection.physics:
        wanted["coordinate"] = (*wanted["coordinate"], selection.physics.coordinate)
    for dimension, names in wanted.items():
        there = {str(name) for name in data[dimension].values}
        missing = sorted(set(names) - there)
        if missing:
            raise ConfigError(
                f"{path}: no {dimension} {missing}, there are {sorted(there)}; add them to "
                f"'dataset: {dimension}s'. The physics needs every muscle that crosses its joint; "
                "a muscle that was cut from the model is left out by 'muscle_geometry: muscles'."
            )


def _person(
    data: xr.Dataset,
    person: int,
    subject: str,
    selection: Selection,
    muscles: Sequence[str],
    coordinates: Sequence[str],
) -> dict[str, np.ndarray]:
    count = data.sizes["cycle"]
    session = data["trial_session"].values.astype(str)
    mvc = mvc_of_cycles(data, session, selection.channels)
    moment = np.zeros((count, CYCLE_FRAMES))
    if selection.physics:
        own = {"coordinate": selection.physics.coordinate}
        moment = data["joint_moment"].sel(own).values
        if selection.physics.moment == "inverse_dynamics_less_reserve":
            moment = moment - data["reserve_moment"].sel(own).values
    trial = data["trial"].values.astype(str)
    motion = {k: data[k].sel(coordinate=list(coordinates)).values for k in MOTION}
    over = [selection.channel_over(muscle) for muscle in muscles]
    return {
        "person": np.full(count, person),
        "cycle": np.arange(count),
        "trial": trial,
        "session": session,
        "condition": data["condition"].values.astype(str),
        "key": np.array([f"{subject}/{name}" for name in trial], dtype=str),
        "time_s": data["time_s"].values,
        "load_kg": data["load_kg"].values,
        "held_angle": data["held_angle"].values,
        "envelope": data["envelope"].sel(channel=list(selection.channels)).values,
        "mvc_envelope": mvc,
        "joint_angle": data["joint_angle"].sel(coordinate=list(coordinates)).values,
        "muscle_force": data["muscle_force"].sel(muscle=list(muscles)).values,
        "joint_moment": moment,
        **motion,
        "activation": data["activation"].sel(muscle=list(muscles)).values,
        "muscle_envelope": data["envelope"].reindex(channel=over).values,
        "muscle_mvc": mvc_of_cycles(data, session, over),
        "calibration": np.zeros(count, dtype=bool),
    }


def _usable(
    part: Mapping[str, np.ndarray],
    path: str | Path,
    selection: Selection,
    lacking: str,
    log: QualityLog,
) -> np.ndarray:
    """Mask of the cycles whose trial is sound; the others are recorded."""
    kept = np.ones(len(part["trial"]), dtype=bool)
    for trial in dict.fromkeys(part["trial"]):
        here = part["trial"] == trial
        with log.guard(str(trial), session=str(part["session"][here][0])):
            if lacking:
                raise TrialError(lacking, remedy="see the quality record of the model's steps.")
            for name in MEASURED:
                if not np.isfinite(part[name][here]).all():
                    raise TrialError(f"values of {name} are not finite.", file=path)
            if selection.emg_normalisation == "mvc" and not (part["mvc_envelope"][here] > 0).all():
                raise TrialError(
                    "no maximal contraction of every channel in the trial's session.",
                    file=path,
                    remedy="record one, or set 'emg_normalisation: training_maximum'.",
                )
        kept &= ~(here & log.rejected(str(trial)))
    return kept
