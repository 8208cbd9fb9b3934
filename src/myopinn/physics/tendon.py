r"""Tendon force-length curve of De Groote et al. 2016.

.. math:: \tilde F_T = c_1 e^{k_T (\tilde l_T - c_2)} - c_3

Source: doi 10.1007/s10439-016-1591-9, supplement. As OpenSim's DeGrooteFregly2016Muscle this
departs from the paper: ``c2 = 1`` (paper 0.995) and ``c3 = 0.2`` (paper 0.25), so that the curve
passes through zero force at slack length, and the stiffness is given as the strain at one
maximal isometric force instead of ``kT``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

C1, C2, C3 = 0.2, 1.0, 0.2
STRAIN_AT_ONE_NORM_FORCE = 0.049
# Longer tendons than this force are extended linearly, so that no finite input overflows; it is
# the largest normalised tendon force that OpenSim allows.
MAX_NORM_TENDON_FORCE = 5.0

Strain = Tensor | float


def stiffness(strain_at_one_norm_force: Strain = STRAIN_AT_ONE_NORM_FORCE) -> Strain:
    """Exponent ``kT`` at which the normalised force is 1 at the given strain."""
    return math.log((1.0 + C3) / C1) / (1.0 + strain_at_one_norm_force - C2)


def tendon_force_length(
    norm_tendon_length: Tensor, strain_at_one_norm_force: Strain = STRAIN_AT_ONE_NORM_FORCE
) -> Tensor:
    """Normalised tendon force.

    Parameters
    ----------
    norm_tendon_length : Tensor
        Tendon length over slack length.
    strain_at_one_norm_force : Tensor or float
        Tendon strain at maximal isometric force.

    Returns
    -------
    Tensor
        Force over maximal isometric force; slightly negative below slack length as in OpenSim,
        never under -0.2, and extended linearly beyond a force of 5.
    """
    kT = stiffness(strain_at_one_norm_force)
    exponent = kT * (norm_tendon_length - C2)
    inside = exponent.clamp(max=_LARGEST_EXPONENT)
    return C1 * torch.exp(inside) * (1.0 + (exponent - inside)) - C3


def tendon_force_length_derivative(
    norm_tendon_length: Tensor, strain_at_one_norm_force: Strain = STRAIN_AT_ONE_NORM_FORCE
) -> Tensor:
    """Slope of :func:`tendon_force_length` by the normalised tendon length."""
    kT = stiffness(strain_at_one_norm_force)
    exponent = kT * (norm_tendon_length - C2)
    return C1 * kT * torch.exp(exponent.clamp(max=_LARGEST_EXPONENT))


def tendon_force_length_inverse(
    norm_tendon_force: Tensor, strain_at_one_norm_force: Strain = STRAIN_AT_ONE_NORM_FORCE
) -> Tensor:
    """Normalised tendon length that carries a normalised force; forces below 0 count as 0."""
    kT = stiffness(strain_at_one_norm_force)
    inside = norm_tendon_force.clamp(0.0, MAX_NORM_TENDON_FORCE)
    beyond = (norm_tendon_force - MAX_NORM_TENDON_FORCE).clamp(min=0.0)
    exponent = torch.log((inside + C3) * (1.0 / C1)) + beyond * (1.0 / (MAX_NORM_TENDON_FORCE + C3))
    return exponent * (1.0 / kT) + C2


def tendon_force_length_inverse_derivative(
    norm_tendon_force: Tensor, strain_at_one_norm_force: Strain = STRAIN_AT_ONE_NORM_FORCE
) -> Tensor:
    """Slope of :func:`tendon_force_length_inverse`; 0 for forces below 0."""
    kT = stiffness(strain_at_one_norm_force)
    slope = (1.0 / kT) / (norm_tendon_force.clamp(0.0, MAX_NORM_TENDON_FORCE) + C3)
    return torch.where(norm_tendon_force < 0.0, torch.zeros_like(slope), slope)


_LARGEST_EXPONENT = math.log((MAX_NORM_TENDON_FORCE + C3) / C1)
