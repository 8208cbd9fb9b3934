"""Parameters of a set of muscles: what a Hill muscle and its activation need."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from myopinn.physics.checks import PhysicsError


class MuscleParameters(NamedTuple):
    """One value per muscle of every parameter; a pytree, so that ``vmap`` and ``grad`` take it.

    Every field has shape (muscle,); a leading subject dimension is mapped over by
    ``torch.func.vmap``. Defaults are those of OpenSim's DeGrooteFregly2016Muscle.

    Attributes
    ----------
    max_isometric_force : Tensor, N
    optimal_fiber_length : Tensor, m
    tendon_slack_length : Tensor, m
    pennation_angle_at_optimal : Tensor, rad
    max_contraction_velocity : Tensor, optimal fibre lengths per second
    fiber_damping : Tensor
        Damping force over maximal isometric force at the maximal contraction velocity.
    active_force_width_scale : Tensor
        Widens the active force-length curve about its peak.
    passive_fiber_strain_at_one_norm_force : Tensor
    tendon_strain_at_one_norm_force : Tensor
    activation_time_constant, deactivation_time_constant : Tensor, s
    electromechanical_delay : Tensor, s
    emg_shape_factor : Tensor
        ``A`` of :func:`myopinn.physics.excitation.shaped`.
    """

    max_isometric_force: Tensor
    optimal_fiber_length: Tensor
    tendon_slack_length: Tensor
    pennation_angle_at_optimal: Tensor
    max_contraction_velocity: Tensor
    fiber_damping: Tensor
    active_force_width_scale: Tensor
    passive_fiber_strain_at_one_norm_force: Tensor
    tendon_strain_at_one_norm_force: Tensor
    activation_time_constant: Tensor
    deactivation_time_constant: Tensor
    electromechanical_delay: Tensor
    emg_shape_factor: Tensor

    @classmethod
    def of(
        cls,
        max_isometric_force: Tensor,
        optimal_fiber_length: Tensor,
        tendon_slack_length: Tensor,
        pennation_angle_at_optimal: Tensor,
        **others: Tensor | float,
    ) -> MuscleParameters:
        """Parameters with OpenSim's defaults for all that is not given.

        Parameters
        ----------
        max_isometric_force, optimal_fiber_length, tendon_slack_length, \
pennation_angle_at_optimal : Tensor, shape (muscle,)
            N, m, m, rad.
        **others : Tensor, shape (muscle,), or float
            Any other field.

        Raises
        ------
        PhysicsError
            Where a field has another shape or no such field exists.
        """
        unknown = set(others) - set(cls._fields)
        if unknown:
            raise PhysicsError(f"no such muscle parameter: {', '.join(sorted(unknown))}.")
        given: dict[str, Tensor | float] = {
            **DEFAULTS,
            "max_isometric_force": max_isometric_force,
            "optimal_fiber_length": optimal_fiber_length,
            "tendon_slack_length": tendon_slack_length,
            "pennation_angle_at_optimal": pennation_angle_at_optimal,
            **others,
        }
        like = optimal_fiber_length
        values = {
            k: torch.as_tensor(v, dtype=like.dtype, device=like.device) for k, v in given.items()
        }
        for field, value in values.items():
            if value.dim() and value.shape != like.shape:
                raise PhysicsError(
                    f"{field.replace('_', ' ')} has shape {tuple(value.shape)}, but there are "
                    f"{tuple(like.shape)} muscles."
                )
        return cls(**{k: v.expand(like.shape) for k, v in values.items()})

    def along(self, state: Tensor) -> MuscleParameters:
        """Parameters shaped to broadcast over a state of shape (muscle, ...).

        Raises
        ------
        PhysicsError
            Where the state's first dimension is not the number of muscles.
        """
        muscles = self.optimal_fiber_length.shape[0]
        if state.dim() == 0 or state.shape[0] not in (1, muscles):
            raise PhysicsError(
                f"a state of shape {tuple(state.shape)} does not fit {muscles} muscles; the first "
                "dimension is the muscle."
            )
        batch = (1,) * (state.dim() - 1)
        return MuscleParameters(*(value.reshape(muscles, *batch) for value in self))


DEFAULTS: dict[str, float] = {
    "max_contraction_velocity": 10.0,
    "fiber_damping": 0.0,
    "active_force_width_scale": 1.0,
    "passive_fiber_strain_at_one_norm_force": 0.6,
    "tendon_strain_at_one_norm_force": 0.049,
    "activation_time_constant": 0.015,
    "deactivation_time_constant": 0.060,
    # ASSUME: 40 ms lies in the middle of the delays reported for leg and arm muscles (10-100 ms,
    # Lloyd & Besier 2003); it is one of the parameters to be learned.
    "electromechanical_delay": 0.040,
    "emg_shape_factor": 0.0,
}
