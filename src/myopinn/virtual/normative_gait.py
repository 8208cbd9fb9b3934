"""How adults walk at a speed: angles, ground force and centre of pressure over a cycle.

Regressions on the dimensionless speed v / sqrt(g L), L from hip to ankle (Hof 1996,
doi:10.1016/0966-6362(95)01057-2), made for this module from 36 cycles of ten adults walking at
0.9-1.65 m/s (0.32-0.60 dimensionless) of Schreiber, Moissenet 2019, doi:10.1038/s41597-019-0124-4,
after scaling, inverse kinematics and 12 Hz filters. Each number is the value at the dimensionless
speed of :data:`CENTER` and the slope with it.

ASSUME: slower than the people of these recordings walked, everything goes on in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

PHASES = 200
"""Instants of a cycle for what is worked out over all of it."""
CENTER = 0.45
SPEED_RANGE = (0.15, 0.65)
"""Dimensionless speeds that the regressions are used for."""

# Stride time in units of sqrt(L / g) = a v^b.
_STRIDE = (2.342, -0.521)
# End of stance as a share of the cycle; value and slope.
_STANCE = (0.630, -0.063)
# Pelvic tilt, degrees, backward positive; value and slope.
_TILT_DEG = (4.69, -7.12)

# Fourier series over the cycle from a foot strike on, degrees: mean, cosines, sines.
_ANGLES_DEG: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "hip_flexion_r": (
        (3.65, 20.66, -3.92, -0.17, 0.20, -0.08, -4.51, -0.81, 1.62, -0.21, 0.18),
        (8.28, 23.92, -2.54, 0.72, -0.75, -0.14, 3.30, 9.09, -1.67, 1.96, -0.93),
    ),
    "knee_angle_r": (
        (25.36, -2.16, -13.71, -0.37, -0.70, -0.20, 0.06, -21.16, 8.17, 4.59, 0.73, 0.94, 0.26),
        (11.57, 6.36, 5.21, -0.23, -3.27, -0.16, -1.15, 10.71, 23.02, -6.36, 1.86, -1.79, 0.22),
    ),
    "ankle_angle_r": (
        (2.04, -2.45, 0.52, -3.80, 2.08, -0.30, 0.12, 0.34, 4.42, -6.67, 1.54, -0.09, -0.87, 0.53,
         -0.03),
        (-0.07, 16.41, -14.65, 5.97, -0.57, -2.75, 1.76, -1.56, 0.52, -3.73, 7.60, -9.05, 4.30,
         -0.16, -0.17),
    ),
}  # fmt: skip
# Sine series over the stance (sin(k pi s), s from 0 to 1), body weights: forward and upward.
_FORCE: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = (
    (
        (-0.0093, -0.1286, 0.0164, -0.0490, 0.0107, 0.0004, 0.0037, 0.0050, 0.0001),
        (0.0214, -0.2472, -0.0253, -0.0686, -0.0421, 0.0417, -0.0140, 0.0025, -0.0032),
    ),
    (
        (1.1364, -0.0283, 0.3618, 0.0120, -0.0338, 0.0098, -0.0268, 0.0157, -0.0046),
        (-0.1815, 0.3557, 0.6827, 0.3201, -0.1657, 0.0949, 0.0055, 0.0011, 0.0278),
    ),
)
# Centre of pressure in front of the heel marker, in leg lengths: powers of s.
_PRESSURE = ((0.0465, 0.0382, 0.9207, -1.0959, 0.3165), (0.0841, -1.4840, 7.2238, -11.1803, 5.3977))
# From the heel marker to those of the forefoot, in leg lengths.
_FOOT = 0.2078


@dataclass(frozen=True)
class NormativeGait:
    """How the average adult walks at a dimensionless speed.

    Attributes
    ----------
    speed : float or array, shape (phase,)
        Dimensionless; of each phase its own where it wanders.
    """

    speed: Any

    def _at_speed(self, table: tuple[tuple[float, ...], tuple[float, ...]]) -> np.ndarray:
        """Give coefficients, shape (..., coefficient)."""
        import numpy as np

        return np.array(table[0]) + np.array(table[1]) * (
            np.asarray(self.speed)[..., None] - CENTER
        )

    @property
    def stride_time(self) -> Any:
        """Duration of a cycle in units of sqrt(L / g)."""
        return _STRIDE[0] * self.speed ** _STRIDE[1]

    @property
    def stance(self) -> Any:
        """Share of the cycle in which the foot is on the ground."""
        return _STANCE[0] + _STANCE[1] * (self.speed - CENTER)

    @property
    def pelvic_tilt_deg(self) -> Any:
        """Backward tilt of the pelvis, degrees."""
        return _TILT_DEG[0] + _TILT_DEG[1] * (self.speed - CENTER)

    def mean_angle_deg(self, coordinate: str) -> Any:
        """Give a joint's mean angle over a cycle at the speed."""
        import numpy as np

        if np.ndim(self.speed):
            return self._at_speed(_ANGLES_DEG[coordinate])[..., 0]
        return self.angle_deg(coordinate, np.arange(PHASES) / PHASES).mean()

    def angle_deg(self, coordinate: str, phase: np.ndarray) -> np.ndarray:
        """Give a joint's angle, degrees, at phases of the cycle (1 a cycle), any shape."""
        import numpy as np

        series = self._at_speed(_ANGLES_DEG[coordinate])
        order = series.shape[-1] // 2
        turn = 2 * np.pi * np.arange(1, order + 1) * np.asarray(phase)[..., None]
        cosines, sines = series[..., 1 : order + 1], series[..., order + 1 :]
        return series[..., 0] + weigh(np.cos(turn), cosines) + weigh(np.sin(turn), sines)

    def force(self, phase: np.ndarray) -> np.ndarray:
        """Give the ground force forward and upward, body weights, shape (..., 2)."""
        import numpy as np

        share = np.mod(phase, 1.0) / self.stance
        turn = np.pi * np.arange(1, 10) * share[..., None]
        both = np.stack([weigh(np.sin(turn), self._at_speed(table)) for table in _FORCE], axis=-1)
        both[..., 1] = np.maximum(both[..., 1], 0.0)
        return np.where(share[..., None] < 1.0, both, 0.0)

    def pressure(self, phase: np.ndarray) -> np.ndarray:
        """Give where the centre of pressure is along the foot in stance.

        0 at the heel marker, 1 at those of the forefoot; in swing that of the last foot off.
        """
        import numpy as np

        share = np.minimum(np.mod(phase, 1.0) / self.stance, 1.0)
        powers = np.moveaxis(self._at_speed(_PRESSURE), -1, 0)
        return np.polynomial.polynomial.polyval(share, powers, tensor=False) / _FOOT


def weigh(waves: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Add up waves with weights for all phases, (wave,), or for each its own, (phase, wave).

    Returns
    -------
    array, shape (phase,)
    """
    # Not the sum for both: the product of matrix and vector differs from it in the last digit.
    return waves @ weights if weights.ndim == 1 else (waves * weights).sum(axis=-1)
