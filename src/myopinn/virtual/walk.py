"""What a walking person intends: joint angles, the ground's force, the pelvis' path on a treadmill.

The average adult's gait at the speed is made the person's own (posture, amplitude and stride time
differ between people) and varies from stride to stride. The pelvis moves so that the foot in stance
follows the belt and stays on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.virtual.leg import (
    ANKLE,
    ANKLE_HEIGHT_M,
    FOREFOOT_MARKERS,
    HEEL_MARKER,
    HIP,
    JOINTS,
    KNEE,
    PELVIS,
    SHANK_LENGTH_M,
    THIGH_LENGTH_M,
)
from myopinn.virtual.models import GRAVITY_M_S2
from myopinn.virtual.motion import GRID_S, MARGIN_S, Target
from myopinn.virtual.normative_gait import PHASES, SPEED_RANGE, NormativeGait, weigh
from myopinn.virtual.people import Person
from myopinn.virtual.sagittal import SagittalChain

if TYPE_CHECKING:
    import numpy as np

# ASSUME: how people differ at one speed (standard deviations): posture, amplitude of the joints'
# motion, stride time. Schreiber, Moissenet 2019 show 3-5 degrees between people; most of it is the
# placing of markers. People tilt the pelvis, crouch and set the foot differently. None of it moves
# the foot under the hip, where the weight goes through: a hip that is flexed by 1 degree more for
# itself would carry the weight 15 mm beside its centre, a standard deviation of its moment.
TILT_SPREAD_DEG = 1.0
CROUCH_SPREAD_DEG = 0.7
FOOT_SPREAD_DEG = 0.7
AMPLITUDE_SPREAD = 0.03
STRIDE_SPREAD = 0.02
# From stride to stride: 2 % of the stride time (Hausdorff 2005, doi:10.1186/1743-0003-2-19), and
# ASSUME: as much of the amplitude.
RATE_VARIABILITY = 0.015
AMPLITUDE_VARIABILITY = 0.020
# Standing straight: knee and hip slightly bent, the foot flat, half of the weight on the leg.
_STANDING_DEG = {HIP: 4.0, KNEE: 5.0}
_STANDING_PRESSURE_M = 0.045
START_PHASE = 0.75
"""In swing, where a leg that is set going has no weight to carry yet."""


@dataclass(frozen=True)
class Walk:
    """An intended walk on the grid of times of its target.

    Attributes
    ----------
    target : Target
        All coordinates, the pelvis' included.
    phase : array, shape (grid,)
        Cycles since a foot strike; constant where a person stands.
    force_n : array, shape (grid, 2)
        Ground force forward and upward.
    pressure_m : array, shape (grid, 2)
        Centre of pressure in the foot, forward and upward from the ankle.
    body_weight_n : float
    stride_s : float
        Mean duration of a stride; infinite where a person stands.
    levels : tuple of Walk
        Walks at fixed speeds between which the speed of this one wanders; none where it does not.
    share : array, shape (grid, level)
        What each of them is like this one, from 0 to 1.
    """

    target: Target
    phase: np.ndarray
    force_n: np.ndarray
    pressure_m: np.ndarray
    body_weight_n: float
    stride_s: float
    levels: tuple[Walk, ...] = ()
    share: np.ndarray | None = None

    def row(self, time_s: float) -> int:
        """Find a time on the grid."""
        row = round((time_s - self.target.start_s) / GRID_S)
        return min(max(row, 0), len(self.phase) - 1)


def leg_length_m(person: Person) -> float:
    """Measure from the hip to the ankle."""
    joints = {joint.coordinate: joint for joint in person.anatomy.joints}
    return -joints[KNEE].location_in_parent_m[1] - joints[ANKLE].location_in_parent_m[1]


def dimensionless_speed(person: Person, speed_m_s: float) -> float:
    """Give the speed in units of sqrt(g L), held inside what the regressions are good for."""
    low, high = SPEED_RANGE
    return min(max(speed_m_s / math.sqrt(GRAVITY_M_S2 * leg_length_m(person)), low), high)


def stride_time_s(person: Person, speed_m_s: float) -> float:
    """Give the mean duration of a person's stride at a speed."""
    gait = NormativeGait(dimensionless_speed(person, speed_m_s))
    own = 1.0 + STRIDE_SPREAD * person.habits[7]
    return gait.stride_time * math.sqrt(leg_length_m(person) / GRAVITY_M_S2) * own


def usual_stride_s(speed_m_s: float) -> float:
    """Give the duration of the average man's stride at a speed."""
    length = THIGH_LENGTH_M + SHANK_LENGTH_M
    gait = NormativeGait(speed_m_s / math.sqrt(GRAVITY_M_S2 * length))
    return gait.stride_time * math.sqrt(length / GRAVITY_M_S2)


def intend_walk(
    person: Person,
    speed_m_s: float,
    start_s: float,
    end_s: float,
    rng: np.random.Generator,
    *,
    variability: float = 1.0,
) -> Walk:
    """Intend to walk at a speed.

    Parameters
    ----------
    start_s, end_s : float
        When; the walk exists a margin longer.
    variability : float
        How much strides differ, as a share of what they usually do.
    """
    import numpy as np

    gait = NormativeGait(dimensionless_speed(person, speed_m_s))
    stride = stride_time_s(person, speed_m_s)
    time = np.arange(start_s - MARGIN_S, end_s + MARGIN_S + GRID_S / 2, GRID_S)
    rate, swing = stride_variability(time, stride, rng, variability)
    phase = np.cumsum(rate) * GRID_S / stride
    phase += START_PHASE - phase[round(MARGIN_S / GRID_S)]
    angle = own_angles(person, gait, phase, swing)
    ahead, above = pelvis_series(person, gait, speed_m_s, stride)
    angle[:, 1:3] = pelvis_path(ahead, above, phase)
    weight = person.anatomy.mass_kg * GRAVITY_M_S2
    return Walk(
        target=derive(time[0], angle),
        phase=phase,
        force_n=weight * gait.force(phase),
        pressure_m=pressure_under_foot(person, gait, phase),
        body_weight_n=weight,
        stride_s=stride,
    )


def intend_to_stand(person: Person, start_s: float, end_s: float) -> Walk:
    """Intend to stand still on both legs."""
    import numpy as np

    rows = round((end_s - start_s + 2 * MARGIN_S) / GRID_S) + 1
    names = person.anatomy.coordinates
    angle = np.zeros((rows, len(names)))
    for name, value in _STANDING_DEG.items():
        angle[:, names.index(name)] = math.radians(value)
    bend = _STANDING_DEG[KNEE] - _STANDING_DEG[HIP]
    angle[:, names.index(ANKLE)] = math.radians(bend)
    pressure = np.tile([_STANDING_PRESSURE_M, -_ankle_height_m(person)], (rows, 1))
    chain = SagittalChain(person.anatomy, "calcn_r")
    angle[:, names.index(PELVIS[2])] -= chain.locate(angle[:1], pressure[:1])[0][0, 1]
    weight = person.anatomy.mass_kg * GRAVITY_M_S2
    return Walk(
        target=derive(start_s - MARGIN_S, angle),
        phase=np.zeros(rows),
        force_n=np.tile([0.0, weight / 2], (rows, 1)),
        pressure_m=pressure,
        body_weight_n=weight,
        stride_s=math.inf,
    )


def stride_variability(
    time_s: np.ndarray, stride_s: float, rng: np.random.Generator, variability: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Give by what strides' rate and amplitude differ from the mean ones, about 1, (grid,) each."""
    import numpy as np
    from scipy.interpolate import CubicSpline

    knots = np.arange(time_s[0], time_s[-1] + 3 * stride_s, stride_s)

    def drift(spread: float) -> np.ndarray:
        wander = np.clip(rng.standard_normal(len(knots)), -2, 2)
        return spread * variability * CubicSpline(knots, wander)(time_s)

    return 1 + drift(RATE_VARIABILITY), 1 + drift(AMPLITUDE_VARIABILITY)


def derive(start_s: float, angle: np.ndarray) -> Target:
    """Make a target of angles on the grid of times, shape (grid, coordinate)."""
    import numpy as np

    velocity = np.gradient(angle, GRID_S, axis=0)
    return Target(start_s, angle, velocity, np.gradient(velocity, GRID_S, axis=0))


def own_angles(
    person: Person, gait: NormativeGait, phase: np.ndarray, amplitude: np.ndarray | float
) -> np.ndarray:
    """Give the person's own angles, the pelvis not yet moving, shape (..., coordinate)."""
    import numpy as np

    names = person.anatomy.coordinates
    angle = np.zeros((*np.shape(phase), len(names)))
    tilt, crouch, foot = (
        spread * habit
        for spread, habit in zip(
            (TILT_SPREAD_DEG, CROUCH_SPREAD_DEG, FOOT_SPREAD_DEG), person.habits[:3], strict=True
        )
    )
    # The thigh keeps its direction where the pelvis tilts forward; thigh and shank are about as
    # long, so that each takes half of the bend of the knee.
    posture = {HIP: tilt + crouch / 2, KNEE: crouch, ANKLE: crouch / 2 + foot}
    angle[..., names.index(PELVIS[0])] = np.radians(gait.pelvic_tilt_deg - tilt)
    for joint, size in zip(JOINTS, person.habits[3:6], strict=True):
        mean = gait.mean_angle_deg(joint)
        swing = (1 + AMPLITUDE_SPREAD * size) * (gait.angle_deg(joint, phase) - mean)
        value = mean + posture[joint] + amplitude * swing
        angle[..., names.index(joint)] = np.radians(value)
    return angle


def pressure_under_foot(person: Person, gait: NormativeGait, phase: np.ndarray) -> np.ndarray:
    """Give the centre of pressure in the foot, m, forward and upward, shape (phase, 2)."""
    import numpy as np

    places = {marker.name: marker.location_m for marker in person.anatomy.markers}
    heel = places[HEEL_MARKER][0]
    forefoot = np.mean([places[name][0] for name in FOREFOOT_MARKERS])
    forward = heel + (forefoot - heel) * gait.pressure(phase)
    return np.stack([forward, np.full(len(forward), -_ankle_height_m(person))], axis=1)


def _ankle_height_m(person: Person) -> float:
    """Give the ankle's height; the foot's markers grow with the foot."""
    heel = next(m for m in person.anatomy.markers if m.name == HEEL_MARKER)
    return -heel.location_m[1] * ANKLE_HEIGHT_M / (ANKLE_HEIGHT_M - 0.030)


# The second and fourth harmonics of the stride, in rad per cycle.
_PELVIS_TURNS = (2 * math.pi * 2, 2 * math.pi * 4)


def _pelvis_waves(phase: np.ndarray) -> np.ndarray:
    import numpy as np

    turn = phase[:, None] * np.array(_PELVIS_TURNS)
    return np.concatenate([np.cos(turn), np.sin(turn)], axis=1)


def pelvis_series(
    person: Person, gait: NormativeGait, speed_m_s: float, stride_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """Find how the pelvis moves, twice up and down a stride, so that the foot stays on the belt.

    Least squares over the stance, weighted by the load: the point under the centre of pressure
    moves backward with the belt at height zero. The second and fourth harmonics of the stride are
    those that a person who walks alike on both legs has.

    Returns
    -------
    ahead : array, shape (4,), m
        Weights of the cosines and sines, forward.
    above : array, shape (5,), m
        Upward; the mean height is the last.
    """
    import numpy as np

    cycle = np.arange(PHASES) / PHASES
    angle = own_angles(person, gait, cycle, 1.0)
    chain = SagittalChain(person.anatomy, "calcn_r")
    place, jacobian = chain.locate(angle, pressure_under_foot(person, gait, cycle))
    rate = np.gradient(np.tile(angle, (3, 1)), stride_s / PHASES, axis=0)[PHASES : 2 * PHASES]
    speed = np.einsum("pc,pc->p", jacobian[:, 0], rate)
    load = np.sqrt(np.maximum(gait.force(cycle)[:, 1], 0.0))[:, None]
    turns, waves = np.array(_PELVIS_TURNS), _pelvis_waves(cycle)
    slopes = np.concatenate([-turns * waves[:, 2:], turns * waves[:, :2]], axis=1)
    ahead = np.linalg.lstsq(
        load * slopes / stride_s, load[:, 0] * (-speed_m_s - speed), rcond=None
    )[0]
    level = np.concatenate([waves, np.ones((PHASES, 1))], axis=1)
    return ahead, np.linalg.lstsq(load * level, -load[:, 0] * place[:, 1], rcond=None)[0]


def pelvis_path(ahead: np.ndarray, above: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Give where the pelvis is, m, forward and upward, shape (phase, 2).

    Parameters
    ----------
    ahead, above : array, shape (..., 4) and (..., 5)
        Of :func:`pelvis_series`, for all phases or each its own.
    """
    import numpy as np

    waves = _pelvis_waves(phase)
    upward = weigh(waves, above[..., :-1]) + above[..., -1]
    return np.stack([weigh(waves, ahead), upward], axis=1)
