"""Ridge regression whose penalty is chosen where it was not learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class RidgePath:
    r"""Linear regression with the penalty that answers other frames best, one for each target.

    With inputs :math:`X` of mean 0 and SD 1 and targets :math:`y` of mean 0 it solves
    :math:`(X^T X + \lambda n I) w = X^T y`, :math:`n` being the number of frames, for every
    :math:`\lambda` from one decomposition of :math:`X^T X`. Source: Hoerl, Kennard 1970,
    doi 10.1080/00401706.1970.10488634.

    Parameters
    ----------
    penalties : sequence of float
        Of them one is chosen.
    """

    def __init__(self, penalties: Sequence[float]) -> None:
        self.penalties = tuple(penalties)
        self.weights = np.empty((0, 0))
        self.offset = np.empty(0)
        self.chosen = np.empty(0)

    def fit(
        self, rows: np.ndarray, targets: np.ndarray, other: np.ndarray, other_targets: np.ndarray
    ) -> RidgePath:
        """Learn, and choose the penalty of each target.

        Parameters
        ----------
        rows, targets : array, shape (frame, input) and (frame, target)
            To learn from.
        other, other_targets : array
            To choose by; the largest penalty is taken where two are alike.
        """
        centre, spread = rows.mean(0), rows.std(0)
        # An input that never changes tells nothing.
        scale = np.where(spread > 1e-12 * (np.abs(centre) + 1), spread, np.inf)
        scaled, mean = (rows - centre) / scale, targets.mean(0)
        values, vectors = np.linalg.eigh(scaled.T @ scaled / len(rows))
        onto = vectors.T @ (scaled.T @ (targets - mean)) / len(rows)
        seen = ((other - centre) / scale) @ vectors
        penalties = np.sort(self.penalties)[::-1]
        paths = [onto / (np.maximum(values, 0) + penalty)[:, None] for penalty in penalties]
        errors = [((seen @ path + mean - other_targets) ** 2).mean(0) for path in paths]
        best = np.argmin(errors, axis=0)
        chosen = np.stack([paths[at][:, target] for target, at in enumerate(best)], axis=1)
        self.weights = vectors @ chosen / scale[:, None]
        self.offset = mean - centre @ self.weights
        self.chosen = penalties[best]
        return self

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Return targets, shape (frame, target)."""
        answer: np.ndarray = rows @ self.weights + self.offset
        return answer
