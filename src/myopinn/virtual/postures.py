"""An arm as a trial has it: raised against gravity, and with another load in the hand."""

from __future__ import annotations

import math
from dataclasses import replace

from myopinn.virtual.anatomy import Anatomy, Body, Vector


def raised(anatomy: Anatomy, angle_rad: float) -> Anatomy:
    """Raise a limb forward as a whole, from hanging, by turning all that it is made of about z.

    The axis of the joint that moves is the z axis as well, so its coordinate and every length stay
    what they are. Moments of inertia about x and y, which a motion in the plane does not ask for,
    are not turned.
    """
    cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
    moved = {body.name for body in anatomy.bodies} - {"rest_of_body"}

    def turn(body: str, location: Vector) -> Vector:
        if body not in moved:
            return location
        x, y, z = location
        return (cosine * x - sine * y, sine * x + cosine * y, z)

    return replace(
        anatomy,
        bodies=tuple(
            replace(b, mass_center_m=turn(b.name, b.mass_center_m)) for b in anatomy.bodies
        ),
        joints=tuple(
            replace(
                j,
                location_in_parent_m=turn(j.parent, j.location_in_parent_m),
                location_in_child_m=turn(j.child, j.location_in_child_m),
            )
            for j in anatomy.joints
        ),
        muscles=tuple(
            replace(
                m, path=tuple(replace(p, location_m=turn(p.body, p.location_m)) for p in m.path)
            )
            for m in anatomy.muscles
        ),
        markers=tuple(replace(m, location_m=turn(m.body, m.location_m)) for m in anatomy.markers),
        cylinders=tuple(replace(c, center_m=turn(c.body, c.center_m)) for c in anatomy.cylinders),
    )


def heavier(anatomy: Anatomy, body: str, factor: float) -> Anatomy:
    """Make one body, such as a load, this many times as heavy, of the same shape.

    Its moments of inertia grow with its mass, as the analysis has it of a load
    (:mod:`myopinn.opensim.held_load`).
    """

    def change(other: Body) -> Body:
        if other.name != body:
            return other
        x, y, z = (factor * value for value in other.inertia_kg_m2)
        return replace(other, mass_kg=factor * other.mass_kg, inertia_kg_m2=(x, y, z))

    return replace(anatomy, bodies=tuple(map(change, anatomy.bodies)))


def stronger(anatomy: Anatomy, factor: float) -> Anatomy:
    """Make all muscles this many times as strong, which is less than one of tired ones."""
    return replace(
        anatomy,
        muscles=tuple(
            replace(m, max_isometric_force_n=factor * m.max_isometric_force_n)
            for m in anatomy.muscles
        ),
    )
