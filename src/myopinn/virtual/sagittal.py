"""Kinematics of a chain of bodies in the sagittal plane, in closed form for many postures at once.

OpenSim gives the same numbers one posture at a time; a controller needs them every few
milliseconds, and a plan for a whole trial at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from myopinn.virtual.anatomy import GROUND, Anatomy, Joint

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class _Link:
    """A joint in the plane.

    Attributes
    ----------
    parent, child : tuple of float
        Where it is in both bodies, forward and upward.
    angle : int or None
        The coordinate that turns the child; none in a weld.
    sign : float
        Of the turn forward-up that a positive angle makes.
    along : tuple of int
        The coordinates that move the child forward and upward, or none.
    """

    parent: tuple[float, float]
    child: tuple[float, float]
    angle: int | None
    sign: float
    along: tuple[int, ...]

    @classmethod
    def read(cls, joint: Joint, names: tuple[str, ...]) -> _Link:
        turning, *along = (names.index(name) for name in joint.ranges) if joint.ranges else (None,)
        # An axis turned over about x makes a positive angle a turn backward.
        sign = 1.0 if joint.planar else math.cos(joint.orientation_rad[0])
        parent, child = joint.location_in_parent_m[:2], joint.location_in_child_m[:2]
        return cls(parent, child, turning, sign, tuple(along))


class SagittalChain:
    """The bodies from the ground to one body, hinged about axes that point sideways.

    Parameters
    ----------
    anatomy : Anatomy
    body : str
        The last one.
    """

    def __init__(self, anatomy: Anatomy, body: str) -> None:
        import numpy as np

        self._count = len(anatomy.coordinates)
        links = []
        while body != GROUND:
            joint = next(j for j in anatomy.joints if j.child == body)
            links.append(_Link.read(joint, anatomy.coordinates))
            body = joint.parent
        self._links = links[::-1]
        self._weights = np.zeros(self._count)
        for link in links:
            if link.angle is not None:
                self._weights[link.angle] = link.sign

    def locate(self, angle: np.ndarray, point_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Locate a point of the last body.

        Parameters
        ----------
        angle : array, shape (..., coordinate), rad and m
        point_m : array, shape (..., 2)
            Forward and upward in the body.

        Returns
        -------
        place : array, shape (..., 2), m
        jacobian : array, shape (..., 2, coordinate)
            How the place changes with the coordinates; its transpose turns a force there into
            moments about the joints.
        """
        import numpy as np

        # Component by component: for one posture these are plain numbers. A controller asks for
        # several postures a step, and arrays of two numbers take several times as long.
        angle, point = np.asarray(angle), np.asarray(point_m)
        x: Any = 0.0
        y: Any = 0.0
        turn: Any = 0.0
        cosine: Any = 1.0
        sine: Any = 0.0
        centers: list[tuple[int, float, Any, Any]] = []
        jacobian = np.zeros((*angle.shape[:-1], 2, self._count))
        for link in self._links:
            ahead, above = link.parent
            x, y = x + (cosine * ahead - sine * above), y + (sine * ahead + cosine * above)
            if link.along:
                forward, upward = link.along
                x, y = x + angle[..., forward], y + angle[..., upward]
                jacobian[..., 0, forward] = jacobian[..., 1, upward] = 1.0
            if link.angle is not None:
                centers.append((link.angle, link.sign, x, y))
                turn = turn + link.sign * angle[..., link.angle]
                cosine, sine = np.cos(turn), np.sin(turn)
            ahead, above = link.child
            x, y = x - (cosine * ahead - sine * above), y - (sine * ahead + cosine * above)
        out, up = point[..., 0], point[..., 1]
        x, y = x + (cosine * out - sine * up), y + (sine * out + cosine * up)
        for index, sign, center_x, center_y in centers:
            jacobian[..., 0, index] = -sign * (y - center_y)
            jacobian[..., 1, index] = sign * (x - center_x)
        place = np.empty((*np.shape(x), 2))
        place[..., 0], place[..., 1] = x, y
        return place, jacobian

    def turn(self, angle: np.ndarray) -> np.ndarray:
        """Give by how much the last body is turned forward-up from neutral, rad, shape (...,)."""
        import numpy as np

        return np.asarray(angle) @ self._weights
