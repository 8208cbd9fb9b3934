"""What a network and its loss are to whoever trains it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from myopinn.dataset.problem import Cycles, IdentifiedParameter


class TrainedModel(nn.Module, ABC):
    """A torch module that is trained by gradients for the terms of its loss.

    One without ``forward`` and ``loss_terms`` is not built; the rest may be left as it is.

    Attributes
    ----------
    weights : mapping of str to float
        Of each term of the loss; 1 where it is not named.
    """

    weights: Mapping[str, float]

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        super().__init__()
        self.weights = dict(weights or {})

    @abstractmethod
    def forward(self, cycles: Cycles) -> Tensor:
        """Return the scaled targets, shape (cycle, target, frame)."""

    @abstractmethod
    def loss_terms(self, cycles: Cycles, outputs: Tensor) -> dict[str, Tensor]:
        """Return each term of the loss without its weight, so that curves of variants compare."""

    def every_term(self, cycles: Cycles, outputs: Tensor) -> dict[str, Tensor]:
        """Return each term without its weight, also those that are no part of the loss."""
        return self.loss_terms(cycles, outputs)

    def loss(self, terms: Mapping[str, Tensor]) -> Tensor:
        """Return the weighted sum of the terms, a scalar."""
        weighted = [self.weights.get(name, 1.0) * value for name, value in terms.items()]
        return torch.stack(weighted).sum()

    def stop_loss(self, terms: Mapping[str, float]) -> float:
        """Return what must fall on the stop trials; the terms have the whole ``loss`` as well."""
        return terms["loss"]

    def attention(self, cycles: Cycles) -> Tensor | None:
        """Return by what weights frames look at frames, of a network that has any.

        Returns
        -------
        tensor, shape (cycle, layer, head, frame asked, frame looked at)
            They sum to 1 over the last.
        """
        return None

    def personal_parameters(self) -> Iterable[nn.Parameter]:
        """Give what is learned anew for a person who was not trained on, while all else stays."""
        return ()

    def identified(self) -> list[IdentifiedParameter]:
        """Return the parameters of people that were learned."""
        return []
