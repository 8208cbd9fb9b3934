"""What a variant may build beside a network: estimators that are solved for.

A network is a :class:`myopinn.methods.losses.trained_model.TrainedModel`. Nothing here imports
torch, so that a variant's settings can be checked quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from myopinn.dataset.problem import Cycles, IdentifiedParameter


@runtime_checkable
class ArrayModel(Protocol):
    """An estimator in the manner of scikit-learn, on arrays of shape (cycle, frame, name)."""

    @property
    def uses_seed(self) -> bool:
        """Whether another seed would have given other numbers; read after the fit."""

    def fit(self, inputs: np.ndarray, targets: np.ndarray, seed: int) -> object:
        """Learn targets from inputs."""

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """Return targets."""

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return what was learned, to be stored without pickle."""

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""


class SolvedModel(Protocol):
    """An estimator that looks at more than inputs and targets; see :class:`Solved`."""

    @property
    def uses_seed(self) -> bool:
        """Whether another seed would have given other numbers; read after the fit."""

    def fit_cycles(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Learn from the training cycles; ``stop`` may decide when to stop."""

    def adapt_cycles(self, cycles: Cycles, stop: Cycles, seed: int) -> bool:
        """Learn anew what belongs to a new person, and nothing else; False where nothing does."""

    def predict_cycles(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""

    def identified(self) -> list[IdentifiedParameter]:
        """Return the parameters of people that were learned."""

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return what was learned, to be stored without pickle."""

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""


class Solved:
    """Learns nothing, draws nothing at random and has nothing of a person; to be built upon."""

    @property
    def uses_seed(self) -> bool:
        """Return False: seeds make no difference."""
        return False

    def fit_cycles(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Learn nothing."""

    def adapt_cycles(self, cycles: Cycles, stop: Cycles, seed: int) -> bool:
        """Answer a new person as it is."""
        return False

    def identified(self) -> list[IdentifiedParameter]:
        """Return nothing."""
        return []

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return nothing."""
        return {}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back nothing."""
