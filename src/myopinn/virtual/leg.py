"""The right leg from published figures: pelvis, thigh, shank and foot in the sagittal plane.

Directions are those of the standing person: x forward, y up, z to the right. Hip flexion, knee
flexion and ankle dorsiflexion are positive and zero where a person stands straight. The pelvis
moves freely in the plane; it carries the mass of all that is not the leg.

Sources
-------
de Leva 1996, doi:10.1016/0021-9290(95)00178-6 : segment lengths and masses, centres, radii of
    gyration of the men.
Rajagopal et al. 2016, doi:10.1109/TBME.2016.2586891 : maximum isometric forces (from the muscle
    volumes of young adults, Handsfield et al. 2014, doi:10.1016/j.jbiomech.2013.10.026), fibre and
    tendon slack lengths, pennation (Ward et al. 2009, doi:10.1007/s11999-008-0594-8; Arnold et
    al. 2010, doi:10.1007/s10439-009-9852-5). Moment arms over the joints' ranges, to which the
    paths were fitted.
Winter 2009, doi:10.1002/9780470549148 : height of the ankle.
"""

from __future__ import annotations

import math

from myopinn.virtual.anatomy import Anatomy, Body, Cylinder, Joint, Marker, Muscle, Point, Vector

PELVIS = ("pelvis_tilt", "pelvis_tx", "pelvis_ty")
HIP, KNEE, ANKLE = JOINTS = ("hip_flexion_r", "knee_angle_r", "ankle_angle_r")
MUSCLES = (
    "glmax_r", "iliopsoas_r", "recfem_r", "vasti_r", "bflh_r", "bfsh_r", "gas_r", "soleus_r",
    "tibant_r",
)  # fmt: skip
SURFACE_ORDER = (
    "recfem_r", "vasti_r", "tibant_r", "soleus_r", "gas_r", "bfsh_r", "bflh_r", "glmax_r",
)  # fmt: skip
"""The muscles that an electrode on the skin reaches, as they lie around the leg; the iliopsoas
lies too deep."""

BODY_MASS_KG = 73.0  # de Leva 1996: mean of the men
THIGH_LENGTH_M = 0.4222  # de Leva 1996, men: hip to knee joint centre
SHANK_LENGTH_M = 0.4340  # de Leva 1996, men: knee joint centre to lateral malleolus
FOOT_LENGTH_M = 0.2581  # de Leva 1996, men: heel to tip of the second toe
ANKLE_HEIGHT_M = 0.068  # Winter 2009: 0.039 of the stature, 1.741 m
HEEL_M = -0.055  # ASSUME: the heel lies this far behind the ankle
HIP_OFFSET_M = 0.085  # from the midline, as in Rajagopal et al. 2016 (0.077)
HEEL_MARKER, FOREFOOT_MARKERS = "R_FCC", ("R_FM1", "R_FM5")

_FLEXION_BACKWARD: Vector = (math.pi, 0.0, 0.0)
"""Axes turned about x, so that a turn about their z axis carries the shank backward."""
_RANGES_RAD = {
    HIP: (math.radians(-45.0), math.radians(60.0)),
    KNEE: (math.radians(-15.0), math.radians(105.0)),
    ANKLE: (math.radians(-50.0), math.radians(40.0)),
}


def leg_anatomy() -> Anatomy:
    """Assemble the right leg of the average man under the mass of his whole body."""
    thigh = _segment("femur_r", 0.1416, THIGH_LENGTH_M, 0.4095, (0.329, 0.149, 0.329))
    shank = _segment("tibia_r", 0.0433, SHANK_LENGTH_M, 0.4459, (0.255, 0.103, 0.249))
    foot = _foot()
    rest = BODY_MASS_KG - thigh.mass_kg - shank.mass_kg - foot.mass_kg
    pelvis = Body("pelvis", rest, (0.0, 0.25, 0.0), (8.0, 1.0, 8.0))
    return Anatomy(
        name="leg",
        bodies=(pelvis, thigh, shank, foot),
        joints=(
            Joint("ground_pelvis", "ground", "pelvis", planar=PELVIS),
            Joint(
                "hip_r", "pelvis", "femur_r", (0.0, 0.0, HIP_OFFSET_M),
                coordinate=HIP, range_rad=_RANGES_RAD[HIP],
            ),
            Joint(
                "knee_r", "femur_r", "tibia_r", (0.0, -THIGH_LENGTH_M, 0.0),
                orientation_rad=_FLEXION_BACKWARD, coordinate=KNEE, range_rad=_RANGES_RAD[KNEE],
            ),
            Joint(
                "ankle_r", "tibia_r", "calcn_r", (0.0, -SHANK_LENGTH_M, 0.0),
                coordinate=ANKLE, range_rad=_RANGES_RAD[ANKLE],
            ),
        ),
        muscles=_muscles(),
        markers=_markers(),
        cylinders=tuple(
            Cylinder(f"{name}_groove", "femur_r", (x, y - THIGH_LENGTH_M, 0.0), radius)
            for name, (x, y, radius) in _GROOVE.items()
        ),
    )  # fmt: skip


def _segment(name: str, share: float, length: float, center: float, radii: Vector) -> Body:
    """Make a segment that hangs from its joint; ``radii`` of gyration about x, y, z (de Leva)."""
    mass = share * BODY_MASS_KG
    x, y, z = (mass * (radius * length) ** 2 for radius in radii)
    return Body(name, mass, (0.0, -center * length, 0.0), (x, y, z))


def _foot() -> Body:
    # de Leva 1996, table 4, men: 1.37 % of the mass, centre at 44.15 % from the heel; radii of
    # gyration about the foot's long axis, across it upward and to the side.
    mass = 0.0137 * BODY_MASS_KG
    x, y, z = (mass * (radius * FOOT_LENGTH_M) ** 2 for radius in (0.124, 0.245, 0.257))
    center = (HEEL_M + 0.4415 * FOOT_LENGTH_M, -0.6 * ANKLE_HEIGHT_M, 0.0)
    return Body("calcn_r", mass, center, (x, y, z))


# The groove of the femur in which the patella glides: centre in front of and above the knee's
# centre and radius, m. It keeps the moment arm of the extensors up as the knee bends. The points
# on either side of it lie so far forward that no path passes behind it within 115 degrees.
_GROOVE: dict[str, Vector] = {
    "recfem_r": (0.0276, 0.0194, 0.0323),
    "vasti_r": (0.0324, 0.0246, 0.0237),
}
# Maximum isometric force (N), optimal fibre length (m), tendon slack length (m), pennation
# (degrees). Rajagopal et al. 2016: forces added and lengths averaged by force over the heads of
# the gluteus maximus (3), iliopsoas (2), vasti (3), gastrocnemius (2) and the long hamstrings (3).
# ASSUME: the long head of the biceps femoris stands for all long hamstrings, the iliopsoas for all
# that flex the hip alone (with adductor longus and brevis, tensor fasciae latae and sartorius), the
# tibialis anterior for all that lift the foot (with the long extensors of the toes).
# The tendons were lengthened or shortened by as much as these paths are longer or shorter than the
# published ones, so that fibres have their published length in every posture, and those of the
# iliopsoas, rectus femoris, gastrocnemius and soleus by another 10, 10, 7 and 3 mm, ASSUME: passive
# forces of the published lengths make antagonists work against them in swing (Lai, Arnold, Wakeling
# 2017, Ann Biomed Eng 45:2762).
_FIGURES: dict[str, tuple[float, float, float, float]] = {
    "glmax_r": (3338.0, 0.1569, 0.0386, 21.0),
    "iliopsoas_r": (4651.0, 0.1126, 0.0500, 13.8),
    "recfem_r": (2192.0, 0.0759, 0.4927, 12.4),
    "vasti_r": (9594.0, 0.0986, 0.2497, 15.4),
    "bflh_r": (4105.0, 0.0960, 0.3547, 13.0),
    "bfsh_r": (557.0, 0.1103, 0.1543, 15.1),
    "gas_r": (4691.0, 0.0536, 0.4130, 10.3),
    "soleus_r": (6195.0, 0.0440, 0.2980, 21.9),
    "tibant_r": (2116.0, 0.0683, 0.2558, 11.2),
}
# Points of the paths from origin to insertion in the sagittal plane of the leg: x forward and y up
# from the hip's centre in the pelvis and femur, from the knee's in the tibia, the ankle's in the
# calcaneus; in the femur y counts from the knee where it says so.
_KNEE = THIGH_LENGTH_M
_PATHS: dict[str, tuple[tuple[str, float, float], ...]] = {
    "glmax_r": (
        ("pelvis", -0.110, 0.030), ("pelvis", -0.092, -0.013),
        ("femur_r", -0.032, -0.054), ("femur_r", -0.020, -0.120),
    ),
    "iliopsoas_r": (
        ("pelvis", -0.010, 0.100), ("pelvis", 0.034, -0.005), ("femur_r", 0.008, -0.045),
    ),
    "recfem_r": (
        ("pelvis", 0.030, 0.044), ("femur_r", 0.051, -0.177), ("femur_r", 0.0574, 0.0374 - _KNEE),
        ("tibia_r", 0.0436, -0.0204), ("tibia_r", 0.039, -0.075),
    ),
    "vasti_r": (
        ("femur_r", 0.015, -0.180), ("femur_r", 0.0557, 0.0366 - _KNEE),
        ("tibia_r", 0.0407, -0.0188), ("tibia_r", 0.035, -0.075),
    ),
    "bflh_r": (
        ("pelvis", -0.043, -0.041), ("femur_r", -0.016, 0.072 - _KNEE),
        ("tibia_r", -0.037, -0.025), ("tibia_r", -0.025, -0.060),
    ),
    "bfsh_r": (
        ("femur_r", -0.002, -0.200), ("femur_r", -0.005, 0.052 - _KNEE),
        ("tibia_r", -0.030, -0.030), ("tibia_r", -0.025, -0.060),
    ),
    "gas_r": (
        ("femur_r", -0.013, 0.025 - _KNEE), ("tibia_r", -0.041, -0.280),
        ("calcn_r", -0.043, -0.008),
    ),
    "soleus_r": (
        ("tibia_r", -0.010, -0.120), ("tibia_r", -0.055, -0.307), ("calcn_r", -0.039, -0.021),
    ),
    "tibant_r": (
        ("tibia_r", 0.010, -0.150), ("tibia_r", 0.030, -0.402), ("calcn_r", 0.066, -0.026),
    ),
}  # fmt: skip


def _muscles() -> tuple[Muscle, ...]:
    made = []
    for name in MUSCLES:
        force, fiber, tendon, pennation = _FIGURES[name]
        path = tuple(
            Point(body, (x, y, HIP_OFFSET_M if body == "pelvis" else 0.0))
            for body, x, y in _PATHS[name]
        )
        wraps = (f"{name}_groove",) if name in _GROOVE else ()
        made.append(Muscle(name, force, fiber, tendon, math.radians(pennation), path, wraps))
    return tuple(made)


def _markers() -> tuple[Marker, ...]:
    """Place markers on the landmarks of van Sint Jan 2007, ISBN 978-0-443-10300-1.

    Iliac spines (IAS, IPS), great trochanter (FTC), femoral epicondyles (FLE, FME), head of the
    fibula (FAX), tibial tuberosity (TTC), malleoli (FAL, TAM), back of the heel (FCC), heads of
    the metatarsals (FM1, FM2, FM5).
    """
    knee, ankle, sole = -THIGH_LENGTH_M, -SHANK_LENGTH_M, -ANKLE_HEIGHT_M
    places: dict[str, tuple[str, Vector]] = {
        "R_IAS": ("pelvis", (0.060, 0.080, 0.125)),
        "L_IAS": ("pelvis", (0.060, 0.080, -0.125)),
        "R_IPS": ("pelvis", (-0.095, 0.095, 0.045)),
        "L_IPS": ("pelvis", (-0.095, 0.095, -0.045)),
        "R_FTC": ("femur_r", (-0.010, 0.005, 0.085)),
        "R_FLE": ("femur_r", (0.000, knee + 0.005, 0.052)),
        "R_FME": ("femur_r", (0.000, knee + 0.005, -0.052)),
        "R_FAX": ("tibia_r", (-0.020, -0.050, 0.055)),
        "R_TTC": ("tibia_r", (0.048, -0.070, 0.005)),
        "R_FAL": ("tibia_r", (-0.005, ankle - 0.005, 0.042)),
        "R_TAM": ("tibia_r", (0.005, ankle + 0.005, -0.040)),
        HEEL_MARKER: ("calcn_r", (HEEL_M - 0.005, sole + 0.030, 0.000)),
        "R_FM1": ("calcn_r", (0.128, sole + 0.025, -0.045)),
        "R_FM2": ("calcn_r", (0.135, sole + 0.045, -0.015)),
        "R_FM5": ("calcn_r", (0.108, sole + 0.020, 0.050)),
    }
    return tuple(Marker(name, body, location) for name, (body, location) in places.items())
