"""What a network is trained for: its targets, and physics as further terms of the loss.

    MSE(angle) + MSE(force) + sum of weight * term

Every network has the same terms with the same meaning, so that two entries that differ in a weight
differ in nothing else. The settings can be read without importing torch.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from myopinn.checks.settings import setting
from myopinn.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from myopinn.dataset.problem import Cycles, Problem
    from myopinn.methods.losses.objectives import Objective


def _weight(of: str) -> float:
    """Declare the weight of a term; its name is that of the term with ``_weight``."""
    return setting(f"weight in the loss of {of}", 0.0, ge=0, le=1e6)


@dataclass(frozen=True)
class TermWeights:
    """Weights of the terms beside angle and force; without any, a network knows no physics.

    Raises
    ------
    ConfigError
        Where a weight is negative or no number.
    """

    physics_weight: float = _weight("the joint's equation, by the moment's range")
    force_bounds_weight: float = _weight("forces no muscle can have")
    smoothness_weight: float = _weight("what trembles in the forces")
    activation_weight: float = _weight("the difference to Hill muscles")

    def __post_init__(self) -> None:
        for weight in fields(TermWeights):
            if not 0 <= getattr(self, weight.name) < float("inf"):
                raise ConfigError(f"{weight.name}: at least 0.")


def physics_informed(network: nn.Module, weights: TermWeights, problem: Problem) -> Objective:
    """Give a network its loss.

    Where the task has a physics the term stands there even without a weight: it is no part of the
    loss then, but what the fit leaves of it can be measured. A constraint without weight has no
    part in anything. The early stop looks at angle and force alone, whatever the weights, so that
    entries are not told apart by when they stop.

    Raises
    ------
    ConfigError
        Where physics has a weight and the task no physics, or a constraint lacks what it needs.
    """
    from myopinn.methods.informed.constraints import CONSTRAINTS
    from myopinn.methods.losses.objectives import Objective, data_terms
    from myopinn.methods.losses.residuals import physics_residual

    terms = data_terms(problem)
    watched = tuple(terms)
    factors = {"physics": weights.physics_weight}
    if problem.physics is not None or weights.physics_weight:
        terms["physics"] = physics_residual(problem)
    for name, kind in CONSTRAINTS.items():
        weight = getattr(weights, f"{name}_weight")
        if weight:
            terms[name], factors[name] = kind(problem), weight
    return Objective(network, terms, factors, watched)


def derive_terms(weights: TermWeights, problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return what the terms need of each cycle, whatever the network answers."""
    from myopinn.methods.informed.constraints import CONSTRAINTS
    from myopinn.methods.joint.muscle_states import muscle_states
    from myopinn.methods.losses.residuals import physics_residual

    weighted = [kind for n, kind in CONSTRAINTS.items() if getattr(weights, f"{n}_weight")]
    of_muscles = any(kind.sees_muscle_states for kind in weighted)
    states = muscle_states(problem, cycles) if of_muscles else {}
    own = physics_residual(problem).derive(cycles) if problem.physics is not None else {}
    return {**states, **own}
