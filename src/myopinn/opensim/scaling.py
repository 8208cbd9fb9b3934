"""Scaling: a person's model from the generic one, a static trial and the body mass.

The skeleton and its muscles are scaled once per person, because bones do not change between
sessions; the markers are placed again in every session, because they are stuck on anew.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.quality import write_quality
from myopinn.files.tables import write_table
from myopinn.formats.whole import whole_directory
from myopinn.opensim.marker_placement import place_markers
from myopinn.opensim.static_pose import END_S, read_static_pose, write_pose
from myopinn.opensim.tool import (
    DEFAULT_TIMEOUT_S,
    body_mass,
    check_model_file,
    load_model,
    marker_names,
    run,
)
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import numpy as np

# Adults' segments lie within about +-25 % of those of a model of an average man; beyond these
# bounds a marker is misplaced, mislabelled or in another unit.
MIN_SCALE, MAX_SCALE = 0.7, 1.4


def scale_model(
    *,
    signals: str,
    generic_model: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    model: str,
) -> None:
    """Scale the generic model to a person and place the markers of each session.

    Parameters
    ----------
    signals : folder of the person's signals (person.json, <trial>/markers.trc)
    generic_model : generic model with the laboratory's marker set
    trials : the person's trials; of the static ones, the first usable in a session counts
    settings : the ``opensim`` slice of the recording's configuration
    model : folder to write: scaled.osim, <session>.osim, scale_factors.csv, quality.csv,
        opensim.log. Without a usable static trial it holds quality.csv alone.

    Raises
    ------
    ConfigError
        Where a measurement names a marker or body that the generic model does not have.
    """
    log = QualityLog(recording, subject, "scale_model")
    with whole_directory(model) as folder:
        scaled = folder / "scaled.osim"
        done: set[str] = set()
        for trial in (t for t in trials if t["kind"] == "static"):
            session, name = trial["session"], trial["name"]
            file = Path(signals).resolve() / name / "markers.trc"
            if session in done or not file.is_file():
                continue
            with log.guard(name, session=session):
                pose = read_static_pose(file)
                if not scaled.exists():
                    generic = Path(generic_model).resolve()
                    mass = body_mass(Path(signals))
                    _scale(folder, generic, pose, mass, settings, log, trial)
                place_markers(folder, pose, settings, log, trial)
                done.add(session)
            if not done:
                # The next static trial must not build on a skeleton scaled from a bad one.
                scaled.unlink(missing_ok=True)
                (folder / "scale_factors.csv").unlink(missing_ok=True)
        for session in sorted({t["session"] for t in trials} - done):
            log.note("", "session", f"no usable static trial in session '{session}'.")
        write_quality(log, folder / "quality.csv")


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


def _scale(
    folder: Path,
    generic: Path,
    pose: Mapping[str, np.ndarray],
    mass: float,
    settings: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Scale skeleton and muscles by the measurements, hold the factors to their bounds."""
    import pandas as pd

    check_model_file(generic)
    name, session = trial["name"], trial["session"]
    configured = settings["scaling"]["measurements"]
    marked = {name for m in configured for pair in m["pairs"] for name in pair}
    _require(marked, marker_names(generic), "marker", generic)
    measurements, dropped = visible_measurements(configured, pose)
    for text in dropped:
        log.note(name, "measurement", text, session=session)
    with tempfile.TemporaryDirectory() as scratch:
        unchecked = Path(scratch, "scaled.osim")
        factors, total = run(
            scale_skeleton,
            timeout_s=settings.get("timeout_s", DEFAULT_TIMEOUT_S),
            log=folder / "opensim.log",
            label=name,
            generic=generic,
            pose=dict(pose),
            mass_kg=mass,
            measurements=measurements,
            output=unchecked,
        )
        _measure_factors(factors, log, trial)
        error_kg = abs(total - mass)
        log.measure(name, "model_mass_error", error_kg, "kg", session=session, at_most=0.01)
        shutil.copyfile(unchecked, folder / "scaled.osim")
    table = pd.DataFrame(
        [(body, *values) for body, values in factors.items()], columns=["body", "x", "y", "z"]
    )
    write_table(table, folder / "scale_factors.csv")


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
