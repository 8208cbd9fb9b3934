"""The pose of a static trial: its mean marker positions, from a single frame or many."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.errors import TrialError
from myopinn.formats.opensim_files import read_trc, write_trc

if TYPE_CHECKING:
    import numpy as np

_RATE_HZ = 100.0
END_S = 1.0 / _RATE_HZ


def read_static_pose(file: Path) -> dict[str, np.ndarray]:
    """Average a static trial over its frames.

    Returns
    -------
    dict of marker to position, shape (3,), m; markers never seen are left out

    Raises
    ------
    TrialError
        Where no marker is seen at all.
    """
    import numpy as np

    _, markers = read_trc(file)
    pose = {}
    for name, points in markers.items():
        seen = np.isfinite(points).all(axis=1)
        if seen.any():
            pose[name] = points[seen].mean(axis=0)
    if not pose:
        raise TrialError(
            "no marker is visible in the static trial.",
            remedy="Label the static trial's markers, or list another static trial.",
            file=file,
        )
    return pose


def write_pose(pose: Mapping[str, np.ndarray], file: Path) -> None:
    """Write a pose as two equal frames, at 0 and END_S: the fewest that OpenSim averages over."""
    import numpy as np

    write_trc(file, _RATE_HZ, {name: np.stack([point, point]) for name, point in pose.items()})
