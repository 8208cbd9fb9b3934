"""The nervous system of a walking person: a learned plan, corrected by what is sensed.

The internal model gives the moments that the intended walk needs under the ground's intended force;
what feedback had to add at the same phase of earlier strides is learned, leaks away and is bounded,
so that a muscle is not driven ever harder against its antagonists. As everywhere, strengths are
believed with an error and tendons to be inextensible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from myopinn.virtual.anticipation import Practice
from myopinn.virtual.control import MINIMUM_EXCITATION, Gains, Noise
from myopinn.virtual.internal_model import BelievedMuscles, InternalModel
from myopinn.virtual.leg import JOINTS
from myopinn.virtual.models import GRAVITY_M_S2
from myopinn.virtual.motion import GRID_S, Target
from myopinn.virtual.people import Person
from myopinn.virtual.practised_sharing import PractisedSharing, mix_sharings, practised_sharing
from myopinn.virtual.sagittal import SagittalChain
from myopinn.virtual.walk import Walk

if TYPE_CHECKING:
    import numpy as np

_BINS = 100
# Bins over which a correction is smeared when it is learned: what is learned of faster wiggles than
# the muscles follow would come back as ringing.
_BLUR = 3.0
_FULL_LOAD = 0.15  # body weights from which on a leg is in stance
_POSTURES = 100


@dataclass(frozen=True)
class WalkingGains:
    """Feedback and learning; hip, knee and ankle in turn.

    Attributes
    ----------
    proportional, derivative : tuple of float
        Feedback in acceleration, 1/s^2 and 1/s.
    stance_stiffness, stance_damping : tuple of float
        Added with the load, N.m/rad and N.m.s/rad: muscles that carry weight are stiffer.
    swing_stiffness, swing_damping : tuple of float
        Added without load.
    learning : tuple of float
        Share of the correction that is learned from a stride, in stance and in swing, up to twice
        as much from the first strides; in stance, where the leg is a closed chain, more would
        shake it.
    foresight_s : float
        How much earlier than it was needed a correction is learned.
    keeping : float
        Share of what was learned that is kept from stride to stride.
    most_learned_n_m_kg : float
        Largest learned moment per body mass.
    viscosity : float
        Share of its strength with which a relaxed muscle is believed to resist its highest speed;
        Millard's muscles do with a tenth, which is 15 N.m when the knee bends in fast walking.
    """

    proportional: tuple[float, float, float] = (120.0, 150.0, 150.0)
    derivative: tuple[float, float, float] = (18.0, 20.0, 20.0)
    stance_stiffness: tuple[float, float, float] = (100.0, 150.0, 80.0)
    stance_damping: tuple[float, float, float] = (10.0, 8.0, 2.0)
    swing_stiffness: tuple[float, float, float] = (60.0, 40.0, 40.0)
    swing_damping: tuple[float, float, float] = (6.0, 3.0, 1.2)
    learning: tuple[float, float] = (0.15, 0.8)
    foresight_s: float = 0.020
    keeping: float = 0.95
    most_learned_n_m_kg: float = 0.6
    viscosity: float = 0.1
    practice: Practice = field(default_factory=Practice)
    # ASSUME: a forward model makes up for the delay of the senses (Wolpert, Miall, Kawato 1998,
    # doi:10.1016/S1364-6613(98)01221-2).
    nerves: Gains = field(
        default_factory=lambda: Gains(sensory_delay_s=0.0, activation_lead_s=0.025)
    )


class WalkingController:
    """A person who walks, or stands where the walk has no strides.

    Parameters
    ----------
    person : Person
    walk : Walk
    gains : WalkingGains
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

        self.walk = self._walk = walk
        self._gains, self._step = gains, step_s
        self.target: Target | None = walk.target
        self._intended = walk.target
        nerves = gains.nerves
        self._delay = person.electromechanical_delay_s
        self._lead = nerves.activation_lead_s + self._delay
        anatomy = person.anatomy
        self._joints = [anatomy.coordinates.index(name) for name in JOINTS]
        self._muscles = BelievedMuscles(
            anatomy, nerves.belief_spread, nerves.tendon_stretch, rng, gains.viscosity
        )
        # How tense a person is differs from trial to trial.
        tension = person.co_contraction * float(np.exp(0.25 * rng.standard_normal()))
        self._floor = min(MINIMUM_EXCITATION + tension, 0.5)
        self._noise = Noise(len(anatomy.muscles), nerves.noise_s, step_s, rng)
        self._rng = rng
        self._prepare(person)
        self._learned = np.zeros((_BINS, 3))
        self._corrections = np.zeros((_BINS, 3))
        self._stride = self._practised = 0

    def _prepare(self, person: Person) -> None:
        """Work out what is known of the walk beforehand, or of those between which it wanders."""
        import numpy as np

        body = InternalModel(person.anatomy)
        self._chain = SagittalChain(person.anatomy, "calcn_r")
        known = [self._know(person, body, walk) for walk in self._walk.levels or (self._walk,)]
        self._sharings = [sharing for sharing, _ in known]
        self._inertia, self._excitation, self._activation = (
            np.array(each) for each in zip(*(phases for _, phases in known), strict=True)
        )

    def _know(
        self, person: Person, body: InternalModel, walk: Walk
    ) -> tuple[PractisedSharing, tuple[np.ndarray, ...]]:
        """Plan a walk: how moments are shared; inertia, excitation and activation of each phase.

        The mean stride stands for all.
        """
        import numpy as np

        target = walk.target
        rows = np.arange(0, len(target.angle), round(self._step / GRID_S))
        ground = self._ground(walk, target.angle[rows], rows)
        needed = [
            body.moment(*state)
            for state in zip(
                target.angle[rows], target.velocity[rows], target.acceleration[rows], strict=True
            )
        ]
        moment = (np.array(needed) - ground)[:, self._joints]
        phase = np.mod(walk.phase[rows], 1.0)
        bins = (phase * _POSTURES).astype(int)

        def mean(values: np.ndarray) -> np.ndarray:
            # Who stands is in one phase all the time, which stands for all.
            return np.array(
                [
                    values[bins == (k if k in bins else bins[0])].mean(axis=0)
                    for k in range(_POSTURES)
                ]
            )

        postures, rates = mean(target.angle[rows]), mean(target.velocity[rows])
        geometry = [body.geometry(angle) for angle in postures]
        arm = np.array([arms for _, arms in geometry])
        rate = -np.einsum("kc,kcm->km", rates, arm)
        arm = arm[:, self._joints]
        forces = [
            self._muscles.forces(length, speed)
            for (length, _), speed in zip(geometry, rate, strict=True)
        ]
        active = np.array([full for full, _ in forces])
        stress = active / self._muscles.strength
        sharing = practised_sharing(person, arm * active[:, None, :], stress)
        passive = np.einsum("kjm,km->kj", arm, np.array([stretch for _, stretch in forces]))
        inertia = np.array([self._mass_matrix(body, angle) for angle in postures])
        plan = sharing.plan(
            mean(moment) - passive,
            self._floor,
            (walk.stride_s if math.isfinite(walk.stride_s) else 1.0) / _POSTURES,
            self._gains.practice,
        )
        return sharing, (inertia, *plan)

    def plan_of_a_stride(self) -> np.ndarray:
        """Give the planned excitations of the mean stride, shape (phase, muscle)."""
        return self._excitation[0]

    def _ground(self, walk: Walk, angle: np.ndarray, rows: np.ndarray | int) -> np.ndarray:
        """Give the moments of the ground's intended force at postures, N.m, (..., coordinate)."""
        import numpy as np

        jacobian = self._chain.locate(angle, walk.pressure_m[rows])[1]
        return np.einsum("...ic,...i->...c", jacobian, walk.force_n[rows])

    def _mass_matrix(self, body: InternalModel, angle: np.ndarray) -> np.ndarray:
        import numpy as np

        still = np.zeros(len(angle))
        rest = body.moment(angle, still, still)
        columns = [
            (body.moment(angle, still, unit) - rest)[self._joints]
            for unit in np.eye(len(angle))[self._joints]
        ]
        return np.stack(columns, axis=1)

    def command(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        """Give the excitations at a time from the motion so far, shape (muscle,)."""
        import numpy as np

        nerves = self._gains.nerves
        correction = self._correct(time_s, angle, velocity)
        planned = self._at(self._excitation, self._walk.row(time_s + self._delay))
        planned = planned + self._change(time_s + self._lead, correction)
        noise = 1.0 + nerves.motor_noise * self._noise.draw()
        background = 0.003 * self._rng.standard_normal(len(planned))
        return np.clip(planned * noise + background, MINIMUM_EXCITATION, 1.0)

    def _correct(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        """Give the moment that brings the leg back to its way, and remember it, N.m, shape (3,)."""
        import numpy as np

        gains, walk = self._gains, self._walk
        wanted, speed, _ = self._intended.at(time_s)
        error = (wanted - angle)[self._joints]
        slip = (speed - velocity)[self._joints]
        row = walk.row(time_s)
        load = min(1.0, walk.force_n[row, 1] / (_FULL_LOAD * walk.body_weight_n))
        feedback = np.array(gains.proportional) * error + np.array(gains.derivative) * slip
        moment = self._at(self._inertia, row) @ feedback
        moment += load * (
            np.array(gains.stance_stiffness) * error + np.array(gains.stance_damping) * slip
        )
        moment += (1 - load) * (
            np.array(gains.swing_stiffness) * error + np.array(gains.swing_damping) * slip
        )
        stance, swing = gains.learning
        self._learn(row, (load * stance + (1 - load) * swing) * moment)
        # A leg under load is a column that buckles: bent farther than intended, it has the force
        # pass farther from the knee.
        leverage = self._ground(walk, angle, row) - self._ground(walk, walk.target.angle[row], row)
        return moment - leverage[self._joints]

    def _learn(self, row: int, moment: np.ndarray) -> None:
        """Remember a moment, and take the last stride's into the plan when a new one begins."""
        import numpy as np
        from scipy.ndimage import gaussian_filter1d

        if not math.isfinite(self._walk.stride_s):
            return
        gains = self._gains
        phase = float(self._walk.phase[row])
        if int(phase) > self._stride:
            eager = 1.0 + 1.0 / (1.0 + self._practised)
            fresh = eager * gaussian_filter1d(self._corrections, _BLUR, axis=0, mode="wrap")
            most = gains.most_learned_n_m_kg * self._walk.body_weight_n / GRAVITY_M_S2
            self._learned = np.clip(gains.keeping * self._learned + fresh, -most, most)
            self._stride = int(phase)
            self._practised += 1
        # An error shows later than the moment that would have prevented it.
        earlier = phase - gains.foresight_s / self._walk.stride_s
        self._corrections[int(earlier % 1.0 * _BINS)] = moment

    def _posture(self, row: int) -> int:
        return int(self._walk.phase[row] % 1.0 * _POSTURES)

    def _at(self, known: np.ndarray, row: int) -> np.ndarray:
        """Give what is known of a time by its phase and, where it wanders, between the speeds."""
        import numpy as np

        posture = self._posture(row)
        if self._walk.share is None:
            return known[0, posture]
        return np.tensordot(self._walk.share[row], known[:, posture], 1)

    def _change(self, time_s: float, correction: np.ndarray) -> np.ndarray:
        """Give how activations have to differ from the plan at a time, shape (muscle,)."""
        row = self._walk.row(time_s)
        posture, share = self._posture(row), self._walk.share
        asked = correction + self._learned[int(self._walk.phase[row] % 1.0 * _BINS)]
        planned = self._at(self._activation, row)
        if share is None:
            return self._sharings[0].change(posture, asked, planned, self._floor)
        mixed = mix_sharings(self._sharings, share[row], posture)
        return mixed.change(0, asked, planned, self._floor)
