"""Where networks with attention look: which frames of the cycle each frame is answered from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.answers import tell_attention
from myopinn.figures.kinds import FigureKind, of_cells
from myopinn.figures.style import (
    REFERENCE,
    colours,
    cycle_axis,
    empty_figure,
    legend_above,
    panels,
    save,
    style,
)
from myopinn.files.layouts.attention_numbers import ATTENTION_NUMBERS, DRAWN
from myopinn.measures.attention import DISTANCE, ENTROPY, LOOKED_AT, WEIGHT

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The colours of less and more than uniform reach at least to half and double, so that what is
# nearly uniform looks so, and at most to an eighth and eightfold.
LEAST_FOLD, LARGEST_FOLD = 2.0, 8.0
UNIFORM_COLOUR = "#AAAAAA"


def draw_attention(
    *,
    attention: str | Path,
    recording: str,
    split: str,
    variants: Sequence[str],
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw one row per network: attention, frames looked at, and each subject's two measures.

    Parameters
    ----------
    attention : path
        Table of attention over time.
    recording, split : str
        The cell to draw.
    variants : sequence of str
        All of the task, in their order, so that colours are those of the other figures.
    pdf, png, csv : path
        Outputs; the table has all that is drawn.
    """
    whole = ATTENTION_NUMBERS.read(attention)
    here = (whole["recording"] == recording) & (whole["split"] == split)
    table = whole.loc[here, list(DRAWN.columns)].reset_index(drop=True)
    with style():
        if table.empty:
            nothing = empty_figure(f"{recording}, {split}: no network with attention was fitted.")
            save(nothing, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        figure = _draw(table, colours(variants), f"{recording}, {split}")
        save(figure, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def _draw(table: pd.DataFrame, colour: Mapping[str, str], place: str) -> Figure:
    from matplotlib.colors import LogNorm
    from matplotlib.lines import Line2D

    variants = list(dict.fromkeys(table["variant"]))
    people = int(table["n_subjects"].max())
    # Above and below all rows stand legend and colour bar.
    height = max(1.75, 0.13 * (people + 4)) + 0.7 / len(variants)
    figure, axes = panels(
        len(variants), 4, 1.9, height, sharex="col", width_ratios=[1.25, 1, 0.8, 0.8]
    )
    values = table.loc[table["quantity"] == WEIGHT, "value"].to_numpy(dtype=float)
    # As far as nearly all frames go; the few beyond get the last colour.
    seen = 2 ** np.quantile(np.abs(np.log2(np.maximum(values, 1e-6))), 0.995)
    fold = float(np.clip(seen, LEAST_FOLD, LARGEST_FOLD))
    norm = LogNorm(1 / fold, fold)
    for row, variant in zip(axes, variants, strict=True):
        own = dict(iter(table[table["variant"] == variant].groupby("quantity")))
        image = _picture(row[0], own[WEIGHT], norm)
        row[0].set_title(variant)
        _curve(row[1], own[LOOKED_AT], colour[variant])
        for cell, quantity in zip(row[2:], (ENTROPY, DISTANCE), strict=True):
            _points(cell, own[quantity], colour[variant], named=quantity == ENTROPY)
    _label_below(axes[-1])
    lowest = min(0.9, table.loc[table["quantity"] == ENTROPY, "value"].min())
    distances = table.loc[table["quantity"] == DISTANCE, ["value", "uniform"]]
    farthest = float(distances.to_numpy(dtype=float).max())
    # Room for half a marker beside the ends.
    margin = 0.08 * (1 - lowest)
    axes[0, 2].set_xlim(lowest - margin, 1 + margin)
    axes[0, 3].set_xlim(0, 1.08 * farthest)
    extend = "both" if values.max() > fold or values.min() < 1 / fold else "neither"
    bar = figure.colorbar(image, ax=axes[:, 0], location="bottom", extend=extend, aspect=25)
    ticks = [t for t in (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0) if 1 / fold <= t <= fold]
    bar.set_ticks(ticks, labels=[f"{t:g}" for t in ticks])
    bar.minorticks_off()
    bar.set_label("attention, multiple of uniform")
    level = 100 * (1 - table["alpha"].iloc[0])
    handles = [
        Line2D([], [], ls="", marker="o", color="#888888", ms=3, label="a subject"),
        Line2D([], [], marker="D", color=REFERENCE, ms=4, label=f"mean, {level:g} % interval"),
        Line2D([], [], color=UNIFORM_COLOUR, ls="--", label="uniform attention"),
    ]
    legend_above(figure, handles, f"{place}: attention over the cycle, n = {people} subjects")
    return figure


def _label_below(row: Sequence[Axes]) -> None:
    for cell in row[:2]:
        cell.set_xlabel("frame looked at (% of cycle)")
    row[2].set_xlabel("entropy (1: uniform)")
    row[3].set_xlabel("distance (% of cycle)")


def _picture(axes: Axes, rows: pd.DataFrame, norm: Any) -> Any:
    wide = rows.pivot(index="asked_percent", columns="seen_percent", values="value")
    values = np.clip(wide.to_numpy(dtype=float), norm.vmin, norm.vmax)
    image = axes.imshow(
        values,
        cmap="PuOr_r",
        norm=norm,
        extent=(0, 100, 0, 100),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
    )
    cycle_axis(axes, labelled=False)
    axes.set_yticks([0, 50, 100])
    axes.set_ylabel("frame asked (% of cycle)")
    return image


def _curve(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    percent, mean, low, high = (
        rows[c].to_numpy(dtype=float) for c in ("seen_percent", "value", "ci_low", "ci_high")
    )
    axes.axhline(1.0, color=UNIFORM_COLOUR, ls="--", lw=0.8)
    axes.fill_between(percent, low, high, color=colour, alpha=0.2, lw=0)
    axes.plot(percent, mean, color=colour, lw=1.2)
    axes.set_ylim(0, max(2.0, 1.1 * float(np.nanmax([mean.max(), np.nan_to_num(high).max()]))))
    axes.set_ylabel("multiple of uniform")
    cycle_axis(axes, labelled=False)


def _points(axes: Axes, rows: pd.DataFrame, colour: str, *, named: bool) -> None:
    people, mean = rows[rows["subject"] != ""], rows[rows["subject"] == ""].iloc[0]
    axes.axvline(mean["uniform"], color=UNIFORM_COLOUR, ls="--", lw=0.8)
    axes.scatter(people["value"], range(len(people)), s=10, color=colour)
    ends = [[mean["value"] - mean["ci_low"]], [mean["ci_high"] - mean["value"]]]
    axes.errorbar([mean["value"]], [len(people)], xerr=ends, fmt="D", color=REFERENCE, ms=4, lw=1.0)
    axes.set_ylim(len(people) + 0.6, -0.6)
    names = [*people["subject"], "mean"] if named else []
    axes.set_yticks(range(len(people) + 1) if named else [], names)
    axes.tick_params(axis="y", length=0)


FIGURES = {
    "attention": FigureKind(
        order=15,
        wanted=lambda place: of_cells(place) and place.envelopes,
        caption=(
            "Attention over time: from which frames of the cycle (across) each frame (up) is "
            "answered, for each network that has attention; mean over heads, layers, tested "
            "cycles and fits, then over subjects. Beside it the frames looked at, whichever "
            "is asked, with the interval over subjects; the entropy of attention, taken of "
            "each head before any mean (1 is uniform, 0 one frame alone); and the mean "
            "distance between frames asked and looked at. Where attention looks does not show "
            "that the answer hangs on it: each frame's own inputs reach its answer besides."
        ),
        drawn=DRAWN,
        tell=tell_attention,
    ),
}
