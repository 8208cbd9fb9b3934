r"""Motion of joints: M, C, G of a chain, the equation of motion, and the moment balance.

A joint that moves alone (or a few in series on a resting base) obeys

.. math:: M(q) \ddot q + C(q, \dot q) + G(q) = \sum_m r_m(q) F_m

A joint inside a moving chain (the knee in walking) is held to the net moment that inverse dynamics
found for it, as its bodies' motion is that of the whole body:

.. math:: \sum_m r_m(q) F_m = \tau_{ID}

The chain is a product of exponentials (Lynch & Park 2017, Modern Robotics, ch. 4 and 8): all axes,
points and inertias are given once, in the base frame at q = 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from myopinn.physics.checks import PhysicsError, refuse, require_finite

Load = Tensor | float


class Chain(NamedTuple):
    """Rotational joints in series on a resting base; a pytree, so that ``vmap`` takes it.

    Everything is given in the base frame in the pose q = 0.

    Attributes
    ----------
    axis : Tensor, shape (coordinate, 3)
        Unit vectors, right-handed.
    point : Tensor, shape (coordinate, 3), m
        A point on each axis.
    mass : Tensor, shape (coordinate,), kg
        Of all that moves with a coordinate and not with the next.
    centre_of_mass : Tensor, shape (coordinate, 3), m
    inertia : Tensor, shape (coordinate, 3, 3), kg.m^2
        About the centre of mass.
    gravity : Tensor, shape (3,), m/s^2
    load_point : Tensor, shape (3,), m
        Where a load is held by the last link.
    load_gyration : Tensor, shape (), m
        Radius of gyration of the load about its centre.
    """

    axis: Tensor
    point: Tensor
    mass: Tensor
    centre_of_mass: Tensor
    inertia: Tensor
    gravity: Tensor
    load_point: Tensor
    load_gyration: Tensor

    @classmethod
    def from_dict(
        cls,
        plain: Mapping[str, Any],
        dtype: torch.dtype = torch.float64,
        device: torch.device | str | None = None,
    ) -> Chain:
        """Build a chain from plain numbers, such as a joint inertia file holds.

        Raises
        ------
        PhysicsError
            Where a field is missing, not finite or of another shape, a mass is negative or an axis
            is no unit vector; naming the coordinate.
        """
        try:
            chain = cls(*(torch.tensor(plain[f], dtype=dtype, device=device) for f in cls._fields))
        except KeyError as error:
            raise PhysicsError(f"the joint inertia lacks {error}.") from error
        names = list(plain.get("coordinates", range(chain.mass.shape[0])))
        n = len(names)
        shapes = [(n, 3), (n, 3), (n,), (n, 3), (n, 3, 3), (3,), (3,), ()]
        for field, value, shape in zip(cls._fields, chain, shapes, strict=True):
            if tuple(value.shape) != shape:
                raise PhysicsError(f"{field} has shape {tuple(value.shape)}, expected {shape}.")
        for field in ("axis", "point", "mass", "centre_of_mass", "inertia"):
            require_finite(names, **{field: getattr(chain, field)})
        refuse(chain.mass < 0, chain.mass, names, "mass", "must not be negative, in kg")
        norm = chain.axis.norm(dim=1)
        refuse((norm - 1.0).abs() > 1e-6, norm, names, "length of the axis", "must be 1")
        return chain


def inverse_dynamics(
    chain: Chain, q: Tensor, q_dot: Tensor, q_ddot: Tensor, load: Load = 0.0
) -> Tensor:
    """Joint moments of a motion, by the recursive Newton-Euler algorithm.

    Parameters
    ----------
    chain : Chain
    q, q_dot, q_ddot : Tensor, shape (coordinate, ...), rad, rad/s, rad/s^2
    load : Tensor (broadcastable to the batch) or float, kg
        Mass held at ``load_point``.

    Returns
    -------
    Tensor, shape (coordinate, ...), N.m
    """
    batch = q.shape[1:]
    rotation = torch.eye(3, dtype=q.dtype, device=q.device).reshape(3, 3, *(1,) * len(batch))
    at = _column(chain.point[0], batch)
    reference = at
    omega = torch.zeros((3, *batch), dtype=q.dtype, device=q.device)
    alpha = torch.zeros_like(omega)
    # Accelerating the base upwards does what gravity does.
    acceleration = -_column(chain.gravity, batch) + torch.zeros_like(omega)
    hinges, wrenches = [], []
    for i in range(chain.mass.shape[0]):
        arm = _turn(rotation, _column(chain.point[i], batch) - reference)
        acceleration = acceleration + _carried(alpha, omega, arm)
        at = at + arm
        reference = _column(chain.point[i], batch)
        axis = _turn(rotation, _column(chain.axis[i], batch))
        alpha = alpha + axis * q_ddot[i] + _cross(omega, axis * q_dot[i])
        omega = omega + axis * q_dot[i]
        rotation = _compose(rotation, _rotation(_column(chain.axis[i], batch), q[i]))
        hinges.append((axis, at))
        lever = _turn(rotation, _column(chain.centre_of_mass[i], batch) - reference)
        force = chain.mass[i] * (acceleration + _carried(alpha, omega, lever))
        wrenches.append((i, at + lever, force, _spin(rotation, chain.inertia[i], omega, alpha)))
    lever = _turn(rotation, _column(chain.load_point, batch) - reference)
    force = load * (acceleration + _carried(alpha, omega, lever))
    # ASSUME: the load is a ball, so that it has no gyroscopic moment.
    wrenches.append((i, at + lever, force, load * chain.load_gyration.square() * alpha))
    moments = []
    for i, (axis, at) in enumerate(hinges):
        total = torch.zeros_like(omega)
        for link, centre, force, couple in wrenches:
            if link >= i:
                total = total + couple + _cross(centre - at, force)
        moments.append((axis * total).sum(0))
    return torch.stack(moments)


def mass_matrix(chain: Chain, q: Tensor, load: Load = 0.0) -> Tensor:
    """Mass matrix M(q), kg.m^2, shape (coordinate, coordinate, ...)."""
    weightless = chain._replace(gravity=torch.zeros_like(chain.gravity))
    n, batch = q.shape[0], q.shape[1:]
    # All unit accelerations in one call, along a last dimension of their own.
    unit = torch.eye(n, dtype=q.dtype, device=q.device).reshape(n, *(1,) * len(batch), n)
    held = load[..., None] if isinstance(load, Tensor) else load
    at = q[..., None].expand(*q.shape, n)
    columns = inverse_dynamics(weightless, at, torch.zeros_like(at), unit.expand(*q.shape, n), held)
    return columns.movedim(-1, 1)


def coriolis(chain: Chain, q: Tensor, q_dot: Tensor, load: Load = 0.0) -> Tensor:
    """Coriolis and centrifugal moments C(q, q'), N.m, shape (coordinate, ...)."""
    weightless = chain._replace(gravity=torch.zeros_like(chain.gravity))
    return inverse_dynamics(weightless, q, q_dot, torch.zeros_like(q), load)


def gravity_moment(chain: Chain, q: Tensor, load: Load = 0.0) -> Tensor:
    """Moments G(q) that hold the chain against gravity, N.m, shape (coordinate, ...)."""
    rest = torch.zeros_like(q)
    return inverse_dynamics(chain, q, rest, rest, load)


def last_hinge(chain: Chain, resting: Tensor, load: Load = 0.0) -> tuple[Tensor, Tensor, Tensor]:
    r"""Inertia and gravity of the last joint while those before it rest.

    Its equation of motion is :math:`I \ddot q + a \cos q + b \sin q = \tau`.

    Parameters
    ----------
    chain : Chain
    resting : Tensor, shape (coordinate - 1, batch), rad
        Where the joints before it stand.
    load : Tensor (broadcastable to the batch) or float, kg

    Returns
    -------
    I, a, b : Tensor, shape (batch,), kg.m^2, N.m, N.m
    """
    at_zero = torch.cat([resting, resting.new_zeros((1, *resting.shape[1:]))])
    turned = at_zero.clone()
    turned[-1] += math.pi / 2
    inertia = mass_matrix(chain, at_zero, load)[-1, -1]
    cosine, sine = (gravity_moment(chain, q, load)[-1] for q in (at_zero, turned))
    return inertia, cosine, sine


def acceleration(
    chain: Chain, q: Tensor, q_dot: Tensor, joint_moment: Tensor, load: Load = 0.0
) -> Tensor:
    """Joint accelerations under given joint moments, rad/s^2, shape (coordinate, ...)."""
    rest = inverse_dynamics(chain, q, q_dot, torch.zeros_like(q), load)
    M = mass_matrix(chain, q, load).movedim((0, 1), (-2, -1))
    return torch.linalg.solve(M, (joint_moment - rest).movedim(0, -1)).movedim(-1, 0)


def joint_moment(moment_arm: Tensor, force: Tensor) -> Tensor:
    """Sum of the muscles' moments, N.m, shape (coordinate, ...).

    Parameters
    ----------
    moment_arm : Tensor, shape (muscle, coordinate, ...), m
    force : Tensor, shape (muscle, ...), N
    """
    return (moment_arm * force[:, None]).sum(0)


def equation_of_motion_residual(
    chain: Chain,
    q: Tensor,
    q_dot: Tensor,
    q_ddot: Tensor,
    moment_arm: Tensor,
    force: Tensor,
    load: Load = 0.0,
) -> Tensor:
    """Residual M q'' + C + G - sum r F of joints that move alone, N.m, shape (coordinate, ...).

    Parameters
    ----------
    chain : Chain
    q, q_dot, q_ddot : Tensor, shape (coordinate, ...)
    moment_arm : Tensor, shape (muscle, coordinate, ...), m
    force : Tensor, shape (muscle, ...), N
    load : Tensor (broadcastable to the batch) or float, kg
    """
    return inverse_dynamics(chain, q, q_dot, q_ddot, load) - joint_moment(moment_arm, force)


def moment_balance(moment_arm: Tensor, force: Tensor, inverse_dynamics_moment: Tensor) -> Tensor:
    """Residual sum r F - tau of joints inside a moving chain, N.m, shape (coordinate, ...).

    Parameters
    ----------
    moment_arm : Tensor, shape (muscle, coordinate, ...), m
        Of all muscles that cross the joints.
    force : Tensor, shape (muscle, ...), N
    inverse_dynamics_moment : Tensor, shape (coordinate, ...), N.m
    """
    return joint_moment(moment_arm, force) - inverse_dynamics_moment


def _column(vector: Tensor, batch: tuple[int, ...]) -> Tensor:
    """Shape (3,) to (3, 1...) for a batch."""
    return vector.reshape(3, *(1,) * len(batch))


def _cross(a: Tensor, b: Tensor) -> Tensor:
    """Cross product along the first dimension."""
    return torch.stack(
        (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    )


def _carried(alpha: Tensor, omega: Tensor, arm: Tensor) -> Tensor:
    """Acceleration of a point of a turning body relative to another, ``arm`` away."""
    return _cross(alpha, arm) + _cross(omega, _cross(omega, arm))


def _turn(rotation: Tensor, vector: Tensor) -> Tensor:
    """Rotation (3, 3, ...) of a vector (3, ...)."""
    return (rotation * vector[None]).sum(1)


def _compose(first: Tensor, second: Tensor) -> Tensor:
    """Product of rotations of shape (3, 3, ...)."""
    return (first[:, :, None] * second[None]).sum(1)


def _rotation(axis: Tensor, angle: Tensor) -> Tensor:
    """Rotation by an angle about a unit axis (Rodrigues), shape (3, 3, ...)."""
    x, y, z = axis
    zero = torch.zeros_like(x)
    skew = torch.stack(
        (torch.stack((zero, -z, y)), torch.stack((z, zero, -x)), torch.stack((-y, x, zero)))
    )
    unit = torch.eye(3, dtype=axis.dtype, device=axis.device).reshape(3, 3, *(1,) * x.dim())
    return unit + torch.sin(angle) * skew + (1.0 - torch.cos(angle)) * _compose(skew, skew)


def _spin(rotation: Tensor, inertia: Tensor, omega: Tensor, alpha: Tensor) -> Tensor:
    """Moment I alpha + omega x I omega of a body whose inertia is given at q = 0."""
    back = rotation.transpose(0, 1)
    body = inertia.reshape(3, 3, *(1,) * (omega.dim() - 1))

    def momentum(rate: Tensor) -> Tensor:
        return _turn(rotation, _turn(body, _turn(back, rate)))

    return momentum(alpha) + _cross(omega, momentum(omega))
