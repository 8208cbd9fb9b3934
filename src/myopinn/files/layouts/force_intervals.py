"""When the ground forces on a person's feet are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.files.tables import NUMBER, TEXT, Column, Table

if TYPE_CHECKING:
    import numpy as np

FORCE_INTERVALS = Table(
    "intervals of a trial in which ground forces are known",
    {
        "side": Column(TEXT, "r, l, or both feet: whose every contact with the ground is measured"),
        "start_s": Column(NUMBER, "time in the trial", "s"),
        "end_s": Column(NUMBER, "time in the trial", "s"),
    },
)


def read_force_intervals(path: Path, side: str) -> np.ndarray:
    """Read when the forces of a side are known: shape (interval, 2), s; none without a file."""
    table = FORCE_INTERVALS.read(path) if path.is_file() else FORCE_INTERVALS.empty()
    return table.loc[table["side"] == side, ["start_s", "end_s"]].to_numpy(dtype=float)
