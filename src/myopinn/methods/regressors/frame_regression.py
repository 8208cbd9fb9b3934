"""Regressors of scikit-learn that answer each frame from the inputs around it.

The settings can be read without importing scikit-learn; a variant imports it when it builds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from myopinn.errors import ConfigError
from myopinn.methods.models import SolvedOnArrays

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


@dataclass(frozen=True)
class FrameSettings:
    """What a regressor sees of a cycle when it answers a frame.

    Raises
    ------
    ConfigError
        Where the window has no middle.
    """

    window_frames: int = field(
        default=15,
        metadata={
            "ge": 1,
            "le": 99,
            "unit": "frames",
            "meaning": "odd length of the window of inputs around a frame",
            "choices": (1, 5, 9, 15, 21, 31),
        },
    )

    def __post_init__(self) -> None:
        if self.window_frames < 1 or self.window_frames % 2 == 0:
            raise ConfigError("window_frames: an odd number of frames, so that it has a middle.")


def frame_windows(inputs: np.ndarray, window_frames: int) -> np.ndarray:
    """Return the inputs around every frame as one row; a cycle's first and last are repeated.

    Parameters
    ----------
    inputs : array, shape (cycle, frame, input)
    window_frames : int
        Odd.

    Returns
    -------
    array, shape (cycle * frame, input * window_frames)
    """
    half = window_frames // 2
    longer = np.pad(inputs, ((0, 0), (half, half), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(longer, window_frames, axis=1)
    return windows.reshape(-1, inputs.shape[2] * window_frames)


class FrameRegressor(SolvedOnArrays):
    """Asks a pipeline of scikit-learn for each frame of a cycle.

    Parameters
    ----------
    pipeline : Pipeline
        Its steps keep all that they learn in public arrays whose names end with an underscore,
        as scikit-learn has it; these are what is stored.
    window_frames : int
        See :class:`FrameSettings`.
    """

    def __init__(self, pipeline: Pipeline, window_frames: int) -> None:
        self.pipeline = pipeline
        self.window_frames = window_frames

    def fit_arrays(self, inputs: np.ndarray, targets: np.ndarray, seed: int) -> FrameRegressor:
        """Learn from inputs (cycle, frame, input) and targets (cycle, frame, target)."""
        # Each random step gets a seed of its own: equal layers must not be equal draws.
        draw = np.random.default_rng(seed)
        random = sorted(k for k in self.pipeline.get_params() if k.endswith("__random_state"))
        self.pipeline.set_params(**{key: int(draw.integers(2**31)) for key in random})
        rows = frame_windows(inputs, self.window_frames)
        self.pipeline.fit(rows, targets.reshape(-1, targets.shape[-1]))
        self.uses_seed = getattr(self.pipeline[-1], "uses_seed_", True)
        return self

    def predict_arrays(self, inputs: np.ndarray) -> np.ndarray:
        """Return targets of shape (cycle, frame, target)."""
        rows = self.pipeline.predict(frame_windows(inputs, self.window_frames))
        answer: np.ndarray = rows.reshape(*inputs.shape[:2], -1)
        return answer

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what the steps have learned, as ``<step>.<attribute>``."""
        return {
            f"{name}.{key}": value
            for name, step in self.pipeline.steps
            for key, value in vars(step).items()
            if key.endswith("_") and not key.startswith("_") and isinstance(value, np.ndarray)
        }

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what the steps have learned."""
        for key, value in arrays.items():
            step, attribute = key.split(".")
            setattr(self.pipeline.named_steps[step], attribute, value)
