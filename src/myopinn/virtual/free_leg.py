"""The right leg free in the air while the person stands on the other one and holds on to a rail.

Nothing touches the free foot, so that its moments follow from its motion alone. The pelvis is
carried, as it is in walking, but rests.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from myopinn.virtual.control import MINIMUM_EXCITATION, Noise
from myopinn.virtual.internal_model import BelievedMuscles, InternalModel
from myopinn.virtual.leg import JOINTS, PELVIS
from myopinn.virtual.motion import Target, reach
from myopinn.virtual.people import Person
from myopinn.virtual.practised_sharing import practised_sharing
from myopinn.virtual.walk import Walk, intend_to_stand
from myopinn.virtual.walker import WalkingGains

if TYPE_CHECKING:
    import numpy as np

Pair = tuple[float, float]

# ASSUME: the other leg stands on a block of this height, over which the free foot clears the floor.
BLOCK_M = 0.15
# How fast an error that stays is made up for, and the most that is remembered of it, rad.s.
REGAINED_1_S, MOST_MISSED = 2.0, 0.2


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


class FreeLegController:
    """A person who follows drawn targets with the free leg: nothing of it can be learned by heart.

    The moment that the intended motion needs, and what brings the leg back to it, are shared among
    the muscles at each instant as this person shares those of a practised movement.

    Parameters
    ----------
    person : Person
    walk : Walk
        Of :func:`intend_free_reaches`.
    gains : WalkingGains
        Those of a leg in swing are used.
    step_s : float
        Time between two commands.
    rng : Generator
    """

    locked = False

    def __init__(
        self,
        person: Person,
        walk: Walk,
        gains: WalkingGains,
        step_s: float,
        rng: np.random.Generator,
    ) -> None:
        import numpy as np

        self.walk = walk
        self.target: Target | None = walk.target
        self._intended, self._gains, self._step = walk.target, gains, step_s
        self._person = person
        nerves = gains.nerves
        self._lead = nerves.activation_lead_s + person.electromechanical_delay_s
        self._joints = [person.anatomy.coordinates.index(name) for name in JOINTS]
        self._body = InternalModel(person.anatomy)
        self._muscles = BelievedMuscles(
            person.anatomy, nerves.belief_spread, nerves.tendon_stretch, rng, gains.viscosity
        )
        tension = person.co_contraction * float(np.exp(0.25 * rng.standard_normal()))
        self._floor = min(MINIMUM_EXCITATION + tension, 0.5)
        self._noise = Noise(len(person.anatomy.muscles), nerves.noise_s, step_s, rng)
        self._rng = rng
        self._missed = np.zeros(len(JOINTS))

    def command(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        """Give the excitations at a time from the motion so far, shape (muscle,)."""
        import numpy as np

        nerves, gains = self._gains.nerves, self._gains
        wanted, speed, _ = self._intended.at(time_s)
        error, slip = (wanted - angle)[self._joints], (speed - velocity)[self._joints]
        self._missed = np.clip(self._missed + error * self._step, -MOST_MISSED, MOST_MISSED)
        stiffness, damping = np.array(gains.swing_stiffness), np.array(gains.swing_damping)
        moment = stiffness * (error + REGAINED_1_S * self._missed) + damping * slip
        back = np.array(gains.proportional) * error + np.array(gains.derivative) * slip
        planned = self._plan(time_s + self._lead, back, moment)
        noise = 1.0 + nerves.motor_noise * self._noise.draw()
        background = 0.003 * self._rng.standard_normal(len(planned))
        return np.clip(planned * noise + background, MINIMUM_EXCITATION, 1.0)

    def _plan(self, time_s: float, back: np.ndarray, moment: np.ndarray) -> np.ndarray:
        """Give the activations for a time, shape (muscle,).

        Parameters
        ----------
        back, moment : array, shape (joint,)
            Acceleration, rad/s^2, and moment, N.m, that bring the leg back to its way.
        """
        import numpy as np

        angle, velocity, acceleration = self._intended.at(time_s)
        acceleration = acceleration.copy()
        acceleration[self._joints] += back
        length, arm = self._body.geometry(angle)
        active, passive = self._muscles.forces(length, -velocity @ arm)
        asked = self._body.moment(angle, velocity, acceleration) - arm @ passive
        sharing = practised_sharing(
            self._person,
            (arm * active)[None, self._joints],
            (active / self._muscles.strength)[None],
        )
        rest = np.full(len(active), self._floor)
        asked = asked[self._joints] + moment - sharing.capacity[0] @ rest
        return rest + sharing.change(0, asked, rest, self._floor)
