r"""Activation along many trials, all samples at once instead of one after the other.

For short trials by the thousand, as in training: 100 samples take some 200 operations on large
tensors instead of some 20,000 on small ones.

If the excitation is linear between samples and the rate r of the dynamics constant,

.. math::
    a_{k+1} = g_k a_k + e_{k+1} - g_k e_k - (1 - g_k) \frac{e_{k+1} - e_k}{h\, r_k},
    \qquad g_k = e^{-h r_k}

holds exactly. With r taken at the step's middle this is a rule of second order, stable for any
time step. The rates depend on the activation, so they are first taken at the excitation and then
at the activation that they led to, a few times (waveform relaxation: Lelarasmee, Ruehli,
Sangiovanni-Vincentelli 1982, doi 10.1109/TCAD.1982.1270004); at given rates the recurrence is
solved by doubling the number of samples that each sample has taken in (Hillis, Steele 1986,
doi 10.1145/7902.7903).

Gradients are those of the rule itself and not of the way to its solution: small changes of the
activations obey a linear recurrence too, which is solved once.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from myopinn.physics.activation import (
    SMOOTHING,
    Constant,
    activation_rate,
    activation_rate_slope,
)

_ITERATIONS = 4


def parallel_activation(
    excitation: Tensor,
    time_step: Constant,
    activation_time_constant: Constant = 0.015,
    deactivation_time_constant: Constant = 0.060,
    smoothing: Constant = SMOOTHING,
    iterations: int = _ITERATIONS,
) -> Tensor:
    """Activation along trials that start with the activation equal to the excitation.

    Parameters
    ----------
    excitation : Tensor, shape (..., time)
        0 to 1.
    time_step : Tensor (broadcastable to (..., 1)) or float, s
        Of each trial.
    activation_time_constant, deactivation_time_constant : Tensor (broadcastable) or float, s
    smoothing : Tensor (broadcastable) or float
        See :mod:`myopinn.physics.activation`.
    iterations : int
        How often the rates are taken.

    Returns
    -------
    Tensor, shape of ``excitation``
        0 to 1.
    """
    before, after = excitation[..., :-1], excitation[..., 1:]
    middle, slope = 0.5 * (before + after), (after - before) / time_step
    constants = activation_time_constant, deactivation_time_constant, smoothing
    start = excitation[..., :1]

    def step(halfway: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Take the rates; return them, the lag, what is kept of a sample, and what is gained."""
        rate = activation_rate(middle, halfway, *constants)
        # So far behind the excitation an activation follows it along a straight line.
        lag = slope / rate
        kept = torch.exp(-time_step * rate)
        return rate, lag, kept, after - lag - kept * (before - lag)

    with torch.no_grad():
        activation = excitation
        for _ in range(iterations):
            *_, kept, gained = step(_halfway(activation))
            activation = _recurrence(kept, gained, start)
    if torch.is_grad_enabled() and _any_learned(excitation, time_step, *constants):
        activation = activation.detach()
        halfway, first = _halfway(activation), activation[..., :-1]
        rate, lag, kept, gained = step(halfway)
        following = kept * first + gained
        # Of the following sample, by the rate and so by the activation halfway.
        with torch.no_grad():
            by_rate = time_step * kept * (before - first - lag) + (1.0 - kept) * lag / rate
            half = 0.5 * by_rate * activation_rate_slope(middle, halfway, *constants)
            left = 1.0 / (1.0 - half)
        # Nothing is added but the gradient: these terms are zero.
        change = _Recurrence.apply(
            ((kept + half) * left).detach(),
            (following - following.detach()) * left.detach(),
            start - start.detach(),
        )
        activation = activation + change
    # Rounding alone could leave these bounds: every step ends between activation and excitation.
    return activation.clamp(0.0, 1.0)


def _any_learned(*values: Constant) -> bool:
    """Tell whether gradients are asked for; tangents (jacfwd) come with the activation itself."""
    return any(isinstance(value, Tensor) and value.requires_grad for value in values)


def _halfway(samples: Tensor) -> Tensor:
    """Return the means of neighbouring samples."""
    return 0.5 * (samples[..., :-1] + samples[..., 1:])


class _Recurrence(torch.autograd.Function):
    """The solution of a[k + 1] = kept[k] a[k] + gained[k], with its gradient by gained and start.

    That gradient obeys the same recurrence backwards in time.
    """

    @staticmethod
    def forward(ctx: Any, kept: Tensor, gained: Tensor, start: Tensor) -> Tensor:
        ctx.save_for_backward(kept)
        return _recurrence(kept, gained, start)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor, Tensor]:
        (kept,), (gradient,) = ctx.saved_tensors, gradients
        backwards = gradient.flip(-1)
        summed = _recurrence(kept.flip(-1), backwards[..., 1:], backwards[..., :1]).flip(-1)
        return None, summed[..., 1:], summed[..., :1]


def _recurrence(kept: Tensor, gained: Tensor, start: Tensor) -> Tensor:
    """Solve a[k + 1] = kept[k] a[k] + gained[k] from a[0] = start; shape (..., time)."""
    value = torch.cat([start, gained], -1)
    # What reaches each sample of the one so many samples before it.
    factor, reach = kept, 1
    while reach < value.shape[-1]:
        added = value[..., reach:] + factor * value[..., :-reach]
        value = torch.cat([value[..., :reach], added], -1)
        factor = factor[..., reach:] * factor[..., :-reach]
        reach *= 2
    return value
