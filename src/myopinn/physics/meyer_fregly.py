r"""Curves of Meyer et al. 2016 as in OpenSim 4.6's MeyerFregly2016Muscle.

The muscle of the synergy-extrapolation community (Ao, Shourijeh, Patten, Fregly 2020, 2022).
Source: doi 10.3389/fbioe.2016.00077; constants from OpenSim 4.6.

# ASSUME: Meyer's muscle has a rigid tendon only. Where an elastic one is asked for, it gets De
# Groote's tendon, which the same laboratory uses elsewhere.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from myopinn.physics.curves import (
    MAX_NORM_SHORTENING_VELOCITY,
    MIN_NORM_FIBER_LENGTH,
    Scale,
)
from myopinn.physics.gaussians import gaussian_sum, gaussian_sum_derivative
from myopinn.physics.tendon import (
    tendon_force_length,
    tendon_force_length_derivative,
    tendon_force_length_inverse,
    tendon_force_length_inverse_derivative,
)

__all__ = [
    "active_force_length",
    "active_force_length_derivative",
    "force_velocity",
    "force_velocity_derivative",
    "force_velocity_inverse",
    "passive_force_length",
    "passive_force_length_derivative",
    "tendon_force_length",
    "tendon_force_length_derivative",
    "tendon_force_length_inverse",
    "tendon_force_length_inverse_derivative",
]

ACTIVE_TERMS = (
    (0.8174335195120225, 1.054348561163096, 0.16194288662761705, 0.06381565266097716),
    (0.43130780147182907, 0.7163004817144202, -0.029060905806803296, 0.19835014521987723),
    (0.1, 1.0, 0.353553390593274, 0.0),
)
D1, D2, D3 = -32.51401019139919, 22.160392466960214, 18.7932134796918
D4, D5, D6 = 6.320952269683997, -0.27671677680513945, 8.053304562566995
E1, E2, E3 = 0.232000797810576, 12.438535493526128, 1.329470475731338
# The curve ends at finite multipliers; its inverse is asked for between velocities -1 and 10.
_SLOWEST, _FASTEST = (D1 + D2 * math.atan(D3 + D4 * math.atan(D5 + D6 * v)) for v in (-1.0, 10.0))


def active_force_length(norm_fiber_length: Tensor, width_scale: Scale = 1.0) -> Tensor:
    """Active force at full activation and zero velocity."""
    return gaussian_sum(ACTIVE_TERMS, norm_fiber_length, width_scale)


def active_force_length_derivative(norm_fiber_length: Tensor, width_scale: Scale = 1.0) -> Tensor:
    """Slope of :func:`active_force_length` by the normalised fibre length."""
    return gaussian_sum_derivative(ACTIVE_TERMS, norm_fiber_length, width_scale)


def force_velocity(norm_fiber_velocity: Tensor) -> Tensor:
    r"""Multiplier :math:`d_1 + d_2 \tan^{-1}(d_3 + d_4 \tan^{-1}(d_5 + d_6 \tilde v))`."""
    v = norm_fiber_velocity.clamp(min=MAX_NORM_SHORTENING_VELOCITY)
    return D1 + D2 * torch.atan(D3 + D4 * torch.atan(D5 + D6 * v))


def force_velocity_derivative(norm_fiber_velocity: Tensor) -> Tensor:
    """Slope of :func:`force_velocity` by the normalised fibre velocity."""
    inner = D5 + D6 * norm_fiber_velocity
    outer = D3 + D4 * torch.atan(inner)
    slope = D2 * D4 * D6 / ((1.0 + outer.square()) * (1.0 + inner.square()))
    too_fast = norm_fiber_velocity < MAX_NORM_SHORTENING_VELOCITY
    return torch.where(too_fast, torch.zeros_like(slope), slope)


def force_velocity_inverse(multiplier: Tensor) -> Tensor:
    """Normalised fibre velocity; multipliers outside those of velocities -1 to 10 are clamped."""
    f = multiplier.clamp(_SLOWEST, _FASTEST)
    return (torch.tan((torch.tan((f - D1) / D2) - D3) / D4) - D5) / D6


def passive_force_length(
    norm_fiber_length: Tensor, strain_at_one_norm_force: Scale = 0.6
) -> Tensor:
    r"""Passive elastic fibre force, :math:`e_1 \log(e^{e_2 (\tilde l - e_3)} + 1)`.

    ``strain_at_one_norm_force`` belongs to the common interface; this curve has no such parameter.
    """
    # No threshold: torch's default turns the curve into a line from 20 on, at 2e-9 relative.
    exponent = E2 * (norm_fiber_length.clamp(min=MIN_NORM_FIBER_LENGTH) - E3)
    return E1 * softplus(exponent, threshold=40.0)


def passive_force_length_derivative(
    norm_fiber_length: Tensor, strain_at_one_norm_force: Scale = 0.6
) -> Tensor:
    """Slope of :func:`passive_force_length` by the normalised fibre length."""
    slope = E1 * E2 * torch.sigmoid(E2 * (norm_fiber_length - E3))
    return torch.where(norm_fiber_length < MIN_NORM_FIBER_LENGTH, torch.zeros_like(slope), slope)
