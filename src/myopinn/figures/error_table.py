"""The table of errors: variants in rows, targets in columns, and what the subjects can separate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from myopinn.figures.findings import separate
from myopinn.figures.style import label
from myopinn.figures.target_panels import SKILL_OVER, metric_title
from myopinn.figures.wording import listed, mean_sd
from myopinn.measures.prediction_errors import NOT_PREDICTED
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd

METRIC_TITLES = {
    **{"rmse": "RMSE", "r": "r", "nrmse": "NRMSE (%)", "r2": "R²", "skill": "skill"},
    **{"nrmse_sd": "NRMSE (% of SD)", "amplitude_ratio": "amplitude ratio"},
    "partial_r": "partial r given the measured agonists",
}
# Of means and SD.
DECIMALS = 3
# More targets than this do not fit the width of a page and continue in another table.
MOST_TARGETS = 6


def error_table(errors: pd.DataFrame, found: pd.DataFrame | None = None) -> dict[str, Any]:
    """Give mean ± SD over subjects per variant and target, for one recording and split.

    Parameters
    ----------
    errors : DataFrame
        Rows of the table of errors.
    found : DataFrame, optional
        Findings of the same recording and split. The lowest RMSE of a target is marked as best only
        where it is better than the next best.

    Returns
    -------
    dict
        ``people`` (number of subjects), ``notes``, and ``blocks``: each has ``targets`` (titles),
        ``metrics`` (``title`` and ``rows`` of ``variant``, what it was ``told``, and ``cells`` with
        ``text``, ``fewer`` and ``best``) and ``lowest`` (per target, what can be said about the
        lowest RMSE; empty without findings).
    """
    skills = [c for c in errors.columns if c.startswith(SKILL_OVER)]
    metrics = [
        m for m in (*METRIC_TITLES, *skills) if m in errors.columns and errors[m].notna().any()
    ]
    targets = [
        (str(target), str(unit))
        for target, unit in dict.fromkeys(zip(errors["target"], errors["unit"], strict=True))
    ]
    people = errors["subject"].nunique()
    count = -(-len(targets) // MOST_TARGETS)
    width = -(-len(targets) // count) if count else 1
    blocks = [
        _block(errors, targets[k : k + width], metrics, people, found)
        for k in range(0, len(targets), width)
    ]
    return {"people": people, "blocks": blocks, "notes": _notes(errors)}


def _block(
    errors: pd.DataFrame,
    targets: list[tuple[str, str]],
    metrics: list[str],
    people: int,
    found: pd.DataFrame | None,
) -> dict[str, Any]:
    variants = [str(v) for v in dict.fromkeys(errors["variant"])]
    groups = dict(iter(errors.groupby(["variant", "target"], sort=False)))
    verdicts = {
        target: separate(found[found["target"] == target])
        for target, _ in targets
        if found is not None
    }
    sees = dict(zip(errors["variant"], errors["told"].fillna(""), strict=True))
    tables: list[dict[str, Any]] = []
    for metric in metrics:
        rows = []
        for variant in variants:
            cells = [
                _cell(groups.get((variant, target)), metric, unit, people)
                | {"best": metric == "rmse" and verdicts.get(target, ("", ""))[0] == variant}
                for target, unit in targets
            ]
            # Once for each entry; the other measures have the same rows.
            told = "" if tables else sees.get(variant, "")
            rows.append({"variant": variant, "told": told, "cells": cells})
        title = METRIC_TITLES.get(metric, metric_title(metric))
        tables.append({"title": title, "rows": rows})
    lowest = [verdicts[target][1] for target, _ in targets] if verdicts else []
    return {
        "targets": [label(target, shown_unit(unit)[1]) for target, unit in targets],
        "metrics": tables,
        "lowest": lowest if any(lowest) else [],
    }


def _cell(own: pd.DataFrame | None, metric: str, unit: str, people: int) -> dict[str, str]:
    """Write a mean ± SD, and over how many people where some are missing."""
    if own is None or not own[metric].notna().any():
        return {"text": "–", "fewer": ""}
    factor = {"rmse": shown_unit(unit)[0], "nrmse": 100.0, "nrmse_sd": 100.0}.get(metric, 1.0)
    values = factor * own[metric].astype(float)
    n = int(values.count())
    fewer = f"n = {n} of {people}" if n < people else ""
    return {"text": mean_sd(values.mean(), values.std(), DECIMALS), "fewer": fewer}


def _notes(errors: pd.DataFrame) -> list[str]:
    """Say what is undefined or missing; a remark that many share is told once, with their names."""
    said: dict[tuple[str, str, str], list[str]] = {}
    everyone, targets = set(errors["subject"]), list(dict.fromkeys(errors["target"]))
    errors = errors[errors["note"] != NOT_PREDICTED]
    for row in errors[errors["note"].fillna("") != ""].to_dict("records"):
        said.setdefault((row["variant"], row["target"], row["note"]), []).append(row["subject"])
    told = [f"{key[0]}, {listed(who)}, {key[1]}: {key[2]}." for key, who in said.items()]
    for variant, own in errors.groupby("variant", sort=False):
        missing = sorted(everyone - set(own["subject"]))
        if missing:
            told.append(f"{variant} has no prediction for {', '.join(missing)}.")
        without = [str(t) for t in targets if t not in set(own["target"])]
        if without:
            told.append(f"{variant} does not predict {listed(without)}.")
    return told
