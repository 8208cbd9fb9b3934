"""The report's tables: rows of text made from the tables of the flow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from myopinn.figures.style import label
from myopinn.figures.wording import column, interval, number, probability, with_unit
from myopinn.measures.findings.claims import PAIR
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

OMNIBUS = {
    "anova": "one-way ANOVA",
    "repeated_measures_anova": "repeated-measures ANOVA",
    "friedman": "Friedman",
    "shapiro_wilk": "Shapiro-Wilk, residuals normal",
    "levene": "Levene, equal spread",
}
EFFECTS = {
    "eta_squared": "η²",
    "partial_eta_squared": "partial η²",
    "kendall_w": "Kendall's W",
}
NAMED = ("subject", "session", "trial", "kind", "condition")
ALWAYS_NAMED = ("subject", "trial")
NAMES = ("recording", *NAMED, "status", "step", "reason")
# With more measured columns than this, only ranges and quantities held to a bound are shown.
MOST_MEASURED = 9


def comparison_table(cell: pd.DataFrame, found: pd.DataFrame) -> dict[str, Any]:
    """Give the pairs and the tests of all variants on one target by RMSE.

    Parameters
    ----------
    cell, found : DataFrame
        Comparison and findings of one recording, split and target.

    Returns
    -------
    dict
        ``pairs`` and ``together``: rows of text; ``remarks``: why something was not tested.
    """
    import pandas as pd

    cell = cell[cell["metric"] == "rmse"]
    tests = {
        (row["analysis"], row["variant"], row["versus"]): row
        for row in cell[cell["versus"].fillna("") != ""].to_dict("records")
    }
    stated = found[found["claim"] == PAIR]
    verdicts = stated.set_index(["entry", "versus"])["verdict"].to_dict()
    pairs = []
    for row in cell[cell["analysis"] == "difference"].to_dict("records"):
        pair = (row["variant"], row["versus"])
        test, tukey = tests.get(("wilcoxon", *pair)), tests.get(("tukey", *pair))
        factor, unit = shown_unit(row["unit"])
        pairs.append(
            {
                "pair": f"{pair[0]} − {pair[1]}",
                "difference": with_unit(number(factor * row["estimate"]), unit),
                "interval": interval(factor * row["ci_low"], factor * row["ci_high"]),
                "effect": number(row["effect"], 2),
                "wilcoxon": probability(test["p_adjusted"]) if test else "–",
                "tukey": probability(tukey["p_adjusted"]) if tukey else "–",
                "n": int(row["n"]),
                "verdict": verdicts[pair],
            }
        )
    together = []
    for row in cell[cell["analysis"].isin(list(OMNIBUS))].to_dict("records"):
        p = row["p_adjusted"] if pd.notna(row["p_adjusted"]) else row["p"]
        effect = EFFECTS.get(row["effect_kind"], "")
        together.append(
            {
                "test": OMNIBUS[row["analysis"]],
                "statistic": number(row["statistic"]),
                "df": row["df"] if isinstance(row["df"], str) else "",
                "p": probability(p),
                "effect": f"{effect} {number(row['effect'], 2)}" if effect else "",
                "n": int(row["n"]),
                "note": row["note"],
            }
        )
    untested = cell[cell["analysis"].isin(["no_test", "wilcoxon"])]["note"]
    remarks = [note for note in dict.fromkeys(untested) if note]
    return {"pairs": pairs, "together": together, "remarks": remarks}


def quality_table(trials: pd.DataFrame, bounded: Sequence[str]) -> dict[str, Any]:
    """Give one row per trial of a recording, with what was measured in the units readers use.

    Minimum and maximum of the same thing become one column, 'from to'.

    Parameters
    ----------
    trials : DataFrame
        Rows of the table of trials of one recording.
    bounded : sequence of str
        Quantities that are held to a bound somewhere in the study.

    Returns
    -------
    dict
        ``names`` (what tells trials apart), ``columns``, and ``rows`` with ``names``, ``cells``,
        ``status``, ``reason``.
    """
    records = trials.to_dict("records")
    measured = [c for c in trials.columns if c not in NAMES and trials[c].notna().any()]
    columns: dict[str, list[str]] = {}
    for name in measured:
        match = re.fullmatch(r"(.*?)_(min|max)(:[^ ]*)?( \(.*\))?", name)
        base = name
        if match:
            stem, _, what, unit = (part or "" for part in match.groups())
            if {f"{stem}_{end}{what}{unit}" for end in ("min", "max")} <= set(measured):
                base = f"{stem}{what}{unit}"
        columns.setdefault(base, []).append(name)
    if len(columns) > MOST_MEASURED:
        columns = {
            base: parts
            for base, parts in columns.items()
            if len(parts) > 1 or _plain(base).split(":")[0] in bounded
        }
    cells = [column([_values(row, parts) for row in records]) for parts in columns.values()]
    names = [k for k in NAMED if k in ALWAYS_NAMED or trials[k].nunique() > 1]
    rows = [
        {
            "names": [row[k] for k in names],
            "cells": [cell[k] for cell in cells],
            "status": row["status"],
            "reason": f"{row['step']}: {row['reason']}" if row["reason"] else "",
        }
        for k, row in enumerate(records)
    ]
    return {"names": names, "columns": [_title(base) for base in columns], "rows": rows}


def _plain(column: str) -> str:
    """Strip the step before a quantity and the unit after it."""
    return re.sub(r" \(.*\)$", "", column).split(": ")[-1]


def _unit(column: str) -> str:
    found = re.search(r" \(([^()]*)\)$", column)
    return found.group(1) if found else ""


def _title(column: str) -> str:
    unit = shown_unit(_unit(column))[1]
    step, _, quantity = re.sub(r" \([^()]*\)$", "", column).rpartition(": ")
    quantity, _, what = quantity.partition(":")
    name = quantity.replace("_", " ") + (f" of {what}" if what else "")
    return label(f"{name}, {step}" if step else name, unit)


def _values(row: dict[Any, Any], parts: Sequence[str]) -> list[float]:
    import pandas as pd

    return sorted(shown_unit(_unit(c))[0] * row[c] for c in parts if pd.notna(row[c]))
