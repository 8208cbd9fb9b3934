"""The report: one page with everything that a study found, which opens without a network."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from myopinn.artifacts import read_table, whole_file
from myopinn.figures.provenance import list_seeds, list_versions, sum_up_fits, write_yaml
from myopinn.figures.sentences import (
    tell_accuracy,
    tell_comparison,
    tell_losses,
    tell_motion,
    tell_quality,
)
from myopinn.figures.style import PNG_DPI
from myopinn.figures.tables import comparison_table, error_table, quality_table

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a figure shows, by the name of its file.
CAPTIONS = {
    "quality": "Marker error of every trial of inverse kinematics against its bound, and the "
    "trials that were accepted or left out, by step.",
    "motion": "EMG envelopes, joint angles and moments (inverse kinematics and dynamics) and "
    "estimated muscle forces over the cycle: mean and SD over subjects per condition. Compare "
    "angles and moments of walking with the literature before trusting anything built on them.",
    "truth": "What the analysis recovered of virtual people against their truth: mean and SD over "
    "subjects. The analysis never opens the truth and uses another muscle model than the one that "
    "made it. Excitations are held against EMG envelopes.",
    "predictions": "Predicted and reference curves of trials that no fit had seen: mean and SD "
    "over subjects, and each subject's mean.",
    "errors": "RMSE of every subject for each variant. Targets of one unit share their axis.",
    "correlation": "Pearson's r of every subject for each variant.",
    "losses": "Terms of the loss during training, every fit and the median over fits.",
}
# Figures whose sentences come from the numbers beside them alone.
TELLERS: dict[str, Callable[[pd.DataFrame], list[str]]] = {
    "quality": tell_quality,
    "motion": tell_motion,
    "losses": tell_losses,
}
# Pixels of the page per inch of a figure, at which its text is as large as the page's.
SHOWN_DPI = 130
ORDER = ("quality", "motion", "truth", "predictions", "errors", "correlation", "losses")


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
    report: str | Path,
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
        Folders ``<task>/<variant>/<recording>/<split>`` of the fits, with ``runs.csv`` and, where
        something could not be used, ``quality.csv``.
    figures : sequence of path
        PNG files ``figures/<recording>/<name>.png`` and
        ``figures/<task>/<recording>/<split>/<name>.png`` with their CSV beside them.
    config : mapping
        The whole configuration of the study.
    report : path
        Output.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    alpha = float(config["statistics"]["alpha"])
    listed = read_table(trials)
    drawn = [describe_figure(Path(figure)) for figure in figures]
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
        tasks=_tasks(errors, comparisons, [Path(folder) for folder in runs], drawn, alpha),
        fits=sum_up_fits([Path(folder) for folder in runs]),
        versions=list_versions(),
        seeds=list_seeds(config),
        config=write_yaml(config),
    )
    with whole_file(report) as temporary:
        temporary.write_text(page, encoding="utf-8")


def describe_figure(png: Path) -> dict[str, Any]:
    """Give a figure's place (the folders below ``figures``), image, caption and sentences."""
    place = png.parts[len(png.parts) - 1 - png.parts[::-1].index("figures") + 1 : -1]
    drawn = read_table(png.with_suffix(".csv"))
    image = png.read_bytes()
    # The width in pixels stands at byte 16 of every PNG file.
    width_px = int.from_bytes(image[16:20], "big")
    teller = TELLERS.get(png.stem)
    return {
        "name": png.stem,
        "place": place,
        "image": base64.b64encode(image).decode("ascii"),
        "width": round(width_px * SHOWN_DPI / PNG_DPI),
        "caption": CAPTIONS.get(png.stem, png.stem.replace("_", " ").capitalize() + "."),
        "sentences": teller(drawn) if teller and len(drawn) else [],
        "files": "/".join((*png.parts[-len(place) - 2 : -1], png.stem)),
    }


def _refused_elsewhere(trials: pd.DataFrame, quantities: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Give what was rejected of people that is no trial, such as their muscle geometry."""
    refused = quantities[~quantities["accepted"].astype(bool)]
    listed = pd.MultiIndex.from_frame(trials[["subject", "trial"]])
    return refused[~pd.MultiIndex.from_frame(refused[["subject", "trial"]]).isin(listed)].to_dict(
        "records"
    )


def _reason(row: Mapping[Any, Any]) -> str:
    """Give the reason of a rejection without the trial's name, which stands before it."""
    return str(row["reason"]).removeprefix(f"{row['trial']}: ")


def _ordered(figures: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(
        figures, key=lambda f: ORDER.index(f["name"]) if f["name"] in ORDER else len(ORDER)
    )


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
                "figures": _ordered(f for f in figures if f["place"] == (name,)),
            }
        )
    return found


def _tasks(
    errors: Sequence[str | Path],
    comparisons: Sequence[str | Path],
    runs: Sequence[Path],
    figures: list[dict[str, Any]],
    alpha: float,
) -> list[dict[str, Any]]:
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
            cell = _cell(own, rows, here, alpha)
            unused = _unused([f for f in runs if (f.parts[-4], *f.parts[-2:]) == place])
            cells.append({"recording": place[1], "split": place[2], "unused": unused, **cell})
        whole = _ordered(f for f in figures if f["place"] == (task,))
        tasks.append({"name": task, "cells": cells, "figures": whole})
    return tasks


def _cell(
    errors: pd.DataFrame, comparison: pd.DataFrame, figures: list[dict[str, Any]], alpha: float
) -> dict[str, Any]:
    """Tell everything about one recording and split of a task."""
    told: list[str] = []
    tables = []
    for target, rows in comparison.groupby("target", sort=False):
        told += tell_comparison(rows, alpha)
        tables.append({"target": target, **comparison_table(rows)})
    sentences = {"predictions": tell_accuracy(errors), "errors": told}
    shown = [{**f, "sentences": sentences.get(f["name"], f["sentences"])} for f in figures]
    return {
        "subjects": errors["subject"].nunique(),
        "errors": error_table(errors),
        "comparison": tables,
        # Where the figure of the errors is not drawn, its sentences still are told.
        "sentences": [] if any(f["name"] == "errors" for f in figures) else told,
        "figures": _ordered(shown),
    }


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
