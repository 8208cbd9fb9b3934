"""The report: one page with everything that a study found, which opens without a network."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.figures.captions import describe_figure
from myopinn.figures.error_table import error_table
from myopinn.figures.kinds import HIDDEN_CHANNELS
from myopinn.figures.provenance import (
    list_seeds,
    list_versions,
    sum_up_fits,
    sum_up_search,
    write_yaml,
)
from myopinn.figures.report_tasks import Task, figures_at, reason_of, rows_at
from myopinn.figures.tables import quality_table
from myopinn.files.fits import fit_folders
from myopinn.files.layouts.comparison import COMPARISON
from myopinn.files.layouts.envelope_errors import ANY_ERRORS, BY_CONDITION
from myopinn.files.layouts.errors import ERRORS
from myopinn.files.layouts.findings import FINDINGS
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
        Task(
            task,
            ANY_ERRORS.read(e),
            COMPARISON.read(c),
            told[task],
            figures_at(shown, task=task),
            fits,
        )
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
                "rejected": [r | {"reason": reason_of(r)} for r in refused],
                "dropped": [
                    {"split": split["split"], **person}
                    for split in splits
                    if split["recording"] == name
                    for person in split["dropped"]
                ],
                "quality": quality_table(own, bounded),
                "figures": figures_at(figures, recording=name, task=""),
            }
        )
    return found


def _question(
    task: str, question: str, path: str | Path, figures: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Give the figures of a question with the table of errors of their recording and split."""
    table = ANY_ERRORS.read(path)
    cells = []
    for figure in figures_at(figures, task=task, question=question):
        place = {key: figure[key] for key in ("recording", "split")}
        own = rows_at(table, **place)
        shown = len(own) and figure["kind"] in ("question", HIDDEN_CHANNELS)
        cells.append({**place, "figure": figure, "errors": error_table(own) if shown else None})
    return {"task": task, "name": question, "cells": cells}
