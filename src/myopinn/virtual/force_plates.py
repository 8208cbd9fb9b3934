"""Force plates under virtual people: what their channels read.

Type 2 of the C3D format: three forces and three moments about a sensor below the surface. Force on
the person; the axes of a plate point forward, to the right and down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np

# Standard deviations of what a plate reads without load: noise, and an offset for a whole trial.
NOISE_N, NOISE_N_M = 1.0, 0.3
OFFSET_N, OFFSET_N_M = 1.5, 0.3
# From the sensor up to the surface, along the plate's third axis.
ORIGIN_M = (0.0, 0.0, -0.040)


@dataclass(frozen=True)
class ForcePlate:
    """A plate in the floor.

    Attributes
    ----------
    number : int
        From 1.
    center_m : tuple of float
        Forward and to the right, in OpenSim's directions (x, z).
    size_m : tuple of float
        Forward and to the right.
    """

    number: int
    center_m: tuple[float, float]
    size_m: tuple[float, float]

    @property
    def channels(self) -> dict[str, str]:
        """Labels of the analog channels and their units."""
        forces = {f"F{axis}{self.number}": "N" for axis in "xyz"}
        return forces | {f"M{axis}{self.number}": "Nmm" for axis in "xyz"}

    def corners_m(self) -> np.ndarray:
        """Give the corners in OpenSim's directions, the plate's (+x +y) first, shape (4, 3)."""
        import numpy as np

        ahead, aside = self.size_m[0] / 2, self.size_m[1] / 2
        signs = ((1, 1), (-1, 1), (-1, -1), (1, -1))
        x, z = self.center_m
        return np.array([(x + a * ahead, 0.0, z + b * aside) for a, b in signs])

    def holds(self, point_m: np.ndarray) -> np.ndarray:
        """Tell which points are over the plate, shape (time,)."""
        import numpy as np

        x, z = (np.abs(point_m[:, axis] - c) for axis, c in zip((0, 2), self.center_m, strict=True))
        inside: np.ndarray = (x <= self.size_m[0] / 2) & (z <= self.size_m[1] / 2)
        return inside


@runtime_checkable
class OnPlates(Protocol):
    """Surroundings whose ground is made of force plates."""

    plates: tuple[ForcePlate, ...]

    def wrench(self, time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the ground's force and its point in OpenSim's directions, each (time, 3)."""
        ...


def read_plates(
    plates: Sequence[ForcePlate],
    force_n: np.ndarray,
    point_m: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Read all channels of all plates.

    Parameters
    ----------
    force_n, point_m : array, shape (time, 3)
        On the person, in OpenSim's directions.

    Returns
    -------
    array, shape (time, 6 times plates), N and N.mm
    """
    import numpy as np

    columns = []
    for plate in plates:
        on = plate.holds(point_m)[:, None]
        x, z = plate.center_m
        lever = point_m - np.array([x, 0.0, z])
        force = to_plate(np.where(on, force_n, 0.0))
        moment = to_plate(np.where(on, np.cross(lever, force_n), 0.0))
        # About the sensor instead of about the centre of the surface.
        moment = moment - np.cross(force, ORIGIN_M)
        spread = np.repeat([(OFFSET_N, NOISE_N), (OFFSET_N_M, NOISE_N_M)], 3, axis=0)
        read = np.concatenate([force, moment], axis=1)
        read += spread[:, 0] * rng.standard_normal(6)
        read += spread[:, 1] * rng.standard_normal(read.shape)
        columns.append(read * np.repeat([1.0, 1000.0], 3))
    return np.concatenate(columns, axis=1)


def to_plate(vector: np.ndarray) -> np.ndarray:
    """Turn OpenSim's directions (forward, up, right) into a plate's (forward, right, down)."""
    import numpy as np

    return np.stack([vector[..., 0], vector[..., 2], -vector[..., 1]], axis=-1)
