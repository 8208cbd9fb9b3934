"""What an entry answered to the people of one recording under one split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.records.cells import Cell

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Answers:
    """Predictions of one cell of a study, by subject.

    Attributes
    ----------
    cell : Cell
    people : mapping of subject to Dataset
        Laid out as :data:`myopinn.files.layouts.predictions.PREDICTIONS`.
    told, prior : str
        What the answers rest on (:func:`myopinn.records.told.write_told`), and what the entry
        assumes of what nothing measures.
    """

    cell: Cell
    people: Mapping[str, xr.Dataset]
    told: str = ""
    prior: str = ""
