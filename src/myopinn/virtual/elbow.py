"""The elbow from published figures: forearm and hand on an upper arm, moved by seven muscles.

The right arm of a person who sits upright, the wrist in a splint. Directions are those of the
hanging arm: x forward, y up (proximal), z to the right (lateral); flexion is positive. Raised
forward to the horizontal, the upper arm lets the weight of forearm and load ask for flexors while
the forearm is below the vertical and for extensors beyond it; hanging, for flexors alone; overhead,
for extensors alone.

Sources
-------
de Leva 1996, doi:10.1016/0021-9290(95)00178-6 : segment masses, centres, radii of gyration.
Holzbaur, Murray, Delp 2005, doi:10.1007/s10439-005-3320-7 : optimal fibre and tendon slack
    lengths, pennation, points of the muscles; its moment arms follow Murray, Delp, Buchanan 1995,
    doi:10.1016/0021-9290(94)00114-J.
Saul et al. 2015, doi:10.1080/10255842.2014.916698 : maximum isometric forces, from the muscle
    volumes of living adults.
Murray, Buchanan, Delp 2000, doi:10.1016/S0021-9290(00)00051-8 : peak moment arms of ten specimens.
Pigeon, Yahia, Feldman 1996, doi:10.1016/0021-9290(96)00031-0 : moment arms over the whole range.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from myopinn.virtual.anatomy import Anatomy, Body, Cylinder, Joint, Marker, Muscle, Point, Vector

COORDINATE, SHOULDER = "elbow_flexion", "shoulder_flexion"
MUSCLES = ("TRIlong", "TRIlat", "TRImed", "BIClong", "BICshort", "BRA", "BRD")
EXTENSORS, FLEXORS = MUSCLES[:3], MUSCLES[3:]
DEEP = ("TRImed", "BRA")
"""Muscles that no surface electrode reaches."""
SURFACE_ORDER = ("TRIlong", "TRIlat", "BRD", "BIClong", "BICshort")
"""The others in the order in which they lie around the arm; the last is next to the first."""

BODY_MASS_KG = 73.0  # de Leva 1996: mean of the men
FOREARM_LENGTH_M = 0.2689  # de Leva 1996, men: elbow to wrist joint centre
HAND_LENGTH_M = 0.0862  # de Leva 1996, men: wrist to third knuckle
UPPER_ARM_LENGTH_M = 0.2817  # de Leva 1996, men: shoulder to elbow joint centre
# Where the elbow's axis crosses the arm in the humerus of Holzbaur et al. 2005, whose humerus is
# 9 mm longer than de Leva's upper arm.
ELBOW_M: Vector = (0.0061, -0.2904, -0.0123)
# ASSUME: the shoulder of a person who sits is at this height; it stays where it is.
SHOULDER_M: Vector = (0.0, 1.0, 0.0)
RANGE_RAD = (math.radians(-5.0), math.radians(145.0))
SHOULDER_RANGE_RAD = (math.radians(-30.0), math.radians(190.0))
# ASSUME: the bar lies in the palm below the knuckles, 25 mm in front of the hand's long axis.
GRIP_M: Vector = (0.025, -0.070, 0.0)
# The analysis puts a trial's load into the body of this name; empty, it weighs next to nothing.
LOAD, EMPTY_LOAD_KG = "load", 1e-3


def elbow_anatomy(*, free_shoulder: bool = False) -> Anatomy:
    """Assemble the arm of the average man, hanging, with nothing in the hand.

    Parameters
    ----------
    free_shoulder : bool
        Whether the upper arm can be raised, as the analysis needs to find out how it was held; else
        it does not move.

    Returns
    -------
    Anatomy
        With the coordinate :data:`COORDINATE`, and :data:`SHOULDER` where it is free.
    """
    upper_arm = _segment(
        "humerus", 0.0271, UPPER_ARM_LENGTH_M, 0.5772, (0.285, 0.158, 0.269)
    )  # de Leva 1996, table 4, men: share of the mass, centre; sagittal, longitudinal, transverse
    forearm = _segment("forearm", 0.0162, FOREARM_LENGTH_M, 0.4574, (0.276, 0.121, 0.265))
    hand = _segment("hand", 0.0061, HAND_LENGTH_M, 0.7900, (0.628, 0.401, 0.513))
    rest = BODY_MASS_KG - upper_arm.mass_kg - forearm.mass_kg - hand.mass_kg
    return Anatomy(
        name="elbow",
        bodies=(
            Body("rest_of_body", rest, inertia_kg_m2=(10.0, 1.0, 10.0)),
            upper_arm,
            forearm,
            hand,
        ),
        joints=(
            Joint("sitting", "ground", "rest_of_body", SHOULDER_M),
            Joint(
                "shoulder",
                "ground",
                "humerus",
                location_in_parent_m=SHOULDER_M,
                coordinate=SHOULDER if free_shoulder else "",
                range_rad=SHOULDER_RANGE_RAD,
                clamped=free_shoulder,
            ),
            Joint(
                "elbow",
                "humerus",
                "forearm",
                location_in_parent_m=ELBOW_M,
                coordinate=COORDINATE,
                range_rad=RANGE_RAD,
                clamped=free_shoulder,
            ),
            Joint("splint", "forearm", "hand", location_in_parent_m=(0.0, -FOREARM_LENGTH_M, 0.0)),
        ),
        muscles=tuple(_muscle(name) for name in MUSCLES),
        markers=_markers(),
        cylinders=_CYLINDERS,
    )


def holding(anatomy: Anatomy, load_kg: float) -> Anatomy:
    """Put a dumbbell into the hand: two discs of 35 mm radius at 60 mm on either side of it."""
    if not load_kg:
        return anatomy
    radius, reach = 0.035, 0.060
    across = load_kg * (radius**2 / 4 + reach**2)
    load = Body(LOAD, load_kg, inertia_kg_m2=(across, across, load_kg * radius**2 / 2))
    grip = Joint("grip", "hand", LOAD, location_in_parent_m=GRIP_M)
    return replace(anatomy, bodies=(*anatomy.bodies, load), joints=(*anatomy.joints, grip))


def _segment(name: str, share: float, length: float, center: float, radii: Vector) -> Body:
    """Make a segment that hangs down from its joint; ``radii`` of gyration about x, y, z."""
    mass = share * BODY_MASS_KG
    x, y, z = (mass * (radius * length) ** 2 for radius in radii)
    return Body(name, mass, (0.0, -center * length, 0.0), (x, y, z))


# Maximum isometric force (N), optimal fibre and tendon slack length (m), pennation (degrees).
_FIGURES: dict[str, tuple[float, float, float, float]] = {
    "TRIlong": (771.8, 0.1340, 0.1430, 12.0),
    "TRIlat": (717.5, 0.1138, 0.0980, 9.0),
    "TRImed": (717.5, 0.1138, 0.0908, 9.0),
    "BIClong": (525.1, 0.1157, 0.2723, 0.0),
    "BICshort": (316.8, 0.1321, 0.1923, 0.0),
    "BRA": (1177.4, 0.0858, 0.0535, 0.0),
    # ASSUME: 12 mm less slack than published, as the path is straight where theirs goes around.
    "BRD": (276.0, 0.1726, 0.1210, 0.0),
}
# Points in m, from the shoulder in the humerus and from the elbow in the forearm, origin first.
# ASSUME: the heads that arise from the scapula arise from the humerus, where they lie when the arm
# hangs: with the shoulder still their length does not depend on how the upper arm is held.
_TRICEPS: tuple[Vector, ...] = ((-0.03184, -0.22637, -0.01217), (-0.01743, -0.26757, -0.01208))
_BICEPS: tuple[Vector, ...] = ((0.01703, -0.12125, 0.00024), (0.0228, -0.1754, -0.0063))
_IN_HUMERUS: dict[str, tuple[Vector, ...]] = {
    "TRIlong": ((-0.0361, -0.0067, -0.0228), (-0.02714, -0.11441, -0.00664), *_TRICEPS),
    "TRIlat": ((-0.00599, -0.12646, 0.00428), (-0.02344, -0.14528, 0.00928), *_TRICEPS),
    "TRImed": ((-0.00838, -0.13695, -0.00906), (-0.02601, -0.15139, -0.0108), *_TRICEPS),
    "BIClong": (
        (-0.0217, 0.0105, -0.0221),
        (-0.0114, 0.0209, -0.0136),
        (0.02131, 0.01793, 0.01028),
        (0.02378, -0.00511, 0.01201),
        (0.01345, -0.02827, 0.00136),
        (0.01068, -0.07736, -0.00165),
        *_BICEPS,
    ),
    "BICshort": (
        (0.0222, -0.0053, -0.0353),
        (0.0105, -0.0330, -0.0249),
        (0.01117, -0.07576, -0.01101),
        *_BICEPS,
    ),
    "BRA": ((0.0120, -0.1739, -0.0036),),
    "BRD": ((-0.0060, -0.1996, 0.0022),),
}
_IN_FOREARM: dict[str, tuple[Vector, ...]] = {
    "TRIlong": ((-0.0219, 0.01046, -0.00078),),
    "TRIlat": ((-0.0219, 0.01046, -0.00078),),
    "TRImed": ((-0.0219, 0.01046, -0.00078),),
    "BIClong": ((0.00751, -0.04839, 0.02179),),
    "BICshort": ((0.00751, -0.04839, 0.02179),),
    "BRA": ((0.0030, -0.0260, 0.0009),),
    "BRD": ((0.0360, -0.1300, 0.0300), (0.0320, -0.2325, 0.0360)),
}
# The trochlea, over which the triceps runs, and the sheaths that hold brachialis and
# brachioradialis off the axis in extension. A path that could pass the axis would flip to the other
# side.
_CYLINDERS = (
    Cylinder("trochlea", "humerus", (0.0028, -0.2919, -0.0069), 0.016),
    Cylinder("BRA_sheath", "humerus", ELBOW_M, 0.014),
    Cylinder("BRD_sheath", "humerus", ELBOW_M, 0.016, length_m=0.14),
)
_WRAPS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(EXTENSORS, ("trochlea",)),
    "BRA": ("BRA_sheath",),
    "BRD": ("BRD_sheath",),
}


def _muscle(name: str) -> Muscle:
    force, fiber, tendon, pennation = _FIGURES[name]
    path = [Point("humerus", location) for location in _IN_HUMERUS[name]]
    path += [Point("forearm", location) for location in _IN_FOREARM[name]]
    wraps = _WRAPS.get(name, ())
    return Muscle(name, force, fiber, tendon, math.radians(pennation), tuple(path), wraps)


def _markers() -> tuple[Marker, ...]:
    """Place markers on the landmarks of Wu et al. 2005 (ISB), doi:10.1016/j.jbiomech.2004.05.042.

    Acromion (AC), the outside of the upper arm (UA), epicondyles (EL, EM), mid forearm (FA),
    styloids (RS, US) and the hand's knuckles.
    """
    x, y, z = ELBOW_M
    wrist = -FOREARM_LENGTH_M
    places: dict[str, tuple[str, Vector]] = {
        "AC": ("rest_of_body", (0.000, 0.045, 0.010)),
        "UA1": ("humerus", (0.010, -0.120, 0.048)),
        "UA2": ("humerus", (0.042, -0.170, 0.010)),
        "EL": ("humerus", (x, y, z + 0.042)),
        "EM": ("humerus", (x, y, z - 0.046)),
        "FA": ("forearm", (-0.036, -0.130, 0.004)),
        "RS": ("forearm", (0.002, wrist - 0.004, 0.034)),
        "US": ("forearm", (-0.008, wrist + 0.006, -0.034)),
        "MCP2": ("hand", (-0.016, -0.086, 0.030)),
        "MCP5": ("hand", (-0.014, -0.074, -0.038)),
    }
    return tuple(Marker(name, body, location) for name, (body, location) in places.items())
