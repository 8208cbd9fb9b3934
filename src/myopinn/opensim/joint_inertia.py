"""Inertia of joints that move alone, read from a scaled model.

The bodies that a coordinate moves are lumped into links, and every joint is described by its axis
and a point on it in the ground frame at q = 0 (a product of exponentials). That holds for joints
that turn about axes fixed in their parent, such as elbow and wrist; any other joint is refused by
name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from myopinn.errors import TrialError
from myopinn.opensim.held_load import LOAD_BODY
from myopinn.opensim.muscle_paths import PosedModel

# Positions that a wrong description of the joints would move by far more.
_SAME_M = 1e-9
_CHECKED_POSES = 8


def read_chain(
    *, file: str, coordinates: Sequence[str], posture: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Read a chain of joints from a model; runs in a process of its own.

    Parameters
    ----------
    file : str
    coordinates : sequence of str
    posture : mapping of coordinate to rad
        Where other coordinates stand.

    Returns
    -------
    dict of plain numbers and lists, SI, in the ground frame at q = 0
        ``coordinates``; of each the ``axis`` and a ``point`` on it; of the link that it moves
        ``mass``, ``centre_of_mass`` and central ``inertia``; ``gravity``; of a held load
        ``load_point`` and ``load_gyration``. The body :data:`~myopinn.opensim.held_load.LOAD_BODY`
        is no part of the links: a trial's own load takes its place.

    Raises
    ------
    TrialError
        Where a coordinate is missing or does not turn its bodies about an axis that is fixed in
        the link before, naming it.
    """
    stands = {**(posture or {}), **dict.fromkeys(coordinates, 0.0)}
    posed = PosedModel(file, {name: (angle, angle) for name, angle in stands.items()})
    rest = _poses(posed, {})
    axes, points, moved = [], [], []
    for name in coordinates:
        turned = _poses(posed, {**dict.fromkeys(coordinates, 0.0), name: 1.0})
        members = [b for b in rest if not np.allclose(rest[b], turned[b], atol=_SAME_M)]
        if not members:
            raise TrialError(f"coordinate '{name}' moves no body.", file=file)
        axis, point = _screw(turned[members[0]] @ np.linalg.inv(rest[members[0]]), name, file)
        axes.append(axis)
        points.append(point)
        moved.append(set(members))
    _check_nested(coordinates, moved, file)
    _check_poses(posed, coordinates, np.array(axes), np.array(points), moved, rest, file)
    links = [
        _lump(posed.model, rest, inner - outer - {LOAD_BODY}) for inner, outer in _pairs(moved)
    ]
    gravity = posed.model.getGravity()
    held, grip, tensor = _lump(posed.model, rest, {LOAD_BODY} & moved[-1])
    # ASSUME: a held load turns like a ball with its inertia about the last joint's axis; that is
    # exact for a joint that moves alone.
    about = float(axes[-1] @ tensor @ axes[-1])
    return {
        "coordinates": list(coordinates),
        "axis": np.array(axes).tolist(),
        "point": np.array(points).tolist(),
        "mass": [m for m, _, _ in links],
        "centre_of_mass": [c.tolist() for _, c, _ in links],
        "inertia": [i.tolist() for _, _, i in links],
        "gravity": [gravity.get(k) for k in range(3)],
        "load_point": grip.tolist(),
        "load_gyration": math.sqrt(about / held) if held > 0 else 0.0,
    }


def _poses(posed: PosedModel, angles: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Set coordinates, rad, and give every body's transform in ground, shape (4, 4)."""
    posed.pose(angles)
    poses = {}
    for i in range(posed.model.getBodySet().getSize()):
        body = posed.model.getBodySet().get(i)
        transform = body.getTransformInGround(posed.state)
        pose = np.eye(4)
        for row in range(3):
            pose[row, 3] = transform.p().get(row)
            for column in range(3):
                pose[row, column] = transform.R().get(row, column)
        poses[body.getName()] = pose
    return poses


def _screw(displacement: np.ndarray, name: str, file: str) -> tuple[np.ndarray, np.ndarray]:
    """Axis and point of a displacement that must be a rotation by 1 rad."""
    from scipy.spatial.transform import Rotation

    turn = Rotation.from_matrix(displacement[:3, :3]).as_rotvec()
    axis = turn / max(float(np.linalg.norm(turn)), 1e-12)
    shift = displacement[:3, 3]
    if not math.isclose(float(np.linalg.norm(turn)), 1.0, abs_tol=1e-7) or abs(axis @ shift) > 1e-7:
        raise TrialError(
            f"coordinate '{name}' does not turn its bodies by its own angle about one axis.",
            remedy="Joints that also slide are held to inverse dynamics, not to their own inertia.",
            file=file,
        )
    # (I - R) is singular along the axis; adding its projector picks the point nearest to origin.
    point = np.linalg.solve(np.eye(3) - displacement[:3, :3] + np.outer(axis, axis), shift)
    return axis, point


def _check_nested(coordinates: Sequence[str], moved: Sequence[set[str]], file: str) -> None:
    for first, second, inner, outer in zip(coordinates, coordinates[1:], moved, moved[1:]):  # noqa: B905
        if not outer <= inner:
            raise TrialError(
                f"coordinate '{second}' moves bodies that '{first}' does not: they are not in "
                "series.",
                remedy="List coordinates of one limb from the trunk outwards.",
                file=file,
            )


def _check_poses(
    posed: PosedModel,
    coordinates: Sequence[str],
    axes: np.ndarray,
    points: np.ndarray,
    moved: Sequence[set[str]],
    rest: Mapping[str, np.ndarray],
    file: str,
) -> None:
    """Hold the product of exponentials to OpenSim's own positions in random poses."""
    from scipy.spatial.transform import Rotation

    random = np.random.default_rng(0)
    for _ in range(_CHECKED_POSES):
        q = random.uniform(-1.0, 1.0, len(coordinates))
        actual = _poses(posed, dict(zip(coordinates, q, strict=True)))
        pose = np.eye(4)
        for name, angle, axis, point, members in zip(
            coordinates, q, axes, points, moved, strict=True
        ):
            turn = np.eye(4)
            turn[:3, :3] = Rotation.from_rotvec(angle * axis).as_matrix()
            turn[:3, 3] = point - turn[:3, :3] @ point
            pose = pose @ turn
            inner = members.difference(*moved[coordinates.index(name) + 1 :])
            if any(not np.allclose(pose @ rest[b], actual[b], atol=1e-7) for b in inner):
                raise TrialError(
                    f"the bodies of coordinate '{name}' do not turn about axes that are fixed in "
                    "the link before.",
                    remedy="List the coordinates of a joint in the order of its rotations.",
                    file=file,
                )


def _pairs(moved: Sequence[set[str]]) -> list[tuple[set[str], set[str]]]:
    return list(zip(moved, [*moved[1:], set()], strict=True))


def _lump(
    model: Any, rest: Mapping[str, np.ndarray], members: set[str]
) -> tuple[float, np.ndarray, np.ndarray]:
    """Mass, centre of mass and central inertia of bodies as one, in ground at q = 0."""
    parts = []
    for name in sorted(members):
        body = model.getBodySet().get(name)
        turn = rest[name][:3, :3]
        local = [body.get_mass_center().get(k) for k in range(3)]
        xx, yy, zz, xy, xz, yz = (body.get_inertia().get(k) for k in range(6))
        tensor = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
        centre = (rest[name] @ [*local, 1.0])[:3]
        parts.append((body.get_mass(), centre, turn @ tensor @ turn.T))
    mass = sum(m for m, _, _ in parts)
    # A coordinate of a joint with several rotations has no body of its own.
    centre = sum((m * c for m, c, _ in parts), np.zeros(3)) / mass if mass > 0 else np.zeros(3)
    inertia = np.zeros((3, 3))
    for m, c, tensor in parts:
        arm = c - centre
        inertia += tensor + m * (arm @ arm * np.eye(3) - np.outer(arm, arm))
    return float(mass), centre, inertia
