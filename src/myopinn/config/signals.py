"""Signals: how C3D files become markers, ground forces, events and envelopes, or what is given."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from myopinn.config.fields import (
    ABSENT,
    Axis,
    Channels,
    Labels,
    Names,
    Number,
    Range,
    Section,
    Share,
    Side,
    SomeNames,
    Text,
    contrast,
    key,
)

C3D, GIVEN = "C3D files", "processed recordings"


class Forward(Section):
    """Where the person faces or the laboratory's front is; it becomes OpenSim's x."""

    axis: Axis = key(ABSENT, "Axis of the laboratory that points forward, instead of from and to")
    from_: Names = key(
        ABSENT, "Markers at the back; the direction starts at their mean", alias="from"
    )
    to: Names = key(ABSENT, "Markers at the front; the direction ends at their mean")

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold to one way of telling."""
        written = {"from": self.from_, "to": self.to}
        for one, other in (("from", "to"), ("to", "from")):
            if written[one] and not written[other]:
                yield "", f" has '{one}' but no '{other}'; both are needed."
        if (self.axis is None) == (self.from_ is None and self.to is None):
            yield "", ": give either 'axis', or 'from' and 'to'."


class Markers(Section):
    """Markers and the laboratory's axes (C3D files)."""

    vertical_axis: Axis = key(..., "Axis of the laboratory that points up; it becomes OpenSim's y")
    forward: Forward = key(..., "Where the person faces; it becomes OpenSim's x")
    labels: Labels = key(
        {}, "Label in the C3D file for each marker of the model that is named otherwise there"
    )
    required: Names = key(
        ABSENT, "Markers without which a trial is rejected; those that settings name always are"
    )
    min_visible: Share = key(
        0.5, "Smallest share of frames in which a marker that is needed must be seen"
    )
    body_size_m: Range = key(
        [0.1, 3.0],
        "Smallest and largest diagonal of the box around the markers; outside of it the unit of "
        "the file is taken to be wrong",
        unit="m",
    )

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold the axes to each other and the box to what can be a body."""
        if (self.forward.axis or "").lstrip("-") == self.vertical_axis.lstrip("-"):
            yield "forward", ".axis is the vertical axis; they must differ."
        low, high = self.body_size_m
        if not 0.01 <= low < high <= 10:
            yield "body_size_m", f" is [{low:g}, {high:g}], expected 0.01 to 10 m."


_CHANNELS = "Label in the file for each channel of the study"
_AMPLITUDE = "Smallest amplitude of a usable envelope; null for none"
_CONTRAST = "Smallest contrast of a usable envelope, 1 less its low over its high; null for none"


class RawEmg(Section):
    """EMG channels and how their envelopes are made."""

    needed_by: ClassVar[str] = C3D
    channels: Channels = key(..., _CHANNELS)
    state: Literal["raw", "band_passed", "envelope"] = key(
        ..., "What the channels already are; nothing is filtered twice"
    )
    unit: Literal["V", "mV", "uV", "nV"] = key(
        ABSENT, "Unit of the channels where the file states none"
    )
    band_hz: Range = key(
        [20.0, 450.0],
        "Pass band for raw channels; the upper edge is held below Nyquist's frequency",
        unit="Hz",
    )
    lowpass_hz: Number = key(
        6.0, "Cut-off of the envelope's low-pass filter", unit="Hz", ge=0.5, le=100
    )
    min_amplitude_v: Number | None = key(None, _AMPLITUDE, unit="V", ge=0, le=1)
    min_contrast: Number | None = key(None, _CONTRAST, ge=0, le=1)

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold the band to what EMG has, and the envelope to the band."""
        low, high = self.band_hz
        if not 1 <= low < high <= 5000:
            yield "band_hz", f" is [{low:g}, {high:g}], expected edges from 1 to 5000 Hz."
        if self.state == "raw" and self.lowpass_hz >= high:
            yield (
                "lowpass_hz",
                f" is {self.lowpass_hz:g}, expected less than the upper edge of band_hz, {high:g}.",
            )


class GivenEmg(Section):
    """Envelopes that others made."""

    needed_by: ClassVar[str] = GIVEN
    channels: Channels = key(..., _CHANNELS)
    state: Literal["envelope"] = key(..., "What the channels are; nothing is filtered")
    unit: Literal["V", "mV", "uV", "nV", "1"] = key(
        ..., 'Unit of the envelopes; "1" where they are shares of a largest one'
    )
    min_amplitude_v: Number | None = key(None, _AMPLITUDE, unit="V", ge=0, le=1)
    min_contrast: Number | None = key(None, _CONTRAST, ge=0, le=1)


_THRESHOLD = "Vertical force above which a foot stands on the ground"
_BODY = "Body of the model that takes the force"
_FEET = "The feet that can stand on a plate, r and l"


class Foot(Section):
    """One foot."""

    needed_by: ClassVar[str] = C3D
    body: Text = key(..., _BODY)
    markers: Names = key(..., "Markers of the foot, to which the centre of pressure has to be near")


class GivenFoot(Section):
    """One foot."""

    needed_by: ClassVar[str] = GIVEN
    body: Text = key(..., _BODY)
    force: Text = key(
        ..., "Columns of the force without their x, y or z, in OpenSim's axes", unit="N"
    )
    point: Text = key(..., "Columns of the point at which it acts", unit="m")
    torque: Text = key(..., "Columns of the moment about that point", unit="N.m")


class GroundForces(Section):
    """Force plates."""

    needed_by: ClassVar[str] = C3D
    threshold_n: Number = key(..., _THRESHOLD, unit="N", gt=0, le=500)
    lowpass_hz: Number = key(..., "Cut-off of the low-pass filter", unit="Hz", ge=0.5, le=500)
    feet: dict[Side, Foot] = key(..., _FEET, min_length=1)
    max_foot_distance_m: Number = key(
        ...,
        "Largest distance from the foot's markers to the centre of pressure",
        unit="m",
        gt=0,
        le=1,
    )
    none_in: SomeNames = key(
        [],
        "Conditions in which none of the feet touches anything, such as a leg that moves freely in "
        "the air: they have no foot strikes, and moments follow from the motion alone; the rest of "
        "the body is held by what nobody measures",
    )


class GivenGroundForces(Section):
    """Ground forces that others measured."""

    needed_by: ClassVar[str] = GIVEN
    threshold_n: Number = key(..., _THRESHOLD, unit="N", gt=0, le=500)
    feet: dict[Side, GivenFoot] = key(..., _FEET, min_length=1)
    residual_forces: Names = key(
        ABSENT, "Columns of the moments that are forces on the model's free base"
    )
    max_residual_n: Number = key(
        ABSENT,
        "Largest of these forces; around a larger one neither moments nor the cycle they are in "
        "are used",
        unit="N",
        gt=0,
        le=100000,
    )


class Events(Section):
    """Foot strikes and foot offs."""

    needed_by: ClassVar[str] = C3D
    source: Literal["file", "detected", "file_or_detected"] = key(
        ..., "From the C3D file, detected from markers, or detected where the file has none"
    )
    heel_markers: dict[Side, Text] = key(ABSENT, "Marker of each heel, needed to detect events")
    toe_markers: dict[Side, Text] = key(
        ABSENT, "Marker of each toe, to detect foot offs; the heel's where not given"
    )
    sacrum_markers: Names = key(ABSENT, "Markers whose mean is the sacrum, needed to detect events")

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold to what detecting needs."""
        for name in ("heel_markers", "sacrum_markers"):
            if self.source != "file" and getattr(self, name) is None:
                yield "", f": detecting events needs the key '{name}'."


class GivenEvents(Section):
    """Foot strikes and foot offs of processed recordings."""

    needed_by: ClassVar[str] = GIVEN
    source: Literal["ground_forces"] = key(..., "Of processed recordings it is ground_forces")


_EVENTS = "Foot strikes and foot offs; null where there is no gait"


class RawSignals(Section):
    """How C3D files become markers, ground forces, events and EMG envelopes."""

    needed_by: ClassVar[str] = C3D
    markers: Markers = key(..., "Markers and the laboratory's axes")
    emg: RawEmg = key(..., "EMG channels and how their envelopes are made")
    ground_forces: GroundForces | None = key(
        None, "Force plates; null where nothing stands on plates"
    )
    events: Events | None = key(None, _EVENTS)
    dynamometer: Labels = key(
        ABSENT,
        "Label in the C3D file of the moment by which a dynamometer holds each joint still, in the "
        "trials that have a held_angle_deg",
        min_length=1,
    )


class GivenSignals(Section):
    """What the signals of processed recordings are."""

    needed_by: ClassVar[str] = GIVEN
    emg: GivenEmg = key(..., "Envelopes that others made")
    ground_forces: GivenGroundForces | None = key(
        None, "Ground forces that others measured; null where there are none"
    )
    events: GivenEvents | None = key(None, _EVENTS)

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold the events to the forces that they come from."""
        if self.events is not None and self.ground_forces is None:
            yield "events", ": events come from the ground forces, which are null."


for _pair in (
    (RawSignals, GivenSignals),
    (RawEmg, GivenEmg),
    (GroundForces, GivenGroundForces),
    (Foot, GivenFoot),
    (Events, GivenEvents),
):
    contrast(" is not for {kind}; remove it.", *_pair)
