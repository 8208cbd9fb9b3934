"""The modules of who walks by synergies: what explains the person's own plans at all speeds.

Modules drawn at random cannot carry a body: muscles of a leg have to serve three joints at once. A
person's modules are therefore the nonnegative factors of how that person would walk with every
muscle free, at speeds from slow to fast, and the same for all that the person does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from myopinn.virtual.sharing_laws import LEAST_EFFORT
from myopinn.virtual.simulation import STEP_S
from myopinn.virtual.walk import intend_walk, stride_time_s
from myopinn.virtual.walker import WalkingController, WalkingGains

if TYPE_CHECKING:
    import numpy as np

    from myopinn.virtual.people import Person

# Of healthy walking four or five are enough (Ivanenko, Poppele, Lacquaniti 2004,
# doi:10.1113/jphysiol.2003.057174; Clark et al. 2010, doi:10.1152/jn.00825.2009).
MODULES = 5
_SPEEDS_M_S = (0.7, 1.1, 1.5)


def learned_modules(person: Person, rng: np.random.Generator) -> tuple[tuple[float, ...], ...]:
    """Give a person's modules, the largest weight of each 1."""
    import numpy as np
    from sklearn.decomposition import NMF

    free = replace(person, law=LEAST_EFFORT)
    plans = []
    for speed in _SPEEDS_M_S:
        stride_s = stride_time_s(free, speed)
        walk = intend_walk(free, speed, 0.0, 2 * stride_s, rng)
        plans.append(WalkingController(free, walk, WalkingGains(), STEP_S, rng).plan_of_a_stride())
    above = np.concatenate([plan - plan.min() for plan in plans])
    factors = NMF(MODULES, init="nndsvda", max_iter=2000).fit(above).components_
    weights = factors / factors.max(axis=1, keepdims=True)
    return tuple(tuple(float(value) for value in row) for row in weights)
