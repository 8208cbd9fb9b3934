"""Ground forces on the feet, as OpenSim's inverse dynamics reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from myopinn.formats.external_loads import FORCE, POINT, TORQUE
from myopinn.signals.contacts import Contact
from myopinn.signals.filters import low_pass
from myopinn.signals.force_plates import Plate, centre_of_pressure

if TYPE_CHECKING:
    import numpy as np


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


def force_columns(
    time_s: np.ndarray,
    analog_rate_hz: float,
    wrenches: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> dict[str, np.ndarray]:
    """Give the wrenches on the feet at the kinematics' times, as OpenSim names them.

    Parameters
    ----------
    time_s : array, shape (frame,), s
    wrenches : mapping of side to force, point and moment, each of shape (sample, 3)

    Returns
    -------
    dict of column to array, shape (frame,), N, m or N.m
    """
    import numpy as np

    columns: dict[str, np.ndarray] = {}
    for side, wrench in wrenches.items():
        times = np.arange(len(wrench[0])) / analog_rate_hz
        for name, values in zip((FORCE, POINT, TORQUE), wrench, strict=True):
            for axis, letter in enumerate("xyz"):
                columns[name.format(side) + letter] = np.interp(time_s, times, values[:, axis])
    return columns
