r"""Active force-length curve as three Gaussian-like terms, shared by both sets of curves.

.. math:: f_{act}(\tilde l) = \sum_i b_{1i}
    \exp\left(-\frac{(\tilde l - b_{2i})^2}{2 (b_{3i} + b_{4i} \tilde l)^2}\right)

Source: De Groote et al. 2016, doi 10.1007/s10439-016-1591-9, supplement, whose denominator lacks
the square.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from myopinn.physics.curves import MIN_NORM_FIBER_LENGTH, Scale

Terms = Sequence[tuple[float, float, float, float]]


def gaussian_sum(terms: Terms, norm_fiber_length: Tensor, width_scale: Scale) -> Tensor:
    """Active force multiplier of the given terms (b1, b2, b3, b4)."""
    x = widened(norm_fiber_length, width_scale)
    first, second, third = (
        b1 * torch.exp(-0.5 * z.square())
        for (b1, *_), (z, _) in zip(terms, _deviations(terms, x), strict=True)
    )
    return first + second + third


def gaussian_sum_derivative(terms: Terms, norm_fiber_length: Tensor, width_scale: Scale) -> Tensor:
    """Slope of :func:`gaussian_sum` by the normalised fibre length."""
    x = widened(norm_fiber_length, width_scale)
    first, second, third = (
        b1 * torch.exp(-0.5 * z.square()) * z * (narrowness * narrowness * (b3 + b2 * b4))
        for (b1, b2, b3, b4), (z, narrowness) in zip(terms, _deviations(terms, x), strict=True)
    )
    slope = (first + second + third) * (-1.0 / width_scale)
    return torch.where(norm_fiber_length < MIN_NORM_FIBER_LENGTH, torch.zeros_like(slope), slope)


def widened(norm_fiber_length: Tensor, width_scale: Scale) -> Tensor:
    """Fibre length seen by the curve when it is widened about its peak at 1."""
    length = norm_fiber_length.clamp(min=MIN_NORM_FIBER_LENGTH)
    if isinstance(width_scale, float) and width_scale == 1.0:
        return length
    return (length - 1.0) * (1.0 / width_scale) + 1.0


def _deviations(terms: Terms, x: Tensor) -> tuple[tuple[Tensor, Tensor | float], ...]:
    """Distance from each peak in widths, and one over the width; the third width is constant.

    One division serves all, and curve and slope share it: the whole muscle runs a fifth faster.
    """
    (_, b21, b31, b41), (_, b22, b32, b42), (_, b23, b33, _) = terms
    first, second, third = b31 + b41 * x, b32 + b42 * x, 1.0 / b33
    both = 1.0 / (first * second)
    return (
        ((x - b21) * (both * second), both * second),
        ((x - b22) * (both * first), both * first),
        ((x - b23) * third, third),
    )
