"""What a design can show, as a table and in words: what is explained before any method is asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from myopinn.figures.wording import fixed
from myopinn.measures.findings.explained import (
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
    ESTIMATE: "What the entries learned from",
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
        {"text": fixed(row["estimate"], 1), "interval": _interval(row)} if row else _NO_CELL
        for row in map(by_target.get, targets)
    ]


_NO_CELL = {"text": "–", "interval": ""}


def _interval(row: dict[Any, Any]) -> str:
    if not math.isfinite(row["ci_low"]):
        return ""
    return f"{fixed(row['ci_low'], 1)} to {fixed(row['ci_high'], 1)}"


def tell_design(found: pd.DataFrame) -> list[str]:
    """Say of each target what the best rival leaves, and what EMG alone and all others explain.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording and split.
    """
    shares = found[found["claim"] == EXPLAINED]
    told = []
    for (target, measure), own in shares.groupby(["target", "measure"], sort=False):
        best = {
            group: max(rows, key=lambda row: float(row["estimate"]))
            for group in GROUPS
            if (rows := own[own["note"] == group].to_dict("records"))
        }
        parts = []
        if RIVALS in best:
            rest = fixed(100 - best[RIVALS]["estimate"], 1)
            parts.append(f"the best rival, {_share(best[RIVALS])}, leaves {rest} %")
        if EMG_ALONE in best:
            parts.append(f"EMG alone, {_share(best[EMG_ALONE])}")
        if OTHERS in best:
            parts.append(f"the best that is told more, {_share(best[OTHERS])}")
        if ESTIMATE in best:
            share = _share(best[ESTIMATE]).removeprefix(f"{best[ESTIMATE]['entry']} ")
            parts.append(f"OpenSim's estimate, which all learned from, {share}")
        told.append(f"{target} against the {held_by(str(measure))}: {'; '.join(parts)}.")
    return told


def _share(row: dict[Any, Any]) -> str:
    """Write an entry's share with its interval and n."""
    facts = [f"n = {row['n']}"]
    if ends := _interval(row):
        facts.insert(0, f"{100 * (1 - row['alpha']):g} % interval {ends}")
    return f"{row['entry']} {fixed(row['estimate'], 1)} % ({', '.join(facts)})"
