"""A gated recurrent network that reads the whole cycle in both directions.

What a user would pick who wants memory and no physics: gated recurrent units (Cho et al. 2014,
doi:10.3115/v1/D14-1179) forwards and backwards along the frames, then a fully connected block for
each frame. Its loss has the same terms as that of :mod:`myopinn.variants.cnn`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.methods.informed.physics_informed import TermWeights, derive_terms, physics_informed
from myopinn.methods.networks.encoders import CycleGRUSettings, cycle_gru
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Problem
    from myopinn.methods.losses.trained_model import TrainedModel


@dataclass(frozen=True)
class Settings(CycleGRUSettings, TermWeights):
    """The network's size, and the weights of the terms of its loss."""

    def __post_init__(self) -> None:
        CycleGRUSettings.__post_init__(self)
        TermWeights.__post_init__(self)


def build(settings: Settings, problem: Problem) -> TrainedModel:
    """Build the network with its loss.

    Raises
    ------
    ConfigError
        Where physics has a weight and the task no physics, or a constraint lacks what it needs.
    """
    network = cycle_gru(settings, len(problem.inputs), len(problem.targets), problem.past_frames)
    return physics_informed(network, settings, problem)


VARIANT = Definition(("muscle_force",), Settings, build, derive=derive_terms)
