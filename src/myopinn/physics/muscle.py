"""The way in: force of named muscles, with checked input and a choice of tendon and curves."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from myopinn.physics import degroote_fregly, elastic_tendon, meyer_fregly, rigid_tendon
from myopinn.physics.checks import PhysicsError, require_states
from myopinn.physics.curves import Curves
from myopinn.physics.parameters import MuscleParameters

CURVES: dict[str, Curves] = {"degroote_fregly": degroote_fregly, "meyer_fregly": meyer_fregly}
TENDONS = {"rigid": rigid_tendon.tendon_force, "elastic": elastic_tendon.tendon_force}


def muscle_force(
    names: Sequence[str],
    length: Tensor,
    velocity: Tensor,
    activation: Tensor,
    parameters: MuscleParameters,
    *,
    tendon: str = "rigid",
    curves: str = "degroote_fregly",
) -> Tensor:
    """Force of the muscles on the bones.

    Parameters
    ----------
    names : sequence of str, muscle
        For messages.
    length : Tensor, shape (muscle, ...), m
        Muscle-tendon length.
    velocity : Tensor, shape (muscle, ...), m/s
        Muscle-tendon lengthening velocity.
    activation : Tensor, shape (muscle, ...)
        0 to 1.
    parameters : MuscleParameters, fields of shape (muscle,)
    tendon : {"rigid", "elastic"}
    curves : {"degroote_fregly", "meyer_fregly"}

    Returns
    -------
    Tensor, shape (muscle, ...), N
        Never negative.

    Raises
    ------
    PhysicsError
        Where a state is not finite, a length not positive or an activation outside [0, 1], naming
        the muscle and the quantity; where shapes do not fit; where tendon or curves are unknown.
        Under ``torch.compile`` and ``vmap``, which hide values, shapes alone are checked.
    """
    if tendon not in TENDONS:
        raise PhysicsError(f"no tendon '{tendon}'; choose among {', '.join(TENDONS)}.")
    if curves not in CURVES:
        raise PhysicsError(f"no curves '{curves}'; choose among {', '.join(CURVES)}.")
    require_states(names, length=length, velocity=velocity, activation=activation)
    return TENDONS[tendon](length, velocity, activation, parameters, CURVES[curves])
