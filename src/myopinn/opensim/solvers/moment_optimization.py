"""Muscle forces by static optimisation on the joint moments as they are given.

OpenSim's own static optimisation computes the moments anew, from the motion, the model's masses and
the ground forces. Where the moments came with the recording, possibly from another model, or no
ground forces did, these here are balanced instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.formats.opensim_files import read_storage
from myopinn.opensim.bounded_least_squares import bounded_least_squares
from myopinn.opensim.muscle_solution import MuscleSolution
from myopinn.opensim.solvers import Solver
from myopinn.opensim.tool import load_model

if TYPE_CHECKING:
    import numpy as np

# Half of the step of a central difference of a path's length, rad.
_STEP_RAD = 1e-4
# As the dataset takes its velocities from.
_SPLINE_DEGREE = 5


def solve_moment_optimization(
    *,
    model_file: Path,
    coordinates: Path,
    moments: Path,
    external_loads: Path | None,
    start_s: float,
    end_s: float,
    settings: Mapping[str, Any],
) -> MuscleSolution:
    """Balance given moments with least squared activation, each instant for itself.

    The least of sum a^2 + sum (reserve / reserve_n_m)^2 such that the moments of all muscles and
    reserves are those given, with a between each muscle's least and largest control (Crowninshield,
    Brand 1981, doi 10.1016/0021-9290(81)90035-X; bounds and reserves as in OpenSim's static
    optimisation, whose answer this is where the moments are those of the model itself). A muscle's
    force is its activation times the active force at the fibre length and velocity of a rigid
    tendon; passive fibre force is left out. Moment arms are minus the slopes of the path lengths.

    To be called inside :func:`myopinn.opensim.tool.run`.

    Parameters
    ----------
    model_file : the cut-down model
    coordinates : filtered angles, degrees and m
    moments : the moments to balance, N.m, columns ``<coordinate>_moment``
    external_loads : not looked at: the moments know of them
    settings : the ``muscle_forces`` slice

    Raises
    ------
    TrialError
        Where the model couples coordinates, whose moment arms are then no slopes.
    """
    import numpy as np
    import pandas as pd
    from scipy.interpolate import make_interp_spline

    model = load_model(model_file)
    if model.getConstraintSet().getSize():
        raise TrialError(
            "the model couples coordinates, so that moment arms are no slopes of lengths.",
            remedy="take a model without constraints, or the solver static_optimization.",
            file=model_file,
        )
    table, _ = read_storage(coordinates)
    given, _ = read_storage(moments)
    inside = (given.index >= start_s - 1e-9) & (given.index <= end_s + 1e-9)
    time_s = given.index.to_numpy()[inside]
    studied, muscles = list(settings["coordinates"]), list(settings["muscles"])
    wanted = given.loc[inside, [f"{name}_moment" for name in studied]].to_numpy()
    motion = make_interp_spline(table.index.to_numpy(), table.to_numpy(), k=_SPLINE_DEGREE)
    posed = _Posed(model, [str(c) for c in table], studied, muscles)
    reserve_n_m = float(settings["reserve_n_m"])
    activation, force = np.empty((2, len(time_s), len(muscles)))
    reserve = np.empty((len(time_s), len(studied)))
    for k, time in enumerate(time_s):
        strength, arms = posed.at(motion(time), motion.derivative()(time))
        activation[k] = least_activation(arms * strength, wanted[k], reserve_n_m, posed.bounds)
        force[k] = activation[k] * strength
        reserve[k] = wanted[k] - arms @ force[k]
    index = pd.Index(time_s, name="time")
    return MuscleSolution(
        pd.DataFrame(force, index=index, columns=muscles),
        pd.DataFrame(activation, index=index, columns=muscles),
        pd.DataFrame(reserve, index=index, columns=studied),
        "solved",
    )


def least_activation(
    unit_moment: np.ndarray,
    wanted: np.ndarray,
    reserve_n_m: float,
    bounds: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Return the activations that make moments with least squares of themselves.

    Parameters
    ----------
    unit_moment : array, shape (coordinate, muscle), N.m
        Of each muscle at full activation.
    wanted : array, shape (coordinate,), N.m
    reserve_n_m : float
        Moment of a reserve that costs as much as a muscle at full activation.
    bounds : pair of arrays, shape (muscle,)
        Least and largest activation.

    Returns
    -------
    array, shape (muscle,)
    """
    import numpy as np

    # What the reserves make up is what the muscles leave, so that the equality needs no solver.
    muscles = unit_moment.shape[1]
    rows = np.vstack([np.eye(muscles), unit_moment / reserve_n_m])
    target = np.concatenate([np.zeros(muscles), wanted / reserve_n_m])
    return bounded_least_squares(rows, target, *bounds)


class _Posed:
    """A model that is put into poses, and what its muscles could do there."""

    def __init__(
        self, model: Any, columns: Sequence[str], studied: Sequence[str], muscles: Sequence[str]
    ) -> None:
        import numpy as np
        import opensim as osim

        self.model, self.state = model, model.initSystem()
        own = {c.getName(): c for c in model.getCoordinateSet()}
        self.moving = [
            (own[name], column)
            for column, name in enumerate(columns)
            if name in own and not own[name].getLocked(self.state)
        ]
        turns = {n: c.getMotionType() == osim.Coordinate.Rotational for n, c in own.items()}
        self.factor = np.array([np.radians(1.0) if turns.get(n, True) else 1.0 for n in columns])
        self.studied = [own[name] for name in studied]
        self.muscles = [model.getMuscles().get(name) for name in muscles]
        self.bounds = (
            np.array([m.getMinControl() for m in self.muscles]),
            np.array([m.getMaxControl() for m in self.muscles]),
        )

    def at(self, pose: np.ndarray, speed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return full-activation forces (muscle,), N, and moment arms (coordinate, muscle), m."""
        import numpy as np

        pose, speed = pose * self.factor, speed * self.factor
        for coordinate, column in self.moving:
            coordinate.setValue(self.state, float(pose[column]), False)
            coordinate.setSpeedValue(self.state, float(speed[column]))
        self.model.realizeVelocity(self.state)
        strength = np.array(
            [m.calcInextensibleTendonActiveFiberForce(self.state, 1.0) for m in self.muscles]
        )
        arms = np.empty((len(self.studied), len(self.muscles)))
        for row, coordinate in enumerate(self.studied):
            value = coordinate.getValue(self.state)
            ends = [self._lengths(coordinate, value + s * _STEP_RAD) for s in (1.0, -1.0)]
            coordinate.setValue(self.state, value, False)
            arms[row] = -(ends[0] - ends[1]) / (2 * _STEP_RAD)
        return np.maximum(strength, 0.0), arms

    def _lengths(self, coordinate: Any, value: float) -> np.ndarray:
        import numpy as np

        coordinate.setValue(self.state, value, False)
        self.model.realizePosition(self.state)
        return np.array([muscle.getLength(self.state) for muscle in self.muscles])


SOLVER = Solver(solve_moment_optimization, given_moments=True)
