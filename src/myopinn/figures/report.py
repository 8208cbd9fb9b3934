"""The report: one page with everything that a study found, which opens without a network."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.figures.captions import describe_figure
from myopinn.figures.deep_findings import tell_deep
from myopinn.figures.design import best_table, describe_rows, explained_table, tell_design
from myopinn.figures.error_table import error_table
from myopinn.figures.findings import tell_comparison, tell_findings
from myopinn.figures.kinds import HIDDEN_CHANNELS
from myopinn.figures.laws import law_tables
from myopinn.figures.planned import tell_planned, tell_power
from myopinn.figures.provenance import (
    list_seeds,
    list_versions,
    sum_up_fits,
    sum_up_search,
    write_yaml,
)
from myopinn.figures.sentences import tell_accuracy
from myopinn.figures.tables import comparison_table, quality_table
from myopinn.files.fits import fit_folders
from myopinn.files.layouts.comparison import COMPARISON
from myopinn.files.layouts.envelope_errors import ANY_ERRORS, BY_CONDITION
from myopinn.files.layouts.errors import ERRORS
from myopinn.files.layouts.findings import FINDINGS, at
from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.folds import FOLDS
from myopinn.files.layouts.power import POWER
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.layouts.trials import TRIALS
from myopinn.formats.whole import whole_file
from myopinn.measures.paired_tests import TESTS
from myopinn.records.cells import Cell

if TYPE_CHECKING:
    import pandas as pd

ASKED_OF_HIDDEN = "How near does each method come to a muscle whose electrode is hidden from it?"
Fits = Sequence[tuple[Path, Cell]]


def write_report(
    *,
    trials: str | Path,
    quantities: str | Path,
    folds: Sequence[str | Path],
    tasks: Sequence[str],
    errors: Sequence[str | Path],
    comparisons: Sequence[str | Path],
    findings: Sequence[str | Path],
    runs: Sequence[str | Path],
    figures: Sequence[str | Path],
    drawn: Sequence[Mapping[str, str]],
    config: Mapping[str, Any],
    report: str | Path,
    true_errors: Sequence[str | Path] = (),
    by_condition: Sequence[str | Path] = (),
    asked: Sequence[tuple[str, str]] = (),
    questions: Sequence[str | Path] = (),
    searched: Sequence[Mapping[str, str]] = (),
    tuning: Sequence[str | Path] = (),
    power: Sequence[str | Path] = (),
) -> None:
    """Write the report of a study as one HTML file with its images inside.

    Parameters
    ----------
    trials, quantities : path
        Tables of all trials, and of everything that was measured.
    folds : sequence of path
        Who was dropped from a split is told by name.
    tasks : sequence of str
    errors, comparisons, findings : sequence of path
        Tables of each of them, in the same order.
    runs : sequence of path
        Folders of the fits, with ``runs.csv`` and, where something could not be used,
        ``quality.csv``.
    figures : sequence of path
        PNG files with their CSV beside them.
    drawn : sequence of mapping
        What each of them is, as :func:`myopinn.figures.registry.list_figures` gives it.
    config : mapping
        The whole configuration of the study.
    report : path
        Output.
    true_errors : sequence of path
        Tables of errors against the truth of virtual people.
    by_condition : sequence of path
        Tables of errors by condition of the tested trials.
    asked : sequence of (task, question)
    questions : sequence of path
        Tables of errors of each of them, in the same order, whose variants are the levels of the
        question; that of ``hidden_channels`` is of muscles that were hidden in turn.
    searched : sequence of mapping
        Task, recording, split and variant of each search.
    tuning : sequence of path
        Every setting that was tried in it, in the same order.
    power : sequence of path
        Tables of the power of planned comparisons.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    alpha = float(config["statistics"]["alpha"])
    fits = [(f, Cell.of(FITS.read(f / FITS_FILE))) for f in fit_folders(runs)]
    told = {task: FINDINGS.read(path) for task, path in zip(tasks, findings, strict=True)}
    beside, nothing = Path(report).parent, FINDINGS.empty()
    shown = [
        describe_figure(Path(png), about, told.get(about["task"], nothing), beside)
        for png, about in zip(figures, drawn, strict=True)
    ]
    shown.sort(key=lambda figure: figure["order"])
    read = [
        Task(task, ANY_ERRORS.read(e), COMPARISON.read(c), told[task], _of(shown, task=task), fits)
        for task, e, c in zip(tasks, errors, comparisons, strict=True)
    ]
    against_truth = [ERRORS.read(path) for path in true_errors]
    conditions = [BY_CONDITION.read(path) for path in by_condition]
    powers = [POWER.read(path) for path in power]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html").render(
        study=config["study"],
        level=f"{100 * (1 - alpha):g} %",
        bootstrap_samples=config["statistics"]["bootstrap_samples"],
        test=TESTS[config["statistics"]["test"]].title,
        margin_set_afterwards=config["statistics"]["margin_set_afterwards"],
        recordings=_recordings(TRIALS.read(trials), QUALITY.read(quantities), folds, shown),
        tasks=[task.tell(against_truth, conditions, powers) for task in read],
        questions=[
            _question(*names, path, shown) | {"asks": _asked(config, *names)}
            for names, path in zip(asked, questions, strict=True)
        ],
        tuning=[
            sum_up_search(names, Path(path)) for names, path in zip(searched, tuning, strict=True)
        ],
        fits=sum_up_fits(fits),
        versions=list_versions(),
        seeds=list_seeds(config),
        config=write_yaml(config),
    )
    with whole_file(report) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _of(figures: Sequence[dict[str, Any]], **names: Any) -> list[dict[str, Any]]:
    """Give the figures of a place."""
    return [f for f in figures if all(f[key] == name for key, name in names.items())]


def _refused_elsewhere(trials: pd.DataFrame, quantities: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Give what was rejected of people that is no trial, such as their muscle geometry."""
    import pandas as pd

    refused = quantities[~quantities["accepted"].astype(bool)]
    listed = pd.MultiIndex.from_frame(trials[["subject", "trial"]])
    return refused[~pd.MultiIndex.from_frame(refused[["subject", "trial"]]).isin(listed)].to_dict(
        "records"
    )


def _asked(config: Mapping[str, Any], task: str, question: str) -> str:
    """Give a question as the configuration words it; empty where it does not."""
    if question == HIDDEN_CHANNELS:
        return ASKED_OF_HIDDEN
    asked = config.get("tasks", {}).get(task, {}).get("questions", {}).get(question, {})
    return str(asked.get("asks", ""))


def _reason(row: Mapping[Any, Any]) -> str:
    """Give the reason of a rejection without the trial's name, which stands before it."""
    return str(row["reason"]).removeprefix(f"{row['trial']}: ")


def _recordings(
    trials: pd.DataFrame,
    quantities: pd.DataFrame,
    folds: Sequence[str | Path],
    figures: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    bound = quantities["bound"].fillna("") != ""
    bounded = sorted({str(q).split(":")[0] for q in quantities.loc[bound, "quantity"]})
    splits = [FOLDS.read(path) for path in folds]
    found = []
    for name, own in trials.groupby("recording", sort=False):
        refused = [
            *own[own["status"] == "rejected"].to_dict("records"),
            *_refused_elsewhere(own, quantities[quantities["recording"] == name]),
        ]
        people = own.groupby("subject")["status"].agg(lambda s: (s == "accepted").sum())
        found.append(
            {
                "name": name,
                "subjects": len(people),
                "trials": len(own),
                "accepted": int((own["status"] == "accepted").sum()),
                "without": sorted(people.index[people == 0]),
                "rejected": [r | {"reason": _reason(r)} for r in refused],
                "dropped": [
                    {"split": split["split"], **person}
                    for split in splits
                    if split["recording"] == name
                    for person in split["dropped"]
                ],
                "quality": quality_table(own, bounded),
                "figures": _of(figures, recording=name, task=""),
            }
        )
    return found


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
        errors, comparison = (_at(table, **place) for table in (self.errors, self.comparison))
        found = at(self.findings, **place)
        told: list[str] = []
        tables = []
        for target, rows in comparison.groupby("target", sort=False):
            here = found[found["target"] == target]
            told += tell_comparison(here)
            tables.append({"target": target, **comparison_table(rows, here)})
        figures = _of(self.figures, **place, question="")
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
            "design": _of(figures, kind="explained"),
            "figures": [
                {**f, "sentences": sentences.get(f["kind"], f["sentences"])}
                for f in figures
                if f["kind"] != "explained"
            ],
        }

    def _power(self, place: Mapping[str, str], powers: Sequence[pd.DataFrame]) -> list[str]:
        """Tell the power of the planned comparisons of a place, where it was estimated."""
        own = [_at(table, task=self.name, **place) for table in powers]
        return [text for table in own for text in tell_power(table)]

    def _further(
        self,
        place: Mapping[str, str],
        true_errors: Sequence[pd.DataFrame],
        conditions: Sequence[pd.DataFrame],
    ) -> dict[str, Any]:
        """Give the tables of errors against the truth and by condition, where there are any."""
        true, apart = (
            [own for table in tables if len(own := _at(table, task=self.name, **place))]
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


def _at(table: pd.DataFrame, **names: str) -> pd.DataFrame:
    """Give the rows of a table at a place."""
    for column, name in names.items():
        table = table[table[column] == name]
    return table


def _question(
    task: str, question: str, path: str | Path, figures: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Give the figures of a question with the table of errors of their recording and split."""
    table = ANY_ERRORS.read(path)
    cells = []
    for figure in _of(figures, task=task, question=question):
        place = {key: figure[key] for key in ("recording", "split")}
        own = _at(table, **place)
        shown = len(own) and figure["kind"] in ("question", HIDDEN_CHANNELS)
        cells.append({**place, "figure": figure, "errors": error_table(own) if shown else None})
    return {"task": task, "name": question, "cells": cells}


def _unused(task: str, place: Mapping[str, str], fits: Fits) -> list[str]:
    """Tell which trials and folds the fits of a cell could not use, and why."""
    told: dict[str, list[str]] = {}
    for folder, cell in fits:
        here = {"recording": cell.recording, "split": cell.split} == place and cell.task == task
        if not here or not (folder / "quality.csv").exists():
            continue
        table = QUALITY.read(folder / "quality.csv")
        for row in table[~table["accepted"]].to_dict("records"):
            where = f"{row['subject']}, {row['trial']}: {_reason(row)}"
            told.setdefault(where, []).append(cell.variant)
    return [f"{where} ({', '.join(variants)})" for where, variants in told.items()]
