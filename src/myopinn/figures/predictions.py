"""Reference and predicted curves over the cycle: one row per target, one column per variant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.figures.kinds import FigureKind, drawn_table, of_cells
from myopinn.figures.style import (
    CHARACTERS_PER_IN,
    REFERENCE,
    colours,
    cycle_axis,
    empty_figure,
    label,
    legend_above,
    on_lines,
    panels,
    save,
    style,
)
from myopinn.files.fits import fits_under
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import read_netcdf
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN = drawn_table(
    "predictions",
    *("target", "unit", "variant", "curve", "subject", "cycle_percent"),
    *("value", "sd", "n_subjects"),
)
CURVES = ("reference", "predicted")
# Behind text that may lie over a curve.
PLAIN = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
# Widths for two to nine variants, so that the figure fits a page upright or across.
WIDEST_PANEL_IN, NARROWEST_PANEL_IN, ALL_PANELS_IN = 3.5, 1.0, 7.0


def draw_predictions(
    *,
    predictions: Sequence[str | Path],
    recording: str,
    split: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw the mean and SD over subjects of reference and prediction, and each subject's mean.

    A subject's curve is the mean over the cycles (and seeds) of each trial, then over its trials,
    so that every trial and every subject counts once.

    Parameters
    ----------
    predictions : sequence of path
        Folders ``<variant>/<recording>`` of one recording, with ``<split>/<subject>``.
    recording : str
        For the title.
    split : str
        Whose trials are drawn.
    pdf, png, csv : path
        Outputs; the table holds every curve that is drawn, ``subject`` empty for the mean.
    """
    import pandas as pd

    fits = fits_under(predictions, split)
    people = [subject_curves(folder, cell.variant) for folder, cell in fits]
    people = [table for table in people if len(table)]
    with style():
        if not people:
            message = f"{recording}, {split}: no subject could be tested."
            nothing = empty_figure(message)
            save(nothing, DRAWN.empty(), layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        curves = with_mean(pd.concat(people, ignore_index=True))
        targets = list(dict.fromkeys(curves["target"]))
        variants = list(dict.fromkeys(curves["variant"]))
        width = min(WIDEST_PANEL_IN, max(NARROWEST_PANEL_IN, ALL_PANELS_IN / len(variants)))
        height = 1.45 if len(targets) <= 6 else 1.15
        figure, axes = panels(len(targets), len(variants), width, height, sharex=True, sharey="row")
        # Variants without any prediction keep their colours.
        colour = colours([cell.variant for _, cell in fits])
        for row, target in enumerate(targets):
            for column, variant in enumerate(variants):
                own = curves[(curves["target"] == target) & (curves["variant"] == variant)]
                _draw_panel(axes[row, column], own, colour[variant])
                cycle_axis(axes[row, column], labelled=row == len(targets) - 1)
            unit = curves.loc[curves["target"] == target, "unit"].iloc[0]
            axes[row, 0].set_ylabel(label(f"{target}\n", unit).replace("\n ", "\n"))
        for column, variant in enumerate(variants):
            n = curves.loc[curves["variant"] == variant, "n_subjects"].max()
            name = on_lines(variant, int(CHARACTERS_PER_IN * width))
            axes[0, column].set_title(f"{name}\nn = {n:.0f}", color=colour[variant])
        figure.align_ylabels(axes[:, 0])
        _draw_legend(figure, f"{recording}, {split}")
        save(figure, curves, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def subject_curves(folder: Path, variant: str) -> pd.DataFrame:
    """Average the curves of every subject of a variant, in the units that are shown."""
    import pandas as pd

    tables = []
    for file in sorted(folder.glob("*/predictions.nc")):
        dataset = read_netcdf(file, PREDICTIONS)
        keys = pd.DataFrame({k: dataset[k].values for k in ("trial", "frame")})
        for k, (target, unit) in enumerate(
            zip(dataset["target"].values, dataset["unit"].values, strict=True)
        ):
            factor, shown = shown_unit(str(unit))
            values = pd.DataFrame({c: dataset[c].values[:, k] * factor for c in CURVES})
            per_trial = keys.join(values).groupby(["trial", "frame"])[list(CURVES)].mean()
            mean = per_trial.groupby("frame").mean().rename_axis("cycle_percent").reset_index()
            tall = mean.melt("cycle_percent", list(CURVES), var_name="curve")
            names = {"target": str(target), "unit": shown, "subject": dataset.attrs["subject"]}
            tables.append(tall.assign(**names, variant=variant))
    return pd.concat(tables, ignore_index=True) if tables else DRAWN.empty()


def with_mean(curves: pd.DataFrame) -> pd.DataFrame:
    """Add the mean and SD over subjects to the subjects' curves."""
    import pandas as pd

    keys = ["target", "unit", "variant", "curve", "cycle_percent"]
    mean = (
        curves.groupby(keys, sort=False)["value"]
        .agg(value="mean", sd="std", n_subjects="count")
        .reset_index()
        .assign(subject="")
    )
    return pd.concat([mean, curves], ignore_index=True)[list(DRAWN.columns)]


def _draw_panel(axes: Axes, curves: pd.DataFrame, colour: str) -> None:
    if curves.empty:
        axes.text(0.5, 0.5, "–", ha="center", color="#777777", transform=axes.transAxes)
    for curve, tint in (("reference", REFERENCE), ("predicted", colour)):
        own = curves[curves["curve"] == curve]
        if own["value"].isna().all():
            place: dict[str, Any] = {"transform": axes.transAxes, "ha": "right", "va": "top"}
            axes.text(0.97, 0.95, f"not {curve}", fontsize=6, color="#777777", bbox=PLAIN, **place)
            continue
        mean = own[own["subject"] == ""]
        people = own[own["subject"] != ""].groupby("subject")
        if curve == "predicted" and len(people) > 1:
            for _, person in people:
                axes.plot(person["cycle_percent"], person["value"], color=tint, lw=0.5, alpha=0.4)
        low, high = mean["value"] - mean["sd"], mean["value"] + mean["sd"]
        axes.fill_between(mean["cycle_percent"], low, high, color=tint, alpha=0.18, lw=0)
        axes.plot(
            mean["cycle_percent"],
            mean["value"],
            color=tint,
            # The reference is dashed on top, so that a perfect prediction does not hide it.
            ls=(0, (3, 1.5)) if curve == "reference" else "-",
            zorder=4 if curve == "reference" else 3,
        )


def _draw_legend(figure: Figure, title: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    grey = "#888888"
    handles = [
        Line2D([], [], color=REFERENCE, ls=(0, (3, 1.5)), label="reference, mean"),
        Line2D([], [], color=grey, label="predicted, mean"),
        Line2D([], [], color=grey, lw=0.5, alpha=0.6, label="predicted, subject"),
        Patch(color=grey, alpha=0.3, lw=0, label="± SD over subjects"),
    ]
    legend_above(figure, handles, title)


FIGURES = {
    "predictions": FigureKind(
        order=4,
        wanted=lambda place: of_cells(place) and not (place.envelopes or place.continuous),
        caption=(
            "Predicted and reference curves of trials that no fit had seen: mean and SD over "
            "subjects, and each subject's mean."
        ),
        drawn=DRAWN,
    ),
}
