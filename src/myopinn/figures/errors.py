"""Errors of the variants: quartiles over subjects and every subject's point, target by target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.artifacts import read_table
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    REFERENCE,
    colours,
    empty_figure,
    label,
    log_axis,
    panels,
    save,
    shown_unit,
    style,
    title_above,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLUMNS = ("target", "unit", "variant", "subject", "metric", "value", "n_subjects")
TITLES = {"rmse": "RMSE", "nrmse": "NRMSE", "r": "r", "r2": "R²", "skill": "skill"}
# Quartiles of fewer subjects say nothing that the points do not.
FEWEST_FOR_BOX = 5
# Above this ratio of the largest to the smallest error the small ones vanish on a linear axis.
LOG_RATIO = 20
MOST_VARIANTS_JOINED = 3


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
    :data:`LOG_RATIO` times. Up to three variants, a grey line joins the points of a subject.

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
    table = select(read_table(errors), recording, split, metric)
    with style():
        if table.empty:
            message = f"{recording}, {split}: no subject could be tested."
            save(empty_figure(message), table, pdf=pdf, png=png, csv=csv)
            return
        targets = list(dict.fromkeys(table["target"]))
        variants = list(dict.fromkeys(table["variant"]))
        columns = min(4, len(targets))
        rows = -(-len(targets) // columns)
        width = max(PAGE_WIDTH_IN / columns, 0.6 + 0.26 * len(variants))
        figure, axes = panels(rows, columns, min(width, 3.4), 2.1 if len(variants) < 5 else 2.3)
        for k, cell in enumerate(axes.ravel()):
            if k >= len(targets):
                cell.axis("off")
                continue
            own = table[table["target"] == targets[k]]
            _draw_panel(cell, own, variants)
            unit = own["unit"].iloc[0]
            cell.set_title(targets[k])
            cell.set_ylabel(label(TITLES.get(metric, metric), unit))
            _scale(cell, table[table["unit"] == unit]["value"], metric)
            last = k + columns >= len(targets)
            crowded = len(variants) > 3 or max(map(len, variants)) > 8
            if not last:
                cell.set_xticklabels([])
            elif crowded:
                cell.tick_params(axis="x", rotation=50)
                for text in cell.get_xticklabels():
                    text.set(ha="right", rotation_mode="anchor")
        title_above(figure, f"{recording}, {split}: {_counts(table)}")
        save(figure, table, pdf=pdf, png=png, csv=csv)


def select(errors: pd.DataFrame, recording: str, split: str, metric: str) -> pd.DataFrame:
    """Give the points of one cell of the study in the units that are shown."""
    own = errors[(errors["recording"] == recording) & (errors["split"] == split)]
    shown = [shown_unit(str(u)) for u in own["unit"]]
    value = own[metric].to_numpy(dtype=float)
    unit = [""] * len(own)
    if metric == "rmse":
        value, unit = value * [factor for factor, _ in shown], [name for _, name in shown]
    elif metric == "nrmse":
        value, unit = 100 * value, ["% of range"] * len(own)
    table = own[["target", "variant", "subject"]].assign(unit=unit, metric=metric, value=value)
    counts = table.groupby(["target", "variant"])["value"].transform("count")
    return table.assign(n_subjects=counts)[list(COLUMNS)].reset_index(drop=True)


def _draw_panel(axes: Axes, points: pd.DataFrame, variants: list[str]) -> None:
    wide = points.pivot(index="subject", columns="variant", values="value").reindex(
        columns=variants
    )
    spread = np.linspace(-0.16, 0.16, len(wide)) if len(wide) > 1 else np.zeros(1)
    if len(variants) <= MOST_VARIANTS_JOINED:
        for shift, values in zip(spread, wide.to_numpy(dtype=float), strict=True):
            axes.plot(np.arange(len(variants)) + shift, values, color="#BBBBBB", lw=0.5, zorder=1)
    colour = colours(variants)
    for k, variant in enumerate(variants):
        values = wide[variant].to_numpy(dtype=float)
        known = np.isfinite(values)
        _draw_box(axes, k, values[known], colour[variant])
        axes.scatter(
            k + spread[known],
            values[known],
            s=9,
            color=colour[variant],
            alpha=0.75,
            linewidths=0,
            zorder=3,
        )
    axes.set_xlim(-0.6, len(variants) - 0.4)
    axes.set_xticks(range(len(variants)), variants)


def _draw_box(axes: Axes, position: int, values: np.ndarray, colour: str) -> None:
    line: dict[str, Any] = {"color": REFERENCE, "linewidth": 0.8}
    if len(values) < FEWEST_FOR_BOX:
        if len(values):
            axes.hlines(values.mean(), position - 0.3, position + 0.3, color=REFERENCE, lw=1.2)
        return
    axes.boxplot(
        values,
        positions=[position],
        widths=0.62,
        showfliers=False,
        patch_artist=True,
        boxprops={"facecolor": colour, "alpha": 0.2, "linewidth": 0.8},
        medianprops={**line, "linewidth": 1.4},
        whiskerprops=line,
        capprops=line,
        manage_ticks=False,
    )


def _scale(axes: Axes, values: pd.Series, metric: str) -> None:
    """Give all panels of one unit the same axis."""
    known = values[np.isfinite(values)]
    if known.empty:
        return
    low, high = float(known.min()), float(known.max())
    if metric in ("rmse", "nrmse"):
        if low > 0 and high / low > LOG_RATIO:
            log_axis(axes)
            axes.set_ylim(low / 1.3, high * 1.3)
        else:
            axes.set_ylim(0, high * 1.08)
        return
    margin = 0.06 * max(high - low, 1e-3)
    axes.set_ylim(low - margin, high + margin)
    if low < 0 < high:
        axes.axhline(0, color="#AAAAAA", lw=0.6, zorder=0)


def _counts(table: pd.DataFrame) -> str:
    counts = table.groupby("variant", sort=False)["n_subjects"].max()
    most = counts.max()
    box = "line: median, box: quartiles, whiskers: up to 1.5 box lengths"
    what = box if most >= FEWEST_FOR_BOX else "line: mean"
    fewer = ", ".join(f"{variant} {n}" for variant, n in counts.items() if n < most)
    but = f" ({fewer})" if fewer else ""
    return f"n = {most} subjects{but}; point: one subject, {what}"
