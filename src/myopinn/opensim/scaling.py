"""Scaling: a person's model from the generic one, a static trial and the body mass.

The skeleton and its muscles are scaled once per person, because bones do not change between
sessions; the markers are placed again in every session, because they are stuck on anew.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError, TrialError
from myopinn.opensim.static_pose import END_S, write_pose
from myopinn.opensim.tool import check_model_file, load_model, marker_names
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import numpy as np

# Adults' segments lie within about +-25 % of those of a model of an average man; beyond these
# bounds a marker is misplaced, mislabelled or in another unit.
MIN_SCALE, MAX_SCALE = 0.7, 1.4


def visible_measurements(
    measurements: Sequence[Mapping[str, Any]], pose: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Keep of each measurement the marker pairs that the static trial shows.

    Returns
    -------
    measurements : list of dict
        As configured, without the pairs that miss a marker.
    dropped : list of str
        What was left out, for the quality record.

    Raises
    ------
    TrialError
        Where a measurement keeps no pair: its bodies would silently stay generic.
    """
    kept, dropped = [], []
    for measurement in measurements:
        pairs = [pair for pair in measurement["pairs"] if all(name in pose for name in pair)]
        missing = sorted({n for pair in measurement["pairs"] for n in pair if n not in pose})
        if not pairs:
            raise TrialError(
                f"measurement '{measurement['name']}' cannot be taken: the static trial does not "
                f"show {', '.join(missing)}.",
                remedy="Label these markers, or measure these bodies by other marker pairs.",
            )
        if missing:
            dropped.append(f"'{measurement['name']}' without {', '.join(missing)}")
        kept.append({**measurement, "pairs": pairs})
    return kept, dropped


def scale_to_person(
    generic: Path,
    pose: Mapping[str, np.ndarray],
    mass_kg: float,
    settings: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
    *,
    run: Callable[..., Any],
    output: Path,
) -> dict[str, tuple[float, float, float]]:
    """Scale skeleton and muscles by the measurements, hold the factors to their bounds.

    Parameters
    ----------
    pose : mapping of marker to position, shape (3,), m
        Of the static trial.
    settings : mapping
        The ``scaling`` slice.
    run : callable
        As :func:`myopinn.opensim.tool.runner` gives it.
    output : path
        Of the model, written only where it meets its bounds.

    Returns
    -------
    dict of body to factors along x, y, z

    Raises
    ------
    ConfigError
        Where a measurement names a marker or body that the generic model does not have.
    TrialError
        Where the model is none, or a factor or the mass is out of bounds.
    """
    check_model_file(generic)
    name, session = trial["name"], trial["session"]
    configured = settings["measurements"]
    marked = {name for m in configured for pair in m["pairs"] for name in pair}
    _require(marked, marker_names(generic), "marker", generic)
    measurements, dropped = visible_measurements(configured, pose)
    for text in dropped:
        log.note(name, "measurement", text, session=session)
    with tempfile.TemporaryDirectory() as scratch:
        unchecked = Path(scratch, "scaled.osim")
        factors, total = run(
            scale_skeleton,
            generic=generic,
            pose=dict(pose),
            mass_kg=mass_kg,
            measurements=measurements,
            output=unchecked,
        )
        _measure_factors(factors, log, trial)
        error_kg = abs(total - mass_kg)
        log.measure(name, "model_mass_error", error_kg, "kg", session=session, at_most=0.01)
        shutil.copyfile(unchecked, output)
    return factors


def _measure_factors(
    factors: Mapping[str, Sequence[float]], log: QualityLog, trial: Mapping[str, Any]
) -> None:
    """Hold every scale factor to what a person can be."""
    for body, measured in factors.items():
        for axis, value in zip("xyz", measured, strict=True):
            log.measure(
                trial["name"],
                f"scale_factor:{body}:{axis}",
                value,
                "1",
                session=trial["session"],
                at_least=MIN_SCALE,
                at_most=MAX_SCALE,
                remedy="Look for a swapped or misplaced marker in the static trial, or its unit.",
            )


def scale_skeleton(
    *,
    generic: Path,
    pose: Mapping[str, np.ndarray],
    mass_kg: float,
    measurements: Sequence[Mapping[str, Any]],
    output: Path,
) -> tuple[dict[str, tuple[float, float, float]], float]:
    """Run OpenSim's ModelScaler; to be called inside :func:`myopinn.opensim.tool.run`.

    Bodies keep their relative mass, and muscles the ratio of fibre to tendon length.

    Returns
    -------
    factors : dict of body to factors along x, y, z; bodies that nothing measures keep 1
    total : float
        The scaled model's mass, kg.
    """
    import opensim as osim

    model = load_model(generic)
    bodies = [body.getName() for body in model.getBodySet()]
    _require({b for m in measurements for b in m["scales"]}, bodies, "body", generic)
    write_pose(pose, Path("pose.trc"))
    scaler = osim.ModelScaler()
    scaler.setApply(True)
    order = osim.ArrayStr()
    order.append("measurements")
    scaler.setScalingOrder(order)
    scaler.setMarkerFileName("pose.trc")
    times = osim.ArrayDouble(0.0, 2)
    times.set(1, END_S)
    scaler.setTimeRange(times)
    scaler.setPreserveMassDist(True)
    for measurement in measurements:
        scaler.addMeasurement(_measurement(measurement))
    scaler.setOutputModelFileName(str(output))
    scaler.setOutputScaleFileName("scale_set.xml")
    if not scaler.processModel(model, "", mass_kg):
        raise RuntimeError("ModelScaler reports failure.")
    scaled = load_model(output)
    scale_set = osim.ScaleSet("scale_set.xml")
    factors = {}
    for index in range(scale_set.getSize()):
        scale, values = scale_set.get(index), osim.Vec3()
        scale.getScaleFactors(values)
        # The set also lists the frames fixed to each body.
        if scaled.getBodySet().contains(scale.getSegmentName()):
            factors[scale.getSegmentName()] = (values[0], values[1], values[2])
    return factors, scaled.getTotalMass(scaled.initSystem())


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


def _measurement(settings: Mapping[str, Any]) -> Any:
    """Make OpenSim's Measurement: its distance ratio scales the named axes of the bodies."""
    import opensim as osim

    measurement = osim.Measurement()
    measurement.setName(settings["name"])
    measurement.setApply(True)
    for first, second in settings["pairs"]:
        measurement.getMarkerPairSet().cloneAndAppend(osim.MarkerPair(first, second))
    for body, axes in settings["scales"].items():
        names = osim.ArrayStr()
        for axis in axes.upper():
            names.append(axis)
        scale = osim.BodyScale()
        scale.setName(body)
        scale.setAxisNames(names)
        measurement.getBodyScaleSet().cloneAndAppend(scale)
    return measurement


def _require(wanted: Iterable[str], there: Iterable[str], kind: str, file: Path) -> None:
    """Refuse names that the model does not have (OpenSim skips their measurement).

    Raises
    ------
    ConfigError
    """
    unknown = sorted(set(wanted) - set(there))
    if unknown:
        raise ConfigError(f"scaling: measurements name {kind} {', '.join(unknown)}, not in {file}.")
