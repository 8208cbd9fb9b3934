"""EMG alone, linear: ridge regression on a window of EMG, its penalty chosen on the stop trials.

What is gained over it is what curves, memory or physics give; what it gains over the rivals that
count time is what EMG tells. Where no answer may depend on the future, the window ends at its
frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from myopinn.checks.settings import setting
from myopinn.errors import ConfigError
from myopinn.methods.models import Solved
from myopinn.methods.regressors.frame_regression import FrameSettings, frame_windows
from myopinn.methods.regressors.ridge_path import RidgePath
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Cycles, Problem


@dataclass(frozen=True)
class Settings(FrameSettings):
    """Window, and the penalties of which each target takes the best.

    Raises
    ------
    ConfigError
        Where there is no penalty or one is not positive.
    """

    window_frames: int = field(
        default=31,
        metadata={
            "ge": 1,
            "le": 99,
            "unit": "frames",
            "meaning": "odd length of the window of inputs that a frame is answered from",
            "choices": (5, 15, 31, 51),
        },
    )
    penalties: tuple[float, ...] = setting(
        "penalties on the squared weights of inputs of SD 1, each for a training frame; the best "
        "on the stop trials is taken for each target",
        (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0),
        each=(1e-12, 1e6),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.penalties or not min(self.penalties) > 0:
            raise ConfigError("penalties: at least one, each above 0.")


class Ridge(Solved):
    """Answers each frame from the window of inputs that it may see.

    Parameters
    ----------
    settings : Settings
    past_frames : int, optional
        See :func:`myopinn.methods.regressors.frame_regression.frame_windows`.
    """

    uses_seed = False

    def __init__(self, settings: Settings, past_frames: int | None = None) -> None:
        self.window_frames, self.past_frames = settings.window_frames, past_frames
        self.path = RidgePath(settings.penalties)

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Learn from the movements of the training cycles, and choose by those to stop by."""
        seen, judged = train.movements(), stop.movements()
        self.path.fit(self._rows(seen), _targets(seen), self._rows(judged), _targets(judged))

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        answer = self.path.predict(self._rows(cycles))
        return answer.reshape(len(cycles), -1, answer.shape[-1])

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what was learned, and which penalty each target has."""
        own = self.path
        return {"weights": own.weights, "offset": own.offset, "penalty": own.chosen}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""
        own = self.path
        own.weights, own.offset, own.chosen = (
            arrays[name] for name in ("weights", "offset", "penalty")
        )

    def _rows(self, cycles: Cycles) -> np.ndarray:
        inputs = np.swapaxes(cycles.inputs.cpu().numpy(), 1, 2).astype(float)
        return frame_windows(inputs, self.window_frames, self.past_frames)


def _targets(cycles: Cycles) -> np.ndarray:
    """Return targets of shape (cycle * frame, target)."""
    frames = np.swapaxes(cycles.targets.cpu().numpy(), 1, 2).astype(float)
    return frames.reshape(-1, frames.shape[-1])


def build(settings: Settings, problem: Problem) -> Ridge:
    """Build the estimator."""
    return Ridge(settings, problem.past_frames)


VARIANT = Definition(("muscle_force",), Settings, build)
