"""Muscle forces by OpenSim's static optimisation: each instant for itself, least activations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myopinn.formats.opensim_files import read_storage
from myopinn.opensim.muscle_solution import MuscleSolution, split_forces
from myopinn.opensim.solvers import Solver
from myopinn.opensim.tool import load_model

_NAME = "trial"


def solve_static_optimization(
    *,
    model_file: Path,
    coordinates: Path,
    external_loads: Path | None,
    start_s: float,
    end_s: float,
    settings: Mapping[str, Any],
) -> MuscleSolution:
    """Run OpenSim's StaticOptimization; to be called inside :func:`myopinn.opensim.tool.run`.

    The muscles' force is activation times the active force at the fibre length and velocity of
    a rigid tendon; passive fibre force is left out. The tool reports success even where its
    optimiser failed at an instant, so the moment balance must be checked.

    Parameters
    ----------
    model_file : the cut-down model
    coordinates : filtered angles, degrees and m
    settings : optional ``activation_exponent`` (2), ``convergence`` (1e-4),
        ``max_iterations`` (200)
    """
    import opensim as osim

    load_model(model_file)
    tool = osim.AnalyzeTool()
    tool.setName(_NAME)
    tool.setModelFilename(str(model_file))
    tool.setCoordinatesFileName(str(coordinates))
    tool.setLowpassCutoffFrequency(-1)
    tool.setInitialTime(start_s)
    tool.setFinalTime(end_s)
    tool.setResultsDir(".")
    tool.setSolveForEquilibrium(False)
    if external_loads is not None:
        tool.setExternalLoadsFileName(str(external_loads))
    analysis = osim.StaticOptimization()
    analysis.setName("static")
    analysis.setStartTime(start_s)
    analysis.setEndTime(end_s)
    analysis.setStepInterval(1)
    analysis.setUseMusclePhysiology(True)
    analysis.setActivationExponent(float(settings.get("activation_exponent", 2)))
    analysis.setConvergenceCriterion(float(settings.get("convergence", 1e-4)))
    analysis.setMaxIterations(int(settings.get("max_iterations", 200)))
    tool.updAnalysisSet().cloneAndAppend(analysis)
    # Only a tool read from a file builds its model and states by itself.
    tool.printToXML("setup.xml")
    if not osim.AnalyzeTool("setup.xml").run():
        raise RuntimeError("StaticOptimization reports failure.")
    forces, _ = read_storage(f"{_NAME}_static_force.sto")
    activations, _ = read_storage(f"{_NAME}_static_activation.sto")
    muscle_force, reserve = split_forces(forces, settings["muscles"])
    return MuscleSolution(muscle_force, activations[list(settings["muscles"])], reserve, "solved")


SOLVER = Solver(solve_static_optimization)
