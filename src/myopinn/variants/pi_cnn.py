"""The physics-informed convolutional network of Zhang et al. 2023 (arXiv:2207.01435).

The same network as `cnn`; its loss has one term more, the residual of the joint's equation at the
predicted angle and forces: MSE(angle) + MSE(force) + physics_weight * mean(residual^2). Further
constraints, which the paper names as future work, can be added (:mod:`myopinn.constraints`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from myopinn.encoders import CycleCNNSettings, cycle_cnn
from myopinn.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from myopinn.problem import Cycles, Problem

CONSTRAINTS = ("force_bounds", "smoothness", "activation")
TASKS = ("muscle_force",)


@dataclass(frozen=True)
class Settings(CycleCNNSettings):
    """The network's size and the weight of the physics."""

    physics_weight: float = field(
        default=1.0,
        metadata={
            "unit": "",
            "meaning": "lambda; the residual is divided by the moment's range",
            "search": (1e-5, 1.0, "log"),
        },
    )

    force_bounds_weight: float = field(
        default=0.0,
        metadata={"unit": "", "meaning": "of forces below zero or above what a muscle can do"},
    )
    smoothness_weight: float = field(
        default=0.0,
        metadata={"unit": "", "meaning": "of the second derivative of forces along the cycle"},
    )
    activation_weight: float = field(
        default=0.0,
        metadata={"unit": "", "meaning": "of the difference to Hill muscles driven by the EMG"},
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("physics_weight", *(f"{key}_weight" for key in CONSTRAINTS)):
            if not getattr(self, name) >= 0:
                raise ConfigError(f"{name}: at least 0.")


def build(settings: Settings, problem: Problem) -> nn.Module:
    """Build the network with its loss; a constraint without weight has no part in it.

    Raises
    ------
    ConfigError
        Where the task has no physics, or a constraint lacks what it needs.
    """
    from myopinn.constraints import ActivationConsistency, ForceBounds, Smoothness
    from myopinn.objectives import Objective, data_terms
    from myopinn.residuals import physics_residual

    kinds = dict(zip(CONSTRAINTS, (ForceBounds, Smoothness, ActivationConsistency), strict=True))
    network = cycle_cnn(settings, len(problem.inputs), len(problem.targets))
    terms = {**data_terms(problem), "physics": physics_residual(problem)}
    weights = {"physics": settings.physics_weight}
    for name, kind in kinds.items():
        weight = getattr(settings, f"{name}_weight")
        if weight:
            terms[name], weights[name] = kind(problem), weight
    return Objective(network, terms, weights)


def derive(settings: Settings, problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return what the loss needs of each cycle, whatever the network answers."""
    from myopinn.muscle_states import muscle_states
    from myopinn.residuals import physics_residual

    of_muscles = settings.force_bounds_weight or settings.activation_weight
    states = muscle_states(problem, cycles) if of_muscles else {}
    return {**states, **physics_residual(problem).derive(cycles)}
