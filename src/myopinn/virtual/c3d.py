"""Writing C3D files as motion-capture systems do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.formats.whole import whole_file
from myopinn.virtual.force_plates import ORIGIN_M, ForcePlate

if TYPE_CHECKING:
    import numpy as np


def to_laboratory(points_m: np.ndarray) -> np.ndarray:
    """Turn OpenSim's directions (y up) into a laboratory's (z up): (x, y, z) to (x, -z, y)."""
    import numpy as np

    return np.stack([points_m[..., 0], -points_m[..., 2], points_m[..., 1]], axis=-1)


def write_c3d(
    path: Path | str,
    *,
    markers: Sequence[str],
    points_m: np.ndarray,
    point_rate_hz: float,
    analogs: Sequence[str],
    signals: np.ndarray,
    analog_units: Sequence[str],
    analog_rate_hz: float,
    subject: str,
    plates: Sequence[ForcePlate] = (),
) -> None:
    """Write markers in mm and analog channels to a C3D file.

    Parameters
    ----------
    markers : sequence of str
    points_m : array, shape (frame, marker, 3), m
        In the laboratory's directions; a marker that is not seen is NaN and gets residual -1.
    analogs : sequence of str
    signals : array, shape (sample, channel)
        A whole number of samples per frame.
    subject : str
    plates : sequence of ForcePlate
        Whose channels are among the analogs.

    Raises
    ------
    ValueError
        Where the analog samples do not fit the frames.
    """
    import ezc3d
    import numpy as np

    frames = len(points_m)
    per_frame = analog_rate_hz / point_rate_hz
    if per_frame != round(per_frame) or len(signals) != frames * round(per_frame):
        raise ValueError(
            f"{len(signals)} samples at {analog_rate_hz:g} Hz do not fit {frames} frames at "
            f"{point_rate_hz:g} Hz: a C3D file holds a whole number of samples per frame."
        )
    file = ezc3d.c3d()
    point, analog = file["parameters"]["POINT"], file["parameters"]["ANALOG"]
    point["RATE"]["value"] = [float(point_rate_hz)]
    point["LABELS"]["value"] = list(markers)
    point["DESCRIPTIONS"]["value"] = list(markers)
    point["UNITS"]["value"] = ["mm"]
    coordinates = np.ones((4, len(markers), frames))
    coordinates[:3] = points_m.transpose(2, 1, 0) * 1000.0
    file["data"]["points"] = coordinates
    lost = np.isnan(coordinates[:3]).any(axis=0)
    file["data"]["meta_points"]["residuals"] = np.where(lost, -1.0, 0.0)[None]
    analog["RATE"]["value"] = [float(analog_rate_hz)]
    analog["LABELS"]["value"] = list(analogs)
    analog["DESCRIPTIONS"]["value"] = list(analogs)
    analog["UNITS"]["value"] = list(analog_units)
    analog["SCALE"]["value"] = [1.0] * len(analogs)
    analog["OFFSET"]["value"] = [0] * len(analogs)
    analog["GEN_SCALE"]["value"] = [1.0]
    file["data"]["analogs"] = np.asarray(signals, dtype=float).T[None]
    file.add_parameter("SUBJECTS", "NAMES", [subject])
    if plates:
        _describe_plates(file, plates, list(analogs))
    with whole_file(path) as temporary:
        file.write(str(temporary))


def _describe_plates(file: Any, plates: Sequence[ForcePlate], analogs: list[str]) -> None:
    """Write the FORCE_PLATFORM group: type 2, lengths in mm, channels counted from 1."""
    import ezc3d
    import numpy as np

    count = len(plates)
    corners = np.stack([to_laboratory(plate.corners_m()).T for plate in plates], axis=2) * 1000.0
    channels = np.array([[analogs.index(name) + 1 for name in p.channels] for p in plates])
    platform = file["parameters"]["FORCE_PLATFORM"]
    # Python's lists of whole numbers would become floats on the way.
    platform["USED"]["value"] = ezc3d.ezc3d.VecInt([count])
    platform["TYPE"]["value"] = ezc3d.ezc3d.VecInt([2] * count)
    platform["ZERO"]["value"] = ezc3d.ezc3d.VecInt([1, 0])
    platform["CHANNEL"]["value"] = channels.T.astype(int)
    platform["ORIGIN"]["value"] = np.tile(np.array(ORIGIN_M) * 1000.0, (count, 1)).T
    platform["CORNERS"]["value"] = corners
