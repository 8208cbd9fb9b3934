"""Muscle forces: which muscles, by how much, made the joint moments.

The solver is a setting; whatever it says of itself, its answer is judged by the moment balance:
the muscles' moments and the reserves' must add up to inverse dynamics.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.opensim.cmc import solve_cmc
from myopinn.opensim.moco_inverse import solve_moco_inverse
from myopinn.opensim.moment_optimization import solve_moment_optimization
from myopinn.opensim.muscle_solution import MuscleSolution
from myopinn.opensim.reduction import DEGROOTE_FREGLY
from myopinn.opensim.static_optimization import solve_static_optimization

if TYPE_CHECKING:
    import numpy as np

SOLVERS: dict[str, Callable[..., MuscleSolution]] = {
    "static_optimization": solve_static_optimization,
    "moco_inverse": solve_moco_inverse,
    "cmc": solve_cmc,
    "moment_optimization": solve_moment_optimization,
}
# The only one that balances moments as they are given, and does not compute them anew.
GIVEN_MOMENTS = "moment_optimization"
# Whose equations are the balance itself: it is enough to look at some instants of a trial, evenly
# spread, as OpenSim takes a quarter of a second for the moment arms of a leg at one of them.
CHECKED_INSTANTS = 20


def check_solver(options: Mapping[str, Any]) -> None:
    """Refuse what the configuration's schema cannot.

    Raises
    ------
    ConfigError
    """
    solver = options["solver"]
    if solver not in SOLVERS:
        raise ConfigError(f"muscle_forces: solver '{solver}' is none of {', '.join(SOLVERS)}.")
    if solver == "moco_inverse" and options.get("muscle_model") != DEGROOTE_FREGLY:
        raise ConfigError(f"moco_inverse needs muscle_forces: muscle_model: {DEGROOTE_FREGLY}.")


def checked_instants(solution: MuscleSolution, solver: str) -> MuscleSolution:
    """Give the instants at which the moment balance is looked at: all, but for one solver."""
    import numpy as np

    if solver != GIVEN_MOMENTS or len(solution.force) <= CHECKED_INSTANTS:
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
    start = time.process_time()
    return SOLVERS[solver](**arguments), time.process_time() - start


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
