"""What a design can show, as a table and in words: what is explained before any method is asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from myopinn.figures.wording import fixed
from myopinn.measures.findings.explained import (
    CEILINGS,
    EMG_ALONE,
    ESTIMATE,
    EXPLAINED,
    GROUPS,
    OTHERS,
    RIVALS,
    held_by,
)

if TYPE_CHECKING:
    import pandas as pd

# More targets than this do not fit the width of a page and continue in another table.
MOST_TARGETS = 4
ABOUT = {
    "told": "told",
    "prior": "assumed of what nothing measures",
    "truth": "shown of the truth",
}
GROUP_TITLES = {
    RIVALS: "Rivals to match",
    EMG_ALONE: "Told EMG alone",
    OTHERS: "Told more",
    CEILINGS: "Ceilings, shown the truth",
    ESTIMATE: "What the entries learned from",
}
BEST_TITLES = {
    RIVALS: "best rival",
    EMG_ALONE: "best of EMG alone",
    OTHERS: "best of those told more",
    CEILINGS: "best ceiling",
    ESTIMATE: "OpenSim's estimate",
}


def describe_rows(errors: pd.DataFrame) -> dict[str, Any]:
    """Give what the answers of each row rest on, and what else a reader must know of it.

    Parameters
    ----------
    errors : DataFrame
        Rows of the table of errors of one recording and split.

    Returns
    -------
    dict
        ``columns`` (titles) and ``rows`` of ``variant`` and ``cells``.
    """
    known = {name: title for name, title in ABOUT.items() if name in errors}
    rows = errors[["variant", *known]].fillna("").drop_duplicates("variant")
    cells = [
        {"variant": row["variant"], "cells": [row[name] for name in known]}
        for row in rows.to_dict("records")
    ]
    return {"columns": list(known.values()), "rows": cells}


def explained_table(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the shares of variance that are explained, target by target.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording and split.

    Returns
    -------
    list of dict
        Tables with ``held`` (against what), ``targets``, and ``groups``: ``title`` and ``rows`` of
        ``entry``, ``told`` and ``cells``.
    """
    shares = found[found["claim"] == EXPLAINED]
    blocks = []
    for measure, own in shares.groupby("measure", sort=False):
        targets = list(dict.fromkeys(own["target"]))
        count = -(-len(targets) // MOST_TARGETS)
        width = -(-len(targets) // count)
        blocks += [
            _block(own, targets[first : first + width], held_by(str(measure)))
            for first in range(0, len(targets), width)
        ]
    return blocks


def _block(shares: pd.DataFrame, targets: list[str], held: str) -> dict[str, Any]:
    groups = []
    for group in GROUPS:
        here = shares[(shares["note"] == group) & shares["target"].isin(targets)]
        rows = [
            {"entry": entry, "told": own["told"].iloc[0], "cells": _cells(own, targets)}
            for entry, own in here.groupby("entry", sort=False)
        ]
        if rows:
            groups.append({"title": GROUP_TITLES[group], "rows": rows})
    return {"held": held, "targets": targets, "groups": groups}


def _cells(own: pd.DataFrame, targets: list[str]) -> list[dict[str, str]]:
    by_target = {row["target"]: row for row in own.to_dict("records")}
    return [
        {"text": _percent(row["estimate"]), "interval": _interval(row)} if row else _NO_CELL
        for row in map(by_target.get, targets)
    ]


_NO_CELL = {"text": "–", "interval": ""}


def _percent(value: float) -> str:
    """Write a share; of one far below the person's own mean no decimal is worth telling."""
    return fixed(value, 0 if abs(value) > 100 else 1)


def _interval(row: dict[Any, Any]) -> str:
    if not math.isfinite(row["ci_low"]):
        return ""
    return f"{_percent(row['ci_low'])} to {_percent(row['ci_high'])}"


def best_table(found: pd.DataFrame) -> dict[str, Any]:
    """Give for each target the best of each group of entries, and what the best rival leaves.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording and split.

    Returns
    -------
    dict
        ``groups`` (titles) and ``rows`` of ``target``, ``held``, ``left`` and ``cells`` with
        ``text``, ``interval`` and ``entry``.
    """
    best = _best(found)
    groups = [group for group in GROUPS if any(group in own for own in best.values())]
    rows = [
        {"target": target, "held": held, "left": _percent(left) if left is not None else "–"}
        | {"cells": [_best_cell(own.get(group)) for group in groups]}
        for (target, held), own in best.items()
        for left in [_left(own)]
    ]
    return {"groups": [BEST_TITLES[group] for group in groups], "rows": rows}


def tell_design(found: pd.DataFrame) -> list[str]:
    """Say between what bounds the best rival leaves something to be shown, and what EMG explains.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording and split.
    """
    told = []
    best = _best(found)
    for held in dict.fromkeys(held for _, held in best):
        own = {target: groups for (target, where), groups in best.items() if where == held}
        left = {target: rest for target, g in own.items() if (rest := _left(g)) is not None}
        alone = {t: float(g[EMG_ALONE]["estimate"]) for t, g in own.items() if EMG_ALONE in g}
        parts = []
        if left:
            parts.append(f"the best rival leaves {_between(left)} of the variance to be shown")
        if alone:
            parts.append(f"EMG alone explains {_between(alone)}")
        if parts:
            told.append(f"Of the {held}, {'; '.join(parts)}.")
    return told


def _best(found: pd.DataFrame) -> dict[tuple[str, str], dict[str, dict[Any, Any]]]:
    """Give of each target, and what it is held against, the row of the best entry by group."""
    shares = found[found["claim"] == EXPLAINED]
    best: dict[tuple[str, str], dict[str, dict[Any, Any]]] = {}
    for row in shares.to_dict("records"):
        own = best.setdefault((str(row["target"]), held_by(str(row["measure"]))), {})
        before = own.get(row["note"])
        if before is None or row["estimate"] > before["estimate"]:
            own[row["note"]] = row
    return best


def _left(best: dict[str, dict[Any, Any]]) -> float | None:
    """Give what the best rival leaves, %; of a rival below the person's own mean all is left."""
    return 100 - max(0.0, float(best[RIVALS]["estimate"])) if RIVALS in best else None


def _best_cell(row: dict[Any, Any] | None) -> dict[str, str]:
    if row is None:
        return {**_NO_CELL, "entry": ""}
    return {
        "text": _percent(row["estimate"]),
        "interval": _interval(row),
        "entry": "" if row["note"] == ESTIMATE else str(row["entry"]),
    }


def _between(values: dict[str, float]) -> str:
    """Write lowest and highest of some shares, each with its target."""
    ends = [min(values, key=values.__getitem__), max(values, key=values.__getitem__)]
    return " to ".join(f"{_percent(values[t])} % ({t})" for t in dict.fromkeys(ends))
