"""Muscle forces by computed muscle control (CMC): a forward simulation that follows the motion.

Thelen, Anderson 2006, doi 10.1016/j.jbiomech.2005.02.010. Only the studied coordinates are
simulated; every other one is prescribed, so that the cost is that of the muscles kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.formats.opensim_files import read_storage
from myopinn.opensim.muscle_solution import MuscleSolution, split_forces
from myopinn.opensim.reduction import RESERVE_PREFIX
from myopinn.opensim.solvers import Solver
from myopinn.opensim.tool import load_model

if TYPE_CHECKING:
    import pandas as pd

_NAME = "trial"


def solve_cmc(
    *,
    model_file: Path,
    coordinates: Path,
    external_loads: Path | None,
    start_s: float,
    end_s: float,
    settings: Mapping[str, Any],
) -> MuscleSolution:
    """Run OpenSim's CMCTool; to be called inside :func:`myopinn.opensim.tool.run`.

    Parameters
    ----------
    model_file : the cut-down model
    coordinates : filtered angles, degrees and m
    settings : ``coordinates``, and optional ``time_window_s`` (0.01), ``fast_target`` (True),
        ``tracking_stiffness`` (100, 1/s^2) and ``tracking_damping`` (20, 1/s; critical),
        ``integrator_accuracy`` (1e-5), ``max_step_s`` (0.01)

    Returns
    -------
    MuscleSolution
        From ``start_s`` to one window before ``end_s``.
    """
    import opensim as osim

    model = load_model(model_file)
    prescribe_others(model, coordinates, settings["coordinates"])
    model.printToXML("model.osim")
    _tasks(settings).printToXML("tasks.xml")
    tool = osim.CMCTool()
    tool.setName(_NAME)
    tool.setModelFilename("model.osim")
    tool.setDesiredKinematicsFileName(str(coordinates))
    tool.setLowpassCutoffFrequency(-1)
    tool.setTaskSetFileName("tasks.xml")
    if external_loads is not None:
        tool.setExternalLoadsFileName(str(external_loads))
    tool.setInitialTime(start_s)
    tool.setFinalTime(end_s)
    tool.setResultsDir(".")
    tool.setTimeWindow(float(settings.get("time_window_s", 0.01)))
    tool.setUseFastTarget(bool(settings.get("fast_target", True)))
    tool.setSolveForEquilibrium(True)
    tool.setMaximumNumberOfSteps(1_000_000)
    tool.setMinDT(1e-8)
    tool.setMaxDT(float(settings.get("max_step_s", 0.01)))
    tool.setErrorTolerance(float(settings.get("integrator_accuracy", 1e-5)))
    tool.printToXML("setup.xml")
    if not osim.CMCTool("setup.xml").run():
        raise RuntimeError("CMCTool reports failure; a studied joint may need larger reserves.")
    return _read(settings)


def prescribe_others(model: Any, coordinates: Path, studied: list[str]) -> None:
    """Prescribe every coordinate that is free to move and not studied, and drop its reserve.

    Splines of fifth degree, as inverse dynamics differentiates them.
    """
    angles, _ = read_storage(coordinates)
    state = model.initSystem()
    others = [
        c
        for c in model.updCoordinateSet()
        if c.getName() not in studied and not (c.getLocked(state) or c.isDependent(state))
    ]
    if others:
        _prescribe(model, others, angles)
    model.finalizeConnections()
    model.initSystem()


def _prescribe(model: Any, others: list[Any], angles: pd.DataFrame) -> None:
    """Let coordinates follow splines through their samples.

    The splines are made as a set: GCVSpline.addPoint leaves weights uninitialised, and whatever
    they hold is written to the model's file.
    """
    import numpy as np
    import opensim as osim

    table = osim.TimeSeriesTable()
    names = [c.getName() for c in others]
    turns = [c.getMotionType() == osim.Coordinate.Rotational for c in others]
    scale = np.where(turns, np.radians(1.0), 1.0)
    table.setColumnLabels(names)
    for at, row in zip(angles.index, angles[names].to_numpy() * scale, strict=True):
        table.appendRow(float(at), osim.RowVector([float(v) for v in row]))
    splines = osim.GCVSplineSet(table)
    forces = model.updForceSet()
    for index, coordinate in enumerate(others):
        coordinate.setPrescribedFunction(splines.get(index))
        coordinate.setDefaultIsPrescribed(True)
        forces.remove(forces.getIndex(RESERVE_PREFIX + coordinate.getName()))


def _tasks(settings: Mapping[str, Any]) -> Any:
    """Make the tracking task of every studied coordinate."""
    import opensim as osim

    tasks = osim.CMC_TaskSet()
    for name in settings["coordinates"]:
        task = osim.CMC_Joint()
        task.setName(name)
        task.setCoordinateName(name)
        task.setWeight(1.0)
        task.setKP(float(settings.get("tracking_stiffness", 100.0)))
        task.setKV(float(settings.get("tracking_damping", 20.0)))
        task.setKA(1.0)
        task.setOn(True)
        task.setActive(True, False, False)
        tasks.cloneAndAppend(task)
    return tasks


def _read(settings: Mapping[str, Any]) -> MuscleSolution:
    """Read forces and activations, on the times of the forces."""
    forces, _ = read_storage(f"{_NAME}_Actuation_force.sto")
    muscles = list(settings["muscles"])
    force, reserve = split_forces(forces, muscles)
    return MuscleSolution(force, _activations(muscles, force.index), reserve, "solved")


def _activations(muscles: list[str], time: pd.Index) -> pd.DataFrame:
    """Read the muscles' activation states."""
    import numpy as np
    import pandas as pd

    states, _ = read_storage(f"{_NAME}_states.sto")
    columns = {
        str(c).split("/")[-2]: states[c].to_numpy()
        for c in states
        if str(c).endswith("/activation")
    }
    return pd.DataFrame({m: np.interp(time, states.index, columns[m]) for m in muscles}, index=time)


SOLVER = Solver(solve_cmc)
