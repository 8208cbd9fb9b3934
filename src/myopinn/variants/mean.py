"""The least of rivals: the mean of the training frames, whatever the inputs and the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from myopinn.methods.models import Solved
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Cycles, Problem


@dataclass(frozen=True)
class Settings:
    """There is nothing to set."""


class Mean(Solved):
    """Answers every frame with the mean of the training frames, shape (target,).

    Parameters
    ----------
    lead_frames : int
        Frames that are seen and not answered.
    """

    uses_seed = False

    def __init__(self, lead_frames: int) -> None:
        self.lead_frames = lead_frames
        self.mean = np.empty(0)

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Average the targets of the movements."""
        self.mean = train.movements().targets.cpu().numpy().astype(float).mean(axis=(0, 2))

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return the mean for each frame, shape (cycle, frame, target)."""
        frames = cycles.inputs.shape[-1] - self.lead_frames
        return np.broadcast_to(self.mean, (len(cycles), frames, len(self.mean))).copy()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what was learned."""
        return {"mean": self.mean}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""
        self.mean = arrays["mean"]


def build(settings: Settings, problem: Problem) -> Mean:
    """Build the estimator."""
    return Mean(problem.lead_frames)


VARIANT = Definition(("muscle_force", "deep_emg"), Settings, build, rests_on=("trials",))
