"""What is known of recordings before anything is fetched or simulated, to hold a study to."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.config.plug_ins import Offers

if TYPE_CHECKING:
    from myopinn.virtual.anatomy import Anatomy
    from myopinn.virtual.instruments import InstrumentSettings


def offers_of_people(
    generic: Anatomy,
    covered: Sequence[str],
    wanted: InstrumentSettings,
    *,
    movement_s: float,
    contraction_s: float | None = None,
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
    )


def offers_of_model(model: Path | str, marker_set: Path | str | None = None) -> Offers:
    """Say what is known where a model lies on this machine: its names, and nothing of the files.

    Nothing is said of a file that is not there or is no model; the step that reads it does.
    """
    try:
        tree = ET.parse(model).getroot().find("Model")
        marked = tree if marker_set is None else ET.parse(marker_set).getroot()
    except (OSError, ET.ParseError, ValueError):
        return Offers()
    if tree is None or marked is None:
        return Offers()

    def names(path: str, tree: ET.Element = tree) -> list[str]:
        return [part.get("name", "") for part in tree.findall(path)]

    return Offers(
        bodies=names("BodySet/objects/Body"),
        # Before OpenSim 4 a joint stood in its body.
        coordinates=[part.get("name", "") for part in tree.iter("Coordinate")],
        muscles=[
            part.get("name", "")
            for part in tree.findall("ForceSet/objects/*")
            if part.find("max_isometric_force") is not None
        ],
        markers=[part.get("name", "") for part in marked.iter("Marker")],
    )
