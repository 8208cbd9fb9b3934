"""Envelopes of measured and deep muscles and the moment over the cycle, by condition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.kinds import HIDDEN_CHANNELS, FigureKind, drawn_table, of_cells
from myopinn.figures.style import (
    REFERENCE,
    colours,
    cycle_axis,
    dashes,
    empty_figure,
    label,
    legend_above,
    panels,
    save,
    style,
)
from myopinn.figures.wording import fixed
from myopinn.files.layouts.envelope_curves import ENVELOPE_CURVES
from myopinn.files.layouts.envelope_errors import ENVELOPE_ERRORS
from myopinn.measures.envelope_curves import REFERENCE as KNOWN
from myopinn.measures.envelope_errors import BY_TRUTH
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN = drawn_table(
    "envelopes",
    *("recording", "split", "variant", "condition", "target", "unit", "cycle_percent"),
    *("mean", "sd", "n_subjects", "held_against"),
)
WIDEST_PANEL_IN, ALL_PANELS_IN, PANEL_HEIGHT_IN = 2.6, 7.6, 1.15
# Along a panel of that height.
LABEL_LETTERS = 18


def draw_envelopes(
    *,
    curves: str | Path,
    errors: str | Path,
    recording: str,
    split: str,
    variants: Sequence[str],
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw mean and SD over subjects of what is known and of what variants predict.

    Parameters
    ----------
    curves : path
        Table of mean cycles by condition.
    errors : path
        Table of errors, which says what each target is held against.
    recording, split : str
        The cell to draw.
    variants : sequence of str
        All of the task, in their order, so that colours are those of the other figures.
    pdf, png, csv : path
        Outputs.
    """
    table = ENVELOPE_CURVES.read(curves)
    table = table[(table["recording"] == recording) & (table["split"] == split)]
    held = ENVELOPE_ERRORS.read(errors)
    held = held[(held["recording"] == recording) & (held["split"] == split)]
    against = dict(zip(held["target"], held["held_against"], strict=True))
    table = table.assign(held_against=[against.get(t, "") for t in table["target"]])
    with style():
        if table.empty:
            message = f"{recording}, {split}: no subject could be tested."
            save(empty_figure(message), table, layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        figure = _draw(table, variants, f"{recording}, {split}")
        save(figure, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def _draw(table: pd.DataFrame, variants: Sequence[str], place: str) -> Figure:
    from matplotlib.lines import Line2D

    targets = list(dict.fromkeys(table["target"]))
    conditions = sorted(dict.fromkeys(table["condition"]))
    width = min(WIDEST_PANEL_IN, ALL_PANELS_IN / len(conditions))
    figure, axes = panels(
        len(targets), len(conditions), width, PANEL_HEIGHT_IN, sharex=True, sharey="row"
    )
    colour = {KNOWN: REFERENCE, **colours(variants)}
    dash = {KNOWN: "-", **dashes(variants)}
    drawn = [v for v in (KNOWN, *variants) if v in set(table["variant"])]
    for row, target in enumerate(targets):
        own = table[table["target"] == target]
        factor, unit = shown_unit(own["unit"].iloc[0])
        against = own["held_against"].iloc[0]
        for column, condition in enumerate(conditions):
            cell = axes[row, column]
            here = own[own["condition"] == condition]
            for variant in reversed(drawn):
                _draw_curve(
                    cell, here[here["variant"] == variant], factor, colour[variant], dash[variant]
                )
            cycle_axis(cell, labelled=row == len(targets) - 1)
            if row == 0:
                cell.set_title(condition)
        deep = "\n(deep)" if against == BY_TRUTH else ""
        named = wrap(label(target.replace("_", " "), unit), LABEL_LETTERS)
        axes[row, 0].set_ylabel("\n".join(named) + deep, fontsize=7)
    n = int(table["n_subjects"].max())
    people = "the one subject's mean cycle" if n == 1 else f"mean and SD over n = {n} subjects"
    handles = [
        Line2D([], [], color=colour[v], ls=dash[v], lw=1.8 if v == KNOWN else 1.2, label=v)
        for v in drawn
    ]
    figure.align_ylabels(axes[:, 0])
    legend_above(figure, handles, f"{place}: {people}")
    return figure


def _draw_curve(axes: Axes, curve: pd.DataFrame, factor: float, colour: str, dash: Any) -> None:
    if curve.empty or curve["mean"].isna().all():
        return
    percent = curve["cycle_percent"].to_numpy(dtype=float)
    mean, sd = (factor * curve[k].to_numpy(dtype=float) for k in ("mean", "sd"))
    axes.fill_between(percent, mean - sd, mean + sd, color=colour, alpha=0.12, lw=0)
    axes.plot(percent, mean, color=colour, ls=dash, lw=1.8 if colour == REFERENCE else 1.1)


def tell_envelopes(drawn: pd.DataFrame) -> list[str]:
    """Say how large the mean predicted envelope of each deep muscle is against the known one."""
    told = []
    deep = drawn[drawn["held_against"] == BY_TRUTH]
    for target, own in deep.groupby("target", sort=False):
        means = own.groupby("variant", sort=False)["mean"].mean()
        if KNOWN not in means or not means[KNOWN] > 0:
            continue
        parts = [
            f"{variant} {fixed(100 * value / means[KNOWN], 0)} %"
            for variant, value in means.items()
            if variant != KNOWN and np.isfinite(value)
        ]
        if parts:
            told.append(
                f"{target}, mean predicted envelope as a share of the true one, over all "
                f"conditions: {', '.join(parts)}."
            )
    return told


FIGURES = {
    "envelopes": FigureKind(
        order=5,
        wanted=lambda place: of_cells(place) and place.envelopes,
        caption=(
            "Envelopes of measured and deep muscles and the joint's moment over the cycle, by "
            "condition: what was recorded (of deep muscles: what electrodes would have "
            "recorded, from the truth of virtual people) and what is predicted for trials "
            "that no fit had seen."
        ),
        drawn=DRAWN,
        describe=tell_envelopes,
    ),
    "hidden_envelopes": FigureKind(
        order=51,
        wanted=lambda place: place.question == HIDDEN_CHANNELS,
        caption=(
            "Envelopes of the hidden muscles over the cycle, recorded and predicted, by "
            "condition; each row is of fits that had not this muscle's channel."
        ),
        drawn=DRAWN,
        names=lambda place, _: {f"{place.split}_envelopes": ""},
    ),
}
