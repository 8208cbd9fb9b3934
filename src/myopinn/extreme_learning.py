"""Hidden layers that are drawn or solved for in one step, as transformers of scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state


class RandomLayer(TransformerMixin, BaseEstimator):
    r"""Hidden layer of an extreme learning machine: random weights that are never trained.

    .. math:: H = \tanh(X W + b)

    Source: Huang, Zhu, Siew 2006, doi 10.1016/j.neucom.2005.12.126. Inputs should have mean 0 and
    SD 1.

    Parameters
    ----------
    units : int
        Width of the layer.
    weight_scale : float
        SD of ``b``, and of ``X W`` where the inputs are independent: small values keep the units
        in the straight part of their curve, large ones drive them into saturation.
    random_state : int, RandomState or None

    Attributes
    ----------
    weight_ : array, shape (input, unit)
    bias_ : array, shape (unit,)
    """

    def __init__(
        self, units: int = 500, weight_scale: float = 1.0, random_state: int | None = None
    ) -> None:
        self.units = units
        self.weight_scale = weight_scale
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: object = None) -> RandomLayer:
        """Draw the weights for inputs of shape (sample, input)."""
        draw = check_random_state(self.random_state)
        inputs = X.shape[1]
        self.weight_ = draw.normal(0, self.weight_scale / np.sqrt(inputs), (inputs, self.units))
        self.bias_ = draw.normal(0, self.weight_scale, self.units)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the layer's outputs, shape (sample, unit)."""
        return np.tanh(X @ self.weight_ + self.bias_)
