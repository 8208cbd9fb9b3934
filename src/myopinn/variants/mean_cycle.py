"""The simple rival: the mean of the training cycles at each frame, whatever the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from myopinn.methods.models import SolvedOnArrays
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Problem


@dataclass(frozen=True)
class Settings:
    """There is nothing to set."""


class MeanCycle(SolvedOnArrays):
    """Answers every cycle with the mean training cycle, shape (frame, target)."""

    uses_seed = False

    def __init__(self) -> None:
        self.mean = np.empty((0, 0))

    def fit_arrays(self, inputs: np.ndarray, targets: np.ndarray, seed: int) -> MeanCycle:
        """Average targets of shape (cycle, frame, target)."""
        self.mean = targets.mean(axis=0)
        return self

    def predict_arrays(self, inputs: np.ndarray) -> np.ndarray:
        """Return the mean cycle for each cycle of the inputs, shape (cycle, frame, target)."""
        return np.broadcast_to(self.mean, (len(inputs), *self.mean.shape)).copy()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what was learned."""
        return {"mean": self.mean}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""
        self.mean = arrays["mean"]


def build(settings: Settings, problem: Problem) -> MeanCycle:
    """Build the estimator."""
    return MeanCycle()


# Without cycles there is no frame of a cycle.
VARIANT = Definition(
    ("muscle_force", "deep_emg"),
    Settings,
    build,
    rests_on=("position", "trials"),
    forms=("cycles",),
)
