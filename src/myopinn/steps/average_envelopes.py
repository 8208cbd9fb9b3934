"""Mean cycles of predicted envelopes and moments, beside what they are held against."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from myopinn.files.fits import read_answers
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.envelope_curves import ENVELOPE_CURVES
from myopinn.files.netcdf import read_by_person
from myopinn.measures.envelope_curves import tabulate_curves


def average_envelopes(
    *, predictions: Sequence[str | Path], revealed: Sequence[str | Path], curves: str | Path
) -> None:
    """Write the mean and SD over subjects of each target's mean cycle, by condition.

    Parameters
    ----------
    predictions : sequence of path
        Folders that hold fits of the variants that are drawn.
    revealed : sequence of path
        Datasets of virtual people with what electrodes over deep muscles would have recorded.
    curves : path
        Output table.
    """
    known = read_by_person(revealed, DATASET)
    ENVELOPE_CURVES.write(tabulate_curves(read_answers(predictions), known), curves)
