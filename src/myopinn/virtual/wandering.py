"""Walking at a speed that wanders from step to step, on a belt that changes its speed.

Fixed speeds repeat one cycle, from which a clock tells the angle without any EMG. Moore, Hnat, van
den Bogert 2015, doi:10.7717/peerj.918, had people walk on a belt whose speed changed at random, by
standard deviations of 0.06, 0.12 and 0.21 m/s about 0.8, 1.2 and 1.6 m/s, at up to 15 m/s^2.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from myopinn.virtual.leg import HIP, PELVIS
from myopinn.virtual.models import GRAVITY_M_S2
from myopinn.virtual.motion import GRID_S, MARGIN_S
from myopinn.virtual.normative_gait import SPEED_RANGE, NormativeGait
from myopinn.virtual.people import Person
from myopinn.virtual.walk import (
    START_PHASE,
    Walk,
    derive,
    intend_walk,
    leg_length_m,
    own_angles,
    pelvis_path,
    pelvis_series,
    pressure_under_foot,
    stride_time_s,
    stride_variability,
)

if TYPE_CHECKING:
    import numpy as np

# ASSUME: a new speed is wanted every one to three steps, and reached without the belt having to
# change by more than this: what people walk with alone, without the handrail.
STEPS = (1.0, 3.0)
MOST_ACCELERATION_M_S2 = 1.0
# A speed changes as minimum jerk has it, whose peak rate is this many times the mean one (Flash,
# Hogan 1985, doi:10.1523/JNEUROSCI.05-07-01688.1985).
_PEAK = 15.0 / 8.0
# Fixed speeds that a person knows how to walk at lie no farther apart, m/s.
_LEVELS_M_S = 0.25


def intend_to_wander(
    person: Person,
    speeds_m_s: tuple[float, float],
    start_s: float,
    end_s: float,
    rng: np.random.Generator,
) -> Walk:
    """Intend to walk at a speed that wanders between two.

    Parameters
    ----------
    start_s, end_s : float
        When; the walk exists a margin longer.
    """
    import numpy as np
    from scipy.interpolate import CubicSpline

    low, high = speeds_m_s
    levels = np.linspace(low, high, max(2, math.ceil((high - low) / _LEVELS_M_S)) + 1)
    time = np.arange(start_s - MARGIN_S, end_s + MARGIN_S + GRID_S / 2, GRID_S)
    usual = stride_time_s(person, (low + high) / 2)
    speed = wander(time, speeds_m_s, usual / 2, rng)
    unit = math.sqrt(GRAVITY_M_S2 * leg_length_m(person))
    gait = NormativeGait(np.clip(speed / unit, *SPEED_RANGE))
    strides = [stride_time_s(person, level) for level in levels]
    rate, swing = stride_variability(time, usual, rng)
    phase = np.cumsum(rate / CubicSpline(levels, strides)(speed)) * GRID_S
    phase += START_PHASE - phase[round(MARGIN_S / GRID_S)]
    angle = own_angles(person, gait, phase, swing)
    # ASSUME: the trunk does not rock with the speed; the thigh keeps its direction all the same.
    names = person.anatomy.coordinates
    tilt, hip = names.index(PELVIS[0]), names.index(HIP)
    angle[:, hip] += angle[:, tilt] - angle[:, tilt].mean()
    angle[:, tilt] = angle[:, tilt].mean()
    series = [
        pelvis_series(person, NormativeGait(float(np.clip(level / unit, *SPEED_RANGE))), level, s)
        for level, s in zip(levels, strides, strict=True)
    ]
    ahead, above = (
        CubicSpline(levels, np.array(each))(speed) for each in zip(*series, strict=True)
    )
    angle[:, 1:3] = pelvis_path(ahead, above, phase)
    weight = person.anatomy.mass_kg * GRAVITY_M_S2
    return Walk(
        target=derive(time[0], angle),
        phase=phase,
        force_n=weight * gait.force(phase),
        pressure_m=pressure_under_foot(person, gait, phase),
        body_weight_n=weight,
        stride_s=usual,
        levels=tuple(
            intend_walk(person, float(level), 0.0, stride, rng, variability=0.0)
            for level, stride in zip(levels, strides, strict=True)
        ),
        share=np.stack([np.interp(speed, levels, row) for row in np.eye(len(levels))], axis=1),
    )


def wander(
    time_s: np.ndarray,
    speeds_m_s: tuple[float, float],
    step_s: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw a speed at each time, m/s, shape (time,).

    Parameters
    ----------
    speeds_m_s : tuple of float
        Lowest and highest.
    step_s : float
        Usual duration of a step.
    """
    import numpy as np

    low, high = speeds_m_s
    times, speeds = [float(time_s[0])], [rng.uniform(low, high)]
    while times[-1] < time_s[-1]:
        speeds.append(rng.uniform(low, high))
        least = _PEAK * abs(speeds[-1] - speeds[-2]) / MOST_ACCELERATION_M_S2
        times.append(times[-1] + max(rng.uniform(*STEPS) * step_s, least))
    which = np.clip(np.searchsorted(times, time_s, side="right") - 1, 0, len(times) - 2)
    begin, end = np.array(times)[which], np.array(times)[which + 1]
    share = np.clip((time_s - begin) / (end - begin), 0.0, 1.0)
    smooth = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    return np.array(speeds)[which] + np.diff(speeds)[which] * smooth
