r"""Hill muscle whose tendon does not stretch: closed form.

.. math::
    x = l_{MT} - l_{TS}, \qquad
    F = F_0 \left[a f_l(\tilde l) f_v(\tilde v) + f_p(\tilde l) + \beta \tilde v\right] \cos\alpha

with the fibre velocity :math:`\tilde v = \dot l_{MT} \cos\alpha / (l_0 v_{max})`. Source: De Groote
et al. 2016, doi 10.1007/s10439-016-1591-9; OpenSim 4.6 with ``ignore_tendon_compliance``.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from myopinn.physics import degroote_fregly
from myopinn.physics.curves import Curves
from myopinn.physics.parameters import MuscleParameters
from myopinn.physics.pennation import above_shortest, fiber_length, fiber_width


class FiberForce(NamedTuple):
    """What a fibre's force is made of, over the maximal isometric force.

    The force along the fibre is activation * active_length * velocity + rest: what the length and
    what the velocity leave of full activation, and the passive and damping force.
    """

    active_length: Tensor
    velocity: Tensor
    rest: Tensor


class FiberState(NamedTuple):
    """Where a fibre is: normalised length and velocity, and the cosine of its pennation."""

    norm_fiber_length: Tensor
    norm_fiber_velocity: Tensor
    cos_pennation: Tensor


def fiber_state(length: Tensor, velocity: Tensor, parameters: MuscleParameters) -> FiberState:
    """Fibre of a muscle with a rigid tendon.

    Parameters
    ----------
    length : Tensor, shape (muscle, ...), m
        Muscle-tendon length; where it leaves the fibre less than 0.2 optimal lengths, the fibre
        counts as that length.
    velocity : Tensor, shape (muscle, ...), m/s
        Muscle-tendon lengthening velocity.
    parameters : MuscleParameters, fields of shape (muscle,)

    Returns
    -------
    FiberState, fields of shape (muscle, ...)
    """
    p = parameters.along(length)
    along_tendon = above_shortest(length - p.tendon_slack_length, p.optimal_fiber_length)
    fiber = fiber_length(
        along_tendon, fiber_width(p.optimal_fiber_length, p.pennation_angle_at_optimal)
    )
    cos_pennation = along_tendon / fiber
    # Reciprocals of parameters are taken once per muscle, where a division would be one per state.
    slowness = 1.0 / (p.optimal_fiber_length * p.max_contraction_velocity)
    return FiberState(
        fiber * (1.0 / p.optimal_fiber_length), velocity * cos_pennation * slowness, cos_pennation
    )


def fiber_force(
    fiber: FiberState, parameters: MuscleParameters, curves: Curves = degroote_fregly
) -> FiberForce:
    """Return all of a fibre's force that does not depend on its activation."""
    p = parameters.along(fiber.norm_fiber_length)
    passive = curves.passive_force_length(
        fiber.norm_fiber_length, p.passive_fiber_strain_at_one_norm_force
    )
    return FiberForce(
        curves.active_force_length(fiber.norm_fiber_length, p.active_force_width_scale),
        curves.force_velocity(fiber.norm_fiber_velocity),
        passive + p.fiber_damping * fiber.norm_fiber_velocity,
    )


def norm_fiber_force(
    fiber: FiberState,
    activation: Tensor,
    parameters: MuscleParameters,
    curves: Curves = degroote_fregly,
) -> Tensor:
    """Force along the fibre over maximal isometric force; damping may make it negative."""
    force = fiber_force(fiber, parameters, curves)
    return activation * force.active_length * force.velocity + force.rest


def tendon_force(
    length: Tensor,
    velocity: Tensor,
    activation: Tensor,
    parameters: MuscleParameters,
    curves: Curves = degroote_fregly,
) -> Tensor:
    """Force of the muscle on the bone.

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
        The module of a set of curves.

    Returns
    -------
    Tensor, shape (muscle, ...), N
        Never negative: a tendon does not push. This departs from OpenSim only where damping
        would exceed the fibre's active and passive force.

    Raises
    ------
    PhysicsError
        Where a state's first dimension is not the number of muscles.
    """
    fiber = fiber_state(length, velocity, parameters)
    norm_force = norm_fiber_force(fiber, activation, parameters, curves) * fiber.cos_pennation
    return parameters.along(length).max_isometric_force * norm_force.clamp(min=0.0)
