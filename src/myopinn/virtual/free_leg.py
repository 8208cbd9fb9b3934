"""The right leg free in the air while the person stands on the other one and holds on to a rail.

Nothing touches the free foot, so that its moments follow from its motion alone. The pelvis is
carried, as it is in walking, but rests.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from myopinn.virtual.leg import JOINTS, PELVIS
from myopinn.virtual.motion import Target, reach
from myopinn.virtual.people import Person
from myopinn.virtual.walk import Walk, intend_to_stand

if TYPE_CHECKING:
    import numpy as np

Pair = tuple[float, float]

# ASSUME: the other leg stands on a block of this height, over which the free foot clears the floor.
BLOCK_M = 0.15


def intend_free_reaches(
    person: Person,
    targets_deg: Mapping[str, Pair],
    duration_s: Pair,
    dwell_s: Pair,
    start_s: float,
    end_s: float,
    rng: np.random.Generator,
) -> Walk:
    """Intend to reach for postures of hip, knee and ankle, the foot in the air.

    Parameters
    ----------
    targets_deg : mapping of joint to pair of float
        Smallest and largest angle of each joint.
    duration_s, dwell_s : pair of float
        Of a movement, and of the rest after it.

    Returns
    -------
    Walk
        Without a stride and without a ground.
    """
    import numpy as np

    standing = intend_to_stand(person, start_s, end_s)
    names = person.anatomy.coordinates
    targets = [
        (math.radians(low), math.radians(high))
        for low, high in (targets_deg[name] for name in JOINTS)
    ]
    moved = reach(targets, duration_s, dwell_s, start_s, end_s, rng)
    rows, joints = len(moved.angle), [names.index(name) for name in JOINTS]
    curves = np.zeros((3, rows, len(names)))
    curves[0] = standing.target.angle[0]
    curves[0, :, names.index(PELVIS[2])] += BLOCK_M
    curves[:, :, joints] = moved.angle, moved.velocity, moved.acceleration
    return Walk(
        target=Target(moved.start_s, *curves),
        phase=np.zeros(rows),
        force_n=np.zeros((rows, 2)),
        pressure_m=np.tile(standing.pressure_m[0], (rows, 1)),
        body_weight_n=standing.body_weight_n,
        stride_s=math.inf,
    )
