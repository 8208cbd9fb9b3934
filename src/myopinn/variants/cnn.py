"""A convolutional network, plain or physics-informed (Zhang et al. 2023, arXiv:2207.01435).

Its loss is MSE(angle) + MSE(force) + physics_weight * mean(residual^2), with the residual of the
joint's equation at the predicted angle and forces. Without a weight it is the plain network; the
paper's has one. Further constraints, which the paper names as future work, can be added
(:mod:`myopinn.methods.informed.constraints`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.methods.informed.physics_informed import TermWeights, derive_terms, physics_informed
from myopinn.methods.networks.encoders import CycleCNNSettings, cycle_cnn
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Problem
    from myopinn.methods.losses.trained_model import TrainedModel


@dataclass(frozen=True)
class Settings(CycleCNNSettings, TermWeights):
    """The network's size, and the weights of the terms of its loss."""

    def __post_init__(self) -> None:
        CycleCNNSettings.__post_init__(self)
        TermWeights.__post_init__(self)


def build(settings: Settings, problem: Problem) -> TrainedModel:
    """Build the network with its loss.

    Raises
    ------
    ConfigError
        Where physics has a weight and the task no physics, or a constraint lacks what it needs.
    """
    network = cycle_cnn(settings, len(problem.inputs), len(problem.targets), problem.past_frames)
    return physics_informed(network, settings, problem)


VARIANT = Definition(("muscle_force",), Settings, build, derive=derive_terms)
