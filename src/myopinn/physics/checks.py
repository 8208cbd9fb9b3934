"""Bad input is refused by the name of the muscle and of the quantity.

The equations of this room are pure tensor functions that also run under ``torch.compile`` and
``torch.func.vmap``, where values cannot be looked at. Shapes are always checked; values are
checked wherever they can be seen, and never while a graph is traced.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class PhysicsError(ValueError):
    """A quantity that a muscle or joint cannot have; the message names both."""


def first_offender(bad: Tensor) -> tuple[int, ...] | None:
    """Index of the first true element, or None where there is none or it cannot be known.

    Parameters
    ----------
    bad : Tensor of bool, shape (muscle or coordinate, ...)

    Returns
    -------
    tuple of int or None
        None also while the values are hidden by a trace (``torch.compile``, ``vmap``).
    """
    if torch.compiler.is_compiling():
        return None
    try:
        if not bool(bad.any()):
            return None
    except RuntimeError:
        # vmap hides the values of one subject from Python; the caller checked them before.
        return None
    return tuple(int(i) for i in bad.nonzero()[0])


def refuse(bad: Tensor, value: Tensor, names: Sequence[str], quantity: str, rule: str) -> None:
    """Raise where any element of ``bad`` is true.

    Parameters
    ----------
    bad : Tensor of bool, shape (name, ...)
    value : Tensor, broadcastable to ``bad``
        What is reported.
    names : sequence of str
        Muscles or coordinates along the first dimension.
    quantity, rule : str
        Such as ``"muscle-tendon length"`` and ``"must be positive, in m"``.

    Raises
    ------
    PhysicsError
        Naming the first offender, its index in the batch, its value and the rule.
    """
    where = first_offender(bad)
    if where is None:
        return
    element = value.detach().expand(bad.shape)[where].item()
    place = f" at {where[1:]}" if len(where) > 1 else ""
    raise PhysicsError(f"{names[where[0]]}: {quantity}{place} is {element:.6g}, {rule}.")


def require_finite(names: Sequence[str], **quantities: Tensor) -> None:
    """Hold quantities to their number of rows and to finite values.

    Parameters
    ----------
    names : sequence of str
        Muscles or coordinates along the first dimension of every quantity.
    **quantities : Tensor, shape (name, ...)
        Underscores in a keyword become blanks in the message.

    Raises
    ------
    PhysicsError
        Naming the quantity, and the muscle or coordinate where one is at fault.
    """
    for key, value in quantities.items():
        quantity = key.replace("_", " ")
        if value.dim() == 0 or value.shape[0] != len(names):
            raise PhysicsError(
                f"{quantity} has shape {tuple(value.shape)}; its first dimension must be the "
                f"{len(names)} of {', '.join(names)}."
            )
        refuse(~torch.isfinite(value), value, names, quantity, "must be finite")


def require_states(
    names: Sequence[str], *, length: Tensor, velocity: Tensor, activation: Tensor
) -> None:
    """Hold muscle states to what a muscle can have.

    Parameters
    ----------
    names : sequence of str, muscle
    length : Tensor, shape (muscle, ...), m
        Muscle-tendon length, positive.
    velocity : Tensor, shape (muscle, ...), m/s
        Muscle-tendon lengthening velocity.
    activation : Tensor, shape (muscle, ...)
        Between 0 and 1.

    Raises
    ------
    PhysicsError
        Naming the muscle, the quantity and the element, or the shapes that do not fit together.
    """
    require_finite(
        names, muscle_tendon_length=length, muscle_tendon_velocity=velocity, activation=activation
    )
    try:
        torch.broadcast_shapes(length.shape, velocity.shape, activation.shape)
    except RuntimeError as error:
        raise PhysicsError(
            f"muscle-tendon length {tuple(length.shape)}, velocity {tuple(velocity.shape)} and "
            f"activation {tuple(activation.shape)} do not fit together."
        ) from error
    refuse(length <= 0, length, names, "muscle-tendon length", "must be positive, in m")
    beyond = (activation < 0) | (activation > 1)
    refuse(beyond, activation, names, "activation", "must lie in [0, 1]")
