"""OpenSim: scaling, kinematics, dynamics, muscle forces, muscle geometry and joint inertia."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from myopinn.checks.masses import BODY_KG
from myopinn.config.fields import (
    ABSENT,
    Names,
    Number,
    Range,
    Section,
    Share,
    SomeNames,
    Text,
    Weights,
    Whole,
    also,
    contrast,
    key,
)
from myopinn.config.muscle_forces import Solver
from myopinn.config.signals import C3D, GIVEN


def _axes(text: Any) -> Iterator[str]:
    if not re.fullmatch(r"(?=.)X?Y?Z?", text):
        yield f" is {text!r}, allowed are X, Y, Z and several of them in this order, such as XZ."


def _ranges_in_reach(values: Mapping[str, Any]) -> Iterator[str]:
    for name, bounds in values.items():
        numbers = isinstance(bounds, list) and all(isinstance(b, int | float) for b in bounds)
        if numbers and not all(-360 <= bound <= 360 for bound in bounds):
            yield f".{name} is {bounds}, expected -360 to 360 deg."


def _bound(meaning: str, default: Any = ...) -> Any:
    """Declare the largest error of something that is measured in m."""
    limit = {"gt": 0} if default is ... else {"ge": 0}
    return key(default, meaning, unit="m", le=0.5, **limit)


class Measurement(Section):
    """A distance between markers and the bodies that it scales."""

    name: Text = key(..., "What is measured")
    pairs: list[Annotated[Names, "pair"]] = key(
        ..., "Pairs of markers whose distances are averaged", min_length=1
    )
    scales: dict[str, Annotated[str, also(_axes)]] = key(
        ..., "Axes of each body that the distance scales, such as XYZ or Y", min_length=1
    )

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold to pairs."""
        for position, pair in enumerate(self.pairs):
            if len(pair) != 2:
                yield "pairs", f"[{position}] has {len(pair)} entries, expected two markers."


_WEIGHTS = "Weight of each marker, 1 where none is named; 0 leaves it out"
_IGNORED = "Markers of the model that are not used"
Held = dict[str, Annotated[Number, "deg or m"]]


def _held(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, int | float) and abs(value) > 360:
            yield f".{name} is {value!r}, expected -360 to 360 deg."


class Scaling(Section):
    """Scaling of the generic model to a person and placing of the markers."""

    needed_by: ClassVar[str] = C3D
    measurements: list[Measurement] = key(
        ..., "Distances between markers and the bodies that each one scales", min_length=1
    )
    marker_weights: Weights = key({}, f"{_WEIGHTS}, in the static pose")
    ignored_markers: SomeNames = key([], _IGNORED)
    coordinates: Annotated[Held, also(_held)] = key(
        {}, "Coordinates that are held in the static pose, translations in m", unit="deg"
    )
    max_marker_rms_m: Number = _bound("Largest rms of the marker errors in the static pose", None)
    max_marker_error_m: Number = _bound("Largest error of a single marker in the static pose", None)

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold measurements to each other."""
        names = [m.name for m in self.measurements]
        seen: dict[tuple[str, str], str] = {}
        for position, measured in enumerate(self.measurements):
            if measured.name in names[:position]:
                yield "measurements", f"[{position}].name is '{measured.name}' a second time."
            for body, axes in measured.scales.items():
                for axis in axes:
                    other = seen.setdefault((body, axis), measured.name)
                    if other != measured.name:
                        yield (
                            "measurements",
                            f"[{position}].scales.{body}: '{other}' scales its axis {axis} as well;"
                            " expected one measurement for each axis of a body.",
                        )


class GivenScaling(Section):
    """The known scale of the model that comes with processed recordings."""

    needed_by: ClassVar[str] = GIVEN
    factors: dict[str, Annotated[Number, "factor"]] = key(
        ABSENT, "Factor by which each body is scaled, 1 where none is named", min_length=1
    )
    mass_kg: Number = key(
        ABSENT,
        "Mass of the whole model, that is of the person; its own where not given",
        unit="kg",
        ge=BODY_KG[0],
        le=BODY_KG[1],
    )

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold factors to what a body can be."""
        for body, factor in (self.factors or {}).items():
            if not 0.1 <= factor <= 10:
                yield "factors", f".{body} is {factor:g}, expected 0.1 to 10."


class InverseKinematics(Section):
    """Joint angles from markers (C3D files)."""

    marker_weights: Weights = key({}, _WEIGHTS)
    ignored_markers: SomeNames = key([], _IGNORED)
    max_marker_rms_m: Number = _bound("Largest rms of the marker errors of a usable trial")
    max_marker_error_m: Number = _bound(
        "Largest error of a single marker sample; a sample beyond it is taken for a gap and the "
        "angles are solved again"
    )
    max_dropped_share: Share = key(
        0.02, "Largest share of a usable trial's marker samples that may be dropped so"
    )


_CUTOFF = "Cut-off of the low-pass filter of the joint angles"


class InverseDynamics(Section):
    """Joint moments from joint angles and ground forces."""

    needed_by: ClassVar[str] = C3D
    lowpass_hz: Number = key(..., _CUTOFF, unit="Hz", ge=0.5, le=100)
    max_residual_force_fraction: Number | None = key(
        None,
        "Largest rms of the residual force at the free base while all contacts are measured, as a "
        "share of body weight; null where the base is fixed",
        gt=0,
        le=10,
    )


class GivenInverseDynamics(Section):
    """How joint angles and moments that others computed are filtered."""

    needed_by: ClassVar[str] = GIVEN
    lowpass_hz: Number = key(..., f"{_CUTOFF} and of the moments", unit="Hz", ge=0.5, le=100)


class MuscleGeometry(Section):
    """Polynomials of muscle length in the joint angles."""

    coordinates: Annotated[dict[str, Range], also(_ranges_in_reach)] = key(
        ...,
        "Range over which the polynomials are fitted for each coordinate, low to high",
        unit="deg",
        min_length=1,
    )
    muscles: Names | None = key(
        None, "Muscles that are fitted; null fits all that cross one of the coordinates"
    )
    degree: Whole = key(..., "Largest degree of the polynomials", ge=1, le=12)
    max_length_rms_m: Number = _bound(
        "Largest rms error of a length on states that were not fitted"
    )
    max_moment_arm_rms_m: Number = _bound(
        "Largest rms error of a moment arm on states that were not fitted"
    )
    max_jump_m: Number = _bound(
        "Largest jump of a length that is smoothed over, such as points that come and go with the "
        "joint's angle make; 0 refuses a muscle for any jump",
        0.0,
    )
    contradictory_paths: Literal["refuse", "follow_moment_arm"] = key(
        "refuse",
        "What happens where OpenSim's moment arm is not minus the slope of its length; a muscle "
        "that is refused is named",
    )


class JointInertia(Section):
    """Inertia of joints that move alone, for a physics of the kind single_joint."""

    coordinates: Names = key(..., "The joints' coordinates from the trunk outwards")
    posture_deg: Annotated[Held, also(_held)] = key(
        {}, "Where other coordinates stand; those not named stand as the model has them", unit="deg"
    )


class _OpenSim(Section):
    timeout_s: Number = key(
        600.0, "Longest time that one tool may take for one trial", unit="s", ge=1, le=604800
    )


class RawOpenSim(_OpenSim):
    """Scaling, kinematics, dynamics, muscle forces and muscle geometry in OpenSim."""

    needed_by: ClassVar[str] = C3D
    scaling: Scaling = key(..., "Scaling of the model by measurements, and placing of the markers")
    inverse_kinematics: InverseKinematics = key(..., "Joint angles from markers")
    inverse_dynamics: InverseDynamics = key(..., "Joint moments from angles and ground forces")
    muscle_forces: Solver = key(..., "Muscle forces that balance the joint moments")
    muscle_geometry: MuscleGeometry = key(..., "Polynomials of muscle length in the joint angles")
    joint_inertia: JointInertia = key(
        ABSENT, "Inertia of joints that move alone, for a physics of the kind single_joint"
    )


class GivenOpenSim(_OpenSim):
    """Muscle forces and muscle geometry of processed recordings."""

    needed_by: ClassVar[str] = GIVEN
    scaling: GivenScaling = key(ABSENT, "The known scale of the model that comes with them")
    inverse_dynamics: GivenInverseDynamics = key(..., "How angles and moments are filtered")
    muscle_forces: Solver = key(..., "Muscle forces that balance the joint moments")
    muscle_geometry: MuscleGeometry = key(..., "Polynomials of muscle length in the joint angles")


for _pair in (
    (RawOpenSim, GivenOpenSim),
    (Scaling, GivenScaling),
    (InverseDynamics, GivenInverseDynamics),
):
    contrast(" is not for {kind}; remove it.", *_pair)
