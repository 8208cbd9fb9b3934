"""Truth against what the analysis recovered of virtual people, over the cycle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.figures.kinds import FigureKind, drawn_table, of_recordings
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
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
from myopinn.files.layouts.recovered import RECOVERED, RECOVERED_CURVES
from myopinn.measures.recovery import ALL_TRIALS
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN = drawn_table(
    "truth",
    *("quantity", "name", "unit", "condition", "curve", "subject", "cycle_percent"),
    *("value", "sd", "n_subjects", "measure", "median", "min", "max"),
)
CURVES = ("truth", "recovered")
DASHED = (0, (3, 1.5))
# What an axis calls a quantity, and the measure that is written into its panels.
QUANTITIES = {
    "joint_angle": ("angle", "rmse"),
    "joint_moment": ("moment", "nrmse"),
    "excitation": ("excitation", "r"),
    "muscle_force": ("force", "r"),
}
TITLES = {"rmse": "rms", "nrmse": "rms/range", "r": "r"}
MOST_COLUMNS = 5


def draw_truth(
    *,
    errors: str | Path,
    curves: str | Path,
    recording: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw the mean truth and the mean of what was recovered, per condition.

    Into each panel is written the median over people, and their range, of the error over all of a
    person's trials: of an angle its rms, of a moment its rms by the range, else Pearson's r.

    Parameters
    ----------
    errors, curves : path
        The evaluation's table of errors and of mean cycles.
    recording : str
        For the title.
    pdf, png, csv : path
        Outputs; the table holds every curve (``subject`` empty for the mean over people) and, in
        rows without a condition, what is written into the panels.
    """
    import pandas as pd

    people = RECOVERED_CURVES.read(curves)
    with style():
        if people.empty:
            message = f"{recording}: no cycle was accepted."
            save(empty_figure(message), DRAWN.empty(), layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        tall = with_mean(people)
        written = summarise(RECOVERED.read(errors))
        figure = _draw(tall, written, recording)
        drawn = pd.concat([tall, written], ignore_index=True).reindex(columns=list(DRAWN.columns))
        save(figure, drawn, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def with_mean(people: pd.DataFrame) -> pd.DataFrame:
    """Turn the people's curves into rows and add the mean and SD over people."""
    import pandas as pd

    keys = ["quantity", "name", "unit", "condition", "curve", "cycle_percent"]
    tall = people.melt(
        [*(k for k in keys if k != "curve"), "subject"], list(CURVES), var_name="curve"
    ).dropna(subset="value")
    tall["unit"] = [shown_unit(unit)[1] for unit in tall["unit"]]
    mean = tall.groupby(keys, sort=False)["value"].agg(value="mean", sd="std", n_subjects="count")
    return pd.concat([mean.reset_index().assign(subject=""), tall], ignore_index=True)


def summarise(errors: pd.DataFrame) -> pd.DataFrame:
    """Give the median and the range over people of what is written into each panel."""
    import pandas as pd

    rows = []
    whole = errors[errors["trial"] == ALL_TRIALS]
    for (quantity, name, unit), own in whole.groupby(["quantity", "name", "unit"], sort=False):
        measure = QUANTITIES[str(quantity)][1]
        values = own[measure].dropna()
        if len(values):
            spread = {"median": values.median(), "min": values.min(), "max": values.max()}
            names = {"quantity": quantity, "name": name, "unit": shown_unit(str(unit))[1]}
            rows.append(names | {"measure": measure, "n_subjects": len(values)} | spread)
    return pd.DataFrame(rows, columns=[c for c in DRAWN.columns if rows and c in rows[0]])


def lay_out(means: pd.DataFrame) -> list[list[tuple[str, str]]]:
    """Give the panels of each row as (quantity, name): joints first, then a quantity per row."""
    found = means[["quantity", "name"]].drop_duplicates()
    rows: list[list[tuple[str, str]]] = []
    for group in (("joint_angle", "joint_moment"), ("excitation",), ("muscle_force",)):
        cells = [
            (quantity, str(name))
            for quantity in group
            for name in found.loc[found["quantity"] == quantity, "name"]
        ]
        count = -(-len(cells) // MOST_COLUMNS)
        width = -(-len(cells) // count) if count else 0
        rows += [cells[k : k + width] for k in range(0, len(cells), width or 1)]
    return rows


def _draw(tall: pd.DataFrame, written: pd.DataFrame, recording: str) -> Figure:
    means = tall[tall["subject"] == ""]
    conditions = sorted(dict.fromkeys(means["condition"]))
    colour, dash = colours(conditions), dashes(conditions)
    rows = lay_out(means)
    columns = max(map(len, rows))
    figure, axes = panels(len(rows), columns, PAGE_WIDTH_IN / columns, 1.45)
    for row, cells in enumerate(rows):
        for column in range(columns):
            cell = axes[row, column]
            if column >= len(cells):
                cell.axis("off")
                continue
            quantity, name = cells[column]
            own = means[(means["quantity"] == quantity) & (means["name"] == name)]
            for condition, curves in own.groupby("condition", sort=False):
                _draw_curves(cell, curves, colour[str(condition)], dash[str(condition)])
            _dress(cell, own, written, quantity, name)
            below = row + 1 < len(rows) and column < len(rows[row + 1])
            cycle_axis(cell, labelled=not below, of="cycle or piece")
    figure.align_ylabels(axes)
    _draw_legend(figure, means, conditions, colour, recording)
    return figure


def _draw_curves(axes: Axes, curves: pd.DataFrame, colour: str, dash: Any) -> None:
    for curve in CURVES:
        own = curves[curves["curve"] == curve]
        if curve == "recovered":
            low, high = own["value"] - own["sd"], own["value"] + own["sd"]
            axes.fill_between(own["cycle_percent"], low, high, color=colour, alpha=0.15, lw=0)
        # The truth is dashed on top, so that a perfect recovery does not hide it.
        line, layer = (DASHED, 4) if curve == "truth" else (dash, 3)
        axes.plot(own["cycle_percent"], own["value"], color=colour, ls=line, zorder=layer)


def _dress(axes: Axes, own: pd.DataFrame, written: pd.DataFrame, quantity: str, name: str) -> None:
    title, measure = QUANTITIES[quantity]
    axes.set_ylabel(label(title, own["unit"].iloc[0]))
    note = "no electrode"
    row = written[(written["quantity"] == quantity) & (written["name"] == name)]
    if len(row):
        factor, digits, unit = {"nrmse": (100.0, 1, " %"), "rmse": (1.0, 1, "°")}.get(
            measure, (1.0, 2, "")
        )
        middle, low, high = (factor * float(row[k].iloc[0]) for k in ("median", "min", "max"))
        note = f"{TITLES[measure]} {middle:.{digits}f}{unit} ({low:.{digits}f}–{high:.{digits}f})"
    elif "recovered" in set(own["curve"]):
        note = ""
    axes.set_title(f"{name}\n{note}" if note else name, fontsize=7)
    if quantity in ("excitation", "muscle_force"):
        axes.set_ylim(bottom=0)
    else:
        axes.axhline(0, color="#BBBBBB", lw=0.5, zorder=0)


def _draw_legend(
    figure: Figure,
    means: pd.DataFrame,
    conditions: Sequence[str],
    colour: dict[str, str],
    recording: str,
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    grey = "#888888"
    handles: list[Any] = [
        Line2D([], [], color=colour[name], label=name or "all conditions") for name in conditions
    ]
    handles += [
        Line2D([], [], color=grey, ls=DASHED, label="truth, mean"),
        Line2D([], [], color=grey, label="recovered, mean"),
        Patch(color=grey, alpha=0.3, lw=0, label="± SD over people"),
    ]
    people = means["n_subjects"].max()
    title = f"{recording}: n = {people:.0f}; in each panel the median (range) over people"
    legend_above(figure, handles, title)


FIGURES = {
    "truth": FigureKind(
        order=3,
        wanted=lambda place: of_recordings(place) and place.virtual,
        caption=(
            "What the analysis recovered of virtual people against their truth: mean and SD "
            "over subjects. The analysis never opens the truth and uses another muscle model "
            "than the one that made it. Excitations are held against EMG envelopes."
        ),
        drawn=DRAWN,
    ),
}
