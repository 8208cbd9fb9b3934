"""What a configuration has to know of the laboratories and variants that it names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from myopinn.records.trials import Trial


@dataclass(frozen=True)
class Offers:
    """What is known of recordings before anything is fetched; None where it cannot be.

    Attributes
    ----------
    bodies, coordinates, muscles, markers : collection of str
        Of the generic model.
    file_markers, labels : collection of str
        Of the C3D files: markers, and analog channels.
    vertical_axis, forward_axis : str
        Of the laboratory.
    marker_rate_hz, analog_rate_hz : float
    movement_s, contraction_s : float
        Of the longest movement and of the longest isometric contraction.
    untouched : collection of str
        Conditions in which no foot touches anything.
    resting : collection of str
        Coordinates that rest in a trial, elsewhere in some trials than in others.
    """

    bodies: Collection[str] | None = None
    coordinates: Collection[str] | None = None
    muscles: Collection[str] | None = None
    markers: Collection[str] | None = None
    file_markers: Collection[str] | None = None
    labels: Collection[str] | None = None
    vertical_axis: str | None = None
    forward_axis: str | None = None
    marker_rate_hz: float | None = None
    analog_rate_hz: float | None = None
    movement_s: float | None = None
    contraction_s: float | None = None
    untouched: Collection[str] | None = None
    resting: Collection[str] = ()


class LaboratoryPlugIn(Protocol):
    """A laboratory, as far as a configuration is held to it."""

    @property
    def settings(self) -> type:
        """The dataclass of its slice of the configuration."""

    @property
    def processed(self) -> bool:
        """Whether its recordings enter the flow after inverse dynamics."""

    def list_trials(self, settings: Mapping[str, Any]) -> Sequence[Trial]:
        """List the trials that it offers."""

    def offers(self, settings: Mapping[str, Any]) -> Offers:
        """Say what is known of its recordings."""


class PlugIns(Protocol):
    """The laboratories and variants that are installed."""

    def laboratories(self) -> list[str]:
        """Name the laboratories."""

    def laboratory(self, name: str) -> LaboratoryPlugIn:
        """Find a laboratory; raises ConfigError where there is none of that name."""

    def variants(self, task: str | None = None) -> list[str]:
        """Name the variants, or those that solve a task."""

    def variant_settings(self, name: str, task: str) -> type:
        """Find the Settings of a variant; raises ConfigError where it does not solve the task."""

    def variant_forms(self, name: str) -> Sequence[str]:
        """Name the forms that a variant answers: ``cycles``, and pieces by a ``clock``."""
