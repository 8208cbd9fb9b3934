"""Support vector regression of several targets that can be stored without pickle."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVR
from sklearn.utils import check_random_state

# An answer takes one row of the kernel per frame: 80 MB at 2000 vectors.
FRAMES_AT_ONCE = 5000
CACHE_MB = 500


class SupportVectorMachines(RegressorMixin, BaseEstimator):
    r"""One :class:`sklearn.svm.SVR` with a Gaussian kernel for each target.

    .. math:: y_k(x) = \sum_i d_{ik} \exp(-\gamma \|x - s_i\|^2) + b_k

    scikit-learn keeps part of a fitted machine where only pickle reaches it; the sum above says
    the same from plain arrays, and for all targets at once.

    Parameters
    ----------
    penalty, epsilon, gamma : float
        As SVR's ``C``, ``epsilon`` and ``gamma``.
    max_samples : int
        Where there are more, so many are drawn, the same for all targets.
    random_state : int, RandomState or None

    Attributes
    ----------
    vectors_ : array, shape (vector, input)
        Samples that support any target's machine.
    dual_coefficient_ : array, shape (vector, target)
    intercept_ : array, shape (target,)
    uses_seed_ : bool
        Whether samples were drawn.
    """

    def __init__(
        self,
        penalty: float = 1.0,
        epsilon: float = 0.1,
        gamma: float = 1.0,
        max_samples: int = 2000,
        random_state: int | None = None,
    ) -> None:
        self.penalty = penalty
        self.epsilon = epsilon
        self.gamma = gamma
        self.max_samples = max_samples
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: np.ndarray) -> SupportVectorMachines:
        """Learn from samples of shape (sample, input) and (sample, target)."""
        self.uses_seed_ = len(X) > self.max_samples
        if self.uses_seed_:
            draw = check_random_state(self.random_state)
            rows = np.sort(draw.choice(len(X), self.max_samples, replace=False))
            X, y = X[rows], y[rows]
        machines = [self.machine().fit(X, target) for target in y.T]
        dual = np.zeros(y.shape)
        for k, machine in enumerate(machines):
            dual[machine.support_, k] = machine.dual_coef_[0]
        supporting = (dual != 0).any(axis=1)
        self.vectors_, self.dual_coefficient_ = X[supporting], dual[supporting]
        self.intercept_ = np.array([machine.intercept_[0] for machine in machines])
        return self

    def machine(self) -> SVR:
        """Return scikit-learn's machine for one target, not fitted."""
        return SVR(C=self.penalty, epsilon=self.epsilon, gamma=self.gamma, cache_size=CACHE_MB)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the targets, shape (sample, target)."""
        parts = [
            rbf_kernel(X[first : first + FRAMES_AT_ONCE], self.vectors_, self.gamma)
            @ self.dual_coefficient_
            for first in range(0, len(X), FRAMES_AT_ONCE)
        ]
        return np.concatenate(parts) + self.intercept_
