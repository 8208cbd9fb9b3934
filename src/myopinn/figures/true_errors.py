"""Errors against the reference and against the truth side by side, with the reference's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.answers import tell_true_errors
from myopinn.figures.errors import select
from myopinn.figures.kinds import FigureKind, drawn_table, of_cells
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    REFERENCE,
    colours,
    empty_figure,
    legend_above,
    save,
    style,
)
from myopinn.figures.target_panels import (
    TITLES,
    draw_missing,
    panels_of_targets,
    share_axes,
    spread_of,
)
from myopinn.files.layouts.errors import ERRORS
from myopinn.measures.true_references import LABELS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN = drawn_table(
    "true_errors",
    *("target", "unit", "variant", "subject", "against", "metric", "value", "n_subjects"),
)
# Where in a variant's row the two errors stand, and how far the subjects' points spread.
SIDES = {"reference": -0.2, "truth": 0.2}
SPREAD = 0.1
GREY = "#8A8A8A"
# The legend has three rows on a page's width.
ROOM = {"row_in": 0.27, "above_in": 0.85, "least_width_in": PAGE_WIDTH_IN}


def draw_true_errors(
    *,
    errors: str | Path,
    true_errors: str | Path,
    recording: str,
    split: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
    metric: str = "rmse",
) -> None:
    """Draw each variant's error against OpenSim's estimate and against the truth of virtual people.

    A band shows the error of OpenSim's estimate itself: the variants were trained on it, so errors
    against the estimate that are smaller than the band say nothing about the true ones.

    Parameters
    ----------
    errors : path
        Table of errors against the reference, OpenSim's estimate.
    true_errors : path
        The same columns against the truth; the rows of variant ``reference`` are the reference's
        own errors.
    recording, split : str
        The cell to draw.
    metric : str
        Column of both tables.
    pdf, png, csv : path
        Outputs; the table holds every point, ``against`` the reference or the truth.
    """
    import pandas as pd

    whole = ERRORS.read(errors)
    sides = {"reference": whole, "truth": ERRORS.read(true_errors)}
    tables = [
        select(table, recording, split, metric).assign(against=against)
        for against, table in sides.items()
    ]
    table = pd.concat(tables, ignore_index=True)[list(DRAWN.columns)]
    with style():
        if not (table["against"] == "truth").any():
            message = f"{recording}, {split}: no error against the truth is known."
            save(empty_figure(message), table, layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        units = dict(zip(table["target"], table["unit"], strict=True))
        variants = [v for v in dict.fromkeys(table["variant"]) if v != LABELS]
        colour = colours(list(dict.fromkeys(whole["variant"])))
        quantity = TITLES.get(metric, metric)
        figure, axes = panels_of_targets(units, variants, quantity=quantity, **ROOM)
        values = {str(t): own["value"].to_numpy(float) for t, own in table.groupby("target")}
        share_axes(axes, units, values, metric)
        for target, cell in axes.items():
            _draw_panel(cell, table[table["target"] == target], variants, colour)
        _draw_legend(figure, table, f"{recording}, {split}")
        save(figure, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def _draw_panel(
    axes: Axes, points: pd.DataFrame, variants: list[str], colour: dict[str, str]
) -> None:
    subjects = sorted(set(points["subject"]))
    spread = spread_of(len(subjects), SPREAD)
    _draw_labels(axes, points[points["variant"] == LABELS]["value"].to_numpy(float))
    for row, variant in enumerate(variants):
        own = points[points["variant"] == variant]
        both = own.pivot(index="subject", columns="against", values="value").reindex(
            index=subjects, columns=list(SIDES)
        )
        if not both.notna().to_numpy().any():
            draw_missing(axes, row)
            continue
        heights = np.array(list(SIDES.values())) + row + spread[:, None]
        for pair, height in zip(both.to_numpy(float), heights, strict=True):
            axes.plot(pair, height, color="#C8C8C8", lw=0.4, zorder=2)
        for column, (against, side) in enumerate(SIDES.items()):
            values = both[against].to_numpy(float)
            tint = colour.get(variant, REFERENCE) if against == "truth" else GREY
            axes.scatter(
                values,
                heights[:, column],
                s=8,
                facecolors=tint if against == "truth" else "white",
                edgecolors=tint,
                linewidths=0.6,
                zorder=3,
            )
            known = values[np.isfinite(values)]
            if len(known):
                ends = (row + side - 0.16, row + side + 0.16)
                axes.vlines(known.mean(), *ends, color=REFERENCE, lw=1.2, zorder=4)


def _draw_labels(axes: Axes, values: np.ndarray) -> None:
    """Draw the range over people and the mean of the reference's own error."""
    known = values[np.isfinite(values)]
    if len(known):
        axes.axvspan(known.min(), known.max(), color="#F0E442", alpha=0.35, lw=0, zorder=0)
        axes.axvline(known.mean(), color="#8C7A00", lw=0.9, ls=(0, (4, 1.5)), zorder=1)


def _draw_legend(figure: Figure, table: pd.DataFrame, title: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    dot: dict[str, Any] = {"ls": "", "marker": "o", "markersize": 4}
    handles: list[Any] = [
        Line2D([], [], **dot, mfc="white", mec=GREY, label="against OpenSim's estimate"),
        Line2D([], [], **dot, color=REFERENCE, label="against the truth (coloured)"),
        Line2D([], [], ls="", marker="|", color=REFERENCE, mew=1.2, label="mean over subjects"),
    ]
    labels = table[table["variant"] == LABELS]
    people = table[table["variant"] != LABELS].groupby("against")["n_subjects"].max()
    if labels["value"].notna().any():
        handles.append(
            Patch(color="#F0E442", alpha=0.5, lw=0, label="OpenSim's own error, range over people")
        )
        handles.append(
            Line2D([], [], color="#8C7A00", lw=0.9, ls=(0, (4, 1.5)), label="and its mean")
        )
    counts = ", ".join(f"n = {people.get(k, 0):.0f} against the {k}" for k in SIDES)
    legend_above(figure, handles, f"{title}: {counts}; point: one subject")


FIGURES = {
    "true_errors": FigureKind(
        order=12,
        wanted=lambda place: of_cells(place) and place.virtual and not place.envelopes,
        caption=(
            "RMSE of every subject against OpenSim's estimate, on which the variants were "
            "trained, and against the truth of the virtual people, which the evaluation alone "
            "has seen. Band: the error of OpenSim's estimate itself; no method can be judged "
            "below it by its labels."
        ),
        drawn=DRAWN,
        tell=tell_true_errors,
    ),
}
