"""What a recording holds: EMG envelopes, joint angles, moments and muscle forces over the cycle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.figures.kinds import FigureKind, drawn_table, of_recordings
from myopinn.figures.sentences import tell_motion
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
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.netcdf import read_netcdf
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN = drawn_table(
    "motion",
    *("quantity", "name", "unit", "condition", "subject", "cycle_percent"),
    *("value", "sd", "n_subjects", "n_cycles"),
)
# Variable of the dataset, its dimension of names, and what an axis calls it.
QUANTITIES = (
    ("envelope", "channel", "EMG"),
    ("joint_angle", "coordinate", "angle"),
    ("joint_moment", "coordinate", "moment"),
    ("muscle_force", "muscle", "force"),
)
MOST_COLUMNS = 5


def draw_motion(
    *,
    datasets: Sequence[str | Path],
    recording: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
    channels: Sequence[str] | None = None,
    coordinates: Sequence[str] | None = None,
    muscles: Sequence[str] | None = None,
) -> None:
    """Draw the mean and SD over subjects of every series, per condition.

    A subject's curve is the mean over the cycles of each trial, then over the trials of the
    condition.

    Parameters
    ----------
    datasets : sequence of path
        The recording's datasets, one per person; a person without cycles is passed over.
    recording : str
        For the title.
    channels, coordinates, muscles : sequence of str, optional
        What to draw; all of the dataset by default.
    pdf, png, csv : path
        Outputs; the table holds every mean curve and its SD, and with ``subject`` the people's.
    """
    import pandas as pd

    wanted = {"channel": channels, "coordinate": coordinates, "muscle": muscles}
    people = [subject_curves(read_netcdf(path, DATASET), wanted) for path in datasets]
    people = [table for table in people if len(table)]
    with style():
        if not people:
            message = f"{recording}: no cycle was accepted."
            save(empty_figure(message), DRAWN.empty(), layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        curves = with_mean(pd.concat(people, ignore_index=True))
        _draw(curves, recording, pdf=pdf, png=png, csv=csv)


def subject_curves(dataset: xr.Dataset, wanted: dict[str, Sequence[str] | None]) -> pd.DataFrame:
    """Average a person's cycles per condition, in the units that are shown."""
    import pandas as pd

    tables = []
    subject, frames = str(dataset.attrs["subject"]), dataset.sizes["frame"]
    if not dataset.sizes["cycle"]:
        return DRAWN.empty()
    keys = pd.MultiIndex.from_arrays(
        [dataset["condition"].values.astype(str), dataset["trial"].values.astype(str)],
        names=["condition", "trial"],
    )
    cycles = pd.Series(1, index=keys).groupby("condition").sum()
    for quantity, dimension, _ in QUANTITIES:
        factor, unit = shown_unit(DATASET.variables[quantity].units)
        present = [str(n) for n in dataset[dimension].values]
        for name in [n for n in present if n in (wanted[dimension] or present)]:
            values = factor * dataset[quantity].values[:, :, present.index(name)]
            per_trial = pd.DataFrame(values, index=keys).groupby(level=[0, 1]).mean()
            mean = per_trial.groupby("condition").mean()
            mean.columns = pd.Index([100 * k / frames for k in range(frames)])
            tall = mean.reset_index().melt("condition", var_name="cycle_percent")
            tall["cycle_percent"] = tall["cycle_percent"].astype(float)
            tall["n_cycles"] = tall["condition"].map(cycles)
            tables.append(tall.assign(quantity=quantity, name=name, unit=unit, subject=subject))
    return pd.concat(tables, ignore_index=True)


def with_mean(curves: pd.DataFrame) -> pd.DataFrame:
    """Add the mean and SD over subjects to the subjects' curves."""
    import pandas as pd

    keys = ["quantity", "name", "unit", "condition", "cycle_percent"]
    groups = curves[curves["value"].notna()].groupby(keys, sort=False)
    mean = groups.agg(
        value=("value", "mean"),
        sd=("value", "std"),
        n_subjects=("value", "count"),
        n_cycles=("n_cycles", "sum"),
    )
    return pd.concat([mean.reset_index().assign(subject=""), curves], ignore_index=True)[
        list(DRAWN.columns)
    ]


def _draw(
    curves: pd.DataFrame, recording: str, *, pdf: str | Path, png: str | Path, csv: str | Path
) -> None:
    means = curves[curves["subject"] == ""]
    conditions = sorted(dict.fromkeys(means["condition"]))
    colour, dash = colours(conditions), dashes(conditions)
    rows = lay_out(means)
    columns = max(map(len, rows))
    figure, axes = panels(len(rows), columns, PAGE_WIDTH_IN / columns, 1.5)
    for row in range(len(rows)):
        for column in range(columns):
            cell = axes[row, column]
            if column >= len(rows[row]):
                cell.axis("off")
                continue
            quantity, title, name = rows[row][column]
            own = means[(means["quantity"] == quantity) & (means["name"] == name)]
            for condition, curve in own.groupby("condition"):
                _draw_curve(cell, curve, colour[str(condition)], dash[str(condition)])
            cell.set_title(name)
            cell.set_ylabel(label(title, own["unit"].iloc[0]))
            if quantity in ("envelope", "muscle_force"):
                cell.set_ylim(bottom=0)
            else:
                cell.axhline(0, color="#BBBBBB", lw=0.5, zorder=0)
            below = row + 1 < len(rows) and column < len(rows[row + 1])
            cycle_axis(cell, labelled=not below, of="cycle or piece")
    figure.align_ylabels(axes)
    _draw_legend(figure, means, conditions, colour, dash, recording)
    save(figure, curves, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def lay_out(means: pd.DataFrame) -> list[list[tuple[str, str, str]]]:
    """Give the panels of each row as (quantity, axis title, name).

    A quantity stays together: it begins a new row where it does not fit into what is left.
    """
    rows: list[list[tuple[str, str, str]]] = [[]]
    for quantity, _, title in QUANTITIES:
        names = list(dict.fromkeys(means.loc[means["quantity"] == quantity, "name"]))
        if len(rows[-1]) + len(names) > MOST_COLUMNS:
            rows.append([])
        # Rows of one quantity are about equally long.
        width = -(-len(names) // -(-len(names) // MOST_COLUMNS)) if names else MOST_COLUMNS
        for name in names:
            if len(rows[-1]) >= (width if len(names) > MOST_COLUMNS else MOST_COLUMNS):
                rows.append([])
            rows[-1].append((quantity, title, name))
    return [row for row in rows if row]


def _draw_curve(axes: Axes, curve: pd.DataFrame, colour: str, dash: Any) -> None:
    low, high = curve["value"] - curve["sd"], curve["value"] + curve["sd"]
    axes.fill_between(curve["cycle_percent"], low, high, color=colour, alpha=0.18, lw=0)
    axes.plot(curve["cycle_percent"], curve["value"], color=colour, ls=dash)


def _draw_legend(
    figure: Figure,
    means: pd.DataFrame,
    conditions: Sequence[str],
    colour: dict[str, str],
    dash: dict[str, Any],
    recording: str,
) -> None:
    from matplotlib.lines import Line2D

    handles = []
    for name in conditions:
        own = means[means["condition"] == name]
        counts = f"n = {own['n_subjects'].max():.0f} subjects, {own['n_cycles'].max():.0f} cycles"
        text = f"{name or 'all'} ({counts})"
        handles.append(Line2D([], [], color=colour[name], ls=dash[name], label=text))
    legend_above(figure, handles, f"{recording}: mean ± SD over subjects")


FIGURES = {
    "motion": FigureKind(
        order=2,
        wanted=of_recordings,
        caption=(
            "EMG envelopes, joint angles and moments (inverse kinematics and dynamics) and "
            "estimated muscle forces over the cycle: mean and SD over subjects per condition. "
            "Compare angles and moments of walking with the literature before trusting "
            "anything built on them."
        ),
        drawn=DRAWN,
        describe=tell_motion,
    ),
}
