"""The description of a force plate in a C3D file, and its channels in SI units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.signals.c3d import Recording
from myopinn.signals.units import force_in_newtons, length_in_metres, moment_in_newton_metres

if TYPE_CHECKING:
    import numpy as np

CHANNELS = {1: 6, 2: 6, 3: 8, 4: 6}


def plate_axes(recording: Recording, index: int, corners: np.ndarray) -> np.ndarray:
    """Return the plate's axes as columns, from corners 1 (+x +y), 2 (-x +y) and 4 (+x -y)."""
    import numpy as np

    x, y = corners[0] - corners[1], corners[0] - corners[3]
    z = np.cross(x, y)
    if not np.linalg.norm(z) > 0:
        raise plate_error(
            recording, index, "has corners that span no surface",
            "write the plate's corners into FORCE_PLATFORM:CORNERS.",
        )  # fmt: skip
    y = np.cross(z, x)
    return np.column_stack([v / np.linalg.norm(v) for v in (x, y, z)])


def plate_origin(recording: Recording, kind: int, index: int) -> np.ndarray:
    """Return the plate's origin in m; z is negative by definition, the axis points down."""
    import numpy as np

    if kind == 1:
        return np.zeros(3)
    origin = plate_parameter(recording, "ORIGIN", index, (3,)) * recording.length_unit_m
    if origin[2] > 0:
        # Written from the surface to the sensor, the other way round than the format says.
        origin = -origin
    return origin


def plate_channels(recording: Recording, kind: int, index: int) -> np.ndarray:
    """Return a plate's channels in SI units, shape (sample, 6 or 8)."""
    import numpy as np

    table = np.asarray(recording.parameter("FORCE_PLATFORM", "CHANNEL"), dtype=int)
    table = table.reshape(table.shape[0], -1) if table.size else table.reshape(0, 0)
    count = CHANNELS[kind]
    columns = table[:count, index] - 1 if index < table.shape[1] else np.array([], dtype=int)
    total = recording.analogs.shape[1]
    if len(columns) < count or columns.min() < 0 or columns.max() >= total:
        raise plate_error(
            recording, index, f"names channels that are not among the {total} of the file",
            "correct FORCE_PLATFORM:CHANNEL, or export the plate's channels.",
        )  # fmt: skip
    values = recording.analogs[:, columns]
    if not np.isfinite(values[:, :3]).all():
        raise plate_error(
            recording, index, "has forces that are no numbers", "export the trial again."
        )
    if kind == 4:
        return values
    factors = [
        _factor(recording, index, kind, k, recording.analog_units[c]) for k, c in enumerate(columns)
    ]
    return values * np.array(factors)


def _factor(recording: Recording, index: int, kind: int, k: int, unit: str) -> float:
    """Return the SI value of a channel's unit; without a unit N and the unit of the markers."""
    if kind == 3 or k < 3:
        factor = force_in_newtons(unit) if unit else 1.0
    elif kind == 1 and k < 5:
        factor = length_in_metres(unit) if unit else recording.length_unit_m
    else:
        factor = moment_in_newton_metres(unit) if unit else recording.length_unit_m
    if factor is None:
        raise plate_error(
            recording, index, f"has the unit '{unit}' on its channel {k + 1}",
            "export the plate's channels in N and Nmm, or N and Nm.",
        )  # fmt: skip
    return factor


def plate_parameter(
    recording: Recording, name: str, index: int, shape: tuple[int, ...]
) -> np.ndarray:
    """Return what a parameter of FORCE_PLATFORM says of one plate, as an array of ``shape``.

    Raises
    ------
    TrialError
        Where the parameter is missing or does not reach to this plate.
    """
    import numpy as np

    value: Any = recording.parameter("FORCE_PLATFORM", name)
    array = np.asarray(value if value is not None else [], dtype=float)
    if array.ndim == len(shape):
        array = array[..., None]
    if array.shape[:-1] != shape or index >= array.shape[-1]:
        raise plate_error(
            recording, index, f"has no FORCE_PLATFORM:{name}",
            "export the file with the description of its plates.",
        )  # fmt: skip
    return array[..., index]


def plate_error(recording: Recording, index: int, reason: str, remedy: str) -> TrialError:
    """Return the error that names a plate and its file."""
    return TrialError(f"force plate {index + 1} {reason}.", remedy=remedy, file=recording.file)
