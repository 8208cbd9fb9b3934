"""Which muscles turn a joint the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from myopinn.moment_arms import crosses, person_paths

_STATES = 50


def agonists_of(geometry: Mapping[str, Any], coordinate: str) -> dict[str, tuple[str, ...]]:
    """Give of each muscle that crosses a joint the others that turn it the same way.

    Two muscles are agonists where their moment arms have one sign on average over the range of the
    joint that their paths were fitted on, all other joints in the middle of theirs.

    Parameters
    ----------
    geometry : mapping
        A person's arrays of the layout :data:`myopinn.artifacts.GEOMETRY`.
    coordinate : str

    Returns
    -------
    dict of muscle to muscles
    """
    muscles = [str(m) for m in geometry["muscle"] if crosses(geometry, str(m), coordinate)]
    if not muscles:
        return {}
    paths = person_paths(geometry, muscles)
    own = paths.coordinates.index(coordinate)
    joints = paths.centre[:, None].repeat(1, _STATES)
    half = float(np.asarray(geometry["half_range"], dtype=float)[own])
    joints[own] += torch.linspace(-half, half, _STATES, dtype=joints.dtype)
    side = torch.sign(paths.moment_arm(joints)[:, own].mean(-1))
    return {
        muscle: tuple(
            other
            for other, there in zip(muscles, side, strict=True)
            if other != muscle and there == here
        )
        for muscle, here in zip(muscles, side, strict=True)
    }
