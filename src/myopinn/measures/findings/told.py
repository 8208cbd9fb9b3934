"""What the two sides of every finding were told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from myopinn.measures.findings.claims import Row

if TYPE_CHECKING:
    import pandas as pd


def tell_told(rows: Sequence[Row], tables: Iterable[tuple[str, pd.DataFrame]]) -> list[Row]:
    """Add to each finding what its entry, and what that is held against, were told.

    A finding about no split, or held against what is no entry, stays without.

    Parameters
    ----------
    rows : sequence of mapping
    tables : iterable of (question, DataFrame)
        Tables of errors, of the task's own entries under the empty question.
    """
    known: dict[tuple[str, ...], str] = {}
    for question, table in tables:
        cells = table[["recording", "split", "variant", "told"]].drop_duplicates()
        for recording, split, variant, told in cells.itertuples(index=False):
            known[question, recording, split, variant] = told
    found = []
    for row in rows:
        place = tuple(str(row.get(key, "")) for key in ("question", "recording", "split"))
        sides = {"told": row.get("entry", ""), "versus_told": row.get("versus", "")}
        said = {key: known.get((*place, str(entry)), "") for key, entry in sides.items()}
        found.append({**row, **said})
    return found
