"""Motions, moments and forces of trials, in the format in which OpenSim stores them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.formats.opensim_files import write_storage

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Storage:
    """A kind of storage file, of which a step leaves one for each trial.

    Attributes
    ----------
    ending : str
        What follows the trial's name in that of the file.
    title : str
        The first line, by which OpenSim's application names the data.
    column : str
        What the columns after ``time`` (s) are named by.
    units, meaning : str
        Of the columns. Rotations are in degrees where the unit says so.
    """

    ending: str
    title: str
    column: str
    units: str
    meaning: str

    def path(self, folder: Path | str, trial: str) -> Path:
        """Give where the file of a trial lies."""
        return Path(folder, f"{trial}{self.ending}")

    def write(self, table: pd.DataFrame, folder: Path | str, trial: str) -> None:
        """Write a trial's table, whose index is the time in s."""
        write_storage(
            self.path(folder, trial),
            table.index.to_numpy(),
            {str(c): table[c].to_numpy() for c in table},
            in_degrees=self.units.startswith("deg"),
            title=self.title,
        )
