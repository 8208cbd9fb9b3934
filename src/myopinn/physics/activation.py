r"""Activation dynamics of De Groote et al. 2016.

.. math::
    \dot a = \left[\frac{f + 0.5}{\tau_a z} + \frac{(0.5 - f)\, z}{\tau_d}\right] (e - a), \quad
    f = \tfrac12 \tanh(b (e - a)), \quad z = 0.5 + 1.5 a

Source: doi 10.1007/s10439-016-1591-9, supplement, eq. 1-2, as in OpenSim 4.6, whose default
smoothing ``b`` is the paper's 0.1; 10 comes closer to the stated time constants.
"""

from __future__ import annotations

import torch
from torch import Tensor

SMOOTHING = 0.1

Constant = Tensor | float


def activation_derivative(
    excitation: Tensor,
    activation: Tensor,
    activation_time_constant: Constant = 0.015,
    deactivation_time_constant: Constant = 0.060,
    smoothing: Constant = SMOOTHING,
) -> Tensor:
    """Time derivative of the activation.

    Parameters
    ----------
    excitation, activation : Tensor, shape (muscle, ...)
        0 to 1.
    activation_time_constant, deactivation_time_constant : Tensor (broadcastable) or float, s
    smoothing : Tensor (broadcastable) or float
        Steepness ``b`` of the change from activation to deactivation.

    Returns
    -------
    Tensor, shape (muscle, ...), 1/s
    """
    rate = activation_rate(
        excitation, activation, activation_time_constant, deactivation_time_constant, smoothing
    )
    return rate * (excitation - activation)


def activation_rate(
    excitation: Tensor,
    activation: Tensor,
    activation_time_constant: Constant = 0.015,
    deactivation_time_constant: Constant = 0.060,
    smoothing: Constant = SMOOTHING,
) -> Tensor:
    """Rate at which the activation approaches the excitation: the bracket of the equation.

    Takes what :func:`activation_derivative` takes.

    Returns
    -------
    Tensor, shape (muscle, ...), 1/s
        Always positive.
    """
    # The two halves of the bracket at f = 0, which f then weighs: fewer passes over the samples.
    z = 0.5 + 1.5 * activation
    rise, fall = (0.5 / activation_time_constant) / z, (0.5 / deactivation_time_constant) * z
    return rise + fall + torch.tanh(smoothing * (excitation - activation)) * (rise - fall)


def activation_rate_slope(
    excitation: Tensor,
    activation: Tensor,
    activation_time_constant: Constant = 0.015,
    deactivation_time_constant: Constant = 0.060,
    smoothing: Constant = SMOOTHING,
) -> Tensor:
    """Return the derivative of :func:`activation_rate` by the activation.

    Takes what :func:`activation_derivative` takes.

    Returns
    -------
    Tensor, shape (muscle, ...), 1/s
    """
    tanh = torch.tanh(smoothing * (excitation - activation))
    z = 0.5 + 1.5 * activation
    rise, fall = (0.5 / activation_time_constant) / z, (0.5 / deactivation_time_constant) * z
    # Of rise and fall themselves, and of the hyperbolic tangent.
    risen, fallen = -1.5 * rise / z, 0.75 / deactivation_time_constant
    turned = smoothing * (tanh.square() - 1.0) * (rise - fall)
    return risen + fallen + tanh * (risen - fallen) + turned
