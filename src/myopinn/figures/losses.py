"""How the terms of the loss fall in training, and what labels and simple answers leave of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.figures.kinds import FigureKind, drawn_table, of_cells
from myopinn.figures.sentences import tell_losses
from myopinn.figures.style import (
    CHARACTERS_PER_IN,
    PAGE_WIDTH_IN,
    PALETTE,
    empty_figure,
    legend_above,
    log_axis,
    on_lines,
    panels,
    save,
    style,
)
from myopinn.files.fits import fits_under
from myopinn.files.layouts.losses import LOSSES, WHOLE_LOSS
from myopinn.files.layouts.reached import LABELS, MEAN_CYCLE, REACHED
from myopinn.records.cells import Cell

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN = drawn_table("losses", "variant", "fold", "seed", "epoch", "part", "term", "weight", "value")
PARTS = {"train": (PALETTE[0], "-", "training trials"), "stop": (PALETTE[1], "--", "stop trials")}
# What is not a course over epochs but one value of each fit, on the training trials.
ANSWERS = {LABELS: (":", "labels"), MEAN_CYCLE: ("-.", "mean cycle")}
# From this ratio of the largest to the smallest value on, ticks stand at powers of ten alone.
CLOSE_TICKS_RATIO = 200.0


def draw_losses(
    *,
    losses: Sequence[str | Path],
    recording: str,
    split: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw one row per term of the loss and one column per variant that has any.

    Lines across show what the labels themselves and the mean cycle leave of a term: a fit that ends
    above the labels could have met it better, one above the mean cycle learned nothing of it.

    Parameters
    ----------
    losses : sequence of path
        Folders ``<variant>/<recording>`` of the fits. Their ``<split>/losses.csv`` has the columns
        ``fold``, ``seed``, ``epoch`` and, for each term, ``train/<term>`` and ``stop/<term>``; a
        variant that is not trained in epochs has none. ``reached.csv`` beside it has the columns
        ``fold``, ``seed``, ``answer``, ``term``, ``weight`` and ``value``.
    recording : str
        For the title.
    split : str
        Whose fits are drawn.
    pdf, png, csv : path
        Outputs; the table holds every value that is drawn. Its ``part`` is ``train`` or ``stop``,
        or, without an epoch, the answer of ``reached.csv``, with the term's weight in the loss.
    """
    import pandas as pd

    fits = fits_under(losses, split)
    tables = [table for fit in fits if len(table := _read(*fit))]
    with style():
        if not tables:
            nothing = empty_figure(f"{recording}, {split}: no variant was trained in epochs.")
            save(nothing, DRAWN.empty(), layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        table = pd.concat(tables, ignore_index=True)
        variants = list(dict.fromkeys(table["variant"]))
        # The whole comes first, its terms below it.
        terms = sorted(dict.fromkeys(table["term"]), key=lambda term: term != WHOLE_LOSS)
        width = min(3.0, max(1.2, PAGE_WIDTH_IN / len(variants)))
        figure, axes = panels(len(terms), len(variants), width, 1.45, sharex="col", sharey="row")
        for column, variant in enumerate(variants):
            of_variant = table[table["variant"] == variant]
            count = len(of_variant.drop_duplicates(["fold", "seed"]))
            name = on_lines(str(variant), int(CHARACTERS_PER_IN * width))
            axes[0, column].set_title(f"{name}\nn = {count} fits")
            axes[-1, column].set_xlabel("epoch")
            for row, term in enumerate(terms):
                _draw_panel(axes[row, column], of_variant[of_variant["term"] == term])
        for row, term in enumerate(terms):
            # Every target is scaled by its training range, so the terms have no unit.
            axes[row, 0].set_ylabel(f"{term}\n(no unit)")
            drawn = table[(table["term"] == term) & table["part"].isin([*PARTS, *ANSWERS])]
            above = drawn.loc[drawn["value"] > 0, "value"]
            if len(above):
                few = above.max() / above.min() > CLOSE_TICKS_RATIO
                log_axis(axes[row, 0], "y", (1.0,) if few else (1.0, 2.0, 5.0))
        _draw_legend(figure, f"{recording}, {split}")
        save(figure, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def _read(folder: Path, cell: Cell) -> pd.DataFrame:
    import pandas as pd

    if not (folder / "losses.csv").exists():
        return DRAWN.empty()
    table = LOSSES.read(folder / "losses.csv")
    curves = [c for c in table.columns if c.split("/")[0] in PARTS and "/" in c]
    if not len(table) or not curves:
        return DRAWN.empty()
    tall = table.melt(["fold", "seed", "epoch"], curves, var_name="curve").dropna(subset="value")
    tall[["part", "term"]] = tall["curve"].str.split("/", n=1, expand=True)
    reached = REACHED.read(folder / "reached.csv").rename(columns={"answer": "part"})
    whole = pd.concat([tall, reached], ignore_index=True)
    return whole.assign(variant=cell.variant).reindex(columns=list(DRAWN.columns))


def _draw_panel(axes: Axes, curves: pd.DataFrame) -> None:
    for answer, (dash, _) in ANSWERS.items():
        level = curves.loc[curves["part"] == answer, "value"].median()
        # On an axis of logarithms nothing stands for labels that leave nothing.
        if level > 0:
            axes.axhline(level, color="#777777", ls=dash, lw=0.8)
    if curves.empty:
        axes.text(0.5, 0.5, "no such term", ha="center", color="#777777", transform=axes.transAxes)
    for part, (colour, dash, _) in PARTS.items():
        own = curves[curves["part"] == part]
        fits = own.groupby(["fold", "seed"])
        for _, fit in fits:
            axes.plot(fit["epoch"], fit["value"], color=colour, lw=0.4, alpha=0.3)
        if len(fits) > 1:
            # Fits end at different epochs; a median of the few longest would mislead.
            running = own.groupby("epoch")["value"].agg(["median", "count"])
            running = running[running["count"] >= 0.5 * len(fits)]
            axes.plot(running.index, running["median"], color=colour, ls=dash)


def _draw_legend(figure: Figure, title: str) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour, ls=dash, label=f"{name}, median (thin: each fit)")
        for colour, dash, name in PARTS.values()
    ]
    handles += [
        Line2D([], [], color="#777777", ls=dash, lw=0.8, label=f"{name}, training trials")
        for dash, name in ANSWERS.values()
    ]
    legend_above(figure, handles, title)


FIGURES = {
    "losses": FigureKind(
        order=16,
        wanted=of_cells,
        caption=(
            "Terms of the loss during training, every fit and the median over fits. Lines "
            "across: what the labels themselves and the mean cycle leave of each term."
        ),
        drawn=DRAWN,
        describe=tell_losses,
    ),
}
