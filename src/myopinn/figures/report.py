"""The report: one page with everything that a study found, which opens without a network."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from myopinn.figures.captions import (
    HIDDEN_CHANNELS,
    OF_ENVELOPES,
    OF_PARAMETERS,
    describe_figure,
    ordered,
)
from myopinn.figures.deep_findings import describe_rows, tell_deep
from myopinn.figures.differences import tell_levels
from myopinn.figures.error_table import error_table
from myopinn.figures.findings import tell_findings
from myopinn.figures.provenance import (
    list_seeds,
    list_versions,
    sum_up_fits,
    sum_up_search,
    write_yaml,
)
from myopinn.figures.sentences import tell_accuracy, tell_comparison
from myopinn.figures.tables import comparison_table, quality_table
from myopinn.files.fits import fit_folders
from myopinn.files.tables import read_table
from myopinn.formats.whole import whole_file

ASKED_OF_HIDDEN = "How near does each method come to a muscle whose electrode is hidden from it?"


def write_report(
    *,
    trials: str | Path,
    quantities: str | Path,
    folds: Sequence[str | Path],
    errors: Sequence[str | Path],
    comparisons: Sequence[str | Path],
    runs: Sequence[str | Path],
    figures: Sequence[str | Path],
    config: Mapping[str, Any],
    resolved: Sequence[str | Path],
    report: str | Path,
    true_errors: Sequence[str | Path] = (),
    by_condition: Sequence[str | Path] = (),
    questions: Sequence[str | Path] = (),
    tuning: Sequence[str | Path] = (),
) -> None:
    """Write the report of a study as one HTML file with its images inside.

    Parameters
    ----------
    trials, quantities : path
        Tables of :func:`myopinn.statistics.trials.collect_quality`.
    folds : sequence of path
        ``<recording>/folds/<split>.json``; who was dropped from a split is told by name.
    errors, comparisons : sequence of path
        ``<task>/errors.csv`` and ``<task>/comparison.csv``.
    runs : sequence of path
        Folders that hold ``<task>/<variant>/<recording>/<split>`` of the fits, with ``runs.csv``
        and, where something could not be used, ``quality.csv``.
    figures : sequence of path
        PNG files ``figures/<recording>/<name>.png``,
        ``figures/<task>/<recording>/<split>/<name>.png`` and
        ``figures/<task>/<question>/<recording>/<split>.png`` with their CSV beside them.
    config : mapping
        The whole configuration of the study.
    resolved : sequence of path
        ``<task>.json``, what every entry comes to
        (:func:`myopinn.steps.resolve_entries.resolve_entries`).
    report : path
        Output.
    true_errors : sequence of path
        ``<task>/errors.csv`` against the truth of virtual people.
    by_condition : sequence of path
        ``<task>/by_condition.csv``, the errors by condition of the tested trials.
    questions : sequence of path
        ``<task>/<question>/errors.csv``, whose variants are the levels of the question; that of
        ``hidden_channels`` is of muscles that were hidden in turn.
    tuning : sequence of path
        ``<task>/<recording>/<split>/<variant>.csv``, every setting that was tried.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    alpha = float(config["statistics"]["alpha"])
    listed = read_table(trials)
    asked = {(path.parts[-3], path.parts[-2]): path for path in map(Path, questions)}
    entries = {Path(path).stem: json.loads(Path(path).read_text("utf-8")) for path in resolved}
    levels: dict[tuple[str, ...], dict[str, str]] = {
        (task, question): _levels(entries[task], question) for task, question in asked
    }
    drawn = [describe_figure(Path(figure), levels) for figure in figures]
    fits = fit_folders(runs)
    tasks = _tasks(errors, comparisons, fits, drawn, config["statistics"], entries)
    _add_true_errors(tasks, true_errors)
    _add_conditions(tasks, by_condition)
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
        recordings=_recordings(listed, read_table(quantities), folds, drawn),
        tasks=tasks,
        questions=[
            _question(*names, path, drawn) | {"asks": _asked(config, *names)}
            for names, path in asked.items()
        ],
        tuning=[sum_up_search(Path(path)) for path in tuning],
        fits=sum_up_fits(fits),
        versions=list_versions(),
        seeds=list_seeds(config),
        config=write_yaml(config),
    )
    with whole_file(report) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _refused_elsewhere(trials: pd.DataFrame, quantities: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Give what was rejected of people that is no trial, such as their muscle geometry."""
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


def _levels(resolved: Mapping[str, Any], question: str) -> dict[str, str]:
    """Say of each recording what the levels of a question differ in."""
    asked = resolved["settings"].get(question, {})
    return {place: tell_levels(own, resolved["meanings"]) for place, own in asked.items()}


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
    splits = [json.loads(Path(path).read_text(encoding="utf-8")) for path in folds]
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
                "figures": ordered(f for f in figures if f["place"] == (name,)),
            }
        )
    return found


def _tasks(
    errors: Sequence[str | Path],
    comparisons: Sequence[str | Path],
    runs: Sequence[Path],
    figures: list[dict[str, Any]],
    statistics: Mapping[str, Any],
    entries: Mapping[str, Any],
) -> list[dict[str, Any]]:
    figures = [figure for figure in figures if not figure["question"]]
    compared = {Path(path).parent.name: _read_comparison(path) for path in comparisons}
    tasks = []
    for path in errors:
        task = Path(path).parent.name
        table = read_table(path)
        places = [(task, *key) for key in zip(table["recording"], table["split"], strict=True)]
        # A split in which nobody could be tested has a figure that says so, but no errors.
        places += [f["place"] for f in figures if len(f["place"]) == 3 and f["place"][0] == task]
        cells = []
        for place in dict.fromkeys(places):
            own, rows = (
                part[(part["recording"] == place[1]) & (part["split"] == place[2])]
                for part in (table, compared[task])
            )
            here = [f for f in figures if f["place"] == place]
            found = entries[task]["settings"][""][place[1]], entries[task]["meanings"]
            cell = _cell(own, rows, here, statistics, *found)
            unused = _unused([f for f in runs if (f.parts[-4], *f.parts[-2:]) == place])
            cells.append({"recording": place[1], "split": place[2], "unused": unused, **cell})
        whole = ordered(f for f in figures if f["place"] == (task,))
        tasks.append({"name": task, "cells": cells, "figures": whole})
    return tasks


def _cell(
    errors: pd.DataFrame,
    comparison: pd.DataFrame,
    figures: list[dict[str, Any]],
    settings: Mapping[str, Any],
    entries: Mapping[str, Mapping[str, Any]],
    meanings: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Tell everything about one recording and split of a task."""
    alpha = float(settings["alpha"])
    told: list[str] = []
    tables = []
    for target, rows in comparison.groupby("target", sort=False):
        told += tell_comparison(rows, alpha)
        tables.append({"target": target, **comparison_table(rows)})
    sentences = {"predictions": tell_accuracy(errors), "errors": told}
    shown = [{**f, "sentences": sentences.get(f["name"], f["sentences"])} for f in figures]
    return {
        "subjects": errors["subject"].nunique(),
        "errors": error_table(errors, comparison),
        "true_errors": None,
        "conditions": [],
        "about": describe_rows(errors) if "inputs" in errors else [],
        "findings": tell_deep(errors, comparison)
        if "held_against" in errors
        else tell_findings(errors, comparison, settings, entries, meanings),
        "comparison": tables,
        # Where the figure of the errors is not drawn, its sentences still are told.
        "sentences": [] if any(f["name"] == "errors" for f in figures) else told,
        "figures": ordered(shown),
    }


def _add_true_errors(tasks: list[dict[str, Any]], true_errors: Sequence[str | Path]) -> None:
    """Add the table of errors against the truth to the cells that have any."""
    tables = {Path(path).parent.name: read_table(path) for path in true_errors}
    for task in tasks:
        if task["name"] not in tables:
            continue
        table = tables[task["name"]]
        for cell in task["cells"]:
            here = (table["recording"] == cell["recording"]) & (table["split"] == cell["split"])
            if here.any():
                cell["true_errors"] = error_table(table[here])


def _add_conditions(tasks: list[dict[str, Any]], by_condition: Sequence[str | Path]) -> None:
    """Add the tables of errors by condition of the tested trials."""
    tables = {Path(path).parent.name: read_table(path) for path in by_condition}
    for task in tasks:
        if task["name"] not in tables:
            continue
        table = tables[task["name"]]
        for cell in task["cells"]:
            here = table[
                (table["recording"] == cell["recording"]) & (table["split"] == cell["split"])
            ]
            cell["conditions"] = [
                {"condition": name, "errors": error_table(own)}
                for name, own in here.groupby("condition")
            ]


def _question(
    task: str, question: str, path: Path, figures: list[dict[str, Any]]
) -> dict[str, Any]:
    """Give the figures of a question with the table of errors of their recording and split."""
    table = read_table(path)
    cells = []
    for figure in figures:
        if not figure["question"] or figure["place"][:2] != (task, question):
            continue
        recording = figure["place"][2]
        split = figure["name"].removesuffix(OF_PARAMETERS).removesuffix(OF_ENVELOPES)
        own = table[(table["recording"] == recording) & (table["split"] == split)]
        cells.append(
            {
                "recording": recording,
                "split": split,
                "figure": figure,
                "errors": error_table(own) if len(own) and split == figure["name"] else None,
            }
        )
    return {"task": task, "name": question, "cells": cells}


def _read_comparison(path: str | Path) -> pd.DataFrame:
    table = read_table(path)
    texts = ("variant", "versus", "favours", "note", "effect_kind", "df")
    return table.astype(dict.fromkeys(texts, object)).fillna(dict.fromkeys(texts, ""))


def _unused(folders: Sequence[Path]) -> list[str]:
    """Tell which trials and folds the fits of a cell could not use, and why."""
    told: dict[str, list[str]] = {}
    for folder in folders:
        if not (folder / "quality.csv").exists():
            continue
        table = read_table(folder / "quality.csv")
        for row in table[~table["accepted"].astype(bool)].to_dict("records"):
            where = f"{row['subject']}, {row['trial']}: {_reason(row)}"
            told.setdefault(where, []).append(folder.parts[-3])
    return [f"{where} ({', '.join(variants)})" for where, variants in told.items()]
