"""Kinematics of a chain of bodies in the sagittal plane, in closed form for many postures at once.

OpenSim gives the same numbers one posture at a time; a controller needs them every few
milliseconds, and a plan for a whole trial at once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from myopinn.virtual.anatomy import GROUND, Anatomy

if TYPE_CHECKING:
    import numpy as np


class SagittalChain:
    """The bodies from the ground to one body, hinged about axes that point sideways.

    Parameters
    ----------
    anatomy : Anatomy
    body : str
        The last one.
    """

    def __init__(self, anatomy: Anatomy, body: str) -> None:
        self._names = anatomy.coordinates
        joints = []
        while body != GROUND:
            joint = next(j for j in anatomy.joints if j.child == body)
            joints.append(joint)
            body = joint.parent
        self._joints = joints[::-1]

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

        angle = np.asarray(angle)
        place, turn = np.zeros((*angle.shape[:-1], 2)), np.zeros(angle.shape[:-1])
        centers: list[tuple[int, float, np.ndarray]] = []
        jacobian = np.zeros((*angle.shape[:-1], 2, len(self._names)))
        for joint in self._joints:
            place = place + _turned(np.array(joint.location_in_parent_m[:2]), turn)
            if joint.planar:
                tilt, *along = (self._names.index(name) for name in joint.planar)
                place = place + angle[..., along]
                jacobian[..., 0, along[0]] = jacobian[..., 1, along[1]] = 1.0
                centers.append((tilt, 1.0, place))
                turn = turn + angle[..., tilt]
            elif joint.coordinate:
                # An axis turned over about x makes a positive angle a turn backward.
                sign = math.cos(joint.orientation_rad[0])
                index = self._names.index(joint.coordinate)
                centers.append((index, sign, place))
                turn = turn + sign * angle[..., index]
            place = place - _turned(np.array(joint.location_in_child_m[:2]), turn)
        place = place + _turned(np.asarray(point_m), turn)
        for index, sign, center in centers:
            lever = place - center
            jacobian[..., 0, index] = -sign * lever[..., 1]
            jacobian[..., 1, index] = sign * lever[..., 0]
        return place, jacobian

    def turn(self, angle: np.ndarray) -> np.ndarray:
        """Give by how much the last body is turned forward-up from neutral, rad, shape (...,)."""
        import numpy as np

        weights = np.zeros(len(self._names))
        for joint in self._joints:
            if joint.planar:
                weights[self._names.index(joint.planar[0])] = 1.0
            elif joint.coordinate:
                sign = math.cos(joint.orientation_rad[0])
                weights[self._names.index(joint.coordinate)] = sign
        return np.asarray(angle) @ weights


def _turned(vector: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Turn vectors of shape (..., 2) by angles of shape (...,)."""
    import numpy as np

    cosine, sine = np.cos(turn), np.sin(turn)
    x, y = vector[..., 0], vector[..., 1]
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)
