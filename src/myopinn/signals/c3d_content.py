"""What ezc3d finds in a C3D file; it belongs into a process of its own, for some files crash it.

Three things it lets pass are held up here: a truncated file, which it reads as a shorter one;
analog channels without scale or offset, for which it reads memory that is not theirs; and text that
is not UTF-8.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.formats.encodings import decoded

if TYPE_CHECKING:
    import numpy as np

UNREADABLE = (
    "the file is damaged or breaks the C3D format: copy it again, or open it in another program "
    "(Mokka, Nexus, QTM) and export it as C3D."
)
# The C3D user guide requires both of data in floating point too, and names no default.
_SCALING = ("SCALE", "OFFSET")
_SCALED = "export the trial with scale and offset of each of its analog channels."
_BLOCK = 512
_PROCESSORS = {84: "<", 85: "<", 86: ">"}  # Intel, DEC, MIPS: the byte order of the header


@dataclass(frozen=True)
class Content:
    """What is in a C3D file, as it is stored.

    Attributes
    ----------
    rate_hz : float
        Frames per second.
    first_frame : int
        Frames before the first one.
    points : array, shape (4, point, frame), the file's unit of length; gaps are NaN
    analogs : array, shape (sample, channel), in units of ANALOG:UNITS
    parameters : dict of group to dict of name to value
    """

    rate_hz: float
    first_frame: int
    points: np.ndarray
    analogs: np.ndarray
    parameters: dict[str, dict[str, Any]]


def load_libraries() -> None:
    """Load what :func:`parse_c3d` needs, once for all files of a step."""
    import ezc3d  # noqa: F401
    import numpy as np  # noqa: F401


def parse_c3d(file: Path) -> Content:
    """Read all of a C3D file; to be called inside :func:`myopinn.processes.apart.call_apart`.

    Raises
    ------
    TrialError
        Where the file is missing, is no C3D file, is truncated, has analog channels without scale
        or offset, or is refused by ezc3d.
    """
    import ezc3d
    import numpy as np

    stated = _stated_frames(file)
    try:
        content = ezc3d.c3d(str(file))
    except Exception as error:  # ezc3d raises many kinds for a malformed file
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TrialError(
            f"ezc3d cannot read the file: {reason}", remedy=UNREADABLE, file=file
        ) from error
    header = content["header"]["points"]
    points = np.asarray(content["data"]["points"], dtype=float)
    if points.shape[2] < stated:
        raise TrialError(
            f"the file is truncated: its header states {stated} frames, {points.shape[2]} are "
            "there.",
            remedy="copy the file again from its source.",
            file=file,
        )
    analogs = np.asarray(content["data"]["analogs"], dtype=float)[0].T
    parameters = _parameters(content["parameters"])
    _check_scaling(parameters, analogs.shape[1], file)
    return Content(
        rate_hz=float(header["frame_rate"]),
        first_frame=int(header["first_frame"]),
        points=points,
        analogs=analogs,
        parameters=parameters,
    )


def _parameters(groups: Any) -> dict[str, dict[str, Any]]:
    """Give the values of ezc3d's parameters without its own types, which cannot travel."""
    return {
        group: {
            name: _decoded(entry["value"])
            for name, entry in entries.items()
            if isinstance(entry, dict) and "value" in entry
        }
        for group, entries in groups.items()
    }


def _decoded(value: Any) -> Any:
    """Give the text that bytes stand for which ezc3d could not read as UTF-8."""
    if not isinstance(value, list):
        return value
    return [
        decoded(v.encode("utf-8", "surrogateescape")) if isinstance(v, str) else v for v in value
    ]


def _stated_frames(file: Path) -> int:
    """Read from the first 512 bytes how many frames the file says it holds.

    The header is read here because ezc3d silently lowers that number to what it found. Words 4 and
    5 are the first and last frame (C3D user guide, section 'header').
    """
    if not file.is_file():
        raise TrialError(
            "there is no such file.", remedy="correct the file in the list of trials.", file=file
        )
    head, section = _opening(file)
    if len(head) < _BLOCK or head[1] != 0x50:
        raise TrialError("this is no C3D file.", remedy="export the trial as C3D again.", file=file)
    first, last = struct.unpack(_order(section) + "HH", head[6:10])
    # ASSUME: 65535 means "more than a 16-bit word holds"; then the number is not known from here.
    return 0 if last == 0xFFFF else max(0, last - first + 1)


def _check_scaling(parameters: Mapping[str, Mapping[str, Any]], channels: int, file: Path) -> None:
    """Refuse channels without scale or offset, for which ezc3d takes what lies in memory behind."""
    for name in _SCALING:
        found = sum(
            len(value)
            for group, entries in parameters.items()
            for key, value in entries.items()
            if group.upper() == "ANALOG" and re.fullmatch(rf"{name}\d*", key.upper())
        )
        if found < channels:
            raise TrialError(
                f"ANALOG:{name} holds {found} values for {channels} analog channels.",
                remedy=_SCALED,
                file=file,
            )


def why_it_dies(file: Path) -> TrialError:
    """Give the error for a file of which ezc3d dies, with what it lacks where that is known."""
    names = set(_parameter_names(_opening(file)[1]))
    lacking = [f"ANALOG:{name}" for name in _SCALING if ("ANALOG", name) not in names]
    if lacking and any(group == "ANALOG" for group, _ in names):
        return TrialError(
            f"the file lacks {' and '.join(lacking)}, so what its analog channels measured is not "
            "known.",
            remedy=_SCALED,
            file=file,
        )
    return TrialError("ezc3d crashes on reading the file.", remedy=UNREADABLE, file=file)


def _opening(file: Path) -> tuple[bytes, bytes]:
    """Read the header and the section of parameters, as far as they are there."""
    with file.open("rb") as stream:
        head = stream.read(_BLOCK)
        if not head or not head[0]:
            return head, b""
        stream.seek((head[0] - 1) * _BLOCK)
        section = stream.read(4)
        blocks = section[2] if len(section) == 4 else 0
        return head, section + stream.read(max(0, blocks * _BLOCK - 4))


def _order(section: bytes) -> str:
    return _PROCESSORS.get(section[3] if len(section) >= 4 else 0, "<")


def _parameter_names(section: bytes) -> Iterator[tuple[str, str]]:
    """Walk through the groups and names of parameters (C3D user guide, 'parameter section').

    An entry is the length of its name (negative where locked), the number of its group (negative
    for the group itself), the name and the distance from there to the next entry, 0 at the end.
    """
    groups: dict[int, str] = {}
    found = []
    place = 4
    while place + 2 <= len(section):
        length, number = struct.unpack_from("bb", section, place)
        end = place + 2 + abs(length)
        if not length or not number or end + 2 > len(section):
            break
        name = section[place + 2 : end].decode("latin-1").strip().upper()
        if number < 0:
            groups[-number] = name
        else:
            found.append((number, name))
        (distance,) = struct.unpack_from(_order(section) + "H", section, end)
        if not distance:
            break
        place = end + distance
    return ((groups.get(number, ""), name) for number, name in found)
