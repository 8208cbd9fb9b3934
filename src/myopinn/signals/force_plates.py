"""Force plates of types 1 to 4: from their channels to the force and moment on the person.

ezc3d extracts plates too, and the tests hold this module to it. It is not used here because it
takes every moment to be in N times the unit of the markers whatever ANALOG:UNITS says, gives type 1
a moment of the wrong sign, and leaves no place to take out a plate's offset, which belongs to the
channels. Definitions: C3D file format user guide, section FORCE_PLATFORM.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.errors import TrialError
from myopinn.signals.c3d import Recording
from myopinn.signals.plate_channels import (
    CHANNELS,
    plate_axes,
    plate_channels,
    plate_error,
    plate_origin,
    plate_parameter,
)

if TYPE_CHECKING:
    import numpy as np

# ASSUME: a plate whose normal force stays below this for 0.1 s on end carries nobody there, so that
# what it shows is its offset.
MAX_OFFSET_N = 40.0
_UNLOADED_S = 0.1
# ASSUME: nobody pushes a plate sideways harder than down, by the median over a contact.
_MAX_TILT = 1.0
# The centre of pressure may be outside of its plate by this, for the errors of the corners.
_OUTSIDE_M = 0.05


@dataclass(frozen=True)
class Plate:
    """One force plate and what acted on the person there.

    Attributes
    ----------
    number : int
        Counted from 1, as in the file.
    corners : array, shape (4, 3), m
    force, moment : array, shape (sample, 3), N and N.m
        On the person; the moment is about the origin of the frame that ``corners`` are in.
    offset_n : float
        Normal force that was taken out as offset.
    """

    number: int
    corners: np.ndarray
    force: np.ndarray
    moment: np.ndarray
    offset_n: float

    def rotated(self, rotation: np.ndarray) -> Plate:
        """Return the plate in axes rotated by ``rotation``, shape (3, 3)."""
        return Plate(
            self.number,
            self.corners @ rotation.T,
            self.force @ rotation.T,
            self.moment @ rotation.T,
            self.offset_n,
        )

    def reversed(self) -> Plate:
        """Return the plate with action and reaction exchanged."""
        return Plate(self.number, self.corners, -self.force, -self.moment, self.offset_n)


def read_plates(recording: Recording) -> list[Plate]:
    """Return the plates of a file in the laboratory's frame, offsets removed.

    Raises
    ------
    TrialError
        Where a plate is of another type, or its channels, corners or units cannot be used.
    """
    import numpy as np

    used = recording.parameter("FORCE_PLATFORM", "USED")
    number = int(np.ravel(used)[0]) if used is not None and np.size(used) else 0
    return [_read_plate(recording, i) for i in range(number)]


def _read_plate(recording: Recording, index: int) -> Plate:
    import numpy as np

    kinds = np.ravel(recording.parameter("FORCE_PLATFORM", "TYPE")).astype(int)
    kind = int(kinds[index]) if index < len(kinds) else 0
    if kind not in CHANNELS:
        raise plate_error(
            recording, index, f"has type {kind}; types 1 to 4 can be read",
            "export the plate as type 2 (forces and moments).",
        )  # fmt: skip
    corners = plate_parameter(recording, "CORNERS", index, (3, 4)).T * recording.length_unit_m
    axes = plate_axes(recording, index, corners)
    origin = plate_origin(recording, kind, index)
    channels = plate_channels(recording, kind, index)
    calibration = plate_parameter(recording, "CAL_MATRIX", index, (6, 6)) if kind == 4 else None
    scale = recording.length_unit_m

    force, _ = plate_wrench(kind, channels, origin, calibration, scale)
    unloaded = unloaded_samples(force[:, 2], recording.analog_rate_hz)
    offset = 0.0
    if unloaded.any():
        shift = np.median(channels[unloaded], axis=0)
        if kind == 1:
            shift[3:5] = 0.0  # a centre of pressure has no offset of its own
        offset = float(np.median(force[unloaded, 2]))
        channels = channels - shift
    force, moment = plate_wrench(kind, channels, origin, calibration, scale)
    force, moment = force @ axes.T, moment @ axes.T
    moment += np.cross(corners.mean(axis=0), force)
    return Plate(index + 1, corners, force, moment, offset)


def plate_wrench(
    kind: int,
    channels: np.ndarray,
    origin: np.ndarray,
    calibration: np.ndarray | None = None,
    length_unit_m: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return force and moment about the centre of a plate's surface, in the plate's axes.

    Parameters
    ----------
    kind : int
        Type 1: force, centre of pressure, free moment. Type 2: force and moment about the sensor.
        Type 3: eight forces of four corner sensors (fx12, fx34, fy14, fy23, fz1..fz4). Type 4: as
        type 2 after the calibration matrix.
    channels : array, shape (sample, 6 or 8), N, N.m, m (type 4: as recorded)
    origin : array, shape (3,), m
        From the sensor to the centre of the surface; in type 3 the distances of the sensors from
        the axes and the depth.
    calibration : array, shape (6, 6)
        Type 4 only; gives N and N times the unit of the markers.
    length_unit_m : float
        Metres in the unit of the markers.

    Returns
    -------
    force : array, shape (sample, 3), N
    moment : array, shape (sample, 3), N.m
    """
    import numpy as np

    if kind == 1:
        force, zero = channels[:, :3], np.zeros(len(channels))
        pressure = np.column_stack([channels[:, 3], channels[:, 4], zero])
        # While nobody stands there, some plates write no numbers as the centre of pressure.
        pressure = np.nan_to_num(pressure, posinf=0.0, neginf=0.0)
        free = np.column_stack([zero, zero, channels[:, 5]])
        return force, np.cross(pressure, force) + free
    if kind == 3:
        fx12, fx34, fy14, fy23, fz1, fz2, fz3, fz4 = channels.T
        a, b = np.abs(origin[:2])
        force = np.column_stack([fx12 + fx34, fy14 + fy23, fz1 + fz2 + fz3 + fz4])
        moment = np.column_stack(
            [
                b * (fz1 + fz2 - fz3 - fz4),
                a * (-fz1 + fz2 + fz3 - fz4),
                b * (-fx12 + fx34) + a * (fy14 - fy23),
            ]
        )
        return force, moment + np.cross(force, [0.0, 0.0, origin[2]])
    if kind == 4:
        assert calibration is not None
        channels = channels @ calibration.T
        channels = channels * np.repeat([1.0, length_unit_m], 3)
    force, moment = channels[:, :3], channels[:, 3:6]
    return force, moment + np.cross(force, origin)


def unloaded_samples(normal_force: np.ndarray, rate_hz: float) -> np.ndarray:
    """Tell at which samples a plate carries nobody.

    Parameters
    ----------
    normal_force : array, shape (sample,), N

    Returns
    -------
    array of bool, shape (sample,)
    """
    import numpy as np
    from scipy.ndimage import binary_erosion, binary_opening

    quiet = np.abs(normal_force) < MAX_OFFSET_N
    wide = np.ones(max(1, round(_UNLOADED_S * rate_hz)), dtype=bool)
    quiet = binary_opening(quiet, wide)
    # Away from the contacts, whose first and last newtons are below the bound as well.
    away = np.ones(max(1, len(wide) // 2), dtype=bool)
    return binary_erosion(quiet, away, border_value=1)


def act_on_person(plate: Plate, file: object) -> Plate:
    """Make sure that a plate's force is that on the person, which can only be upward.

    The C3D format stores the reaction, on the person; some exports store the action, on the plate.

    Parameters
    ----------
    plate : Plate
        In OpenSim's frame, y up.

    Raises
    ------
    TrialError
        Where the force is more sideways than vertical, or acts outside of the plate.
    """
    import numpy as np

    total = np.linalg.norm(plate.force, axis=1)
    # A percentile, so that a spike is not taken for the person.
    peak = float(np.percentile(total, 99))
    if peak < MAX_OFFSET_N:
        return plate
    strong = total > 0.5 * peak
    up = float(np.median(plate.force[strong, 1]))
    sideways = float(np.median(np.linalg.norm(plate.force[strong][:, [0, 2]], axis=1)))
    if sideways > _MAX_TILT * abs(up):
        raise TrialError(
            f"the force on plate {plate.number} is more sideways than vertical.",
            remedy="correct markers.vertical_axis, or FORCE_PLATFORM:CORNERS in the file.",
            file=str(file),
        )
    if up < 0:
        plate = plate.reversed()
    height = float(plate.corners[:, 1].mean())
    pressure = centre_of_pressure(plate.force[strong], plate.moment[strong], height)
    outside = outside_of(pressure[:, [0, 2]], plate.corners[:, [0, 2]])
    if np.median(outside) > _OUTSIDE_M:
        raise TrialError(
            f"the centre of pressure on plate {plate.number} is {np.median(outside):.3g} m outside "
            "of the plate.",
            remedy="correct the unit of the moments (ANALOG:UNITS), FORCE_PLATFORM:ORIGIN or "
            "FORCE_PLATFORM:CORNERS in the file.",
            file=str(file),
        )
    return plate


def centre_of_pressure(force: np.ndarray, moment: np.ndarray, height: float) -> np.ndarray:
    """Return the point at a height about which the force has no horizontal moment.

    Parameters
    ----------
    force, moment : array, shape (sample, 3), N and N.m, y up, moment about the frame's origin
    height : float, m

    Returns
    -------
    array, shape (sample, 3), m
    """
    import numpy as np

    x = (moment[:, 2] + height * force[:, 0]) / force[:, 1]
    z = (height * force[:, 2] - moment[:, 0]) / force[:, 1]
    return np.column_stack([x, np.full(len(x), height), z])


def outside_of(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return how far points lie outside of a convex polygon, in m; 0 inside.

    Parameters
    ----------
    points : array, shape (sample, 2), m
    corners : array, shape (corner, 2), m, in order around the polygon
    """
    import numpy as np

    along = np.roll(corners, -1, axis=0) - corners
    # Normals that point out of the polygon, whichever way round its corners go.
    turn = np.sign(np.sum(corners[:, 0] * np.roll(corners[:, 1], -1)
                          - np.roll(corners[:, 0], -1) * corners[:, 1]))  # fmt: skip
    outward = turn * np.column_stack([along[:, 1], -along[:, 0]])
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    distance = np.einsum("sce,ce->sc", points[:, None, :] - corners[None], outward)
    return np.maximum(distance.max(axis=1), 0.0)
