"""A convolutional network trained on angles and forces alone: `pi_cnn` without its physics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.encoders import CycleCNNSettings, cycle_cnn

if TYPE_CHECKING:
    from torch import nn

    from myopinn.problem import Problem

TASKS = ("muscle_force",)


@dataclass(frozen=True)
class Settings(CycleCNNSettings):
    """The network's size."""


def build(settings: Settings, problem: Problem) -> nn.Module:
    """Build the network with its loss, MSE(angle) + MSE(force)."""
    from myopinn.objectives import Objective, data_terms

    network = cycle_cnn(settings, len(problem.inputs), len(problem.targets))
    return Objective(network, data_terms(problem))
