"""What sets of recordings leave open of deep muscles, before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.kinds import FigureKind
from myopinn.figures.style import REFERENCE, legend_above, panels, save, style
from myopinn.figures.wording import fixed
from myopinn.files.layouts.protocols import COMBINATIONS, EXCITATION, PROTOCOLS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINT = "tab:blue"


def draw_protocols(
    *, protocols: Sequence[str | Path], pdf: str | Path, png: str | Path, csv: str | Path
) -> None:
    """Draw for each protocol how far deep muscles' size remains open, with every subject's point.

    Parameters
    ----------
    protocols : sequence of path
        A table of what protocols leave open per recording.
    pdf, png, csv : path
        Outputs.
    """
    import pandas as pd

    table = pd.concat([PROTOCOLS.read(path) for path in protocols], ignore_index=True)
    with style():
        save(_draw(table), table, layout=PROTOCOLS, pdf=pdf, png=png, csv=csv)


def _draw(table: pd.DataFrame) -> Figure:
    from matplotlib.lines import Line2D

    names = list(dict.fromkeys(table["protocol"]))
    open_sizes = table[table["quantity"] == EXCITATION]
    muscles = list(dict.fromkeys(open_sizes["muscle"]))
    figure, axes = panels(1, len(muscles) + 1, 2.3, 0.5 + 0.26 * len(names), sharey=True)
    for cell, muscle in zip(axes[0], muscles, strict=False):
        own = open_sizes[open_sizes["muscle"] == muscle]
        for row, name in enumerate(names):
            here = own[own["protocol"] == name]
            _points(cell, 100 * here["prior"], row - 0.16, "white")
            _points(cell, 100 * here["posterior"], row + 0.1, POINT)
        cell.set_title(f"{muscle} (deep)")
        cell.set_xlabel("size of excitation open by (%)")
        cell.set_xlim(left=0)
    cell, own = axes[0, -1], table[table["quantity"] == COMBINATIONS]
    for row, name in enumerate(names):
        _points(cell, own.loc[own["protocol"] == name, "posterior"], row, POINT)
    cell.set_title(f"told of {int(own['prior'].max())} parameters")
    cell.set_xlabel("combinations of them")
    cell.set_xlim(left=0)
    axes[0, 0].set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes[0, 0].set_ylim(len(names) - 0.5, -0.6)
    handles = [
        Line2D([], [], ls="", marker="o", mfc="white", mec=REFERENCE, ms=4, label="by the prior"),
        Line2D([], [], ls="", marker="o", color=POINT, ms=4, label="with the recordings"),
    ]
    n = table["subject"].nunique()
    legend_above(figure, handles, f"What protocols leave open; one point per subject, n = {n}")
    return figure


def _points(axes: Axes, values: pd.Series, row: float, face: str) -> None:
    edge = REFERENCE if face == "white" else face
    axes.scatter(values, np.full(len(values), row), s=12, facecolors=face, edgecolors=edge, lw=0.6)
    axes.vlines(values.mean(), row - 0.12, row + 0.12, color=edge, lw=1.2)


def tell_protocols(drawn: pd.DataFrame) -> list[str]:
    """Say of each protocol what it leaves open of each deep muscle, mean over subjects."""
    told = []
    for name, own in drawn.groupby("protocol", sort=False):
        sizes = own[own["quantity"] == EXCITATION].groupby("muscle", sort=False)
        parts = [
            f"{muscle} ±{fixed(100 * rows['posterior'].mean(), 0)} % (by the prior alone "
            f"±{fixed(100 * rows['prior'].mean(), 0)} %)"
            for muscle, rows in sizes
        ]
        number = own[own["quantity"] == COMBINATIONS]
        cycles = own.groupby("subject")["n_cycles"].first().mean()
        told.append(
            f"{str(name).replace('_', ' ')} ({fixed(cycles, 0)} cycles a person): "
            f"{', '.join(parts)}; {fixed(number['posterior'].mean(), 1)} combinations of "
            f"{int(number['prior'].max())} parameters are told better than by the prior."
        )
    return told


FIGURES = {
    "protocols": FigureKind(
        order=14,
        wanted=lambda place: place.protocols and not place.recording,
        caption=(
            "What different sets of recordings leave open, before anything is fitted "
            "(Laplace's approximation about the model's start): the size of each deep "
            "muscle's excitation in the movements that are asked for, by the prior alone and "
            "with the recordings, and how many combinations of a person's parameters the "
            "recordings tell better than the prior."
        ),
        drawn=PROTOCOLS,
        describe=tell_protocols,
    ),
}
