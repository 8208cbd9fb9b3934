"""Dataset: how trials are cut into cycles of 100 frames and what is kept of them."""

from collections.abc import Iterator
from typing import Literal

from myopinn.config.fields import ABSENT, Names, Number, Section, Side, SomeNames, Text, key


class Cycle(Section):
    """What begins and ends a cycle."""

    from_: Literal["events", "coordinate"] = key(
        ..., "Successive foot strikes, or successive minima of a joint angle", alias="from"
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


class CalibrationPieces(Section):
    """How isometric contractions against the dynamometer are cut."""

    piece_s: Number = key(..., "Length of a piece of 100 frames", unit="s", ge=0.05, le=600)


class Dataset(Section):
    """How trials are cut into cycles of 100 frames and what is kept of them."""

    cycle: Cycle = key(..., "What begins and ends a cycle")
    channels: Names = key(..., "EMG channels that are kept")
    coordinates: Names = key(..., "Joint coordinates that are kept")
    muscles: Names = key(..., "Muscles whose force and activation are kept")
    held: SomeNames = key(
        [],
        "Joint coordinates that rest in a trial and differ between trials, such as how far the "
        "forearm is raised; each cycle keeps their mean, for the gravity of a joint that moves "
        "alone (opensim.joint_inertia)",
    )
    calibration: CalibrationPieces = key(
        ABSENT,
        "How isometric contractions against the dynamometer are cut, to be trained on beside the "
        "movements; the joint is that of opensim.joint_inertia",
    )
