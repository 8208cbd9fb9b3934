r"""Fibre in line with or oblique to the tendon, at constant muscle width.

.. math:: w = l_0 \sin\alpha_0, \quad l_f = \sqrt{x^2 + w^2}, \quad \cos\alpha = x / l_f

with ``x`` the fibre length along the tendon. Source: Zajac 1989 (Crit. Rev. Biomed. Eng. 17:359);
De Groote et al. 2016, doi 10.1007/s10439-016-1591-9.
"""

from __future__ import annotations

import torch
from torch import Tensor

from myopinn.physics.curves import MIN_NORM_FIBER_LENGTH


def fiber_width(optimal_fiber_length: Tensor, pennation_angle_at_optimal: Tensor) -> Tensor:
    """Width of the muscle, m, which stays constant."""
    return optimal_fiber_length * torch.sin(pennation_angle_at_optimal)


def above_shortest(fiber_length_along_tendon: Tensor, optimal_fiber_length: Tensor) -> Tensor:
    """Fibre length along the tendon, m, held at or above 0.2 optimal lengths.

    A path shorter than its slack tendon would have a fibre of negative length, and a pennation of
    0/0 at length zero; here the fibre stays at its shortest, where it gives next to no force.
    """
    return torch.maximum(fiber_length_along_tendon, MIN_NORM_FIBER_LENGTH * optimal_fiber_length)


def fiber_length(fiber_length_along_tendon: Tensor, width: Tensor) -> Tensor:
    """Fibre length, m."""
    return torch.sqrt(fiber_length_along_tendon.square() + width.square())
