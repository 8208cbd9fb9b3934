"""How near methods come to muscles that were measured and hidden from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.deep_findings import tell_hidden_channels
from myopinn.figures.kinds import HIDDEN_CHANNELS, FigureKind, drawn_table
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    colours,
    empty_figure,
    label,
    legend_above,
    panels,
    save,
    style,
)
from myopinn.figures.target_panels import LOWEST_SKILL, SKILL_OVER, metric_title, spread_of
from myopinn.files.layouts.envelope_errors import ENVELOPE_ERRORS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN = drawn_table("hidden_channels", "target", "variant", "subject", "metric", "value")
# What is drawn of each variant, with the value of a perfect answer; skills come after these.
MEASURES = {"r": 1.0, "nrmse_sd": 0.0, "amplitude_ratio": 1.0}
UNITS = {"nrmse_sd": (100.0, "% of SD")}
# A skill far below 0 says no more than that, and would flatten all others.
LARGEST = {"nrmse_sd": 300.0, "amplitude_ratio": 4.0}
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*")


def draw_hidden_channels(
    *,
    errors: str | Path,
    recording: str,
    split: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw each measure in a panel: muscles that were hidden along it, a marker per variant.

    A mean over subjects is a large marker, each subject a small one; what lies beyond an axis
    stands at its edge, hollow.

    Parameters
    ----------
    errors : path
        Table of errors of hidden muscles.
    recording, split : str
        The cell to draw.
    pdf, png, csv : path
        Outputs; the table holds every point that is drawn.
    """
    import pandas as pd

    table = ENVELOPE_ERRORS.read(errors)
    table = table[(table["recording"] == recording) & (table["split"] == split)]
    skills = [c for c in map(str, table) if c.startswith(SKILL_OVER) and table[c].notna().any()]
    names = ["target", "variant", "subject"]
    parts = []
    for metric in (*MEASURES, *skills):
        factor = UNITS.get(metric, (1.0, ""))[0]
        values = factor * table[metric].astype(float)
        # A rival has no skill over itself.
        own = metric.startswith(SKILL_OVER) & (table["variant"] == metric.removeprefix(SKILL_OVER))
        parts.append(table[names].assign(metric=metric, value=values)[~own])
    drawn = pd.concat(parts, ignore_index=True)[list(DRAWN.columns)]
    with style():
        if table.empty:
            message = f"{recording}, {split}: no subject could be tested."
            save(empty_figure(message), drawn, layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        figure = _draw(drawn, f"{recording}, {split}")
        save(figure, drawn, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def _draw(table: pd.DataFrame, place: str) -> Figure:
    from matplotlib.lines import Line2D

    muscles = list(dict.fromkeys(table["target"]))
    variants = [str(v) for v in dict.fromkeys(table["variant"])]
    measures = [str(m) for m in dict.fromkeys(table["metric"])]
    colour = colours(variants)
    marker = {v: MARKERS[k % len(MARKERS)] for k, v in enumerate(variants)}
    figure, axes = panels(len(measures), 1, PAGE_WIDTH_IN, 1.25, sharex=True)
    shift = dict(zip(variants, spread_of(len(variants), 0.3), strict=True))
    for cell, metric in zip(axes[:, 0], measures, strict=True):
        own = table[table["metric"] == metric]
        _dress(cell, metric, len(muscles))
        low, high = _limits(own["value"].to_numpy(dtype=float), metric)
        cell.set_ylim(low, high)
        for variant in variants:
            rows = own[own["variant"] == variant].groupby("target")["value"]
            for k, muscle in enumerate(muscles):
                if muscle in rows.groups:
                    values = rows.get_group(muscle).to_numpy(dtype=float)
                    at = (k + shift[variant], low, high)
                    _points(cell, values, at, colour[variant], marker[variant])
    axes[-1, 0].set_xticks(range(len(muscles)), [m.replace("_", " ") for m in muscles])
    handles = [
        Line2D([], [], ls="", marker=marker[v], color=colour[v], ms=5, label=v) for v in variants
    ]
    n = table["subject"].nunique()
    people = "one subject" if n == 1 else f"n = {n} subjects, each a small marker, and their mean"
    figure.align_ylabels(axes[:, 0])
    legend_above(figure, handles, f"{place}: each muscle hidden in turn, {people}")
    return figure


def _dress(axes: Axes, metric: str, count: int) -> None:
    title = metric_title(metric)
    for first in ("skill over ", "amplitude "):
        title = title.replace(first, f"{first.strip()}\n")
    axes.set_ylabel(label(title, UNITS.get(metric, (1.0, ""))[1]), fontsize=7)
    axes.axhline(MEASURES.get(metric, 0.0), color="#AAAAAA", lw=0.7, zorder=0)
    axes.set_xlim(-0.5, count - 0.5)
    axes.tick_params(axis="x", length=0)
    for k in range(1, count):
        axes.axvline(k - 0.5, color="#EEEEEE", lw=0.6, zorder=0)


def _limits(values: np.ndarray, metric: str) -> tuple[float, float]:
    """Give the axis of a measure: all values, but none beyond what still tells them apart."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if metric in LARGEST:
        return 0.0, min(1.1 * max(high, MEASURES[metric] or 100.0), LARGEST[metric])
    if metric.startswith(SKILL_OVER):
        return max(min(low - 0.1, -0.2), LOWEST_SKILL), 1.0
    return min(low - 0.1, 0.0), 1.05


def _points(
    axes: Axes, values: np.ndarray, at: tuple[float, float, float], colour: str, marker: str
) -> None:
    place, low, high = at
    mean = float(np.mean(values))
    if not np.isfinite(mean):
        return
    inside = low <= mean <= high
    axes.scatter(
        [place],
        [np.clip(mean, low, high)],
        s=26,
        marker=marker,
        facecolors=colour if inside else "white",
        edgecolors=colour,
        linewidths=0.8,
        clip_on=False,
        zorder=3,
    )
    if len(values) > 1:
        axes.scatter(np.full(len(values), place), values, s=4, color=colour, alpha=0.5, zorder=2)


FIGURES = {
    "hidden_channels": FigureKind(
        order=50,
        wanted=lambda place: place.question == HIDDEN_CHANNELS,
        caption=(
            "Each measured muscle, hidden from every method in turn and held against its own "
            "recorded envelope in trials that no fit had seen. Grey lines: a perfect answer, "
            "or no skill. Hollow markers at an edge lie beyond it. A skill is 1 − MSE / MSE "
            "of a rival from which the same channel was hidden."
        ),
        drawn=DRAWN,
        tell=tell_hidden_channels,
        names=lambda place, _: {place.split: ""},
    ),
}
