"""What a body is made of, before any simulator: bodies, joints, muscles, markers.

Every location is in the frame of its body, in OpenSim's directions. An :class:`Anatomy` is plain
numbers, so that a laboratory's file reads like the table of the publication it was taken from;
:mod:`myopinn.virtual.models` makes OpenSim models of it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from myopinn.errors import ConfigError

Vector = tuple[float, float, float]
GROUND = "ground"


@dataclass(frozen=True)
class Body:
    """A rigid segment: mass (kg), centre of mass (m) and principal moments of inertia (kg.m^2)."""

    name: str
    mass_kg: float
    mass_center_m: Vector = (0.0, 0.0, 0.0)
    inertia_kg_m2: Vector = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Joint:
    """A weld, a hinge about the z axis of both offset frames, or free motion in their x-y plane.

    Attributes
    ----------
    location_in_parent_m, location_in_child_m : Vector
    orientation_rad : Vector
        Body-fixed x-y-z angles of the offset frames in the parent and in the child alike.
    coordinate : str
        Name of the hinge's angle; empty for a weld.
    range_rad : tuple of float
        Of the hinge.
    clamped : bool
        Whether OpenSim's inverse kinematics starts in the middle of the hinge's range and stays in
        it. Else a chain of hinges that starts far from its markers may end whole turns away.
    planar : tuple of str
        Names of the rotation about z and of the translations along x and y of a body that moves in
        the plane; empty for a weld or a hinge.
    """

    name: str
    parent: str
    child: str
    location_in_parent_m: Vector = (0.0, 0.0, 0.0)
    location_in_child_m: Vector = (0.0, 0.0, 0.0)
    orientation_rad: Vector = (0.0, 0.0, 0.0)
    coordinate: str = ""
    range_rad: tuple[float, float] = (-1.0, 1.0)
    planar: tuple[str, ...] = ()
    clamped: bool = False

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Names of the coordinates and what they may be, rad or m."""
        free = (-math.inf, math.inf)
        if self.planar:
            return dict.fromkeys(self.planar, free)
        return {self.coordinate: self.range_rad} if self.coordinate else {}


@dataclass(frozen=True)
class Point:
    """A point fixed in a body."""

    body: str
    location_m: Vector


@dataclass(frozen=True)
class Cylinder:
    """A cylinder about the z axis of its body that muscles may wrap over."""

    name: str
    body: str
    center_m: Vector
    radius_m: float
    length_m: float = 0.1


@dataclass(frozen=True)
class Muscle:
    """A muscle-tendon unit: its architecture and its path from origin to insertion."""

    name: str
    max_isometric_force_n: float
    optimal_fiber_length_m: float
    tendon_slack_length_m: float
    pennation_angle_rad: float
    path: tuple[Point, ...]
    wraps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Marker:
    """A marker stuck on a body."""

    name: str
    body: str
    location_m: Vector


@dataclass(frozen=True)
class Anatomy:
    """A body, from bones to markers.

    Raises
    ------
    ConfigError
        Where a mass, length or force is not positive, a name is used twice or refers to nothing.
    """

    name: str
    bodies: tuple[Body, ...]
    joints: tuple[Joint, ...]
    muscles: tuple[Muscle, ...]
    markers: tuple[Marker, ...]
    cylinders: tuple[Cylinder, ...] = ()

    def __post_init__(self) -> None:
        known = {GROUND, *(body.name for body in self.bodies)}
        used = {joint.parent for joint in self.joints}
        used |= {point.body for muscle in self.muscles for point in muscle.path}
        used |= {marker.body for marker in self.markers} | {c.body for c in self.cylinders}
        # OpenSim would give a body without a joint six degrees of freedom without saying so.
        children = [joint.child for joint in self.joints]
        if sorted(children) != sorted(known - {GROUND}):
            raise ConfigError(f"{self.name}: every body needs exactly one joint, have {children}.")
        if used - known:
            raise ConfigError(f"{self.name}: no body {', '.join(sorted(used - known))}.")
        for part in (self.bodies, self.joints, self.muscles, self.markers):
            names = [item.name for item in part]
            if len(set(names)) < len(names):
                raise ConfigError(f"{self.name}: a name is used twice in {names}.")
        for body in self.bodies:
            if not body.mass_kg > 0:
                raise ConfigError(f"{self.name}: {body.name} weighs {body.mass_kg} kg.")
        for muscle in self.muscles:
            lengths = (muscle.optimal_fiber_length_m, muscle.tendon_slack_length_m)
            if not min(*lengths, muscle.max_isometric_force_n) > 0:
                raise ConfigError(f"{self.name}: {muscle.name} has a length or force <= 0.")

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Names of the free coordinates, in the order of the joints."""
        return tuple(self.ranges)

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Names of the free coordinates and what they may be, rad or m, in the joints' order."""
        return {name: bounds for joint in self.joints for name, bounds in joint.ranges.items()}

    def crossed(self, muscle: Muscle) -> tuple[str, ...]:
        """Name the coordinates that a muscle crosses: it has points on both sides of the joint."""
        names: list[str] = []
        for joint in self.joints:
            beyond = {point.body in self._beyond(joint) for point in muscle.path}
            names += joint.ranges if beyond == {True, False} else ()
        return tuple(names)

    @property
    def crossings(self) -> tuple[tuple[bool, ...], ...]:
        """Tell for each coordinate which muscles cross it."""
        crossed = [self.crossed(muscle) for muscle in self.muscles]
        return tuple(tuple(name in those for those in crossed) for name in self.coordinates)

    def _beyond(self, joint: Joint) -> set[str]:
        """Name the bodies that a joint carries."""
        bodies = {joint.child}
        while more := {j.child for j in self.joints if j.parent in bodies} - bodies:
            bodies |= more
        return bodies

    def neutral_length_m(self, muscle: Muscle) -> float:
        """Measure a muscle's path with all coordinates at zero, straight from point to point."""
        places = [
            [a + b for a, b in zip(self._origin_m(point.body), point.location_m, strict=True)]
            for point in muscle.path
        ]
        return sum(math.dist(first, second) for first, second in itertools.pairwise(places))

    def _origin_m(self, body: str) -> Vector:
        """Locate a body's origin with all coordinates at zero, when all axes are parallel."""
        if body == GROUND:
            return (0.0, 0.0, 0.0)
        joint = next(j for j in self.joints if j.child == body)
        x, y, z = (
            a + b - c
            for a, b, c in zip(
                self._origin_m(joint.parent),
                joint.location_in_parent_m,
                joint.location_in_child_m,
                strict=True,
            )
        )
        return (x, y, z)

    @property
    def muscle_names(self) -> tuple[str, ...]:
        """Names of the muscles."""
        return tuple(muscle.name for muscle in self.muscles)

    @property
    def mass_kg(self) -> float:
        """Mass of all bodies."""
        return sum(body.mass_kg for body in self.bodies)


def scaled_skeleton(
    anatomy: Anatomy, scales: Mapping[str, Vector], masses_kg: Mapping[str, float]
) -> Anatomy:
    """Scale every location by its body's factors and set the bodies' masses.

    Moments of inertia follow mass times squared size; muscle architecture stays as it is.

    Parameters
    ----------
    scales : mapping of body to factors along x, y, z
        Bodies that are not named keep their size.
    masses_kg : mapping of body to mass
        Bodies that are not named keep their mass.
    """

    def scale(body: str, location: Sequence[float]) -> Vector:
        x, y, z = (a * b for a, b in zip(location, scales.get(body, (1.0, 1.0, 1.0)), strict=True))
        return (x, y, z)

    def scale_body(body: Body) -> Body:
        x, y, z = scales.get(body.name, (1.0, 1.0, 1.0))
        mass = masses_kg.get(body.name, body.mass_kg)
        ratio = mass / body.mass_kg
        # Moments about an axis grow with the squares of the sizes across it.
        across = ((y * y + z * z) / 2, (x * x + z * z) / 2, (x * x + y * y) / 2)
        a, b, c = (i * ratio * factor for i, factor in zip(body.inertia_kg_m2, across, strict=True))
        return replace(
            body,
            mass_kg=mass,
            mass_center_m=scale(body.name, body.mass_center_m),
            inertia_kg_m2=(a, b, c),
        )

    return replace(
        anatomy,
        bodies=tuple(scale_body(body) for body in anatomy.bodies),
        joints=tuple(
            replace(
                joint,
                location_in_parent_m=scale(joint.parent, joint.location_in_parent_m),
                location_in_child_m=scale(joint.child, joint.location_in_child_m),
            )
            for joint in anatomy.joints
        ),
        muscles=tuple(
            replace(
                muscle,
                path=tuple(replace(p, location_m=scale(p.body, p.location_m)) for p in muscle.path),
            )
            for muscle in anatomy.muscles
        ),
        markers=tuple(
            replace(marker, location_m=scale(marker.body, marker.location_m))
            for marker in anatomy.markers
        ),
        cylinders=tuple(
            replace(
                cylinder,
                center_m=scale(cylinder.body, cylinder.center_m),
                # As OpenSim does: the mean of the two factors across the axis.
                radius_m=cylinder.radius_m * sum(scales.get(cylinder.body, (1, 1, 1))[:2]) / 2,
            )
            for cylinder in anatomy.cylinders
        ),
    )
