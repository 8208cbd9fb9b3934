"""Reference and predicted courses of one tested trial in continuous time, variants over each other.

By a clock no frame means the same in two pieces, so that a mean over pieces would show nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.kinds import FigureKind, drawn_table, of_cells
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    REFERENCE,
    colours,
    dashes,
    empty_figure,
    label,
    legend_above,
    panels,
    save,
    style,
)
from myopinn.files.fits import fits_under
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import read_netcdf
from myopinn.files.tables import NUMBER, Column
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd

DRAWN = drawn_table(
    "traces",
    *("subject", "trial", "variant", "curve", "target", "unit"),
    time_s=Column(NUMBER, "time in the trial", "s"),
    value=Column(NUMBER, "mean over seeds"),
)
# Courses of more variants than these hide each other.
MOST_VARIANTS = 4
ROW_IN = 1.05


def draw_traces(
    *,
    predictions: Sequence[str | Path],
    recording: str,
    split: str,
    variants: Sequence[str],
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw the first tested trial of the first person, whom nobody chose by the answers.

    Parameters
    ----------
    predictions : sequence of path
        Folders ``<variant>/<recording>`` of one recording, with ``<split>/<subject>``.
    recording : str
        For the title.
    split : str
        Whose trials are drawn.
    variants : sequence of str
        Those that are drawn, if they predict anything; the first of them at most
        :data:`MOST_VARIANTS`.
    pdf, png, csv : path
        Outputs.
    """
    import pandas as pd
    from matplotlib.lines import Line2D

    fits = fits_under(predictions, split)
    found = [first_trial(folder, cell.variant) for folder, cell in fits]
    tables = {
        cell.variant: table for (_, cell), table in zip(fits, found, strict=True) if len(table)
    }
    shown = [name for name in variants if name in tables][:MOST_VARIANTS]
    with style():
        if not shown:
            nothing = empty_figure(f"{recording}, {split}: no subject could be tested.")
            save(nothing, DRAWN.empty(), layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        curves = pd.concat([tables[name] for name in shown], ignore_index=True)
        targets = list(dict.fromkeys(curves["target"]))
        figure, axes = panels(len(targets), 1, PAGE_WIDTH_IN, ROW_IN, sharex=True)
        names = [cell.variant for _, cell in fits]
        colour, dash = colours(names), dashes(names)
        for cell, target in zip(axes[:, 0], targets, strict=True):
            own = curves[curves["target"] == target]
            for k, name in enumerate(shown):
                mine = own[own["variant"] == name]
                answer = mine[mine["curve"] == "predicted"]
                if k == 0:
                    truth = mine[mine["curve"] == "reference"]
                    cell.plot(truth["time_s"], truth["value"], color=REFERENCE, lw=1.0)
                cell.plot(
                    answer["time_s"], answer["value"], color=colour[name], ls=dash[name], lw=0.9
                )
            cell.set_ylabel(label(f"{target}\n", own["unit"].iloc[0]).replace("\n ", "\n"))
        axes[-1, 0].set_xlabel("time in the trial (s)")
        figure.align_ylabels(axes[:, 0])
        handles = [Line2D([], [], color=REFERENCE, lw=1.0, label="reference")]
        handles += [
            Line2D([], [], color=colour[name], ls=dash[name], lw=0.9, label=name) for name in shown
        ]
        who, which = curves[["subject", "trial"]].iloc[0]
        legend_above(figure, handles, f"{recording}, {split}: {who}, {which}")
        save(figure, curves, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def first_trial(folder: Path, variant: str) -> pd.DataFrame:
    """Read a variant's answers to the first tested trial of the first person, mean over seeds."""
    import pandas as pd

    files = sorted(folder.glob("*/predictions.nc"))
    if not files:
        return DRAWN.empty()
    data = read_netcdf(files[0], PREDICTIONS)
    trials = data["trial"].values.astype(str)
    if not len(trials):
        return DRAWN.empty()
    rows = np.flatnonzero(trials == sorted(trials)[0])
    time = data["time_s"].values[rows]
    parts = []
    for k, (target, unit) in enumerate(
        zip(data["target"].values, data["unit"].values, strict=True)
    ):
        factor, shown = shown_unit(str(unit))
        for curve in ("reference", "predicted"):
            values = pd.Series(factor * data[curve].values[rows, k]).groupby(time).mean()
            part = pd.DataFrame({"time_s": values.index.to_numpy(), "value": values.to_numpy()})
            parts.append(part.assign(curve=curve, target=str(target), unit=shown))
    about = {"subject": data.attrs["subject"], "trial": trials[rows[0]], "variant": variant}
    return pd.concat(parts, ignore_index=True).assign(**about)[list(DRAWN.columns)]


FIGURES = {
    "traces": FigureKind(
        order=4,
        wanted=lambda place: of_cells(place) and place.continuous and not place.envelopes,
        caption=(
            "Reference and predictions over one trial that no fit had seen, the first of the first "
            "person, as they would have come out at each moment."
        ),
        drawn=DRAWN,
    ),
}
