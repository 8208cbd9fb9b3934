"""OpenSim's own text formats, read and written without OpenSim.

Motions, forces and markers are kept in them so that every step opens in the OpenSim application.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.formats.encodings import decoded
from myopinn.formats.whole import ArtifactError, whole_file

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def write_storage(
    path: Path | str,
    time_s: Sequence[float] | np.ndarray,
    columns: Mapping[str, np.ndarray],
    *,
    in_degrees: bool,
    title: str,
) -> None:
    """Write an OpenSim storage file (.mot or .sto).

    Parameters
    ----------
    time_s : array, shape (frame,)
    columns : mapping of name to array, shape (frame,)
        Rotations in degrees where ``in_degrees`` says so.
    title : str
        The first line, by which OpenSim's application names the data.
    """
    import numpy as np

    time = np.asarray(time_s, dtype=float)
    values = np.column_stack([time, *(np.asarray(c, dtype=float) for c in columns.values())])
    header = "\n".join(
        [
            title,
            "version=1",
            f"nRows={len(time)}",
            f"nColumns={values.shape[1]}",
            f"inDegrees={'yes' if in_degrees else 'no'}",
            "endheader",
            "\t".join(["time", *columns]),
        ]
    )
    with whole_file(path) as temporary:
        np.savetxt(temporary, values, fmt="%.9g", delimiter="\t", header=header, comments="")


def read_storage(path: Path | str) -> tuple[pd.DataFrame, bool]:
    """Read an OpenSim storage file (.mot or .sto).

    Returns
    -------
    table : DataFrame, index ``time`` in s, one column per quantity
    in_degrees : bool
        Whether rotations are in degrees.

    Raises
    ------
    ArtifactError
        Where the file has no header, a label too many or too few, ragged rows or cells that are no
        numbers.
    """
    import pandas as pd

    path = Path(path)
    in_degrees = False
    lines = 0
    with path.open("rb") as file:
        for line in file:
            lines += 1
            key = line.strip().lower()
            if key.startswith(b"indegrees"):
                in_degrees = key.split(b"=")[-1].strip() == b"yes"
            if key == b"endheader":
                break
        else:
            raise ArtifactError(f"{path}: no 'endheader' line, so this is no OpenSim storage file.")
        header = b""
        while not header.strip() and (line := file.readline()):
            lines += 1
            header = line
        frame = next((line for line in file if line.strip()), b"")
    try:
        table = pd.read_csv(
            path,
            sep=r"\s+",
            skiprows=lines,
            names=_labels(decoded(header), len(frame.split()), path),
            index_col=0,
            dtype=float,
        )
    except (ValueError, pd.errors.ParserError) as error:
        raise ArtifactError(f"{path}: {error}") from error
    table.index.name = "time"
    return table, in_degrees


def _labels(header: str, columns: int, path: Path) -> list[str]:
    """Split the line of labels; where labels hold spaces, only tabs part them.

    The second column of a label is told apart by ``.1``, the third by ``.2``.
    """
    by_tabs = [label.strip() for label in header.strip().split("\t")]
    fitting = [x for x in (header.split(), by_tabs) if not columns or len(x) == columns]
    if not fitting:
        raise ArtifactError(
            f"{path}: its line of labels names {len(header.split())} columns, its first frame has "
            f"{columns}. Remedy: give each column one label, and part them by tabs."
        )
    labels = fitting[0]
    earlier = [labels[:i].count(label) for i, label in enumerate(labels)]
    return [f"{x}.{n}" if n else x for x, n in zip(labels, earlier, strict=True)]


def read_span(path: Path | str) -> tuple[float, float]:
    """Read the first and last time of an OpenSim storage file, s, without reading what is between.

    Raises
    ------
    ArtifactError
        Where the file has no header, holds no frame, or a time is no number.
    """
    with Path(path).open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.strip().lower() == "endheader":
                break
        else:
            raise ArtifactError(f"{path}: no 'endheader' line, so this is no OpenSim storage file.")
        next(file, "")
        frames = [line for line in file if line.strip()]
    try:
        return float(frames[0].split()[0]), float(frames[-1].split()[0])
    except IndexError:
        raise ArtifactError(f"{path}: holds no frame.") from None
    except ValueError as error:
        raise ArtifactError(f"{path}: {error}") from error


def write_trc(
    path: Path | str, rate_hz: float, markers: Mapping[str, np.ndarray], start_s: float = 0.0
) -> None:
    """Write marker trajectories for OpenSim, in metres; gaps (NaN) become empty-valued NaN cells.

    Parameters
    ----------
    rate_hz : float
    markers : mapping of name to array, shape (frame, 3), m, y up and x forward
    start_s : float
        Time of the first frame.
    """
    import numpy as np

    names = list(markers)
    values = np.stack([np.asarray(markers[n], dtype=float) for n in names], axis=1)
    frames = values.shape[0]
    time = start_s + np.arange(frames) / rate_hz
    axes = "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(names) + 1))
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write(f"PathFileType\t4\t(X/Y/Z)\t{Path(path).name}\n")
        file.write(
            "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\t"
            "OrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
        )
        file.write(
            f"{rate_hz:g}\t{rate_hz:g}\t{frames}\t{len(names)}\tm\t{rate_hz:g}\t1\t{frames}\n"
        )
        file.write("Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t\n")
        file.write(f"\t\t{axes}\n\n")
        for k in range(frames):
            cells = "\t".join(f"{v:.7f}" for v in values[k].ravel())
            file.write(f"{k + 1}\t{time[k]:.7f}\t{cells}\n")


def read_trc(path: Path | str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Read marker trajectories written by :func:`write_trc`.

    Returns
    -------
    time_s : array, shape (frame,)
    markers : dict of name to array, shape (frame, 3), m
    """
    import numpy as np

    with Path(path).open(encoding="utf-8") as file:
        lines = [next(file) for _ in range(5)]
    units = lines[2].split("\t")[4].strip()
    if units != "m":
        raise ArtifactError(f"{path}: markers are in '{units}', expected metres.")
    names = [n for n in lines[3].rstrip("\n").split("\t")[2:] if n]
    values = np.loadtxt(path, skiprows=6, ndmin=2)
    points = values[:, 2:].reshape(len(values), len(names), 3)
    return values[:, 1], {name: points[:, i] for i, name in enumerate(names)}
