"""What the report tells of a task: its cells with their tables, sentences and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.figures.deep_findings import tell_deep
from myopinn.figures.design import best_table, describe_rows, explained_table, tell_design
from myopinn.figures.error_table import error_table
from myopinn.figures.findings import tell_comparison, tell_findings
from myopinn.figures.laws import law_tables
from myopinn.figures.planned import tell_planned, tell_power
from myopinn.figures.sentences import tell_accuracy
from myopinn.figures.tables import comparison_table
from myopinn.files.layouts.findings import at
from myopinn.files.layouts.quality import QUALITY
from myopinn.records.cells import Cell

if TYPE_CHECKING:
    import pandas as pd

Fits = Sequence[tuple[Path, Cell]]


@dataclass(frozen=True)
class Task:
    """What is told of a task: its tables, its figures and the fits of the study."""

    name: str
    errors: pd.DataFrame
    comparison: pd.DataFrame
    findings: pd.DataFrame
    figures: list[dict[str, Any]]
    fits: Fits

    @cached_property
    def places(self) -> list[dict[str, str]]:
        """Give recording and split of each cell, also of those in which nobody could be tested."""
        own = zip(self.errors["recording"], self.errors["split"], strict=True)
        drawn = [
            (f["recording"], f["split"])
            for f in self.figures
            if f["recording"] and not f["question"]
        ]
        return [
            dict(zip(("recording", "split"), p, strict=True)) for p in dict.fromkeys([*own, *drawn])
        ]

    def tell(
        self,
        true_errors: Sequence[pd.DataFrame],
        conditions: Sequence[pd.DataFrame],
        powers: Sequence[pd.DataFrame],
    ) -> dict[str, Any]:
        """Tell everything about the task, with tables of errors that only some tasks have."""
        cells = [
            {**place, "unused": _unused(self.name, place, self.fits)}
            | self._cell(place)
            | self._further(place, true_errors, conditions)
            | {"power": self._power(place, powers)}
            for place in self.places
        ]
        whole = [f for f in self.figures if not f["recording"]]
        return {"name": self.name, "cells": cells, "figures": whole}

    def _cell(self, place: Mapping[str, str]) -> dict[str, Any]:
        """Tell everything about one recording and split."""
        errors, comparison = (rows_at(table, **place) for table in (self.errors, self.comparison))
        found = at(self.findings, **place)
        told: list[str] = []
        tables = []
        for target, rows in comparison.groupby("target", sort=False):
            here = found[found["target"] == target]
            told += tell_comparison(here)
            tables.append({"target": target, **comparison_table(rows, here)})
        figures = figures_at(self.figures, **place, question="")
        sentences = {"predictions": tell_accuracy(errors), "errors": told}
        return {
            "subjects": errors["subject"].nunique(),
            "errors": error_table(errors, found),
            "about": describe_rows(errors),
            "deep": "held_against" in errors,
            "explained": explained_table(found),
            "best": best_table(found),
            "left": tell_design(found),
            "planned": tell_planned(found[found["question"] == ""]),
            "findings": tell_deep(found) if "held_against" in errors else tell_findings(found),
            "comparison": tables,
            "laws": law_tables(found),
            # Where the figure of the errors is not drawn, its sentences still are told.
            "sentences": [] if any(f["kind"] == "errors" for f in figures) else told,
            "design": figures_at(figures, kind="explained"),
            "figures": [
                {**f, "sentences": sentences.get(f["kind"], f["sentences"])}
                for f in figures
                if f["kind"] != "explained"
            ],
        }

    def _power(self, place: Mapping[str, str], powers: Sequence[pd.DataFrame]) -> list[str]:
        """Tell the power of the planned comparisons of a place, where it was estimated."""
        own = [rows_at(table, task=self.name, **place) for table in powers]
        return [text for table in own for text in tell_power(table)]

    def _further(
        self,
        place: Mapping[str, str],
        true_errors: Sequence[pd.DataFrame],
        conditions: Sequence[pd.DataFrame],
    ) -> dict[str, Any]:
        """Give the tables of errors against the truth and by condition, where there are any."""
        true, apart = (
            [own for table in tables if len(own := rows_at(table, task=self.name, **place))]
            for tables in (true_errors, conditions)
        )
        return {
            "true_errors": error_table(true[0]) if true else None,
            "conditions": [
                {"condition": name, "errors": error_table(own)}
                for table in apart
                for name, own in table.groupby("condition")
            ],
        }


def figures_at(figures: Sequence[dict[str, Any]], **names: Any) -> list[dict[str, Any]]:
    """Give the figures of a place."""
    return [f for f in figures if all(f[key] == name for key, name in names.items())]


def rows_at(table: pd.DataFrame, **names: str) -> pd.DataFrame:
    """Give the rows of a table at a place."""
    for column, name in names.items():
        table = table[table[column] == name]
    return table


def reason_of(row: Mapping[Any, Any]) -> str:
    """Give the reason of a rejection without the trial's name, which stands before it."""
    return str(row["reason"]).removeprefix(f"{row['trial']}: ")


def _unused(task: str, place: Mapping[str, str], fits: Fits) -> list[str]:
    """Tell which trials and folds the fits of a cell could not use, and why."""
    told: dict[str, list[str]] = {}
    for folder, cell in fits:
        here = {"recording": cell.recording, "split": cell.split} == place and cell.task == task
        if not here or not (folder / "quality.csv").exists():
            continue
        table = QUALITY.read(folder / "quality.csv")
        for row in table[~table["accepted"]].to_dict("records"):
            where = f"{row['subject']}, {row['trial']}: {reason_of(row)}"
            told.setdefault(where, []).append(cell.variant)
    return [f"{where} ({', '.join(variants)})" for where, variants in told.items()]
