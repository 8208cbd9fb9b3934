"""The wrist from published figures: a hand on a strapped forearm, moved by five muscles.

The right arm hangs at the side, the forearm strapped to an upright support with the palm facing
forward, a dumbbell in the hand. Directions are those of the standing person: x forward (palmar),
y up (proximal), z to the right (radial); flexion is positive. Hanging, the weight pulls the hand
back to neutral, so that flexors work in flexion and extensors in extension and both groups show
EMG; with the palm down the extensors alone would work.

Sources
-------
de Leva 1996, doi:10.1016/0021-9290(95)00178-6 : segment masses, centres, radii of gyration.
Holzbaur, Murray, Delp 2005, doi:10.1007/s10439-005-3320-7 : optimal fibre and tendon slack
    lengths, pennation; its moment arms follow Gonzalez, Buchanan, Delp 1997,
    doi:10.1016/S0021-9290(97)00015-8, and Loren et al. 1996, doi:10.1016/0021-9290(95)00055-0.
Saul et al. 2015, doi:10.1080/10255842.2014.916698 : maximum isometric forces, from the muscle
    volumes of living adults; those of 2005 came from old cadavers and are a third as large.
"""

from __future__ import annotations

import math

from myopinn.virtual.anatomy import Anatomy, Body, Cylinder, Joint, Marker, Muscle, Point, Vector

COORDINATE, FOREARM = "wrist_flexion", "forearm_flexion"
LOAD = "load"
MUSCLES = ("FCR", "FCU", "ECRL", "ECRB", "ECU")
SURFACE_ORDER = ("FCR", "ECRL", "ECRB", "ECU", "FCU")
"""The muscles in the order in which they lie around the forearm; the last is next to the first."""

BODY_MASS_KG = 73.0  # de Leva 1996: mean of the men
FOREARM_LENGTH_M = 0.2689  # de Leva 1996, men: elbow to wrist joint centre
HAND_LENGTH_M = 0.0862  # de Leva 1996, men: wrist to third knuckle
# ASSUME: the elbow rests at the height of a standing adult's hanging arm.
ELBOW_HEIGHT_M = 1.05
RANGE_RAD = (-math.radians(70.0), math.radians(70.0))
FOREARM_RANGE_RAD = (math.radians(-90.0), math.radians(180.0))


def wrist_anatomy(load_fraction: float, *, free_forearm: bool = False) -> Anatomy:
    """Assemble the wrist of the average man.

    Parameters
    ----------
    load_fraction : float
        Mass of the dumbbell as a fraction of the body's mass. Being a fraction, it comes out right
        when the analysis scales every mass to the person's: the model's mass is the body's.
    free_forearm : bool
        Whether the forearm can be raised about the elbow, as the analysis needs to find out how it
        was strapped; else it does not move.

    Returns
    -------
    Anatomy
        With the coordinate :data:`COORDINATE`, and :data:`FOREARM` where it is free.
    """
    forearm, hand = _forearm(), _hand()
    load = _load(load_fraction * BODY_MASS_KG)
    rest = BODY_MASS_KG - forearm.mass_kg - hand.mass_kg - load.mass_kg
    elbow: Vector = (0.0, ELBOW_HEIGHT_M, 0.0)
    return Anatomy(
        name="wrist",
        bodies=(Body("rest_of_body", rest, inertia_kg_m2=(10.0, 1.0, 10.0)), forearm, hand, load),
        joints=(
            Joint("standing", "ground", "rest_of_body", elbow),
            Joint(
                "support",
                "ground",
                "forearm",
                elbow,
                coordinate=FOREARM if free_forearm else "",
                range_rad=FOREARM_RANGE_RAD,
                clamped=free_forearm,
            ),
            Joint(
                "wrist",
                "forearm",
                "hand",
                location_in_parent_m=(0.0, -FOREARM_LENGTH_M, 0.0),
                coordinate=COORDINATE,
                range_rad=RANGE_RAD,
                clamped=free_forearm,
            ),
            Joint("grip", "hand", LOAD, location_in_parent_m=GRIP_M),
        ),
        muscles=_muscles(),
        markers=_markers(),
        cylinders=tuple(
            Cylinder(
                f"{name}_sheath", "forearm", (0.0, -FOREARM_LENGTH_M, 0.0), radius, length_m=0.12
            )
            for name, radius in _SHEATH_RADIUS_M.items()
        ),
    )


def _segment(name: str, mass: float, length: float, center: float, radii: Vector) -> Body:
    """Make a segment that hangs down from its joint; ``radii`` of gyration about x, y, z."""
    x, y, z = (mass * (radius * length) ** 2 for radius in radii)
    return Body(name, mass, (0.0, -center * length, 0.0), (x, y, z))


def _forearm() -> Body:
    # de Leva 1996, table 4, men: 1.62 % of the mass; sagittal, longitudinal, transverse radii.
    return _segment(
        "forearm", 0.0162 * BODY_MASS_KG, FOREARM_LENGTH_M, 0.4574, (0.276, 0.121, 0.265)
    )


def _hand() -> Body:
    # de Leva 1996, table 4, men: 0.61 % of the mass, of the length to the third knuckle.
    return _segment("hand", 0.0061 * BODY_MASS_KG, HAND_LENGTH_M, 0.7900, (0.628, 0.401, 0.513))


# ASSUME: the bar lies in the palm below the knuckles, 25 mm in front of the hand's long axis.
GRIP_M: Vector = (0.025, -0.070, 0.0)


def _load(mass: float) -> Body:
    """Make a dumbbell: two discs of 35 mm radius at 60 mm on either side of the hand."""
    radius, reach = 0.035, 0.060
    about_bar = mass * radius**2 / 2
    across = mass * (radius**2 / 4 + reach**2)
    return Body("load", mass, inertia_kg_m2=(across, across, about_bar))


# Radii of the sheaths that hold the tendons off the joint's axis when the wrist bends away from
# them, about that axis, so that the moment arm levels off. A path that could pass the axis would
# flip to the other side of its sheath: the pulleys lie so that none does within 90 degrees.
_SHEATH_RADIUS_M = {"FCR": 0.0076, "FCU": 0.0123, "ECRL": 0.0084, "ECRB": 0.0114}

# Maximum isometric force (N), optimal fibre and tendon slack length (m), pennation (degrees),
# then the tendon's points in m: origin, belly and pulley from the elbow's and the wrist's centre
# in the forearm, pulley and insertion from the wrist's centre in the hand. The pulleys beside the
# joint were fitted to the moment arms; the level of each origin sets the fibre's length in
# neutral, at 1.0 (FCR), 0.95 (FCU), 1.05 (ECRL), 1.1 (ECRB) and 1.05 (ECU) of the optimum.
# ASSUME: these, as extensors work on the descending and flexors on the ascending limb
# (Lieber, Friden 1998, J Electromyogr Kinesiol 8:93).
_FIGURES: dict[str, tuple[float, float, float, float]] = {
    "FCR": (407.9, 0.0628, 0.2440, 3.1),
    "FCU": (479.8, 0.0509, 0.2650, 12.1),
    "ECRL": (337.3, 0.0810, 0.2240, 0.0),
    "ECRB": (252.5, 0.0585, 0.2223, 8.9),
    "ECU": (192.9, 0.0622, 0.2285, 3.5),
}
_ORIGIN: dict[str, tuple[Vector, Vector]] = {
    "FCR": ((0.004, 0.0030, -0.035), (0.020, -0.120, -0.006)),
    "FCU": ((0.000, 0.0200, -0.040), (0.016, -0.130, -0.030)),
    "ECRL": ((0.000, 0.0120, 0.035), (-0.012, -0.110, 0.030)),
    "ECRB": ((-0.004, -0.0130, 0.035), (-0.020, -0.120, 0.020)),
    "ECU": ((-0.006, -0.0095, 0.028), (-0.022, -0.110, -0.008)),
}
_AT_WRIST: dict[str, tuple[Vector, Vector, Vector]] = {
    "FCR": ((0.0149, 0.0134, 0.012), (0.0149, -0.0134, 0.012), (0.0110, -0.030, 0.014)),
    "FCU": ((0.0144, 0.0138, -0.018), (0.0144, -0.0130, -0.020), (0.0120, -0.022, -0.022)),
    "ECRL": ((-0.0100, 0.0105, 0.018), (-0.0115, -0.0100, 0.014), (-0.0090, -0.028, 0.014)),
    "ECRB": ((-0.0138, 0.0130, 0.010), (-0.0135, -0.0128, 0.004), (-0.0120, -0.028, 0.004)),
    "ECU": ((-0.0115, 0.0058, -0.020), (-0.0050, -0.0060, -0.024), (-0.0060, -0.025, -0.025)),
}


def _muscles() -> tuple[Muscle, ...]:
    made = []
    for name in MUSCLES:
        force, fiber, tendon, pennation = _FIGURES[name]
        origin, belly = _ORIGIN[name]
        (x, y, z), *in_hand = _AT_WRIST[name]
        path = (
            Point("forearm", origin),
            Point("forearm", belly),
            Point("forearm", (x, y - FOREARM_LENGTH_M, z)),
            *(Point("hand", location) for location in in_hand),
        )
        wraps = (f"{name}_sheath",) if name in _SHEATH_RADIUS_M else ()
        made.append(Muscle(name, force, fiber, tendon, math.radians(pennation), path, wraps))
    return tuple(made)


def _markers() -> tuple[Marker, ...]:
    """Place markers on the landmarks of Wu et al. 2005 (ISB), doi:10.1016/j.jbiomech.2004.05.042.

    Epicondyles (EL, EM) and styloids (RS, US), the mid forearm, and the hand's knuckles and back.
    """
    wrist = -FOREARM_LENGTH_M
    places: dict[str, tuple[str, Vector]] = {
        "EL": ("forearm", (0.000, 0.000, 0.042)),
        "EM": ("forearm", (0.000, 0.000, -0.046)),
        "FA": ("forearm", (-0.036, -0.130, 0.004)),
        "RS": ("forearm", (0.002, wrist - 0.004, 0.034)),
        "US": ("forearm", (-0.008, wrist + 0.006, -0.034)),
        "HB": ("hand", (-0.022, -0.040, -0.002)),
        "MCP2": ("hand", (-0.016, -0.086, 0.030)),
        "MCP3": ("hand", (-0.020, -0.088, 0.006)),
        "MCP5": ("hand", (-0.014, -0.074, -0.038)),
    }
    return tuple(Marker(name, body, location) for name, (body, location) in places.items())
