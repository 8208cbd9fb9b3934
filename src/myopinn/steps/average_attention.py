"""Average over people where the networks of a task look, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from myopinn.files.fits import fit_folders
from myopinn.files.layouts.attention import ATTENTION
from myopinn.files.layouts.attention_numbers import ATTENTION_NUMBERS
from myopinn.files.netcdf import read_netcdf
from myopinn.measures.attention import tabulate_attention
from myopinn.records.cells import Cell


def average_attention(
    *,
    predictions: Sequence[str | Path],
    settings: Mapping[str, Any],
    attention: str | Path,
) -> None:
    """Write where the networks of a task look, in every recording and split.

    Parameters
    ----------
    predictions : sequence of path
        Folders of fits; of networks with attention they hold ``<subject>/attention.nc``.
    settings : mapping
        As of the comparison of entries: ``alpha``, ``bootstrap_samples`` and ``seed``.
    attention : path
        Output, the rows of :func:`myopinn.measures.attention.tabulate_attention`.
    """
    import pandas as pd

    tables = []
    for folder in fit_folders(predictions):
        people = [read_netcdf(file, ATTENTION) for file in sorted(folder.glob("*/attention.nc"))]
        if not people:
            continue
        cells = [Cell.of(own.attrs) for own in people]
        weights = np.stack([own["weight"].values for own in people]).astype(float)
        entropy = np.array([own["entropy"].values.mean() for own in people])
        table = tabulate_attention(weights, entropy, [cell.subject for cell in cells], settings)
        names = {k: getattr(cells[0], k) for k in ("variant", "recording", "split")}
        tables.append(table.assign(**names))
    whole = pd.concat(tables, ignore_index=True) if tables else ATTENTION_NUMBERS.empty()
    ATTENTION_NUMBERS.write(whole, attention)
