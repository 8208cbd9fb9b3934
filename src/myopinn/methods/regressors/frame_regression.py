"""Regressors of scikit-learn that answer each frame from the inputs around it or up to it.

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
            "meaning": "odd length of the window of inputs around a frame, or, of pieces by a "
            "clock, up to it",
            "choices": (1, 5, 9, 15, 21, 31),
        },
    )

    def __post_init__(self) -> None:
        if self.window_frames < 1 or self.window_frames % 2 == 0:
            raise ConfigError("window_frames: an odd number of frames, so that it has a middle.")


def frame_windows(
    inputs: np.ndarray, window_frames: int, past_frames: int | None = None
) -> np.ndarray:
    """Return the inputs around every frame as one row; a cycle's first and last are repeated.

    Parameters
    ----------
    inputs : array, shape (cycle, seen frame, input)
    window_frames : int
        Odd.
    past_frames : int, optional
        How many frames, the last of those that are seen, are answered from windows that end with
        them; before the first that is seen all was as it is there.

    Returns
    -------
    array, shape (cycle * frame, input * window_frames)
    """
    half = window_frames // 2
    around = (half, half)
    if past_frames is not None:
        inputs = inputs[:, -(past_frames + window_frames - 1) :]
        around = (past_frames + window_frames - 1 - inputs.shape[1], 0)
    longer = np.pad(inputs, ((0, 0), around, (0, 0)), mode="edge")
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
    past_frames : int, optional
        See :func:`frame_windows`.
    """

    def __init__(
        self, pipeline: Pipeline, window_frames: int, past_frames: int | None = None
    ) -> None:
        self.pipeline = pipeline
        self.window_frames, self.past_frames = window_frames, past_frames

    def fit_arrays(self, inputs: np.ndarray, targets: np.ndarray, seed: int) -> FrameRegressor:
        """Learn from inputs (cycle, frame, input) and targets (cycle, frame, target)."""
        # Each random step gets a seed of its own: equal layers must not be equal draws.
        draw = np.random.default_rng(seed)
        random = sorted(k for k in self.pipeline.get_params() if k.endswith("__random_state"))
        self.pipeline.set_params(**{key: int(draw.integers(2**31)) for key in random})
        rows = frame_windows(inputs, self.window_frames, self.past_frames)
        self.pipeline.fit(rows, targets.reshape(-1, targets.shape[-1]))
        self.uses_seed = getattr(self.pipeline[-1], "uses_seed_", True)
        return self

    def predict_arrays(self, inputs: np.ndarray) -> np.ndarray:
        """Return targets of shape (cycle, frame, target)."""
        windows = frame_windows(inputs, self.window_frames, self.past_frames)
        rows = self.pipeline.predict(windows)
        frames = self.past_frames or inputs.shape[1]
        answer: np.ndarray = rows.reshape(len(inputs), frames, -1)
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
