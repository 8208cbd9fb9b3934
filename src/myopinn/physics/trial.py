"""Whole trials in time: activation from excitation, and the fibre of an elastic tendon.

Both follow samples at a constant time step and can be differentiated by everything that goes in.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from myopinn.physics import degroote_fregly
from myopinn.physics.activation import SMOOTHING, activation_derivative
from myopinn.physics.checks import PhysicsError
from myopinn.physics.curves import Curves
from myopinn.physics.elastic_tendon import FiberVelocity, solve
from myopinn.physics.parameters import MuscleParameters
from myopinn.physics.pennation import fiber_length, fiber_width

# Fastest rate of the activation dynamics at De Groote's constants is 71 per second; Runge-Kutta 4
# is stable to 2.8 over that and accurate to 1e-6 at a tenth of it.
_LONGEST_STEP_S = 0.005
# In a time step the fibre may cross the whole force-velocity curve within a millimetre; six steps
# from the last frame's fibre leave 1e-13 of maximal force at time steps of 1 to 20 ms.
_ITERATIONS = 8


class FiberTrial(NamedTuple):
    """Fibre and tendon along a trial, all of shape (muscle, ..., time).

    Attributes
    ----------
    tendon_force : Tensor, N
    fiber_length : Tensor, m
    residual : Tensor
        Tendon force minus fibre force along the tendon, over maximal isometric force.
    """

    tendon_force: Tensor
    fiber_length: Tensor
    residual: Tensor


def integrate_activation(
    excitation: Tensor,
    parameters: MuscleParameters,
    time_step: float,
    initial: Tensor | None = None,
    smoothing: float = SMOOTHING,
) -> Tensor:
    """Activation along a trial, by Runge-Kutta 4 between linearly interpolated samples.

    Parameters
    ----------
    excitation : Tensor, shape (muscle, ..., time)
        0 to 1.
    parameters : MuscleParameters, fields of shape (muscle,)
    time_step : float, s
        Of the samples; longer ones than 5 ms are divided.
    initial : Tensor, shape (muscle, ...), optional
        Activation at the first sample; the excitation there if not given.
    smoothing : float
        See :mod:`myopinn.physics.activation`.

    Returns
    -------
    Tensor, shape (muscle, ..., time)
    """
    _require_time(time_step, excitation)
    p = parameters.along(excitation[..., 0])
    rise, fall = p.activation_time_constant, p.deactivation_time_constant
    steps = max(1, math.ceil(time_step / _LONGEST_STEP_S - 1e-9))
    h = time_step / steps

    def derivative(e: Tensor, a: Tensor) -> Tensor:
        return activation_derivative(e, a, rise, fall, smoothing)

    a = excitation[..., 0] if initial is None else initial
    course = [a]
    for k in range(excitation.shape[-1] - 1):
        here, there = excitation[..., k], excitation[..., k + 1]
        for i in range(steps):
            e0 = torch.lerp(here, there, i / steps)
            e1 = torch.lerp(here, there, (i + 0.5) / steps)
            e2 = torch.lerp(here, there, (i + 1) / steps)
            k1 = derivative(e0, a)
            k2 = derivative(e1, a + 0.5 * h * k1)
            k3 = derivative(e1, a + 0.5 * h * k2)
            k4 = derivative(e2, a + h * k3)
            a = a + (h / 6.0) * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        course.append(a)
    return torch.stack(course, -1)


def integrate_fiber(
    length: Tensor,
    activation: Tensor,
    parameters: MuscleParameters,
    time_step: float,
    curves: Curves = degroote_fregly,
    iterations: int = _ITERATIONS,
) -> FiberTrial:
    r"""Fibre length and tendon force along a trial with an elastic tendon.

    The fibre's velocity is a backward difference of second order (BDF2; of first order in the
    first step), so that every step is an equilibrium with one root: no division by the activation,
    no stiffness limit, damping included. The first sample rests in equilibrium with the path's
    velocity.

    Parameters
    ----------
    length : Tensor, shape (muscle, ..., time), m
        Muscle-tendon length.
    activation : Tensor, shape (muscle, ..., time)
    parameters : MuscleParameters, fields of shape (muscle,)
    time_step : float, s
    curves : Curves
    iterations : int
        See :func:`myopinn.physics.elastic_tendon.solve`.

    Returns
    -------
    FiberTrial
    """
    _require_time(time_step, length)
    p = parameters.along(length[..., 0])
    width = fiber_width(p.optimal_fiber_length, p.pennation_angle_at_optimal)
    frames = length.shape[-1]
    first = (length[..., min(1, frames - 1)] - length[..., 0]) / time_step
    velocity, start = FiberVelocity(path=first), None
    forces: list[Tensor] = []
    fibers: list[Tensor] = []
    residuals: list[Tensor] = []
    for k in range(frames):
        if k == 1:
            velocity = FiberVelocity(rate=1.0 / time_step, history=fibers[0] / time_step)
        elif k > 1:
            history = (2.0 * fibers[-1] - 0.5 * fibers[-2]) / time_step
            velocity = FiberVelocity(rate=1.5 / time_step, history=history)
        # A difference of fibre lengths over a time step has no digits in single precision.
        found = solve(
            length[..., k], activation[..., k], velocity, parameters, curves, iterations, 0, start
        )
        start = found.fiber_length_along_tendon.detach()
        forces.append(p.max_isometric_force * found.norm_tendon_force)
        fibers.append(fiber_length(found.fiber_length_along_tendon, width))
        residuals.append(found.residual)
    return FiberTrial(torch.stack(forces, -1), torch.stack(fibers, -1), torch.stack(residuals, -1))


def _require_time(time_step: float, samples: Tensor) -> None:
    if not time_step > 0:
        raise PhysicsError(f"time step is {time_step:g} s; it must be positive.")
    if samples.dim() < 2 or samples.shape[-1] == 0:
        raise PhysicsError(
            f"samples have shape {tuple(samples.shape)}; they must be (muscle, ..., time)."
        )
