"""What a set of muscle curves must offer, and the limits that all sets keep.

A set is a module: :mod:`~myopinn.physics.degroote_fregly` or
:mod:`~myopinn.physics.meyer_fregly`. Every equation that needs curves takes one as ``curves``.
Lengths are normalised by the optimal fibre length, velocities by the maximal contraction velocity
(negative when shortening), forces by the maximal isometric force.

Limits, so that no finite input gives NaN, infinity or a NaN gradient: fibres shorter than
``MIN_NORM_FIBER_LENGTH`` count as that length, passive fibres longer than
``MAX_NORM_FIBER_LENGTH`` are extended linearly, and shortening faster than the maximal velocity
counts as the maximal velocity, where the active force is zero. Inside these limits, which are
those of OpenSim, the curves are exact.
"""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

MIN_NORM_FIBER_LENGTH = 0.2
MAX_NORM_FIBER_LENGTH = 1.8
MAX_NORM_SHORTENING_VELOCITY = -1.0
# Largest force-velocity multiplier whose velocity is asked for.
MAX_FORCE_VELOCITY = 10.0

Scale = Tensor | float


class Curves(Protocol):
    """The interface of a set of muscle curves."""

    def active_force_length(self, norm_fiber_length: Tensor, width_scale: Scale = 1.0) -> Tensor:
        """Active force at full activation and zero velocity."""
        ...

    def active_force_length_derivative(
        self, norm_fiber_length: Tensor, width_scale: Scale = 1.0
    ) -> Tensor:
        """Its derivative by the normalised fibre length."""
        ...

    def force_velocity(self, norm_fiber_velocity: Tensor) -> Tensor:
        """Multiplier of the active force."""
        ...

    def force_velocity_derivative(self, norm_fiber_velocity: Tensor) -> Tensor:
        """Its derivative by the normalised fibre velocity."""
        ...

    def force_velocity_inverse(self, multiplier: Tensor) -> Tensor:
        """Return the normalised fibre velocity that has a multiplier."""
        ...

    def passive_force_length(
        self, norm_fiber_length: Tensor, strain_at_one_norm_force: Scale = 0.6
    ) -> Tensor:
        """Passive elastic force."""
        ...

    def passive_force_length_derivative(
        self, norm_fiber_length: Tensor, strain_at_one_norm_force: Scale = 0.6
    ) -> Tensor:
        """Its derivative by the normalised fibre length."""
        ...

    def tendon_force_length(
        self, norm_tendon_length: Tensor, strain_at_one_norm_force: Scale = 0.049
    ) -> Tensor:
        """Tendon force by tendon length over slack length."""
        ...

    def tendon_force_length_derivative(
        self, norm_tendon_length: Tensor, strain_at_one_norm_force: Scale = 0.049
    ) -> Tensor:
        """Its derivative by the normalised tendon length."""
        ...

    def tendon_force_length_inverse(
        self, norm_tendon_force: Tensor, strain_at_one_norm_force: Scale = 0.049
    ) -> Tensor:
        """Return the normalised tendon length that carries a force."""
        ...

    def tendon_force_length_inverse_derivative(
        self, norm_tendon_force: Tensor, strain_at_one_norm_force: Scale = 0.049
    ) -> Tensor:
        """Its derivative by the normalised tendon force."""
        ...
