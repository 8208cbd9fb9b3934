r"""A subject's muscle parameters: frozen, bounded, serialisable, and smooth to learn.

A parameter inside its bounds is written as

.. math:: \theta = \theta_{min} + (\theta_{max} - \theta_{min})\, \sigma(z)

with an unbounded ``z`` for the optimiser, so no value is ever clipped and every gradient is smooth.
Parameters whose bounds coincide are known and have no ``z``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from myopinn.physics.checks import PhysicsError, first_offender, refuse, require_finite
from myopinn.physics.parameters import MuscleParameters

Bounds = tuple[float, float]

# What each parameter must be whatever its bounds: strictly above the first, below the second.
_POSSIBLE: dict[str, Bounds] = {
    **dict.fromkeys(MuscleParameters._fields, (0.0, math.inf)),
    "pennation_angle_at_optimal": (-1e-12, 0.5 * math.pi),
    "fiber_damping": (-1e-12, math.inf),
    "electromechanical_delay": (-1e-12, math.inf),
    "active_force_width_scale": (1.0 - 1e-12, math.inf),
    "emg_shape_factor": (-math.inf, math.inf),
}
# Closer to a bound than this share of the range, the inverse of the sigmoid would overflow.
_EDGE = 1e-6


@dataclass(frozen=True)
class SubjectParameters:
    """Parameters of a subject's muscles within their bounds.

    Attributes
    ----------
    muscles : tuple of str
    values, lower, upper : MuscleParameters, fields of shape (muscle,)
        ``lower <= values <= upper``; equal bounds fix a parameter.

    Raises
    ------
    PhysicsError
        On construction, naming muscle and parameter: not finite, impossible, or out of bounds.
    """

    muscles: tuple[str, ...]
    values: MuscleParameters
    lower: MuscleParameters
    upper: MuscleParameters

    def __post_init__(self) -> None:
        for field in MuscleParameters._fields:
            value, low, high = (getattr(p, field) for p in (self.values, self.lower, self.upper))
            quantity = field.replace("_", " ")
            least, most = _POSSIBLE[field]
            for what, tensor in (("", value), ("lower bound of ", low), ("upper bound of ", high)):
                require_finite(self.muscles, **{what + quantity: tensor})
                impossible = (tensor <= least) | (tensor >= most)
                rule = f"must lie between {max(least, 0.0) if least > -1 else least:g} and {most:g}"
                refuse(impossible, tensor, self.muscles, what + quantity, rule)
            # A round trip through the sigmoid may end one unit in the last place outside.
            slack = 1e-6 * (high - low) + 1e-12
            outside = (value < low - slack) | (value > high + slack)
            where = first_offender(outside)
            if where is not None:
                i = where[0]
                rule = f"out of its bounds [{low[i].item():.6g}, {high[i].item():.6g}]"
                refuse(outside, value, self.muscles, quantity, rule)

    @classmethod
    def around(
        cls,
        muscles: tuple[str, ...],
        generic: MuscleParameters,
        *,
        relative: Mapping[str, Bounds] | None = None,
        absolute: Mapping[str, Bounds] | None = None,
    ) -> SubjectParameters:
        """Start at generic parameters, with bounds for those that are to be learned.

        Parameters
        ----------
        muscles : tuple of str
        generic : MuscleParameters, fields of shape (muscle,)
        relative : mapping of field to (low, high)
            Bounds as multiples of the generic value, such as ``{"optimal_fiber_length":
            (0.8, 1.2)}``.
        absolute : mapping of field to (low, high), SI

        Returns
        -------
        SubjectParameters
            Fields without bounds are fixed.
        """
        bounds: dict[str, tuple[Tensor, Tensor]] = {}
        for field, (low, high) in (relative or {}).items():
            value = _field(generic, field)
            bounds[field] = (low * value, high * value)
        for field, (low, high) in (absolute or {}).items():
            value = _field(generic, field)
            bounds[field] = (torch.full_like(value, low), torch.full_like(value, high))
        lower = generic._replace(**{f: b[0] for f, b in bounds.items()})
        upper = generic._replace(**{f: b[1] for f, b in bounds.items()})
        return cls(tuple(muscles), generic, lower, upper)

    def unbounded(self) -> dict[str, Tensor]:
        """Unbounded ``z`` of every field that is not fixed, each of shape (muscle,)."""
        free: dict[str, Tensor] = {}
        for field in MuscleParameters._fields:
            value, low, high = (getattr(p, field) for p in (self.values, self.lower, self.upper))
            width = high - low
            if bool((width > 0).any()):
                share = torch.where(width > 0, (value - low) / width, torch.full_like(width, 0.5))
                free[field] = torch.logit(share.clamp(_EDGE, 1.0 - _EDGE)).detach().clone()
        return free

    def bounded(self, unbounded: Mapping[str, Tensor]) -> MuscleParameters:
        """Parameters at given ``z``; differentiable, and usable under ``vmap`` and ``compile``.

        Parameters
        ----------
        unbounded : mapping of field to Tensor, shape (muscle,)

        Raises
        ------
        PhysicsError
            Where a field is unknown or has another shape.
        """
        values: dict[str, Tensor] = {}
        for field, z in unbounded.items():
            low, high = _field(self.lower, field), _field(self.upper, field)
            if z.shape != low.shape:
                raise PhysicsError(
                    f"{field.replace('_', ' ')}: {tuple(z.shape)} unbounded values for "
                    f"{len(self.muscles)} muscles."
                )
            values[field] = low + (high - low) * torch.sigmoid(z)
        return self.values._replace(**values)

    def learned(self, unbounded: Mapping[str, Tensor]) -> SubjectParameters:
        """Return the same subject with the parameters at given ``z``."""
        values = MuscleParameters(*(v.detach().clone() for v in self.bounded(unbounded)))
        return replace(self, values=values)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and names that JSON can hold without loss."""
        return {
            "muscles": list(self.muscles),
            **{
                part: {f: v.tolist() for f, v in getattr(self, part)._asdict().items()}
                for part in ("values", "lower", "upper")
            },
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> SubjectParameters:
        """Read what :meth:`to_dict` gave, in double precision.

        Raises
        ------
        PhysicsError
            Where a part or field is missing, or a value is out of bounds.
        """
        try:
            parts = {
                part: MuscleParameters(
                    **{
                        f: torch.tensor(plain[part][f], dtype=torch.float64)
                        for f in MuscleParameters._fields
                    }
                )
                for part in ("values", "lower", "upper")
            }
            return cls(tuple(plain["muscles"]), **parts)
        except KeyError as error:
            raise PhysicsError(f"a subject's parameters lack {error}.") from error


def _field(parameters: MuscleParameters, field: str) -> Tensor:
    if field not in MuscleParameters._fields:
        raise PhysicsError(
            f"no such muscle parameter: {field}; choose among "
            f"{', '.join(MuscleParameters._fields)}."
        )
    value: Tensor = getattr(parameters, field)
    return value
