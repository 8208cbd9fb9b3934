r"""From the envelope of a muscle's EMG to its excitation: delay and nonlinear shape.

.. math:: e(t) = \frac{e^{A u(t - d)} - 1}{e^{A} - 1}

with ``u`` the normalised envelope, ``d`` the electromechanical delay and ``A`` the shape factor.
Source: Lloyd, Besier 2003, doi 10.1016/S0021-9290(03)00010-1, eq. 4 (their factor in [-3, 0]).
"""

from __future__ import annotations

import torch
from torch import Tensor

# Below this size of A u the closed form loses digits, and its limit is used instead.
_STRAIGHT = 1e-4


def delayed(signal: Tensor, delay: Tensor, time_step: float) -> Tensor:
    """Shift a sampled signal later in time by a delay that can be learned.

    Parameters
    ----------
    signal : Tensor, shape (muscle, ..., time)
    delay : Tensor, shape (muscle,), s
        Not negative.
    time_step : float, s

    Returns
    -------
    Tensor, shape of ``signal``
        ``signal(t - delay)`` by linear interpolation, which never leaves the signal's range; its
        first value where ``t - delay`` lies before the first sample.
    """
    frames = signal.shape[-1]
    row = (slice(None), *(None,) * (signal.dim() - 1))
    sample = torch.arange(frames, dtype=signal.dtype, device=signal.device) - delay[row] / time_step
    sample = sample.clamp(0.0, frames - 1.0)
    before = sample.detach().floor().clamp(max=max(frames - 2.0, 0.0))
    index = before.long().expand(signal.shape)
    earlier = torch.gather(signal, -1, index)
    later = torch.gather(signal, -1, (index + 1).clamp(max=frames - 1))
    return earlier + (sample - before) * (later - earlier)


def shaped(envelope: Tensor, shape_factor: Tensor) -> Tensor:
    """Apply the nonlinear relation of EMG and excitation.

    Parameters
    ----------
    envelope : Tensor, shape (muscle, ...)
        Normalised EMG envelope, 0 to 1.
    shape_factor : Tensor, shape (muscle,)
        ``A``: 0 is a straight line (taken as the limit), negative values lift weak EMG.

    Returns
    -------
    Tensor, shape of ``envelope``
        0 where the envelope is 0 and 1 where it is 1.
    """
    A = shape_factor[(slice(None), *(None,) * (envelope.dim() - 1))]
    straight = A.abs() < _STRAIGHT
    # The branch that is not taken must be finite too, or its gradient would be NaN.
    safe = torch.where(straight, torch.ones_like(A), A)
    curved = torch.expm1(safe * envelope) / torch.expm1(safe)
    nearly = envelope * (1.0 + 0.5 * A * (envelope - 1.0))
    return torch.where(straight, nearly, curved)


def excitation(envelope: Tensor, delay: Tensor, shape_factor: Tensor, time_step: float) -> Tensor:
    """Excitation of a trial from its normalised EMG envelopes.

    Parameters
    ----------
    envelope : Tensor, shape (muscle, ..., time)
        0 to 1.
    delay : Tensor, shape (muscle,), s
        Electromechanical delay.
    shape_factor : Tensor, shape (muscle,)
    time_step : float, s

    Returns
    -------
    Tensor, shape (muscle, ..., time)
    """
    return shaped(delayed(envelope, delay, time_step), shape_factor)
