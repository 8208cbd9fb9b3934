"""The physics-informed convolutional network of Zhang et al. 2023 (arXiv:2207.01435).

The same network as `cnn`; its loss has one term more, the residual of the joint's equation at the
predicted angle and forces: MSE(angle) + MSE(force) + physics_weight * mean(residual^2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from myopinn.encoders import CycleCNNSettings, cycle_cnn
from myopinn.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from myopinn.problem import Cycles, Problem


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

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.physics_weight >= 0:
            raise ConfigError("physics_weight: at least 0.")


def build(settings: Settings, problem: Problem) -> nn.Module:
    """Build the network with its loss."""
    from myopinn.objectives import Objective, data_terms
    from myopinn.residuals import physics_residual

    network = cycle_cnn(settings, len(problem.inputs), len(problem.targets))
    terms = {**data_terms(problem), "physics": physics_residual(problem)}
    return Objective(network, terms, {"physics": settings.physics_weight})


def derive(problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return what the residual needs of each cycle, whatever the network answers."""
    from myopinn.residuals import physics_residual

    return physics_residual(problem).derive(cycles)
