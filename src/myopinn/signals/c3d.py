"""Reading a C3D file safely: what is in it, in SI units, or an error that says what to mend.

ezc3d does the parsing (:mod:`myopinn.signals.c3d_content`), in a process of its own. Two things it
lets pass are held up here: gaps that were filled with zeros, and units, which it leaves to the
reader.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.processes.apart import call_apart
from myopinn.signals.c3d_content import (
    UNREADABLE,
    Content,
    load_libraries,
    parse_c3d,
    why_it_dies,
)
from myopinn.signals.units import length_in_metres

if TYPE_CHECKING:
    import numpy as np

# Points of these groups are model outputs (angles, forces, ...) that share the space of markers.
_NOT_POSITIONS = ("ANGLES", "ANGLE", "FORCES", "FORCE", "MOMENTS", "MOMENT", "POWERS", "POWER",
                  "SCALARS", "SCALAR", "REACTIONS")  # fmt: skip
# ASSUME: a slow drive gives a megabyte a second, and a busy machine starts reading in a minute.
# What takes longer counts the garbage of a damaged file.
_READING_STARTS_S, _SLOWEST_BYTES_S = 60.0, 1e6
# A number of two bytes becomes one of eight, several times over; a damaged header asks for more.
_READING_TAKES_BYTES, _MOST_BYTES_A_BYTE = 10**9, 100


@dataclass(frozen=True)
class Recording:
    """What one C3D file holds.

    Attributes
    ----------
    file : Path
    rate_hz : float
        Frames of markers per second.
    first_frame : int
        Frames that were cropped before the first one; events count from before the crop.
    markers : dict of label to array, shape (frame, 3), m, laboratory frame
        Positions only; gaps are NaN.
    frames : int
    length_unit_m : float
        Metres in the file's unit of length.
    analog_rate_hz : float
    analog_labels, analog_units : tuple of str
    analogs : array, shape (sample, channel), in ``analog_units``
    parameters : mapping of group to mapping of name to value
        As ezc3d gives them.
    """

    file: Path
    rate_hz: float
    first_frame: int
    markers: dict[str, np.ndarray]
    frames: int
    length_unit_m: float
    analog_rate_hz: float
    analog_labels: tuple[str, ...]
    analog_units: tuple[str, ...]
    analogs: np.ndarray
    parameters: dict[str, dict[str, Any]] = field(repr=False)

    def parameter(self, group: str, name: str) -> Any:
        """Return a parameter's value whatever the case of its name, or None where there is none."""
        return _parameter(self.parameters, group, name)


def read_c3d(file: Path | str) -> Recording:
    """Read a C3D file; a file of which the reader dies is refused like any other bad one.

    Raises
    ------
    TrialError
        Where the file is missing, is no C3D file, is truncated, is refused by ezc3d or crashes it,
        or does not state a unit of length or a rate that can be used.
    """
    file = Path(file)
    content = _content(file)
    parameters, points, analogs = content.parameters, content.points, content.analogs
    frames = points.shape[2]
    rate = content.rate_hz
    if not rate > 0:
        raise TrialError(
            f"POINT:RATE is {rate:g} Hz.", remedy="export the file with its frame rate.", file=file
        )
    unit = length_unit(parameters, file) if points.shape[1] else 1.0
    labels = _texts(parameters, "ANALOG", "LABELS")[: analogs.shape[1]]
    units = _texts(parameters, "ANALOG", "UNITS")
    return Recording(
        file=file,
        rate_hz=rate,
        first_frame=content.first_frame,
        markers=_positions(points, unit, parameters),
        frames=frames,
        length_unit_m=unit,
        analog_rate_hz=rate * analogs.shape[0] / frames if frames else rate,
        analog_labels=tuple(labels),
        analog_units=tuple((units + [""] * len(labels))[: len(labels)]),
        analogs=analogs,
        parameters=parameters,
    )


def _content(file: Path) -> Content:
    """Have the file parsed in a process of its own."""
    size = file.stat().st_size if file.is_file() else 0
    timeout_s = _READING_STARTS_S + size / _SLOWEST_BYTES_S
    outcome = call_apart(
        parse_c3d,
        {"file": file},
        load=load_libraries,
        timeout_s=timeout_s,
        memory_bytes=_READING_TAKES_BYTES + _MOST_BYTES_A_BYTE * size,
    )
    if outcome.error is not None:
        raise outcome.error
    if outcome.died:
        raise why_it_dies(file)
    if not outcome.in_time:
        raise TrialError(
            f"ezc3d did not come to an end of the file in {timeout_s:.0f} s.",
            remedy=UNREADABLE,
            file=file,
        )
    content: Content = outcome.returned
    return content


def length_unit(parameters: Any, file: Path) -> float:
    """Return the metres in the unit that POINT:UNITS states.

    Raises
    ------
    TrialError
        Where the unit is missing or unknown.
    """
    texts = _texts(parameters, "POINT", "UNITS")
    unit = texts[0] if texts else ""
    metres = length_in_metres(unit)
    if metres is None:
        raise TrialError(
            f"POINT:UNITS is '{unit}', which is no unit of length.",
            remedy="export the file with its markers' unit (mm, cm or m).",
            file=file,
        )
    return metres


def find_label(
    wanted: str, labels: Sequence[str], *, what: str, file: Path | str, remedy: str
) -> int:
    """Find a label among those of a file, which may carry prefixes (``Ann:LASI``, ``Voltage.TA``).

    Parameters
    ----------
    what : str
        What the label names ("EMG channel 'soleus'"), for the error.

    Returns
    -------
    int
        The index of the label.

    Raises
    ------
    TrialError
        Where no label or more than one fits; it names those that are there.
    """
    plain = [label.strip() for label in labels]
    for reduce in (str, _without_prefix, lambda text: _without_prefix(text).casefold()):
        found = [i for i, label in enumerate(plain) if reduce(label) == reduce(wanted.strip())]
        if len(found) == 1:
            return found[0]
        if found:
            raise TrialError(
                f"{what}: the label '{wanted}' fits {len(found)} labels: "
                f"{', '.join(plain[i] for i in found)}.",
                remedy="write the label in full, or make the labels of the file unique.",
                file=file,
            )
    raise TrialError(
        f"{what}: there is no label '{wanted}'{suggestion(wanted, plain)} "
        f"The file has: {', '.join(plain) or 'none'}.",
        remedy=remedy,
        file=file,
    )


def suggestion(wanted: str, labels: Sequence[str]) -> str:
    """Return the end of a sentence that names the label most like the wanted one."""
    by_plain = {_without_prefix(label).casefold(): label for label in labels}
    close = difflib.get_close_matches(_without_prefix(wanted).casefold(), by_plain, 1, 0.6)
    return f", the nearest is '{by_plain[close[0]]}'." if close else "."


def _without_prefix(label: str) -> str:
    """Drop a person's name before ':' and a device's name before '.'."""
    return label.rsplit(":", 1)[-1].rsplit(".", 1)[-1].strip()


def _positions(points: np.ndarray, unit: float, parameters: Any) -> dict[str, np.ndarray]:
    """Return the positions by label in m; gaps become NaN, whether residual -1 (by ezc3d) or 0."""
    import numpy as np

    labels = _texts(parameters, "POINT", "LABELS")
    outputs = {label for group in _NOT_POSITIONS for label in _texts(parameters, "POINT", group)}
    markers: dict[str, np.ndarray] = {}
    for i, label in enumerate(labels[: points.shape[1]]):
        # Vicon keeps trajectories that nobody labelled as '*17': reflections, not the person.
        if not label or label.startswith("*") or label in outputs or label in markers:
            continue
        xyz = points[:3, i].T * unit
        # A marker exactly at the laboratory's origin is no measurement but a filled gap.
        xyz[np.all(xyz == 0.0, axis=1) | ~np.isfinite(xyz).all(axis=1)] = np.nan
        markers[label] = xyz
    return markers


def _parameter(parameters: Mapping[str, Mapping[str, Any]], group: str, name: str) -> Any:
    for key, entries in parameters.items():
        if key.upper() == group:
            for entry, value in entries.items():
                if entry.upper() == name:
                    return value
    return None


def _texts(parameters: Any, group: str, name: str) -> list[str]:
    """Return a text parameter with its continuations (LABELS, LABELS2, LABELS3 ...)."""
    texts: list[str] = []
    number = 1
    while True:
        value = _parameter(parameters, group, name if number == 1 else f"{name}{number}")
        if value is None:
            return texts
        texts += [str(text).strip() for text in value]
        number += 1
