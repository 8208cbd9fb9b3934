"""Muscle forces by MocoInverse: the whole motion at once, with activation dynamics."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.opensim.muscle_solution import MuscleSolution
from myopinn.opensim.reduction import DEGROOTE_FREGLY, RESERVE_PREFIX
from myopinn.opensim.solvers import Solver
from myopinn.opensim.tool import load_model

if TYPE_CHECKING:
    import pandas as pd


def solve_moco_inverse(
    *,
    model_file: Path,
    coordinates: Path,
    external_loads: Path | None,
    start_s: float,
    end_s: float,
    settings: Mapping[str, Any],
) -> MuscleSolution:
    """Run OpenSim's MocoInverse; to be called inside :func:`myopinn.opensim.tool.run`.

    It finds the excitations of least squares that make the given motion, with the muscles'
    activation dynamics and, unlike static optimisation, their passive forces.

    Parameters
    ----------
    model_file : the cut-down model, with ``muscle_model: degroote_fregly``
    coordinates : filtered angles, degrees and m
    settings : optional ``mesh_interval_s`` (0.02), ``convergence`` (1e-3),
        ``max_iterations`` (1000)

    Raises
    ------
    TrialError
        Where the optimiser does not converge, with its own words.
    """
    import opensim as osim

    load_model(model_file)
    processor = osim.ModelProcessor(str(model_file))
    if external_loads is not None:
        processor.append(osim.ModOpAddExternalLoads(str(external_loads)))
    inverse = osim.MocoInverse()
    inverse.setName("trial")
    inverse.setModel(processor)
    inverse.setKinematics(osim.TableProcessor(str(coordinates)))
    inverse.set_kinematics_allow_extra_columns(True)
    inverse.set_initial_time(start_s)
    inverse.set_final_time(end_s)
    inverse.set_mesh_interval(float(settings.get("mesh_interval_s", 0.02)))
    inverse.set_convergence_tolerance(float(settings.get("convergence", 1e-3)))
    inverse.set_constraint_tolerance(float(settings.get("convergence", 1e-3)))
    inverse.set_max_iterations(int(settings.get("max_iterations", 1000)))
    inverse.append_output_paths(r".*\|tendon_force")
    # One thread: the workflow already runs one trial per core.
    os.environ["OPENSIM_MOCO_PARALLEL"] = "0"
    answer = inverse.solve()
    solution = answer.getMocoSolution()
    if not solution.success():
        raise TrialError(
            f"MocoInverse did not converge: {solution.getStatus()}.",
            remedy="Raise max_iterations or reserve_n_m, or take a coarser mesh_interval_s.",
        )
    return _read(solution, answer.getOutputs(), processor.process(), settings["muscles"])


def _read(solution: Any, outputs: Any, model: Any, muscles: Sequence[str]) -> MuscleSolution:
    """Take forces, activations and reserves from the solution."""
    import numpy as np
    import pandas as pd

    time = pd.Index(np.asarray(solution.getTimeMat(), dtype=float), name="time")
    states = list(solution.getStateNames())
    activation = {
        muscle: solution.getStateMat(name)
        for muscle in muscles
        for name in states
        if name.endswith(f"/{muscle}/activation")
    }
    force = {
        label.split("|")[0].split("/")[-1]: outputs.getDependentColumn(label).to_numpy().copy()
        for label in outputs.getColumnLabels()
    }
    return MuscleSolution(
        pd.DataFrame(force, index=time)[list(muscles)],
        pd.DataFrame(activation, index=time)[list(muscles)],
        _reserves(solution, model, time),
        solution.getStatus(),
    )


def _reserves(solution: Any, model: Any, time: pd.Index) -> pd.DataFrame:
    """Turn the reserves' controls into generalised forces."""
    import opensim as osim
    import pandas as pd

    model.initSystem()
    columns = {}
    for path in solution.getControlNames():
        name = path.split("/")[-1]
        if name.startswith(RESERVE_PREFIX):
            actuator = osim.CoordinateActuator.safeDownCast(model.getComponent(path))
            control = solution.getControlMat(path)
            columns[name.removeprefix(RESERVE_PREFIX)] = control * actuator.getOptimalForce()
    return pd.DataFrame(columns, index=time)


SOLVER = Solver(solve_moco_inverse, muscle_model=DEGROOTE_FREGLY)
