r"""Equations of motion in weak form: averaged over short windows instead of at every frame.

An acceleration taken as a second difference of neighbouring frames magnifies whatever lies above
the band of the movement by the square of its frequency. Integrated against a test function
:math:`\phi` that vanishes with its derivatives at its ends, the equation needs no derivative of
the angle at all:

.. math:: \int \phi\, I \ddot q\, dt = \int \ddot\phi\, I q\, dt

Summed over frames instead of integrated, both sides are the same sum by parts: the average under
:math:`\phi` of the second difference is the angle's average under the second difference of
:math:`\phi`. So it is enough to average the residual of the frames.
"""

from __future__ import annotations

import torch
from torch import Tensor


def averaging_windows(
    time_step_s: Tensor, frames: int, *, width_s: float, spacing_frames: int
) -> Tensor:
    r"""Return the weights of windows that lie evenly over a cycle.

    Each is :math:`\phi(x) = (1 - x^2)^4` between its ends at :math:`x = \pm 1`, three times
    differentiable there, as shares of one: it is a Gaussian to the eye, with a standard deviation
    of 0.30 of half its width.

    Parameters
    ----------
    time_step_s : tensor, shape (cycle,), s
    frames : int
        Of a cycle.
    width_s : float, s
        From end to end of a window; a cycle that is shorter has windows of its own length, and one
        whose frames are wider apart than a quarter of it has windows of four frames.
    spacing_frames : int
        From the middle of a window to the next, at most.

    Returns
    -------
    tensor, shape (cycle, window, frame)
        None reaches beyond the cycle. The same number of windows for all cycles.
    """
    frame = torch.arange(frames, dtype=torch.double)
    half = width_s / (2.0 * time_step_s.double().cpu()[:, None, None])
    half = half.clamp(min=2.0, max=(frames - 1) / 2)
    places = torch.linspace(0.0, 1.0, 1 + -(-frames // spacing_frames), dtype=torch.double)
    middle = half + places[:, None] * (frames - 1 - 2 * half)
    away = (frame - middle) / half
    weight = torch.where(away.abs() < 1.0, (1.0 - away**2) ** 4, 0.0)
    return (weight / weight.sum(-1, keepdim=True)).to(time_step_s)
