"""What fits, answers and can be stored: what training asks of a variant's model.

Networks, which are :class:`myopinn.methods.losses.trained_model.TrainedModel`, are made such by
training; what is solved for builds on :class:`Solved`. Nothing here imports torch, so that a
variant's settings can be checked quickly.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

    from myopinn.dataset.problem import Cycles, IdentifiedParameter


class Estimator(Protocol):
    """What fits, answers and can be stored.

    Attributes
    ----------
    curve : sequence of mapping
        Terms of the loss in each epoch; empty where there are no epochs.
    facts : mapping of str to float
        What is known of the fit: ``best_epoch``, ``stop_loss``, and ``reached_<answer>/<term>`` of
        :attr:`reached`.
    reached : sequence of mapping
        What fit, labels and simple answers leave of each term on the training cycles
        (:func:`myopinn.training.reached.reached_terms`); empty without a loss of several terms.
    uses_seed : bool
        Whether another seed would give other numbers; read after the fit.
    """

    curve: Sequence[Mapping[str, float]]
    facts: Mapping[str, float]
    reached: Sequence[Mapping[str, Any]]
    uses_seed: bool

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Learn from training cycles; ``stop`` decides when to stop."""

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""

    def attention(self, cycles: Cycles) -> np.ndarray | None:
        """Return weights, shape (cycle, layer, head, frame asked, frame looked at), if any."""

    def adapt(self, cycles: Cycles, stop: Cycles, seed: int) -> bool:
        """Learn anew what belongs to a new person, and nothing else; False where nothing does."""

    def identified(self) -> Sequence[IdentifiedParameter]:
        """Return the parameters of people that were learned."""

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return what was learned, to be stored without pickle."""

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""


class Solved(ABC):
    """An estimator that has no epochs. As it is it learns nothing; see :class:`Estimator`."""

    curve: Sequence[Mapping[str, float]] = ()
    facts: Mapping[str, float] = MappingProxyType({})
    reached: Sequence[Mapping[str, Any]] = ()
    uses_seed: bool = True

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Learn nothing."""
        return

    @abstractmethod
    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""

    def attention(self, cycles: Cycles) -> np.ndarray | None:
        """Return None: nothing that is solved for has any."""
        return None

    def adapt(self, cycles: Cycles, stop: Cycles, seed: int) -> bool:
        """Answer a new person as it is."""
        return False

    def identified(self) -> Sequence[IdentifiedParameter]:
        """Return nothing."""
        return ()

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return nothing."""
        return {}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back nothing."""
        return


class SolvedOnArrays(Solved):
    """An estimator in the manner of scikit-learn, on arrays of shape (cycle, frame, name).

    It learns from the movements of the training cycles alone; the stop cycles remain unused.
    """

    @abstractmethod
    def fit_arrays(self, inputs: np.ndarray, targets: np.ndarray, seed: int) -> object:
        """Learn targets from inputs."""

    @abstractmethod
    def predict_arrays(self, inputs: np.ndarray) -> np.ndarray:
        """Return targets."""

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Learn from inputs and targets of the movements."""
        seen = train.movements()
        self.fit_arrays(_frames_then_names(seen.inputs), _frames_then_names(seen.targets), seed)

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        return self.predict_arrays(_frames_then_names(cycles.inputs))


def _frames_then_names(tensor: Tensor) -> np.ndarray:
    """Shape (cycle, name, frame) to a double array of shape (cycle, frame, name)."""
    return np.swapaxes(tensor.cpu().numpy(), 1, 2).astype(float)
