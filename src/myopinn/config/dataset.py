"""Dataset: how trials are cut into pieces of 100 frames and what is kept of them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict

from myopinn.config.fields import (
    ABSENT,
    Names,
    Number,
    OneOf,
    Section,
    Side,
    Text,
    contrast,
    key,
)

# Of a piece, whatever its length in time, as every layout has it.
_FRAMES = 100


class Cycle(Section):
    """What begins and ends a cycle.

    Cycles are normalised in time: frame and length tell the phase, and so the future.
    """

    kind: ClassVar[str] = "events and coordinate"
    from_: Literal["events", "coordinate"] = key(
        ...,
        "Successive foot strikes, or successive minima of a joint angle: normalised cycles, whose "
        "start and end tell whoever answers the phase, and so the future",
        alias="from",
    )
    side: Side = key(ABSENT, "Foot whose strikes count (from events)")
    coordinate: Text = key(ABSENT, "Joint angle whose minima count (from coordinate)")
    prominence_deg: Number = key(
        ABSENT,
        "Smallest depth of a minimum that counts (from coordinate)",
        unit="deg",
        gt=0,
        le=180,
    )
    min_s: Number = key(..., "Shortest cycle", unit="s", ge=0.05, le=600)
    max_s: Number = key(..., "Longest cycle", unit="s", ge=0.05, le=600)

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold to what the kind of cycle needs."""
        needed = {"events": ("side",), "coordinate": ("coordinate", "prominence_deg")}[self.from_]
        for name in needed:
            if getattr(self, name) is None:
                yield "", f": cycles from {self.from_} need the key '{name}'."
        if not self.min_s < self.max_s:
            yield "min_s", f" is {self.min_s:g}, expected less than max_s, {self.max_s:g}."


class Clock(Section):
    """A clock that looks at no movement, and what is seen before each piece."""

    kind: ClassVar[str] = "clock"
    from_: Literal["clock"] = key(
        ...,
        "Pieces of 100 frames one after the other from the trial's first frame on: continuous time "
        "in which nothing tells the phase, and what is seen of a moment lies in its past",
        alias="from",
    )
    rate_hz: Number = key(50.0, "Frames in a second", unit="Hz", ge=1, le=1000)
    lead_s: Number = key(
        1.0, "How much is seen before the first frame of a piece", unit="s", ge=0, le=60
    )
    motion_lowpass_hz: Number = key(
        6.0,
        "Of the filter that follows the joint angles that are seen; it is late by 2 / (2 pi times "
        "this), 53 ms at 6 Hz",
        unit="Hz",
        gt=0,
        le=100,
    )
    side: Side = key(
        ABSENT,
        "Foot whose forces must be known, where plates do not know all: pieces lie in the "
        "intervals in which they are, and the clock starts anew in each; all of the trial where "
        "not given",
    )

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold to whole frames."""
        frames = self.rate_hz * self.lead_s
        if abs(frames - round(frames)) > 1e-6:
            yield (
                "lead_s",
                f" is {self.lead_s:g}, which is {frames:g} frames at rate_hz {self.rate_hz:g}; "
                f"expected a whole number of them, such as {round(frames) / self.rate_hz:g}.",
            )


contrast(" is of cycles from {owners}, and these are from {kind}; remove it.", Cycle, Clock)


class _Unknown(Section):
    """What says that it begins and ends with something else."""

    model_config = ConfigDict(extra="ignore")
    from_: Literal["events", "coordinate", "clock"] = key(
        ..., "What begins and ends a piece", alias="from"
    )


def _form(value: Any, plug_ins: Any) -> type[Section]:
    """Tell a clock from cycles."""
    if not isinstance(value, Mapping) or value.get("from") in (None, "events", "coordinate"):
        return Cycle
    return Clock if value["from"] == "clock" else _Unknown


class CalibrationPieces(Section):
    """How isometric contractions against the dynamometer are cut."""

    piece_s: Number = key(..., "Length of a piece of 100 frames", unit="s", ge=0.05, le=600)


class Dataset(Section):
    """How trials are cut into pieces of 100 frames and what is kept of them."""

    cycle: Annotated[Any, OneOf((Cycle, Clock), _form)] = key(
        ...,
        "What begins and ends a piece: a cycle of movement (from events or coordinate) or a clock",
    )
    channels: Names = key(..., "EMG channels that are kept")
    coordinates: Names = key(..., "Joint coordinates that are kept")
    muscles: Names = key(..., "Muscles whose force and activation are kept")
    calibration: CalibrationPieces = key(
        ABSENT,
        "How isometric contractions against the dynamometer are cut, to be trained on beside the "
        "movements; the joint is that of opensim.joint_inertia",
    )

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold isometric contractions to the clock, if there is one."""
        if self.calibration is None or self.cycle.from_ != "clock":
            return
        piece_s, wanted = self.calibration.piece_s, _FRAMES / self.cycle.rate_hz
        if abs(piece_s - wanted) > 1e-9:
            yield (
                "calibration",
                f".piece_s is {piece_s:g}, expected {wanted:g}, as long as {_FRAMES} frames of "
                "the clock are.",
            )
