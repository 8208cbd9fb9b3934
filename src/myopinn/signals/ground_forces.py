"""Ground forces on the feet, as OpenSim's inverse dynamics reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from myopinn.formats.opensim_files import write_storage
from myopinn.formats.whole import whole_file
from myopinn.signals.contacts import Contact
from myopinn.signals.filters import low_pass
from myopinn.signals.force_plates import Plate, centre_of_pressure

if TYPE_CHECKING:
    import numpy as np

# OpenSim's names: identifier + axis.
FORCE, POINT, TORQUE = "ground_force_{}_v", "ground_force_{}_p", "ground_torque_{}_"


def foot_wrench(
    plates: Sequence[Plate],
    contacts: Sequence[Contact],
    side: str,
    *,
    analog_rate_hz: float,
    lowpass_hz: float,
    threshold_n: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the force on a foot, where it acts, and the moment that it leaves.

    The force and its moment about a fixed point are filtered, which is linear; the centre of
    pressure comes from them afterwards. Where the force is below the threshold the centre of
    pressure is carried on between its neighbours, and the moment makes up for it, so that force,
    point and moment together are the filtered wrench at every time.

    Parameters
    ----------
    plates : sequence of Plate
        In OpenSim's frame, on the person.
    contacts : sequence of Contact
    lowpass_hz : float
        The cut-off that the kinematics get.

    Returns
    -------
    force : array, shape (sample, 3), N
    point : array, shape (sample, 3), m
    moment : array, shape (sample, 3), N.m
        About ``point``; vertical wherever the foot is loaded.
    """
    import numpy as np

    samples = len(plates[0].force)
    force, moment = np.zeros((samples, 3)), np.zeros((samples, 3))
    heights = []
    for contact in contacts:
        if contact.side != side:
            continue
        plate = next(p for p in plates if p.number == contact.plate)
        span = slice(contact.start, contact.stop)
        force[span] += plate.force[span]
        moment[span] += plate.moment[span]
        heights.append(plate.corners[:, 1].mean())
    if not heights:
        return force, np.zeros((samples, 3)), moment
    force = low_pass(force, analog_rate_hz, lowpass_hz)
    moment = low_pass(moment, analog_rate_hz, lowpass_hz)
    loaded = np.flatnonzero(force[:, 1] > threshold_n)
    pressure = centre_of_pressure(force[loaded], moment[loaded], float(np.mean(heights)))
    point = np.column_stack(
        [np.interp(np.arange(samples), loaded, pressure[:, axis]) for axis in range(3)]
    )
    return force, point, moment - np.cross(point, force)


def write_ground_forces(
    folder: Path,
    time_s: np.ndarray,
    analog_rate_hz: float,
    wrenches: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]],
    feet: Mapping[str, Mapping[str, Any]],
) -> None:
    """Write ``ground_forces.mot`` at the kinematics' times and the ``external_loads.xml`` for it.

    Parameters
    ----------
    time_s : array, shape (frame,), s
    wrenches : mapping of side to force, point and moment, each of shape (sample, 3)
    feet : mapping of side to settings
        ``body`` is the body of the model that the force acts on.
    """
    import numpy as np

    columns: dict[str, np.ndarray] = {}
    for side, wrench in wrenches.items():
        times = np.arange(len(wrench[0])) / analog_rate_hz
        for name, values in zip((FORCE, POINT, TORQUE), wrench, strict=True):
            for axis, letter in enumerate("xyz"):
                columns[name.format(side) + letter] = np.interp(time_s, times, values[:, axis])
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
