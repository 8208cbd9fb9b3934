"""Writing C3D files as motion-capture systems do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from myopinn.formats.whole import whole_file
from myopinn.virtual.force_plates import ORIGIN_M, ForcePlate
from myopinn.virtual.laboratory import Recorded, to_laboratory


def write_c3d(path: Path | str, recorded: Recorded) -> None:
    """Write markers in mm, and residual -1 where one is not seen, and analog channels.

    Raises
    ------
    ValueError
        Where the analog samples do not fit the frames.
    """
    import ezc3d
    import numpy as np

    frames = len(recorded.points_m)
    samples, per_frame = len(recorded.signals), recorded.analog_rate_hz / recorded.point_rate_hz
    if per_frame != round(per_frame) or samples != frames * round(per_frame):
        raise ValueError(
            f"{samples} samples at {recorded.analog_rate_hz:g} Hz do not fit {frames} frames at "
            f"{recorded.point_rate_hz:g} Hz: a C3D file holds a whole number of samples per frame."
        )
    file = ezc3d.c3d()
    point, analog = file["parameters"]["POINT"], file["parameters"]["ANALOG"]
    point["RATE"]["value"] = [float(recorded.point_rate_hz)]
    point["LABELS"]["value"] = list(recorded.markers)
    point["DESCRIPTIONS"]["value"] = list(recorded.markers)
    point["UNITS"]["value"] = ["mm"]
    coordinates = np.ones((4, len(recorded.markers), frames))
    coordinates[:3] = recorded.points_m.transpose(2, 1, 0) * 1000.0
    file["data"]["points"] = coordinates
    lost = np.isnan(coordinates[:3]).any(axis=0)
    file["data"]["meta_points"]["residuals"] = np.where(lost, -1.0, 0.0)[None]
    analog["RATE"]["value"] = [float(recorded.analog_rate_hz)]
    analog["LABELS"]["value"] = list(recorded.analogs)
    analog["DESCRIPTIONS"]["value"] = list(recorded.analogs)
    analog["UNITS"]["value"] = list(recorded.analog_units)
    analog["SCALE"]["value"] = [1.0] * len(recorded.analogs)
    analog["OFFSET"]["value"] = [0] * len(recorded.analogs)
    analog["GEN_SCALE"]["value"] = [1.0]
    file["data"]["analogs"] = np.asarray(recorded.signals, dtype=float).T[None]
    file.add_parameter("SUBJECTS", "NAMES", [recorded.subject])
    if recorded.plates:
        _describe_plates(file, recorded.plates, list(recorded.analogs))
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
