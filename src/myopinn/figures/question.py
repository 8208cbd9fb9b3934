"""How the error depends on what one question varies: each subject's line, mean and interval."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.answers import tell_question
from myopinn.figures.errors import select
from myopinn.figures.kinds import HIDDEN_CHANNELS, FigureKind, drawn_table
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    PALETTE,
    empty_figure,
    label,
    legend_above,
    panels,
    save,
    style,
)
from myopinn.figures.target_panels import CHARACTER_IN, TITLES, count_subjects
from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.files.layouts.findings import FINDINGS, at
from myopinn.measures.findings.claims import LEVEL, LEVELS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Rows are a subject's value, the mean of a level over its subjects, or a pair of levels.
DRAWN = drawn_table(
    "question",
    *("row", "target", "unit", "level", "amount", "versus", "subject", "value", "sd"),
    *("ci_low", "ci_high", "p", "n_subjects", "alpha", "note"),
)
METRIC = "rmse"
# Names longer than this do not stand side by side.
LONGEST_LEVEL = 5


def draw_question(
    *,
    errors: str | Path,
    findings: str | Path,
    question: str,
    recording: str,
    split: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw the RMSE per level, one panel per target.

    Levels stand in their order of first appearance at equal distances, or on a logarithmic axis
    where they differ in one setting alone that has a positive number in all of them.

    Parameters
    ----------
    errors : path
        Table of errors whose ``variant`` is the level.
    findings : path
        Table of findings of the task.
    question : str
        What is varied, such as ``training_cycles``.
    recording, split : str
        The cell to draw.
    pdf, png, csv : path
        Outputs; the table holds every point, mean and interval that is drawn, and the paired
        differences of the levels with their Holm-corrected Wilcoxon p.
    """
    whole = ANY_ERRORS.read(errors)
    levels = list(dict.fromkeys(whole["variant"]))
    points = select(whole, recording, split, METRIC).rename(columns={"variant": "level"})
    found = at(FINDINGS.read(findings), question, recording=recording, split=split)
    table = tabulate_levels(points, found)
    place = f"{question.replace('_', ' ')}: {recording}, {split}"
    with style():
        if not points["value"].notna().any():
            message = f"{place}: no subject could be tested."
            save(empty_figure(message), table, layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        figure = _draw(table, levels, question, METRIC)
        _draw_legend(figure, table, place)
        save(figure, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def tabulate_levels(points: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Put the points beside the means over subjects and the paired differences of all levels."""
    import pandas as pd

    names = {"entry": "level", "n": "n_subjects", "p_corrected": "p"}
    kinds = {LEVEL: ("mean", "estimate"), LEVELS: ("pair", "difference")}
    parts = []
    for target, own in points.groupby("target", sort=False):
        parts.append(own.assign(row="subject"))
        for claim, (row, value) in kinds.items():
            rows = found[(found["target"] == target) & (found["claim"] == claim)]
            rows = rows.drop(columns="p").rename(columns={**names, value: "value"})
            parts.append(rows.assign(row=row))
    shown = [part.reindex(columns=list(DRAWN.columns)).astype(object) for part in parts]
    whole = pd.concat(shown, ignore_index=True) if shown else DRAWN.empty()
    return whole.assign(alpha=found["alpha"].max())


def positions(amounts: np.ndarray) -> tuple[np.ndarray, bool]:
    """Give the levels' places on the x axis, and whether it is logarithmic.

    Parameters
    ----------
    amounts : array, shape (level,)
        NaN where levels are mere names.
    """
    logarithmic = len(amounts) > 1 and bool((np.isfinite(amounts) & (amounts > 0)).all())
    return (amounts if logarithmic else np.arange(len(amounts), dtype=float)), logarithmic


def _draw(table: pd.DataFrame, levels: list[str], question: str, metric: str) -> Figure:
    units = table.drop_duplicates("target").set_index("target")["unit"]
    columns = min(4, len(units))
    rows = -(-len(units) // columns)
    # The legend needs the width of two panels.
    width = 5.2 if columns == 1 else max(PAGE_WIDTH_IN / 4, min(PAGE_WIDTH_IN / columns, 2.6))
    crowded = max(map(len, levels)) > LONGEST_LEVEL or len(levels) > 7
    # Slanted names need room below the last panel of each column, which may be in two rows.
    below = CHARACTER_IN * max(map(len, levels)) if crowded else 0.0
    below *= 1 if len(units) % columns == 0 else 2
    figure, axes = panels(rows, columns, width, 1.6 + below / rows, sharex=True)
    for k, cell in enumerate(axes.ravel()):
        if k >= len(units):
            cell.axis("off")
            continue
        target = units.index[k]
        _draw_panel(cell, table[table["target"] == target], levels)
        cell.set_title(target)
        cell.set_ylabel(label(TITLES.get(metric, metric), units[target]))
        last = k + columns >= len(units)
        cell.tick_params(axis="x", labelbottom=last)
        if last:
            cell.set_xlabel(question.replace("_", " "))
            if crowded:
                for text in cell.get_xticklabels():
                    text.set(rotation=50, ha="right", rotation_mode="anchor")
    return figure


def _draw_panel(axes: Axes, rows: pd.DataFrame, levels: list[str]) -> None:
    from matplotlib.ticker import NullLocator

    mean = rows[rows["row"] == "mean"].set_index("level").reindex(levels)
    amounts = mean["amount"].to_numpy(dtype=float)
    place, logarithmic = positions(amounts)
    people = rows[rows["row"] == "subject"].pivot(index="subject", columns="level", values="value")
    for values in people.reindex(columns=levels).to_numpy(dtype=float):
        axes.plot(place, values, color="#B4B4B4", lw=0.7, marker="o", ms=2, zorder=2)
    middle, low, high = (mean[c].to_numpy(dtype=float) for c in ("value", "ci_low", "ci_high"))
    axes.errorbar(
        place,
        middle,
        yerr=[middle - low, high - middle],
        color=PALETTE[0],
        # A line between the means of mere names would look like a trend.
        ls="" if np.isnan(amounts).any() else "-",
        marker="o",
        ms=3.5,
        elinewidth=1.0,
        capsize=2,
        zorder=4,
    )
    if logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
        edge = (place.max() / place.min()) ** 0.06
        axes.set_xlim(place.min() / edge, place.max() * edge)
    else:
        axes.set_xlim(-0.4, len(levels) - 0.6)
    axes.set_xticks(place, levels)
    highest = np.nanmax([*people.to_numpy(float).ravel(), *high[np.isfinite(high)], 0.0])
    if np.nanmin([*people.to_numpy(float).ravel(), 0.0]) >= 0 and highest > 0:
        axes.set_ylim(0, 1.08 * highest)


def _draw_legend(figure: Figure, table: pd.DataFrame, place: str) -> None:
    from matplotlib.lines import Line2D

    level = 100 * (1 - float(table["alpha"].iloc[0]))
    handles = [
        Line2D([], [], color="#B4B4B4", lw=0.7, marker="o", ms=2, label="one subject"),
        Line2D(
            [],
            [],
            color=PALETTE[0],
            marker="o",
            ms=3.5,
            label=f"mean, {level:g} % bootstrap interval over subjects",
        ),
    ]
    counts = table[table["row"] == "mean"].groupby("level", sort=False)["n_subjects"].max()
    people = count_subjects({f"level {name}": int(n) for name, n in counts.items()})
    legend_above(figure, handles, f"{place}, {people}")


FIGURES = {
    "question": FigureKind(
        order=50,
        wanted=lambda place: place.question not in ("", HIDDEN_CHANNELS),
        caption=(
            "RMSE on trials that no fit had seen for each level: every subject, and the mean "
            "with its bootstrap interval over subjects. {levels}"
        ),
        drawn=DRAWN,
        tell=tell_question,
        names=lambda place, _: {place.split: ""},
    ),
}
