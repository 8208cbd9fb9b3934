"""Cameras: the trajectories of markers stuck on a moving person, as a laboratory delivers them.

Markers are put on a few millimetres off their landmark and anew in every session, slide with the
skin, are seen with noise and are now and then not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from myopinn.virtual.anatomy import Anatomy
from myopinn.virtual.models import MillardElastic, build_model

if TYPE_CHECKING:
    import numpy as np

    from myopinn.virtual.simulation import Truth


@dataclass(frozen=True)
class CameraSettings:
    """What a laboratory's markers are like.

    Attributes
    ----------
    rate_hz : float
    noise_m : float
        Standard deviation of a coordinate from frame to frame.
    placement_m : float
        Standard deviation of a coordinate of where a marker is stuck on.
    soft_tissue_m : float
        How far the skin slides when a joint turns by 45 degrees.
    gaps_per_minute : float
        How often each marker is lost.
    gap_s : float
        Mean duration of a gap.
    """

    rate_hz: float = 100.0
    noise_m: float = 3e-4
    placement_m: float = 2e-3
    soft_tissue_m: float = 2e-3
    gaps_per_minute: float = 2.0
    gap_s: float = 0.10


# Turn at which the skin has slid by ``soft_tissue_m``.
SLIDE_TURN_RAD = 0.7854


def stick_markers(anatomy: Anatomy, settings: CameraSettings, rng: np.random.Generator) -> Anatomy:
    """Stick the markers on, a little off their landmarks."""
    markers = []
    for marker in anatomy.markers:
        x, y, z = (a + settings.placement_m * rng.standard_normal() for a in marker.location_m)
        markers.append(replace(marker, location_m=(x, y, z)))
    return replace(anatomy, markers=tuple(markers))


def record_markers(
    anatomy: Anatomy, truth: Truth, frames: int, settings: CameraSettings, rng: np.random.Generator
) -> np.ndarray:
    """Record the markers of a trial from time 0 on.

    Parameters
    ----------
    anatomy : Anatomy
        The person with the markers of the session.
    frames : int

    Returns
    -------
    array, shape (frames, marker, 3), m, in OpenSim's directions; NaN where a marker is lost
    """
    import numpy as np

    time = np.arange(frames) / settings.rate_hz
    angle = np.stack([np.interp(time, truth.time_s, q) for q in truth.joint_angle.T], axis=1)
    points = marker_positions(anatomy, angle)
    count = len(anatomy.markers)
    # ASSUME: skin slides in a direction of its own per marker, in step with the joints' turn.
    direction = rng.standard_normal((angle.shape[1], count, 3))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    slide = settings.soft_tissue_m * np.sin(angle) / np.sin(SLIDE_TURN_RAD)
    points += np.einsum("tc,cmx->tmx", slide, direction)
    points += settings.noise_m * rng.standard_normal(points.shape)
    points[_lost(frames, count, settings, rng)] = np.nan
    return points


def marker_positions(anatomy: Anatomy, angle: np.ndarray) -> np.ndarray:
    """Give where the markers are in the ground, m, shape (time, marker, 3).

    Parameters
    ----------
    angle : array, shape (time, coordinate), rad
    """
    import numpy as np

    model = build_model(anatomy, MillardElastic())
    state = model.initSystem()
    coordinates = [model.getCoordinateSet().get(name) for name in anatomy.coordinates]
    markers = [model.getMarkerSet().get(marker.name) for marker in anatomy.markers]
    points = np.empty((len(angle), len(markers), 3))
    for row, values in enumerate(angle):
        for coordinate, value in zip(coordinates, values, strict=True):
            coordinate.setValue(state, float(value), False)
        model.realizePosition(state)
        for column, marker in enumerate(markers):
            place = marker.getLocationInGround(state)
            points[row, column] = place[0], place[1], place[2]
    return points


def _lost(
    frames: int, count: int, settings: CameraSettings, rng: np.random.Generator
) -> np.ndarray:
    """Draw which markers are lost when, shape (frames, marker)."""
    import numpy as np

    lost = np.zeros((frames, count), dtype=bool)
    minutes = frames / settings.rate_hz / 60.0
    for marker in range(count):
        for _ in range(rng.poisson(settings.gaps_per_minute * minutes)):
            start = int(rng.integers(frames))
            length = round(settings.gap_s * rng.uniform(0.5, 1.5) * settings.rate_hz)
            lost[start : start + max(length, 1), marker] = True
    return lost
