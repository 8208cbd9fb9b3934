"""Muscle forces: the keys of all solvers and of each."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from myopinn.config.fields import (
    Flag,
    Names,
    Number,
    OneOf,
    Section,
    Whole,
    contrast,
    key,
)


class Bounds(Section):
    """What a usable trial keeps to."""

    max_reserve_share: Number = key(
        ..., "Largest rms of a reserve as a share of the rms of the joint moment", gt=0, le=10
    )
    max_moment_error_n_m: Number = key(
        ...,
        "Largest difference of muscle and reserve moments from the joint moment",
        unit="N.m",
        gt=0,
        le=1000,
    )


class MuscleForces(Section):
    """Muscle forces that balance the joint moments: what all solvers know."""

    solver: Literal["static_optimization", "moco_inverse", "cmc", "moment_optimization"] = key(
        ...,
        "OpenSim's static optimisation, MocoInverse, or computed muscle control; "
        "moment_optimization is static optimisation on the joint moments as they are given",
    )
    paths: Literal["as_in_model", "fitted"] = key(
        "as_in_model",
        "What the solver takes for muscle paths: as_in_model, OpenSim's points and wrapping "
        "surfaces, or fitted, the polynomials of muscle_geometry, which are far quicker",
    )
    force_side: Literal["r", "l", "both"] | None = key(
        None,
        "Foot whose forces must be known where muscle forces are sought, or both; null where "
        "nothing stands on plates or the whole record counts",
    )
    muscle_model: Literal["as_in_model", "degroote_fregly"] = key(
        "as_in_model",
        "as_in_model, or degroote_fregly to replace the model's muscles by DeGrooteFregly2016 ones "
        "with rigid tendons",
    )
    ignore_passive_force: Flag = key(False, "Whether replaced muscles have no passive force")
    active_width_scale: Number = key(
        1.0,
        "Width of the active force-length curve of replaced muscles, 1 as published",
        ge=1,
        le=10,
    )
    muscles: Names | None = key(..., "Muscles that are kept in the model; null keeps all")
    coordinates: Names = key(..., "Coordinates that the muscles balance, with a small reserve each")
    reserve_n_m: Number = key(
        ...,
        "Optimal force of the reserve at those coordinates; small keeps it dear",
        unit="N.m",
        gt=0,
        le=10000,
    )
    other_reserve_n_m: Number = key(
        1000.0,
        "Optimal force of the reserve at all other coordinates, in N where they slide",
        unit="N.m",
        gt=0,
        le=100000,
    )
    bounds: Bounds = key(..., "What a usable trial keeps to")


_TOLERANCE = "Tolerance at which the optimisation ends"


class StaticOptimization(MuscleForces):
    """Static optimisation."""

    kind: ClassVar[str] = "static_optimization"
    activation_exponent: Number = key(2.0, "Power of the activations in the cost", ge=1, le=10)
    convergence: Number = key(1e-4, _TOLERANCE, gt=0, le=1)
    max_iterations: Whole = key(200, "Largest number of iterations of a frame", ge=1, le=100000)


class MocoInverse(MuscleForces):
    """OpenSim's MocoInverse."""

    kind: ClassVar[str] = "moco_inverse"
    mesh_interval_s: Number = key(0.02, "Time between mesh points", unit="s", ge=1e-4, le=1)
    convergence: Number = key(1e-3, _TOLERANCE, gt=0, le=1)
    max_iterations: Whole = key(1000, "Largest number of iterations", ge=1, le=100000)


class ComputedMuscleControl(MuscleForces):
    """Computed muscle control."""

    kind: ClassVar[str] = "cmc"
    time_window_s: Number = key(0.01, "Look-ahead window", unit="s", ge=1e-3, le=1)
    fast_target: Flag = key(True, "Whether accelerations must be met exactly (fast) or are weighed")
    max_step_s: Number = key(0.01, "Largest step of the integrator", unit="s", ge=1e-5, le=1)
    integrator_accuracy: Number = key(1e-5, "Error tolerance of the integrator", gt=0, le=1)
    tracking_stiffness: Number = key(
        100.0, "Position gain of the tracking", unit="1/s^2", ge=0, le=100000
    )
    tracking_damping: Number = key(
        20.0, "Velocity gain of the tracking", unit="1/s", ge=0, le=10000
    )


class MomentOptimization(MuscleForces):
    """Static optimisation on joint moments as they are given."""

    kind: ClassVar[str] = "moment_optimization"


SOLVERS: dict[str, type[MuscleForces]] = {
    solver.kind: solver
    for solver in (StaticOptimization, MocoInverse, ComputedMuscleControl, MomentOptimization)
}
contrast(" is for {owners}, but the solver is {kind}; remove it.", *SOLVERS.values())


def _solver(value: Any, context: Any) -> type[MuscleForces]:
    name = value.get("solver") if isinstance(value, Mapping) else None
    return SOLVERS.get(name, MuscleForces) if isinstance(name, str) else MuscleForces


Solver = Annotated[Any, OneOf(tuple(SOLVERS.values()), _solver)]
