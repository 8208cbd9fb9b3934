"""Rows of muscles that were hidden in turn, out of tables of everything that was answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def join_hidden(tables: Iterable[tuple[pd.DataFrame, Sequence[str]]]) -> pd.DataFrame:
    """Join of each table, with the column ``target``, the rows of the muscles hidden there."""
    import pandas as pd

    own = [table[table["target"].isin(list(hidden))] for table, hidden in tables]
    filled = [table for table in own if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else own[0]
