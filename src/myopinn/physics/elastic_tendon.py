r"""Hill muscle whose tendon stretches: equilibrium of fibre and tendon.

.. math::
    g(x) = l_{MT} - x - l_{TS}\, \tilde f_T^{-1}\!\left(\tilde F(x) \right) = 0, \qquad
    \tilde F(x) = \left[a f_l(\tilde l) f_v(\tilde v) + f_p(\tilde l) + \beta\tilde v\right]
    \cos\alpha

with ``x`` the fibre length along the tendon. The residual is a length: through the inverse of the
tendon curve Newton's method sees an almost straight line where the tendon force itself grows
exponentially. The root lies between the shortest fibre and the slack tendon, and a step that leaves
this bracket is replaced by bisection. From the second step on Chebyshev's correction makes the
convergence nearly cubic at no further evaluation.

The gradient is the implicit one: the solution is found without a graph, then one Newton step from
it is attached to the graph, whose value is zero and whose derivative is
:math:`-\partial g/\partial\theta \,/\, \partial g/\partial x`. It is right for first derivatives.

Source: De Groote et al. 2016, doi 10.1007/s10439-016-1591-9; the equilibrium is OpenSim 4.6's
``computeInitialFiberEquilibrium``.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from myopinn.physics import degroote_fregly
from myopinn.physics.curves import MIN_NORM_FIBER_LENGTH, Curves
from myopinn.physics.parameters import MuscleParameters
from myopinn.physics.pennation import fiber_length, fiber_width

# Two steps in single precision, which are three times as fast, two in the precision of the state,
# and the attached one leave less than 1e-9 of maximal force from every state between 0.35 and 1.7
# optimal fibre lengths, with tendons of up to seven fibre lengths and the default strain. Tendons
# that are both longer and twice as compliant need more, as their fibre can yield before they do.
COARSE_ITERATIONS = 2
ITERATIONS = 2
# At a root the residual falls with the fibre's length. Where the fibre is as stiff backwards as the
# tendon is forwards it hardly falls, and the gradient is held finite by this least slope.
_LEAST_SLOPE = 0.01

Rate = Tensor | float


class FiberVelocity(NamedTuple):
    """Fibre velocity as a function of where the fibre is, m/s.

    ``path * cos(pennation) + rate * fiber_length - history``: with ``path`` alone the fibre takes
    the whole velocity of the path (the tendon's length does not change); with ``rate`` and
    ``history`` it is a backward difference in time.
    """

    path: Rate = 0.0
    rate: Rate | None = None
    history: Rate = 0.0

    def at(self, fiber: Tensor, cos: Tensor, cos_slope: Tensor) -> tuple[Rate, Rate]:
        """Velocity, m/s, and its slope by the fibre length along the tendon."""
        v, slope = self.path * cos, self.path * cos_slope
        if self.rate is None:
            return v, slope
        return v + self.rate * fiber - self.history, slope + self.rate * cos


class Equilibrium(NamedTuple):
    """Result of :func:`solve`.

    Attributes
    ----------
    fiber_length_along_tendon : Tensor, shape (muscle, ...), m
    norm_tendon_force : Tensor, shape (muscle, ...)
        Over maximal isometric force.
    residual : Tensor, shape (muscle, ...)
        Tendon force minus fibre force along the tendon, over maximal isometric force; 0 where the
        path is too short for any tension.
    slack : Tensor of bool, shape (muscle, ...)
        Where even the shortest fibre leaves the tendon slack: no root; the force is 0, and its
        gradient too.
    """

    fiber_length_along_tendon: Tensor
    norm_tendon_force: Tensor
    residual: Tensor
    slack: Tensor


def norm_fiber_force_along_tendon(
    fiber_length_along_tendon: Tensor,
    activation: Tensor,
    velocity: FiberVelocity,
    parameters: MuscleParameters,
    curves: Curves = degroote_fregly,
) -> tuple[Tensor, Tensor]:
    """Fibre force along the tendon over maximal isometric force, and its slope.

    Parameters
    ----------
    fiber_length_along_tendon : Tensor, shape (muscle, ...), m
    activation : Tensor, shape (muscle, ...)
    velocity : FiberVelocity, fields broadcastable to (muscle, ...)
    parameters : MuscleParameters, fields broadcastable to (muscle, ...)
    curves : Curves

    Returns
    -------
    force : Tensor, shape (muscle, ...)
    slope : Tensor, shape (muscle, ...), 1/m
        Derivative by the fibre length along the tendon.
    """
    p, x = parameters, fiber_length_along_tendon
    width = fiber_width(p.optimal_fiber_length, p.pennation_angle_at_optimal)
    fiber = fiber_length(x, width)
    # One division per state: reciprocals are shared, those of parameters taken once per muscle.
    curvature = 1.0 / fiber
    cos = x * curvature
    cos_slope = (width * curvature).square() * curvature
    norm = 1.0 / p.optimal_fiber_length
    norm_length, length_slope = fiber * norm, cos * norm
    slowness = norm / p.max_contraction_velocity
    v, v_slope = (rate * slowness for rate in velocity.at(fiber, cos, cos_slope))

    active = curves.active_force_length(norm_length, p.active_force_width_scale)
    multiplier = curves.force_velocity(v)
    strain = p.passive_fiber_strain_at_one_norm_force
    force = (
        activation * active * multiplier
        + curves.passive_force_length(norm_length, strain)
        + p.fiber_damping * v
    )
    active_slope = curves.active_force_length_derivative(norm_length, p.active_force_width_scale)
    slope = (
        activation * multiplier * active_slope
        + curves.passive_force_length_derivative(norm_length, strain)
    ) * length_slope + (
        activation * active * curves.force_velocity_derivative(v) + p.fiber_damping
    ) * v_slope
    return force * cos, slope * cos + force * cos_slope


def solve(
    length: Tensor,
    activation: Tensor,
    velocity: FiberVelocity,
    parameters: MuscleParameters,
    curves: Curves = degroote_fregly,
    iterations: int = ITERATIONS,
    coarse_iterations: int = COARSE_ITERATIONS,
    start: Tensor | None = None,
) -> Equilibrium:
    """Find the fibre length at which fibre and tendon pull alike.

    Parameters
    ----------
    length : Tensor, shape (muscle, ...), m
        Muscle-tendon length.
    activation : Tensor, shape (muscle, ...)
        0 to 1.
    velocity : FiberVelocity, fields broadcastable to (muscle, ...)
    parameters : MuscleParameters, fields of shape (muscle,)
    curves : Curves
    iterations : int
        Steps of the bracketed Newton method; always all of them, so that a batch has one loop.
    coarse_iterations : int
        Steps in single precision before them.
    start : Tensor, shape (muscle, ...), m, optional
        Fibre length along the tendon to start from.

    Returns
    -------
    Equilibrium

    Raises
    ------
    PhysicsError
        Where the state's first dimension is not the number of muscles.
    """
    p = parameters.along(length)
    with torch.no_grad():
        shortest = MIN_NORM_FIBER_LENGTH * p.optimal_fiber_length
        longest = length - p.tendon_slack_length
        slack = longest <= shortest
        low = shortest + torch.zeros_like(longest)
        high = torch.where(slack, low, longest)
        if start is None:
            # A tendon at half its strain at maximal force is a good first guess for most states.
            stretch = 0.5 * p.tendon_strain_at_one_norm_force * p.tendon_slack_length
            start = torch.maximum(high - stretch, 0.5 * (low + high))
        problem = _Problem(length, activation, velocity, p)
        seen = None
        if coarse_iterations:
            x, seen = _search(
                start.to(torch.float32),
                (low.to(torch.float32), high.to(torch.float32)),
                problem.to(torch.float32),
                curves,
                coarse_iterations,
            )
            start = x.to(length.dtype)
        start = torch.minimum(torch.maximum(start, low), high)
        x, _ = _search(start, (low, high), problem, curves, iterations, seen)
    g, slope = _excess_length(x, problem, curves)
    x = torch.where(slack, x, x - g / slope.detach().clamp(max=-_LEAST_SLOPE))
    norm_tendon_length = (length - x) / p.tendon_slack_length
    force = curves.tendon_force_length(norm_tendon_length, p.tendon_strain_at_one_norm_force)
    force = torch.where(slack, torch.zeros_like(force), force.clamp(min=0.0))
    with torch.no_grad():
        fiber, _ = norm_fiber_force_along_tendon(x, activation, velocity, p, curves)
        residual = torch.where(slack, torch.zeros_like(force), force - fiber.clamp(min=0.0))
    return Equilibrium(x, force, residual, slack)


def tendon_force(
    length: Tensor,
    velocity: Tensor,
    activation: Tensor,
    parameters: MuscleParameters,
    curves: Curves = degroote_fregly,
    iterations: int = ITERATIONS,
    coarse_iterations: int = COARSE_ITERATIONS,
) -> Tensor:
    """Force of the muscle on the bone while the tendon's length does not change.

    Parameters
    ----------
    length : Tensor, shape (muscle, ...), m
        Muscle-tendon length.
    velocity : Tensor, shape (muscle, ...), m/s
        Muscle-tendon lengthening velocity.
    activation : Tensor, shape (muscle, ...)
        0 to 1.
    parameters : MuscleParameters, fields of shape (muscle,)
    curves : Curves
    iterations, coarse_iterations : int
        See :func:`solve`.

    Returns
    -------
    Tensor, shape (muscle, ...), N
        Never negative; 0 where the path is too short for any tension.
    """
    # ASSUME: quasi-static tendon, whose own velocity is neglected; where it matters the fibre
    # length is integrated in time (myopinn.physics.trial).
    found = solve(
        length,
        activation,
        FiberVelocity(path=velocity),
        parameters,
        curves,
        iterations,
        coarse_iterations,
    )
    return parameters.along(length).max_isometric_force * found.norm_tendon_force


class _Problem(NamedTuple):
    """States and parameters of an equilibrium, all broadcastable to (muscle, ...)."""

    length: Tensor
    activation: Tensor
    velocity: FiberVelocity
    parameters: MuscleParameters

    def to(self, dtype: torch.dtype) -> _Problem:
        """Return the same problem in another precision."""
        rates = {
            k: r.to(dtype) if isinstance(r, Tensor) else r
            for k, r in self.velocity._asdict().items()
        }
        return _Problem(
            self.length.to(dtype),
            self.activation.to(dtype),
            FiberVelocity(**rates),
            MuscleParameters(*(v.to(dtype) for v in self.parameters)),
        )


def _excess_length(x: Tensor, problem: _Problem, curves: Curves) -> tuple[Tensor, Tensor]:
    """Residual g(x) of the module's equation, m, and its slope by x."""
    p = problem.parameters
    strain = p.tendon_strain_at_one_norm_force
    force, force_slope = norm_fiber_force_along_tendon(
        x, problem.activation, problem.velocity, p, curves
    )
    tendon = curves.tendon_force_length_inverse(force, strain)
    yielding = curves.tendon_force_length_inverse_derivative(force, strain)
    return (
        problem.length - x - p.tendon_slack_length * tendon,
        -1.0 - p.tendon_slack_length * yielding * force_slope,
    )


def _search(
    x: Tensor,
    bracket: tuple[Tensor, Tensor],
    problem: _Problem,
    curves: Curves,
    iterations: int,
    seen: tuple[Tensor, Tensor] | None = None,
) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
    """Close in on the root within a bracket; ``seen`` is the last point and the slope there."""
    low, high = bracket
    for _ in range(iterations):
        g, slope = _excess_length(x, problem, curves)
        # g > 0: the tendon pulls harder than the fibre, so the fibre is longer.
        low, high = torch.where(g > 0, x, low), torch.where(g > 0, high, x)
        inverse = 1.0 / slope
        step = -g * inverse
        if seen is not None:
            # Chebyshev's correction, the curvature being that between the last two points.
            bend = step * inverse * (slope - seen[1]) / (x - seen[0])
            step = torch.where(bend.abs() < 0.5, step * (1.0 - 0.5 * bend), step)
        seen = (x, slope)
        inside = (x + step >= low) & (x + step <= high)
        x = torch.where(inside, x + step, 0.5 * (low + high))
    return x, seen
