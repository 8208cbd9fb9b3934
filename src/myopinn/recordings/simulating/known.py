"""What is known of virtual people before anybody is simulated, to hold a study to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from myopinn.config.plug_ins import Offers

if TYPE_CHECKING:
    from myopinn.recordings.simulating.instruments import InstrumentSettings
    from myopinn.virtual.anatomy import Anatomy


def offers_of_people(
    generic: Anatomy,
    covered: Sequence[str],
    wanted: InstrumentSettings,
    *,
    movement_s: float,
    contraction_s: float | None = None,
    untouched: Sequence[str] | None = None,
    resting: Sequence[str] = (),
) -> Offers:
    """Say what is known of virtual people.

    Parameters
    ----------
    generic : Anatomy
        Of the model that the laboratory provides.
    covered : sequence of str
        Muscles with an electrode.
    movement_s, contraction_s : float
        Length of the movements, and of isometric contractions where there are any.
    untouched : sequence of str
        Conditions in which no foot touches anything, of people who stand on plates.
    resting : sequence of str
        Coordinates of the model that rest in a trial, elsewhere in some than in others.
    """
    from myopinn.virtual.laboratory import dynamometer_label, emg_label

    markers = [marker.name for marker in generic.markers]
    moments = map(dynamometer_label, generic.coordinates) if contraction_s else ()
    return Offers(
        bodies=[body.name for body in generic.bodies],
        coordinates=generic.coordinates,
        muscles=[muscle.name for muscle in generic.muscles],
        markers=markers,
        file_markers=markers,
        labels=[*map(emg_label, covered), *moments],
        vertical_axis="z",
        forward_axis="x",
        marker_rate_hz=wanted.marker_rate_hz,
        analog_rate_hz=wanted.emg_rate_hz,
        movement_s=movement_s,
        contraction_s=contraction_s,
        untouched=untouched,
        resting=resting,
    )
