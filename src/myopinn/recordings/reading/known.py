"""What is known of a user's own recordings before they are read, to hold a study to."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from myopinn.config.plug_ins import Offers


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
