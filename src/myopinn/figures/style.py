"""One look for all figures: colours, sizes, units, and how a figure reaches the disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from myopinn.formats.whole import whole_file

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from myopinn.files.tables import Table

# Okabe and Ito's palette, told apart by colour-blind readers; yellow is left out on white paper.
# After it come three dark tones of Paul Tol's, told apart from the others by their lightness.
PALETTE = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F"),
    *("#332288", "#882255", "#999933"),
)
DASHES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1, 1)))
REFERENCE = "#1A1A1A"
GRID = "#DDDDDD"

PAGE_WIDTH_IN = 7.2
PNG_DPI = 180
# Characters of a panel's title per inch of its width.
CHARACTERS_PER_IN = 13
SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "axes.formatter.useoffset": False,
    "lines.linewidth": 1.4,
    "pdf.fonttype": 42,
    "figure.facecolor": "white",
    "figure.constrained_layout.w_pad": 0.05,
    "figure.constrained_layout.h_pad": 0.05,
}


def label(quantity: str, unit: str) -> str:
    """Write a quantity with its unit, as an axis wants it."""
    return f"{quantity} ({unit})" if unit else quantity


def colours(names: Sequence[str]) -> dict[str, str]:
    """Give each name its colour, in order; after the last colour they begin again.

    All figures of a study agree where each gives the variants of the whole study in their order,
    whether or not it draws them all.
    """
    return {name: PALETTE[k % len(PALETTE)] for k, name in enumerate(names)}


def dashes(names: Sequence[str]) -> dict[str, Any]:
    """Give each name its line style, which changes where colours begin again."""
    return {name: DASHES[k // len(PALETTE) % len(DASHES)] for k, name in enumerate(names)}


def hollow(names: Sequence[str]) -> dict[str, bool]:
    """Tell of each name whether its markers are hollow, which changes as the line style does."""
    return {name: k // len(PALETTE) % 2 == 1 for k, name in enumerate(names)}


def on_lines(name: str, width: int) -> str:
    """Break a name after underscores and blanks into lines of about ``width`` characters."""
    import re

    lines = [""]
    for part in re.findall(r"[^_ ]+[_ ]?", name):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.strip() for line in lines)


@contextmanager
def style() -> Iterator[None]:
    """Draw inside this context to get the look of the project."""
    import matplotlib

    with matplotlib.rc_context(SETTINGS):
        yield


def blank_figure(width_in: float, height_in: float) -> Figure:
    """Make a figure of its own, without pyplot's global state."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout="constrained")


def panels(
    rows: int, columns: int, width_in: float, height_in: float, **options: Any
) -> tuple[Figure, Any]:
    """Make a grid of panels, each of about the given size.

    Returns
    -------
    figure : Figure
    axes : array of Axes, shape (rows, columns)
    """
    figure = blank_figure(columns * width_in, rows * height_in + 0.5)
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def cycle_axis(axes: Axes, *, labelled: bool, of: str = "cycle") -> None:
    """Dress an x axis that runs over one cycle, or what else is named, in percent."""
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 50, 100])
    if labelled:
        axes.set_xlabel(f"{of} (%)")


def log_axis(
    axes: Axes, which: Literal["x", "y"] = "y", subs: Sequence[float] = (1.0, 2.0, 5.0)
) -> None:
    """Make an axis logarithmic, with ticks at 1, 2 and 5 written as plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set(**{f"{which}scale": "log"})
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(LogLocator(subs=subs, numticks=6))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def legend_above(figure: Figure, handles: Sequence[Any], title: str) -> None:
    """Put a legend above all panels, in as many columns as the figure is wide."""
    longest = max((len(str(handle.get_label())) for handle in handles), default=0)
    columns = max(1, int(figure.get_figwidth() / (0.6 + 0.064 * longest)))
    figure.legend(
        handles=list(handles),
        title=_wrapped(title, figure),
        loc="outside upper center",
        ncols=min(columns, len(handles)),
        columnspacing=1.2,
        handlelength=1.8,
    )


def title_above(figure: Figure, text: str) -> None:
    """Put a title above all panels, broken into as many lines as the figure needs."""
    figure.suptitle(_wrapped(text, figure), fontsize=8)


def _wrapped(text: str, figure: Figure) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, int(14.5 * figure.get_figwidth())))


def empty_figure(message: str) -> Figure:
    """Make a figure that says why there is nothing to draw."""
    figure = blank_figure(PAGE_WIDTH_IN, 1.2)
    figure.text(0.5, 0.5, message, ha="center", va="center", wrap=True)
    return figure


def save(
    figure: Figure,
    table: pd.DataFrame,
    *,
    layout: Table,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Write the numbers drawn and the figure as PDF and PNG, each whole.

    The same numbers give the same bytes: no date is written into the files.
    """
    layout.write(table, csv)
    with whole_file(pdf) as temporary:
        figure.savefig(temporary, format="pdf", metadata={"CreationDate": None})
    with whole_file(png) as temporary:
        figure.savefig(temporary, format="png", dpi=PNG_DPI)
