"""Ground forces as OpenSim's tools read them: a motion file, and what of it acts on which body."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from myopinn.formats.opensim_files import write_storage
from myopinn.formats.whole import whole_file

if TYPE_CHECKING:
    import numpy as np

# OpenSim's names: identifier + axis.
FORCE, POINT, TORQUE = "ground_force_{}_v", "ground_force_{}_p", "ground_torque_{}_"


def write_ground_forces(
    folder: Path,
    time_s: np.ndarray,
    columns: Mapping[str, np.ndarray],
    feet: Mapping[str, Mapping[str, Any]],
) -> None:
    """Write ``ground_forces.mot`` and the ``external_loads.xml`` for it.

    Parameters
    ----------
    time_s : array, shape (frame,), s
    columns : mapping of name to array, shape (frame,), N, m or N.m
        Of each foot :data:`FORCE`, :data:`POINT` and :data:`TORQUE` along x, y and z.
    feet : mapping of side to settings
        ``body`` is the body of the model that the force acts on.
    """
    write_storage(
        folder / "ground_forces.mot", time_s, columns, in_degrees=True, title="ground forces"
    )
    write_external_loads(folder / "external_loads.xml", "ground_forces.mot", feet)


def write_external_loads(path: Path, data_file: str, feet: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the OpenSim description of which column acts on which body, all in the ground's axes.

    Parameters
    ----------
    data_file : str
        The motion file, from the folder of ``path``.
    """
    document = ElementTree.Element("OpenSimDocument", Version="40000")
    loads = ElementTree.SubElement(document, "ExternalLoads", name="ground_forces")
    objects = ElementTree.SubElement(loads, "objects")
    for side, foot in feet.items():
        entry = ElementTree.SubElement(objects, "ExternalForce", name=f"ground_force_{side}")
        for tag, text in (
            ("applied_to_body", str(foot["body"])),
            ("force_expressed_in_body", "ground"),
            ("point_expressed_in_body", "ground"),
            ("force_identifier", FORCE.format(side)),
            ("point_identifier", POINT.format(side)),
            ("torque_identifier", TORQUE.format(side)),
            ("data_source_name", data_file),
        ):
            ElementTree.SubElement(entry, tag).text = text
    ElementTree.SubElement(loads, "datafile").text = data_file
    ElementTree.indent(document)
    with whole_file(path) as temporary:
        ElementTree.ElementTree(document).write(temporary, encoding="UTF-8", xml_declaration=True)
