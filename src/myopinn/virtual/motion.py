"""What a person intends to do: smooth target motions that never repeat exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

GRID_S = 0.001
# A target exists this long before the start and after the end, for controllers that look around.
MARGIN_S = 0.5


@dataclass(frozen=True)
class Target:
    """An intended motion on a fine grid of times.

    Attributes
    ----------
    start_s : float
        Time of the first row.
    angle, velocity, acceleration : array, shape (grid, coordinate), rad, rad/s, rad/s^2
    """

    start_s: float
    angle: np.ndarray
    velocity: np.ndarray
    acceleration: np.ndarray

    def at(self, time_s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give angle, velocity and acceleration at a time, each of shape (coordinate,)."""
        row = round((time_s - self.start_s) / GRID_S)
        row = min(max(row, 0), len(self.angle) - 1)
        return self.angle[row], self.velocity[row], self.acceleration[row]


def _derive(start_s: float, angle: np.ndarray) -> Target:
    import numpy as np

    velocity = np.gradient(angle, GRID_S, axis=0)
    return Target(start_s, angle, velocity, np.gradient(velocity, GRID_S, axis=0))


def hold_still(angle_rad: np.ndarray, start_s: float, end_s: float) -> Target:
    """Intend to stay at one posture.

    Parameters
    ----------
    angle_rad : array, shape (coordinate,)
    """
    import numpy as np

    rows = round((end_s - start_s + 2 * MARGIN_S) / GRID_S) + 1
    return _derive(start_s - MARGIN_S, np.tile(np.asarray(angle_rad, dtype=float), (rows, 1)))


def swing(
    frequency_hz: float,
    amplitude_rad: float,
    start_s: float,
    end_s: float,
    rng: np.random.Generator,
    *,
    rate_spread: float = 0.06,
    amplitude_spread: float = 0.08,
    center_spread_rad: float = 0.04,
) -> Target:
    """Intend to swing one joint to and fro; rate, amplitude and centre drift from cycle to cycle.

    Parameters
    ----------
    frequency_hz, amplitude_rad : float
        What the drifts are about.
    rate_spread, amplitude_spread : float
        Standard deviation of the drifts as a share; over a trial as a whole as much again.
    """
    import numpy as np
    from scipy.interpolate import CubicSpline

    time = np.arange(start_s - MARGIN_S, end_s + MARGIN_S + GRID_S / 2, GRID_S)
    # One knot a cycle: faster drifts would be other movements, not variability of this one.
    knots = np.arange(time[0], time[-1] + 3 / frequency_hz, 1 / frequency_hz)

    def drift(spread: float) -> np.ndarray:
        wander = np.clip(rng.standard_normal(len(knots)), -2, 2)
        return spread * (CubicSpline(knots, wander)(time) + np.clip(rng.standard_normal(), -2, 2))

    rate = frequency_hz * (1 + drift(rate_spread))
    phase = 2 * np.pi * (np.cumsum(rate) * GRID_S + rng.uniform())
    angle = amplitude_rad * (1 + drift(amplitude_spread)) * np.sin(phase)
    return _derive(time[0], (angle + drift(center_spread_rad))[:, None])


def reach(
    targets_rad: Sequence[tuple[float, float]],
    duration_s: tuple[float, float],
    dwell_s: tuple[float, float],
    start_s: float,
    end_s: float,
    rng: np.random.Generator,
) -> Target:
    """Intend to reach for one target after the other, with all joints at once, at drawn times.

    Every movement has the least jerk, a fifth power of the time (Flash, Hogan 1985,
    doi:10.1523/JNEUROSCI.05-07-01688.1985, equation 7), which rotations of the wrist and of the
    hand follow closely (Stein, Oguztoreli, Capaday 1988, doi:10.1152/jn.1988.59.6.1814; Novak,
    Miller, Houk 2000, Exp Brain Res 132:419). How long it takes does not depend on how far it goes,
    so that far targets are reached faster (Hoffman, Strick 1986,
    doi:10.1523/JNEUROSCI.06-11-03309.1986).

    Parameters
    ----------
    targets_rad : sequence of pair of float
        Lowest and highest target of each joint, drawn evenly, as are the times.
    duration_s, dwell_s : pair of float
        Of a movement, and of the rest after it.
    """
    import numpy as np

    time = np.arange(start_s - MARGIN_S, end_s + MARGIN_S + GRID_S / 2, GRID_S)
    low, high = np.transpose(targets_rad)
    here = (low + high) / 2
    angle, velocity, acceleration = np.zeros((3, len(time), len(here)))
    angle += here
    # The first movement begins at some moment of a rest.
    begin = time[0] + MARGIN_S + rng.uniform() * max(dwell_s)
    while begin < time[-1]:
        there, lasts = rng.uniform(low, high), rng.uniform(*duration_s)
        first, behind = np.searchsorted(time, [begin, begin + lasts])
        way, share = there - here, ((time[first:behind] - begin) / lasts)[:, None]
        angle[first:behind] += way * share**3 * (10 - 15 * share + 6 * share**2)
        angle[behind:] = there
        velocity[first:behind] = way / lasts * 30 * share**2 * (1 - share) ** 2
        acceleration[first:behind] = way / lasts**2 * 60 * share * (1 - share) * (1 - 2 * share)
        here, begin = there, begin + lasts + rng.uniform(*dwell_s)
    return Target(time[0], angle, velocity, acceleration)
