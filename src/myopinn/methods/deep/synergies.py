"""Muscle synergies of measured envelopes: fewer courses in time that explain most of all of them.

Their number is the least that accounts for a given share of the envelopes' variance about zero
(VAF), as in Ao, Shourijeh, Patten, Fregly 2020, doi 10.3389/fncom.2020.588943.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

METHODS = ("nmf", "pca")
_ITERATIONS = 5000
# Neighbouring frames of an envelope of 6 Hz tell the same: a factorisation needs not all of them.
_EVERY = 4


@dataclass(frozen=True)
class Synergies:
    """Synergies of a set of channels.

    Attributes
    ----------
    vectors : array, shape (synergy, channel)
    mean : array, shape (channel,)
        What principal components are taken about; 0 for non-negative factors.
    nonnegative : bool
    """

    vectors: np.ndarray
    mean: np.ndarray
    nonnegative: bool

    def courses(self, envelopes: np.ndarray) -> np.ndarray:
        """Return the synergies' courses, shape (sample, synergy).

        Parameters
        ----------
        envelopes : array, shape (sample, channel)
        """
        if not self.nonnegative:
            return (envelopes - self.mean) @ self.vectors.T
        from scipy.optimize import nnls

        return np.array([nnls(self.vectors.T, sample)[0] for sample in envelopes])

    def rebuilt(self, envelopes: np.ndarray) -> np.ndarray:
        """Return what the synergies make of envelopes, shape (sample, channel)."""
        rebuilt: np.ndarray = self.courses(envelopes) @ self.vectors + self.mean
        return rebuilt


def find_synergies(envelopes: np.ndarray, method: str, variance_share: float) -> Synergies:
    """Find the fewest synergies that account for a share of the variance.

    Parameters
    ----------
    envelopes : array, shape (sample, channel)
    method : str
        ``nmf``, non-negative matrix factorisation, or ``pca``, principal components.
    variance_share : float
        1 - sum of squared errors / sum of squares, over all channels.

    Returns
    -------
    Synergies
        As many as there are channels where fewer are not enough.
    """
    channels = envelopes.shape[1]
    for count in range(1, channels + 1):
        found = _factorised(envelopes, method, count)
        error = np.sum((envelopes - found.rebuilt(envelopes)) ** 2) / np.sum(envelopes**2)
        if 1.0 - error >= variance_share:
            break
    return found


def _factorised(envelopes: np.ndarray, method: str, count: int) -> Synergies:
    if method == "nmf":
        from sklearn.decomposition import NMF

        # This start draws nothing at random.
        model = NMF(count, init="nndsvda", max_iter=_ITERATIONS)
        model.fit(np.maximum(envelopes[::_EVERY], 0.0))
        # Vectors of length 1, so that courses of all synergies have the envelopes' size.
        vectors = model.components_ / np.linalg.norm(model.components_, axis=1, keepdims=True)
        return Synergies(vectors, np.zeros(envelopes.shape[1]), True)
    from sklearn.decomposition import PCA

    model = PCA(count, svd_solver="full").fit(envelopes)
    return Synergies(model.components_, model.mean_, False)
