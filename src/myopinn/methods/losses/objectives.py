"""What a network is trained for: the error of its targets, and a model with its weighted terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from myopinn.dataset.problem import Cycles, Problem
from myopinn.methods.losses.trained_model import TrainedModel


class AngleError(nn.Module):
    """Mean squared error of the joint angles, each divided by its range in the training trials."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.count = len(problem.coordinates)

    def forward(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the error, a scalar, of outputs of shape (cycle, target, frame)."""
        return torch.mean((outputs[:, : self.count] - cycles.targets[:, : self.count]) ** 2)


class ForceError(nn.Module):
    """Mean squared error of the muscle forces, each divided by its range in the training trials."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.first = len(problem.coordinates)

    def forward(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the error, a scalar, of outputs of shape (cycle, target, frame)."""
        return torch.mean((outputs[:, self.first :] - cycles.targets[:, self.first :]) ** 2)


class Objective(TrainedModel):
    """A network and the terms of its loss; the loss is the sum of weight times term.

    Parameters
    ----------
    network : Module
        From (cycle, input, frame) to (cycle, target, frame).
    terms : mapping of str to Module
        Each a scalar function of the cycles and the network's outputs.
    weights : mapping of str to float
        Weight of each term; 1 where it is not named. A term of weight 0 is no part of the loss.
    watched : sequence of str, optional
        The terms that decide when training ends and which weights stay; all where not given.
    """

    def __init__(
        self,
        network: nn.Module,
        terms: Mapping[str, nn.Module],
        weights: Mapping[str, float] | None = None,
        watched: Sequence[str] | None = None,
    ) -> None:
        super().__init__({name: float((weights or {}).get(name, 1.0)) for name in terms})
        self.network = network
        self.terms = nn.ModuleDict(dict(terms))
        self.watched = tuple(terms if watched is None else watched)

    def forward(self, cycles: Cycles) -> Tensor:
        """Return the scaled targets, shape (cycle, target, frame)."""
        return self.network(cycles.inputs)

    def loss_terms(self, cycles: Cycles, outputs: Tensor) -> dict[str, Tensor]:
        """Return the terms that have a weight."""
        return {n: term(cycles, outputs) for n, term in self.terms.items() if self.weights[n]}

    def every_term(self, cycles: Cycles, outputs: Tensor) -> dict[str, Tensor]:
        """Return all terms."""
        return {name: term(cycles, outputs) for name, term in self.terms.items()}

    def stop_loss(self, terms: Mapping[str, float]) -> float:
        """Return the weighted sum of the terms that decide when to stop."""
        return sum(self.weights[name] * terms[name] for name in self.watched)


def data_terms(problem: Problem) -> dict[str, nn.Module]:
    """Return the terms that every network is trained for."""
    return {"angle": AngleError(problem), "force": ForceError(problem)}
