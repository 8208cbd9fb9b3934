"""Identified parameters against the true ones, and how far fits agree about them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.answers import tell_parameters
from myopinn.figures.kinds import COLUMNS, HIDDEN_CHANNELS, FigureKind, Place, drawn_table, of_cells
from myopinn.figures.style import (
    REFERENCE,
    colours,
    empty_figure,
    legend_above,
    panels,
    save,
    style,
)
from myopinn.files.layouts.compared_parameters import COMPARED_PARAMETERS
from myopinn.files.tables import NUMBER, Column
from myopinn.measures.findings.deep import AGREED, summarise_parameters

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DRAWN = drawn_table(
    "parameters",
    *("variant", "parameter", "subject"),
    rms_before=Column(NUMBER, "rms over muscles of log(generic / true)"),
    rms_after=Column(NUMBER, "rms over muscles of log(value / true)"),
    spread_share=Column(NUMBER, "spread over fits as a share of what the bounds allow"),
    n=COLUMNS["n"],
)


def draw_parameters(
    *,
    parameters: str | Path,
    recording: str,
    split: str,
    variants: Sequence[str],
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw for each parameter and variant the error of every subject, before and after learning.

    The error is the rms over muscles of log(value / true); the upper row has it, with the generic
    value's as a hollow point; the lower row has the spread over fits (seeds and folds) as a share
    of what the bounds allow.

    Parameters
    ----------
    parameters : path
        Table of identified and true parameters.
    recording, split : str
        The cell to draw.
    variants : sequence of str
        In the order in which they are drawn: variants of a task or levels of a question.
    pdf, png, csv : path
        Outputs; the table has one row per variant, parameter and subject.
    """
    import pandas as pd

    table = COMPARED_PARAMETERS.read(parameters)
    table = table[(table["recording"] == recording) & (table["split"] == split)]
    rows = pd.DataFrame(summarise_parameters(table), columns=list(DRAWN.columns))
    with style():
        if rows.empty:
            message = f"{recording}, {split}: no variant has learned a parameter of a person."
            save(empty_figure(message), rows, layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        figure = _draw(rows, [v for v in variants if v in set(rows["variant"])], list(variants))
        save(figure, rows, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def _draw(rows: pd.DataFrame, drawn: list[str], variants: list[str]) -> Any:
    from matplotlib.lines import Line2D

    names = list(dict.fromkeys(rows["parameter"]))
    figure, axes = panels(2, len(names), max(1.7, 6.5 / len(names)), 0.6 + 0.22 * len(drawn))
    colour = colours(variants)
    for column, parameter in enumerate(names):
        own = rows[rows["parameter"] == parameter]
        upper, lower = axes[:, column]
        for k, variant in enumerate(drawn):
            here = own[own["variant"] == variant]
            _points(upper, here["rms_before"], k - 0.15, "white")
            _points(upper, here["rms_after"], k + 0.15, colour[variant])
            _points(lower, here["spread_share"], k, colour[variant])
        lower.axvline(AGREED, color="#AAAAAA", lw=0.8, ls=":")
        upper.set_title(parameter.replace("_", " "))
        upper.set_xlabel("rms log error")
        if not np.isfinite(own[["rms_before", "rms_after"]].to_numpy(dtype=float)).any():
            upper.set_xticks([])
            place = {"transform": upper.transAxes, "ha": "center", "va": "center"}
            upper.text(0.5, 0.5, "truth not known", color="#666666", **place)
        lower.set_xlabel("spread / bounds")
        for cell in (upper, lower):
            cell.set_ylim(len(drawn) - 0.4, -0.6)
            cell.set_yticks(range(len(drawn)), drawn if column == 0 else [""] * len(drawn))
            cell.set_xlim(left=0)
    handles = [
        Line2D([], [], ls="", marker="o", mfc="white", mec=REFERENCE, ms=4, label="generic value"),
        Line2D([], [], ls="", marker="o", color="#888888", ms=4, label="learned"),
        Line2D([], [], color="#AAAAAA", ls=":", label=f"{AGREED:g} of what the bounds allow"),
    ]
    n = rows["subject"].nunique()
    legend_above(figure, handles, f"One point per subject, n = {n}: rms over muscles")
    return figure


def _points(axes: Axes, values: pd.Series, row: float, face: str) -> None:
    known = values.to_numpy(dtype=float)
    known = known[np.isfinite(known)]
    edge = REFERENCE if face == "white" else face
    axes.scatter(known, np.full(len(known), row), s=12, facecolors=face, edgecolors=edge, lw=0.6)
    if len(known):
        axes.vlines(known.mean(), row - 0.14, row + 0.14, color=edge, lw=1.2)


def _wanted_of_answers(place: Place) -> bool:
    asked = place.question not in ("", HIDDEN_CHANNELS)
    return asked and place.virtual and place.envelopes


FIGURES = {
    "parameters": FigureKind(
        order=13,
        wanted=lambda place: of_cells(place) and place.virtual and place.envelopes,
        caption=(
            "Muscle parameters of people: error of the generic and of the learned values "
            "against the truth, and how far fits with other seeds and other trials disagree."
        ),
        drawn=DRAWN,
        tell=tell_parameters,
    ),
    "answered_parameters": FigureKind(
        order=51,
        wanted=_wanted_of_answers,
        caption=(
            "Muscle parameters of people: error of the generic and of the learned values "
            "against the truth, and how far fits with other seeds and other trials disagree."
        ),
        drawn=DRAWN,
        tell=tell_parameters,
        names=lambda place, _: {f"{place.split}_parameters": ""},
    ),
}
