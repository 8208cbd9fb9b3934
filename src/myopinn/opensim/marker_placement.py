"""Marker placement: the model's markers are moved to where the static trial of a session has them.

The pose in which they are moved comes from inverse kinematics with the weights of the settings:
markers on bone landmarks decide it, markers on soft tissue follow.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.formats.opensim_files import read_storage
from myopinn.opensim.static_pose import END_S, write_pose
from myopinn.opensim.tool import load_model, marker_names
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import numpy as np

# Three points fix a body in space; with fewer, a free base drifts anywhere.
MIN_MARKERS = 3


def marker_weights(
    settings: Mapping[str, Any], in_model: list[str], in_trial: list[str]
) -> dict[str, float]:
    """Weight every marker that both the model and the trial have.

    Parameters
    ----------
    settings : mapping with optional ``marker_weights`` (marker to weight) and ``ignored_markers``
    in_model, in_trial : marker names

    Returns
    -------
    dict of marker to weight, 1 where none is set; ignored and zero-weighted ones are left out

    Raises
    ------
    ConfigError
        Where a weight is set for, or ignored is, a marker that the model does not have.
    TrialError
        Where fewer than three markers are left.
    """
    weights = dict(settings.get("marker_weights") or {})
    ignored = set(settings.get("ignored_markers") or [])
    unknown = sorted((set(weights) | ignored) - set(in_model))
    if unknown:
        raise ConfigError(f"marker settings name {', '.join(unknown)}, not in the model.")
    used = [n for n in in_trial if n in set(in_model) and n not in ignored]
    chosen = {name: float(weights.get(name, 1.0)) for name in used}
    chosen = {name: weight for name, weight in chosen.items() if weight > 0}
    if len(chosen) < MIN_MARKERS:
        raise TrialError(
            f"only {len(chosen)} of the model's {len(in_model)} markers are in the trial: "
            f"{', '.join(chosen) or 'none'}.",
            remedy="Map the file's labels to the model's markers under signals: markers: labels.",
        )
    return chosen


def place_markers(
    scaled: Path,
    pose: Mapping[str, np.ndarray],
    settings: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
    *,
    run: Callable[..., Any],
    output: Path,
) -> None:
    """Place the markers of a session's static trial on the scaled model, held to the bounds.

    Parameters
    ----------
    settings : mapping
        The ``scaling`` slice.
    run : callable
        As :func:`myopinn.opensim.tool.runner` gives it.
    output : path
        Of the session's model, written only where it meets the bounds.
    """
    name, session = trial["name"], trial["session"]
    in_model = marker_names(scaled)
    weights = marker_weights(settings, in_model, list(pose))
    absent = sorted(set(in_model) - set(pose))
    if absent:
        log.note(name, "markers_not_seen", ", ".join(absent), session=session)
    with tempfile.TemporaryDirectory() as scratch:
        placed = Path(scratch, "placed.osim")
        errors = run(
            place_markers_on_model,
            model_file=scaled,
            pose=dict(pose),
            weights=weights,
            fixed_deg=dict(settings.get("coordinates") or {}),
            output=placed,
        )
        _measure_pose(errors, settings, log, trial)
        shutil.copyfile(placed, output)


def _measure_pose(
    errors: Mapping[str, float],
    bounds: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Hold the markers' distances before they are placed to the bounds."""
    worst = max(errors, key=lambda marker: errors[marker])
    rms = (sum(e**2 for e in errors.values()) / len(errors)) ** 0.5
    for quantity, value, bound in (
        ("static_marker_rms", rms, "max_marker_rms_m"),
        (f"static_marker_max:{worst}", errors[worst], "max_marker_error_m"),
    ):
        log.measure(
            trial["name"],
            quantity,
            value,
            "m",
            session=trial["session"],
            at_most=bounds.get(bound),
            remedy="Check labels and measurements; weight the landmarks you trust.",
        )


def place_markers_on_model(
    *,
    model_file: Path,
    pose: Mapping[str, np.ndarray],
    weights: Mapping[str, float],
    fixed_deg: Mapping[str, float],
    output: Path,
) -> dict[str, float]:
    """Run OpenSim's MarkerPlacer; to be called inside :func:`myopinn.opensim.tool.run`.

    Parameters
    ----------
    fixed_deg : mapping of coordinate to value in degrees (m for translations)
        Coordinates held while the markers are placed.

    Returns
    -------
    dict of marker to its distance in m between model and trial before it was moved
    """
    import opensim as osim

    model = load_model(model_file)
    held = _hold_coordinates(model, fixed_deg, model_file)
    write_pose(pose, Path("pose.trc"))
    placer = osim.MarkerPlacer()
    placer.setApply(True)
    placer.setMarkerFileName("pose.trc")
    times = osim.ArrayDouble(0.0, 2)
    times.set(1, END_S)
    placer.setTimeRange(times)
    placer.setMaxMarkerMovement(-1)
    for name, weight in weights.items():
        task = osim.IKMarkerTask()
        task.setName(name)
        task.setApply(True)
        task.setWeight(weight)
        placer.getIKTaskSet().cloneAndAppend(task)
    placer.setOutputModelFileName("placed.osim")
    placer.setOutputMotionFileName("pose.mot")
    if not placer.processModel(model):
        raise RuntimeError("MarkerPlacer reports failure.")
    errors = _distances(load_model(model_file), Path("pose.mot"), pose, weights)
    placed = load_model("placed.osim")
    for name, locked in held.items():
        placed.updCoordinateSet().get(name).set_locked(locked)
    placed.finalizeConnections()
    placed.printToXML(str(output))
    return errors


def _hold_coordinates(model: Any, fixed_deg: Mapping[str, float], file: Path) -> dict[str, bool]:
    """Lock coordinates at values; give back which were locked before."""
    import opensim as osim

    held = {}
    for name, value in fixed_deg.items():
        if not model.getCoordinateSet().contains(name):
            raise ConfigError(f"scaling: coordinates names '{name}', which {file} does not have.")
        coordinate = model.updCoordinateSet().get(name)
        held[name] = coordinate.get_locked()
        rotates = coordinate.getMotionType() == osim.Coordinate.Rotational
        coordinate.set_default_value(math.radians(value) if rotates else value)
        coordinate.set_locked(True)
    model.initSystem()
    return held


def _distances(
    model: Any, motion: Path, pose: Mapping[str, np.ndarray], weights: Mapping[str, float]
) -> dict[str, float]:
    """Measure how far the unmoved markers lie from the trial's in the pose that was found."""
    import numpy as np
    import opensim as osim

    table, in_degrees = read_storage(motion)
    state = model.initSystem()
    for label, value in table.iloc[0].items():
        # MarkerPlacer names states by path: /jointset/<joint>/<coordinate>/value.
        parts = str(label).split("/")
        name = parts[-2] if parts[-1] == "value" else parts[-1]
        coordinates = model.getCoordinateSet()
        if not coordinates.contains(name) or coordinates.get(name).get_locked():
            continue
        coordinate = coordinates.get(name)
        turns = coordinate.getMotionType() == osim.Coordinate.Rotational
        coordinate.setValue(state, math.radians(value) if turns and in_degrees else value, False)
    model.assemble(state)
    model.realizePosition(state)
    distances = {}
    for name in weights:
        place = model.getMarkerSet().get(name).getLocationInGround(state)
        place = np.array([place[0], place[1], place[2]])
        distances[name] = float(np.linalg.norm(place - pose[name]))
    return distances
