"""Convolutions with a long reach: what a user would pick who wants memory at little cost.

Dilated convolutions (van den Oord et al. 2016, arXiv:1609.03499; Bai, Kolter, Koltun 2018,
arXiv:1803.01271) that end at their frame where no answer may depend on the future. Its loss has the
same terms as that of :mod:`myopinn.variants.cnn`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.methods.informed.physics_informed import TermWeights, derive_terms, physics_informed
from myopinn.methods.networks.dilated import DilatedCNNSettings, dilated_cnn
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Problem
    from myopinn.methods.losses.trained_model import TrainedModel


@dataclass(frozen=True)
class Settings(DilatedCNNSettings, TermWeights):
    """The network's size, and the weights of the terms of its loss."""

    def __post_init__(self) -> None:
        DilatedCNNSettings.__post_init__(self)
        TermWeights.__post_init__(self)


def build(settings: Settings, problem: Problem) -> TrainedModel:
    """Build the network with its loss.

    Raises
    ------
    ConfigError
        Where physics has a weight and the task no physics, or a constraint lacks what it needs.
    """
    network = dilated_cnn(settings, len(problem.inputs), len(problem.targets), problem.past_frames)
    return physics_informed(network, settings, problem)


VARIANT = Definition(("muscle_force",), Settings, build, derive=derive_terms)
