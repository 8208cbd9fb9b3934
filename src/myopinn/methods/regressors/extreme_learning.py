"""Hidden layers that are drawn or solved for in one step, as transformers of scikit-learn."""

from __future__ import annotations

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import Ridge
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


class AutoencoderLayer(TransformerMixin, BaseEstimator):
    r"""Hidden layer whose weights are those with which a random layer gives the inputs back.

    An extreme learning machine as auto-encoder: with orthogonal random :math:`W` and a random
    unit vector :math:`b`, ridge regression finds the output weights :math:`\beta` of

    .. math:: \sigma(X W + b)\, \beta \approx X

    and the layer's outputs are :math:`\sigma(X \beta^T)`, or :math:`X \beta^T` where the layer has
    as many units as inputs. :math:`\sigma` is the logistic function and inputs should lie between 0
    and 1, as in the source: there is no bias in :math:`\beta`, so an odd curve on centred inputs
    would leave nothing but odd functions. Source: Kasun, Zhou, Huang, Vong 2013, Representational
    learning with extreme learning machine for big data, IEEE Intelligent Systems 28(6):31.

    Parameters
    ----------
    units : int
        Width of the layer.
    ridge : float
        Penalty on the squared output weights.
    random_state : int, RandomState or None

    Attributes
    ----------
    random_weight_ : array, shape (input, unit)
        Its columns are orthonormal where there are no more units than inputs, else its rows.
    random_bias_ : array, shape (unit,)
    weight_ : array, shape (input, unit)
        :math:`\beta^T`.
    """

    def __init__(
        self, units: int = 100, ridge: float = 1.0, random_state: int | None = None
    ) -> None:
        self.units = units
        self.ridge = ridge
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: object = None) -> AutoencoderLayer:
        """Learn to give back inputs of shape (sample, input)."""
        draw = check_random_state(self.random_state)
        inputs = X.shape[1]
        sides = max(inputs, self.units), min(inputs, self.units)
        orthonormal = np.linalg.qr(draw.normal(size=sides))[0]
        self.random_weight_ = orthonormal if inputs >= self.units else orthonormal.T
        bias = draw.normal(size=self.units)
        self.random_bias_ = bias / np.linalg.norm(bias)
        decoder = Ridge(self.ridge, fit_intercept=False, copy_X=False).fit(self.encode(X), X)
        self.weight_ = decoder.coef_
        return self

    def encode(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs of the random layer, shape (sample, unit)."""
        encoded: np.ndarray = expit(X @ self.random_weight_ + self.random_bias_)
        return encoded

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """Return the inputs that belong to outputs of the random layer, shape (sample, input)."""
        return encoded @ self.weight_.T

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the layer's outputs, shape (sample, unit)."""
        outputs: np.ndarray = X @ self.weight_
        return outputs if outputs.shape[1] == X.shape[1] else expit(outputs)
