"""Tables of every method under each law of sharing, as the findings state them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from myopinn.measures.findings.claims import LAW

if TYPE_CHECKING:
    import pandas as pd


def law_tables(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Give a table for each target: a row per entry, a column per law, RMSE as mean, SD and people.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording and split.
    """
    stated = found[(found["claim"] == LAW) & (found["measure"] == "rmse")]
    tables = []
    for (target, unit), own in stated.groupby(["target", "unit"], sort=False):
        laws = list(dict.fromkeys(own["law"]))
        cells = {(row["entry"], row["law"]): row for row in own.to_dict("records")}
        tables.append(
            {
                "target": f"{target}, {unit}" if unit else str(target),
                "laws": [law.replace("_", " ") for law in laws],
                "rows": [
                    {"entry": entry, "cells": [_told(cells.get((entry, law))) for law in laws]}
                    for entry in dict.fromkeys(own["entry"])
                ],
            }
        )
    return tables


def _told(row: dict[Any, Any] | None) -> str:
    """Say mean, spread and number of people of a cell."""
    if row is None:
        return "–"
    spread = f" ± {row['sd']:.3g}" if row["sd"] == row["sd"] else ""
    return f"{row['estimate']:.3g}{spread} (n = {row['n']})"
