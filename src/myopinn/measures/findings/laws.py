"""Each method under each law of sharing, where people follow more than one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from myopinn.measures.findings.claims import LAW, Row
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd


def state_laws(table: pd.DataFrame) -> list[Row]:
    """State every method's errors on the people of each law.

    Parameters
    ----------
    table : DataFrame
        Rows of one recording and split of :data:`myopinn.files.layouts.law_errors.LAW_ERRORS`.

    Returns
    -------
    list of mapping
        None where all people follow one law: all that is known of them stands elsewhere.
    """
    if table["law"].nunique() < 2:
        return []
    rows: list[Row] = []
    for row in table.to_dict("records"):
        factor, unit = shown_unit(str(row["unit"])) if row["measure"] == "rmse" else (1.0, "")
        rows.append(
            {"claim": LAW, "law": row["law"], "entry": row["variant"], "target": row["target"]}
            | {"measure": row["measure"], "unit": unit, "n": int(row["people"])}
            | {"estimate": factor * row["mean"], "sd": factor * row["sd"]}
        )
    return rows
