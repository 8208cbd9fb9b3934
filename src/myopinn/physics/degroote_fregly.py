r"""Curves of De Groote, Kinney, Rao, Fregly 2016 as in OpenSim's DeGrooteFregly2016Muscle.

Source: doi 10.1007/s10439-016-1591-9, supplement. Departures from the paper, those of OpenSim 4.6:

- the active curve's constants are those of simtk.org/projects/optcntrlmuscle, with the first
  changed so that the curve is 1 at the optimal length, and it can be widened about its peak;
- the passive curve is zero at the shortest fibre (0.2) instead of at the optimal length, so that
  it is never negative;
- the force-velocity constants ``D1`` and ``D4`` let the curve pass through (-1, 0) and (0, 1), and
  its inverse has the ``-d3`` that the supplement lacks;
- the tendon: see :mod:`myopinn.physics.tendon`.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from myopinn.physics.curves import (
    MAX_FORCE_VELOCITY,
    MAX_NORM_FIBER_LENGTH,
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
    (0.8150671134243542, 1.055033428970575, 0.162384573599574, 0.063303448465465),
    (0.433004984392647, 0.716775413397760, -0.029947116970696, 0.200356847296188),
    (0.1, 1.0, 0.353553390593274, 0.0),
)
D1, D2, D3, D4 = -0.3211346127989808, -8.149, -0.374, 0.8825327733249912
KPE = 4.0
PASSIVE_STRAIN_AT_ONE_NORM_FORCE = 0.6


def active_force_length(norm_fiber_length: Tensor, width_scale: Scale = 1.0) -> Tensor:
    """Active force at full activation and zero velocity (De Groote 2016, supplement, eq. 3)."""
    return gaussian_sum(ACTIVE_TERMS, norm_fiber_length, width_scale)


def active_force_length_derivative(norm_fiber_length: Tensor, width_scale: Scale = 1.0) -> Tensor:
    """Slope of :func:`active_force_length` by the normalised fibre length."""
    return gaussian_sum_derivative(ACTIVE_TERMS, norm_fiber_length, width_scale)


def force_velocity(norm_fiber_velocity: Tensor) -> Tensor:
    r"""Force-velocity multiplier, :math:`d_1 \sinh^{-1}(d_2 \tilde v + d_3) + d_4`."""
    # -asinh(-u) spelt out with a logarithm, as compilers vectorise log but not asinh. With this
    # sign the argument of the logarithm loses no digits however fast the fibre lengthens.
    u, root = _hyperbola(norm_fiber_velocity)
    return D4 - D1 * torch.log(u + root)


def force_velocity_derivative(norm_fiber_velocity: Tensor) -> Tensor:
    """Slope of :func:`force_velocity` by the normalised fibre velocity."""
    slope = D1 * D2 / _hyperbola(norm_fiber_velocity)[1]
    too_fast = norm_fiber_velocity < MAX_NORM_SHORTENING_VELOCITY
    return torch.where(too_fast, torch.zeros_like(slope), slope)


def _hyperbola(norm_fiber_velocity: Tensor) -> tuple[Tensor, Tensor]:
    """Return ``-(d2 v + d3)`` and the root of its square plus one."""
    u = -D2 * norm_fiber_velocity.clamp(min=MAX_NORM_SHORTENING_VELOCITY) - D3
    return u, torch.sqrt(u.square() + 1.0)


def force_velocity_inverse(multiplier: Tensor) -> Tensor:
    r"""Normalised fibre velocity, :math:`(\sinh((f - d_4) / d_1) - d_3) / d_2`.

    Parameters
    ----------
    multiplier : Tensor
        Force-velocity multiplier; counts as 0 below 0 and as 10 above 10.
    """
    f = multiplier.clamp(0.0, MAX_FORCE_VELOCITY)
    return (torch.sinh((f - D4) / D1) - D3) / D2


def passive_force_length(
    norm_fiber_length: Tensor, strain_at_one_norm_force: Scale = PASSIVE_STRAIN_AT_ONE_NORM_FORCE
) -> Tensor:
    """Passive elastic fibre force, zero at the shortest fibre, linear beyond the longest.

    Parameters
    ----------
    norm_fiber_length : Tensor
    strain_at_one_norm_force : Tensor or float
        Fibre strain at which the passive force is the maximal isometric force.
    """
    rate = KPE / strain_at_one_norm_force
    inside = norm_fiber_length.clamp(MIN_NORM_FIBER_LENGTH, MAX_NORM_FIBER_LENGTH)
    beyond = (norm_fiber_length - MAX_NORM_FIBER_LENGTH).clamp(min=0.0)
    offset = _shortest(strain_at_one_norm_force)
    growth = torch.exp(rate * (inside - 1.0))
    return (growth * (1.0 + rate * beyond) - offset) * (1.0 / (math.exp(KPE) - offset))


def passive_force_length_derivative(
    norm_fiber_length: Tensor, strain_at_one_norm_force: Scale = PASSIVE_STRAIN_AT_ONE_NORM_FORCE
) -> Tensor:
    """Slope of :func:`passive_force_length` by the normalised fibre length."""
    rate = KPE / strain_at_one_norm_force
    inside = norm_fiber_length.clamp(MIN_NORM_FIBER_LENGTH, MAX_NORM_FIBER_LENGTH)
    offset = _shortest(strain_at_one_norm_force)
    slope = torch.exp(rate * (inside - 1.0)) * (rate / (math.exp(KPE) - offset))
    return torch.where(norm_fiber_length < MIN_NORM_FIBER_LENGTH, torch.zeros_like(slope), slope)


def _shortest(strain_at_one_norm_force: Scale) -> Scale:
    """Exponential of the passive curve at the shortest fibre."""
    exponent = KPE * (MIN_NORM_FIBER_LENGTH - 1.0) / strain_at_one_norm_force
    return torch.exp(exponent) if isinstance(exponent, Tensor) else math.exp(exponent)
