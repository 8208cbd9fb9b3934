"""What targets are on average at a phase: the mean cycle as a function of phase."""

from __future__ import annotations

import numpy as np

# Keeps a phase that was hardly ever met from having a value of its own; 1 is a frame's weight.
_RIDGE = 1.0


class PhaseMean:
    """The mean of targets at each phase, as a Fourier series; their mean where it is unknown.

    Parameters
    ----------
    harmonics : int
        How fine the mean cycle is.
    """

    def __init__(self, harmonics: int) -> None:
        self.harmonics = harmonics
        self.mean = np.empty(0)
        self.weights = np.empty((0, 0))

    def fit(self, phase: np.ndarray, targets: np.ndarray) -> PhaseMean:
        """Learn the mean cycle by least squares.

        Parameters
        ----------
        phase : array, shape (frame,), rad
            NaN where it is unknown; such frames count for the mean alone.
        targets : array, shape (frame, target)
            A target with NaN is answered with NaN.
        """
        self.mean = targets.mean(axis=0)
        known = np.isfinite(phase)
        waves = self._waves(phase[known])
        normal = waves.T @ waves + _RIDGE * np.eye(waves.shape[1])
        self.weights = np.linalg.solve(normal, waves.T @ (targets[known] - self.mean))
        return self

    def predict(self, phase: np.ndarray) -> np.ndarray:
        """Return the mean at each phase, shape (..., target), of phases of shape (...)."""
        known = np.isfinite(phase)
        # All rows are computed, known or not: how many are known later must not change rounding.
        waves = self._waves(np.where(known, phase, 0.0).ravel())
        above = (waves @ self.weights).reshape(*phase.shape, -1)
        return np.where(known[..., None], above, 0.0) + self.mean

    def _waves(self, phase: np.ndarray) -> np.ndarray:
        """Return offset, sines and cosines, shape (frame, 1 + 2 * harmonics)."""
        turns = phase[:, None] * np.arange(1, self.harmonics + 1)
        return np.concatenate([np.ones((len(phase), 1)), np.sin(turns), np.cos(turns)], axis=1)
