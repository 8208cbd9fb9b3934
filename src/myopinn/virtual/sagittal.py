"""Kinematics of a chain of bodies in the sagittal plane, in closed form for many postures at once.

OpenSim gives the same numbers one posture at a time; a controller needs them every few
milliseconds, and a plan for a whole trial at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from myopinn.virtual.anatomy import GROUND, Anatomy, Joint

if TYPE_CHECKING:
    import numpy as np


class _Hinge(NamedTuple):
    """A joint of the chain, its places as complex numbers.

    Attributes
    ----------
    in_parent, in_child : complex, m
        Where it is, forward + i upward.
    along : tuple of int
        The coordinates by which it moves forward and upward; empty where it does not.
    turns : int or None
        Of the coordinate by which it turns.
    sign : float
        Of that turn.
    """

    in_parent: complex
    in_child: complex
    along: tuple[int, ...]
    turns: int | None
    sign: float

    @classmethod
    def of(cls, joint: Joint, names: Sequence[str]) -> _Hinge:
        """Take what counts in the plane from a joint of an anatomy."""
        places = (joint.location_in_parent_m, joint.location_in_child_m)
        in_parent, in_child = (complex(*place[:2]) for place in places)
        if joint.planar:
            tilt, *along = (names.index(name) for name in joint.planar)
            return cls(in_parent, in_child, tuple(along), tilt, 1.0)
        # An axis turned over about x makes a positive angle a turn backward.
        sign = math.cos(joint.orientation_rad[0])
        index = names.index(joint.coordinate) if joint.coordinate else None
        return cls(in_parent, in_child, (), index, sign)


class SagittalChain:
    """The bodies from the ground to one body, hinged about axes that point sideways.

    Parameters
    ----------
    anatomy : Anatomy
    body : str
        The last one.
    """

    def __init__(self, anatomy: Anatomy, body: str) -> None:
        self._count = len(anatomy.coordinates)
        joints: list[_Hinge] = []
        while body != GROUND:
            joint = next(j for j in anatomy.joints if j.child == body)
            joints.append(_Hinge.of(joint, anatomy.coordinates))
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

        angle, point_m = np.asarray(angle), np.asarray(point_m)
        # The plane's vectors are complex numbers, forward + i upward: turning is multiplying.
        place = np.zeros(angle.shape[:-1], dtype=complex)
        turn, turned = np.zeros(angle.shape[:-1]), np.ones(angle.shape[:-1], dtype=complex)
        centers: list[tuple[int, float, np.ndarray]] = []
        jacobian = np.zeros((*angle.shape[:-1], 2, self._count))
        for joint in self._joints:
            place = place + joint.in_parent * turned
            if joint.along:
                forward, upward = joint.along
                place = place + (angle[..., forward] + 1j * angle[..., upward])
                jacobian[..., 0, forward] = jacobian[..., 1, upward] = 1.0
            if joint.turns is not None:
                centers.append((joint.turns, joint.sign, place))
                turn = turn + joint.sign * angle[..., joint.turns]
                turned = np.exp(1j * turn)
            place = place - joint.in_child * turned
        place = place + (point_m[..., 0] + 1j * point_m[..., 1]) * turned
        for index, sign, center in centers:
            lever = sign * (place - center)
            jacobian[..., 0, index] = -lever.imag
            jacobian[..., 1, index] = lever.real
        return np.stack([place.real, place.imag], axis=-1), jacobian

    def turn(self, angle: np.ndarray) -> np.ndarray:
        """Give by how much the last body is turned forward-up from neutral, rad, shape (...,)."""
        import numpy as np

        weights = np.zeros(self._count)
        for joint in self._joints:
            if joint.turns is not None:
                weights[joint.turns] = joint.sign
        return np.asarray(angle) @ weights
