"""Errors of the variants: quartiles over subjects and every subject's point, target by target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.kinds import FigureKind, drawn_table, of_cells
from myopinn.figures.style import (
    colours,
    empty_figure,
    hollow,
    save,
    style,
    title_above,
)
from myopinn.figures.target_panels import (
    FEWEST_FOR_BOX,
    LOWEST_SKILL,
    SKILL_OVER,
    count_subjects,
    draw_middle,
    draw_missing,
    metric_title,
    panels_of_targets,
    share_axes,
    spread_of,
)
from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.measures.prediction_errors import NOT_PREDICTED
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DRAWN = drawn_table(
    "errors", "target", "unit", "variant", "subject", "metric", "value", "n_subjects"
)
MOST_VARIANTS_JOINED = 3
# Which column of a table of errors each figure draws; of a skill that over its rival.
METRICS = {
    "errors": "rmse",
    "correlation": "r",
    "normalised_errors": "nrmse_sd",
    "amplitude": "amplitude_ratio",
    "partial_correlation": "partial_r",
}


def draw_errors(
    *,
    errors: str | Path,
    recording: str,
    split: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
    metric: str = "rmse",
) -> None:
    """Draw one panel per target with a box and the subjects' points for each variant.

    Targets of one unit share their axis, which is logarithmic where errors differ more than
    :data:`myopinn.figures.target_panels.LOG_RATIO` times. Up to three variants, a grey line joins
    the points of a subject. Points are hollow where the colours begin again.

    Parameters
    ----------
    errors : path
        Table of errors, one row per subject.
    recording, split : str
        The cell to draw.
    metric : str
        Column of the table.
    pdf, png, csv : path
        Outputs; the table holds every point that is drawn.
    """
    whole = ANY_ERRORS.read(errors)
    table = select(whole, recording, split, metric)
    skill = metric.startswith(SKILL_OVER)
    if skill:
        # The rival itself may not predict a target, and then nobody has a skill at it.
        known = table.groupby("target")["value"].transform("count") > 0
        table = table[known].reset_index(drop=True)
    with style():
        if table.empty:
            message = f"{recording}, {split}: no subject could be tested."
            save(empty_figure(message), table, layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        units = dict(zip(table["target"], table["unit"], strict=True))
        variants = list(dict.fromkeys(table["variant"]))
        order = list(dict.fromkeys(whole["variant"]))
        colour, empty = colours(order), hollow(order)
        quantity = metric_title(metric)
        figure, axes = panels_of_targets(units, variants, quantity=quantity)
        values = {str(t): own["value"].to_numpy(float) for t, own in table.groupby("target")}
        share_axes(axes, units, values, metric)
        for target, cell in axes.items():
            _draw_panel(cell, table[table["target"] == target], variants, colour, empty)
            if skill:
                _mark_lowest(cell, table[table["target"] == target], variants, colour)
        title_above(figure, f"{recording}, {split}: {_explain(table)}")
        save(figure, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def select(errors: pd.DataFrame, recording: str, split: str, metric: str) -> pd.DataFrame:
    """Give the points of one cell of the study in the units that are shown.

    A variant has none for a target that it does not predict.
    """
    own = errors[(errors["recording"] == recording) & (errors["split"] == split)]
    if "note" in own:
        own = own[own["note"] != NOT_PREDICTED]
    shown = [shown_unit(str(u)) for u in own["unit"]]
    value = own[metric].to_numpy(dtype=float)
    unit = [""] * len(own)
    if metric == "rmse":
        value, unit = value * [factor for factor, _ in shown], [name for _, name in shown]
    elif metric == "nrmse":
        value, unit = 100 * value, ["% of range"] * len(own)
    elif metric == "nrmse_sd":
        value, unit = 100 * value, ["% of SD"] * len(own)
    table = own[["target", "variant", "subject"]].assign(unit=unit, metric=metric, value=value)
    counts = table.groupby(["target", "variant"])["value"].transform("count")
    return table.assign(n_subjects=counts)[list(DRAWN.columns)].reset_index(drop=True)


def _draw_panel(
    axes: Axes,
    points: pd.DataFrame,
    variants: list[str],
    colour: dict[str, str],
    empty: dict[str, bool],
) -> None:
    wide = points.pivot(index="subject", columns="variant", values="value").reindex(
        columns=variants
    )
    spread = spread_of(len(wide), 0.16)
    if len(variants) <= MOST_VARIANTS_JOINED:
        for shift, values in zip(spread, wide.to_numpy(dtype=float), strict=True):
            axes.plot(values, np.arange(len(variants)) + shift, color="#BBBBBB", lw=0.5, zorder=1)
    for k, variant in enumerate(variants):
        values = wide[variant].to_numpy(dtype=float)
        known = np.isfinite(values)
        if not known.any():
            draw_missing(axes, k)
            continue
        draw_middle(axes, k, values[known], colour[variant], 0.62)
        axes.scatter(
            values[known],
            k + spread[known],
            s=9,
            facecolors="white" if empty[variant] else colour[variant],
            edgecolors=colour[variant],
            alpha=0.8,
            linewidths=0.7 if empty[variant] else 0,
            zorder=3,
        )


def _mark_lowest(
    axes: Axes, points: pd.DataFrame, variants: list[str], colour: dict[str, str]
) -> None:
    """End the axis at the lowest skill that is told, with an arrow for each that is lower."""
    if not (points["value"] < LOWEST_SKILL).any():
        return
    axes.set_xlim(LOWEST_SKILL - 0.2, 1.1)
    for variant in dict.fromkeys(points.loc[points["value"] < LOWEST_SKILL, "variant"]):
        row = variants.index(variant)
        axes.scatter(LOWEST_SKILL, row, s=22, marker="<", color=colour[variant], zorder=4)


def _explain(table: pd.DataFrame) -> str:
    counts = table.groupby("variant", sort=False)["n_subjects"].max()
    box = "line: median, box: quartiles, whiskers: up to 1.5 box lengths"
    what = box if counts.max() >= FEWEST_FOR_BOX else "line: mean"
    people = count_subjects({str(variant): int(n) for variant, n in counts.items()})
    return f"{people}; point: one subject, {what}"


FIGURES = {
    "errors": FigureKind(
        order=6,
        wanted=of_cells,
        caption="RMSE of every subject for each variant. Targets of one unit share their axis.",
        drawn=DRAWN,
    ),
    "correlation": FigureKind(
        order=7,
        wanted=of_cells,
        caption="Pearson's r of every subject for each variant.",
        drawn=DRAWN,
    ),
    "normalised_errors": FigureKind(
        order=8,
        wanted=lambda place: of_cells(place) and place.envelopes,
        caption="RMSE of every subject divided by the SD of the reference.",
        drawn=DRAWN,
    ),
    "amplitude": FigureKind(
        order=9,
        wanted=lambda place: of_cells(place) and place.envelopes,
        caption="SD of the prediction over that of the reference; 1 is right.",
        drawn=DRAWN,
    ),
    "partial_correlation": FigureKind(
        order=10,
        wanted=lambda place: of_cells(place) and place.envelopes,
        caption=(
            "Correlation with the reference once the measured agonists' EMG is taken out of "
            "both; a copy of the agonists has 0."
        ),
        drawn=DRAWN,
    ),
    "skill": FigureKind(
        order=17,
        wanted=lambda place: of_cells(place) and place.envelopes,
        caption=(
            "Skill of every subject, 1 − MSE / MSE of {name}: above 0 it beats {name}. An "
            "arrow stands for subjects whose skill lies beyond the axis."
        ),
        drawn=DRAWN,
        names=lambda place, _: {f"skill_over_{rival}": rival for rival in place.rivals},
    ),
}
