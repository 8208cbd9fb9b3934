"""Muscle forces: which muscles, by how much, made the joint moments.

The solver is a setting; whatever it says of itself, its answer is judged by the moment balance:
the muscles' moments and the reserves' must add up to inverse dynamics.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.opensim.muscle_solution import MuscleSolution
from myopinn.opensim.solvers import Solver, find_solver

if TYPE_CHECKING:
    import numpy as np

# Where a solver's equations are the balance itself it is enough to look at so many instants, evenly
# spread, as OpenSim takes a quarter of a second for the moment arms of a leg at one of them.
CHECKED_INSTANTS = 20


def check_solver(options: Mapping[str, Any]) -> None:
    """Refuse what the configuration's schema cannot.

    Raises
    ------
    ConfigError
    """
    name = options["solver"]
    needed = find_solver(name).muscle_model
    if needed and options.get("muscle_model") != needed:
        raise ConfigError(f"{name} needs muscle_forces: muscle_model: {needed}.")


def checked_instants(solution: MuscleSolution, solver: Solver) -> MuscleSolution:
    """Give the instants at which the moment balance is looked at: some, or all of them."""
    import numpy as np

    if not solver.given_moments or len(solution.force) <= CHECKED_INSTANTS:
        return solution
    rows = np.linspace(0, len(solution.force) - 1, CHECKED_INSTANTS).round().astype(int)
    return MuscleSolution(
        solution.force.iloc[rows],
        solution.activation.iloc[rows],
        solution.reserve.iloc[rows],
        solution.status,
    )


def timed_solution(*, solver: str, **arguments: Any) -> tuple[MuscleSolution, float]:
    """Call a solver inside :func:`myopinn.opensim.tool.run`; give its answer and processor time."""
    solve = find_solver(solver).solve
    start = time.process_time()
    return solve(**arguments), time.process_time() - start


def solved_interval(
    time_s: np.ndarray, known: np.ndarray | None, side: str | None, file: Path
) -> tuple[float, float]:
    """Give the first and the last time to solve for.

    Parameters
    ----------
    time_s : array, shape (frame,)
        Times of the moments.
    known : array or None, shape (interval, 2), s
        First and last time of each interval in which the ground forces of the side are known; None
        takes the whole trial. What lies between two intervals is solved as well; cycles that touch
        it are for the dataset to leave out.
    side, file : str, path
        Of the intervals, for the message.

    Raises
    ------
    TrialError
        Where the side's ground forces are never known.
    """
    if known is None:
        return float(time_s[0]), float(time_s[-1])
    inside = [t for start_s, end_s in known for t in time_s if start_s <= t <= end_s]
    if len(inside) < 2:
        raise TrialError(
            f"the ground forces of side '{side}' are at no time fully measured.",
            remedy="Leave the trial out, or set muscle_forces: force_side to another side.",
            file=file,
        )
    return float(min(inside)), float(max(inside))
