"""Identified parameters against the true ones, and how far fits agree about them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.style import (
    REFERENCE,
    colours,
    empty_figure,
    legend_above,
    panels,
    save,
    style,
)
from myopinn.figures.wording import fixed, listed
from myopinn.files.layouts.compared_parameters import COMPARED_PARAMETERS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLUMNS = ("variant", "parameter", "subject", "rms_before", "rms_after", "spread_share", "n")
# Fits that agree to this share of what the bounds allow, and are nearer to the truth than the
# generic value, are what this project calls an identified parameter.
AGREED = 0.25
MOST_COLUMNS = 3


def draw_parameters(
    *,
    parameters: str | Path,
    recording: str,
    split: str,
    variants: Sequence[str],
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw for each parameter and variant the error of every subject, before and after learning.

    The error is the rms over muscles of log(value / true); the upper row has it, with the generic
    value's as a hollow point; the lower row has the spread over fits (seeds and folds) as a share
    of what the bounds allow.

    Parameters
    ----------
    parameters : path
        Table of identified and true parameters.
    recording, split : str
        The cell to draw.
    variants : sequence of str
        In the order in which they are drawn: variants of a task or levels of a question.
    pdf, png, csv : path
        Outputs; the table has one row per variant, parameter and subject.
    """
    import pandas as pd

    table = COMPARED_PARAMETERS.read(parameters)
    table = table[(table["recording"] == recording) & (table["split"] == split)]
    rows = summarise_parameters(table) if len(table) else pd.DataFrame(columns=list(COLUMNS))
    with style():
        if rows.empty:
            message = f"{recording}, {split}: no variant has learned a parameter of a person."
            save(empty_figure(message), rows, pdf=pdf, png=png, csv=csv)
            return
        figure = _draw(rows, [v for v in variants if v in set(rows["variant"])], list(variants))
        save(figure, rows, pdf=pdf, png=png, csv=csv)


def summarise_parameters(table: pd.DataFrame) -> pd.DataFrame:
    """Take each subject's muscles together: rms log error before and after, and mean spread."""
    import pandas as pd

    rows = []
    for (variant, parameter, subject), own in table.groupby(
        ["variant", "parameter", "subject"], sort=False
    ):
        before, after = (
            float(np.sqrt(np.mean(own[k].to_numpy(dtype=float) ** 2)))
            for k in ("error_generic", "error")
        )
        shares = own["spread_share"].to_numpy(dtype=float)
        share = float(np.mean(shares)) if np.isfinite(shares).all() else float("nan")
        names = {"variant": variant, "parameter": parameter, "subject": subject}
        rows.append(
            {**names, "rms_before": before, "rms_after": after, "spread_share": share}
            | {"n": len(own)}
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _draw(rows: pd.DataFrame, drawn: list[str], variants: list[str]) -> Any:
    from matplotlib.lines import Line2D

    names = list(dict.fromkeys(rows["parameter"]))
    figure, axes = panels(2, len(names), max(1.7, 6.5 / len(names)), 0.6 + 0.22 * len(drawn))
    colour = colours(variants)
    for column, parameter in enumerate(names):
        own = rows[rows["parameter"] == parameter]
        upper, lower = axes[:, column]
        for k, variant in enumerate(drawn):
            here = own[own["variant"] == variant]
            _points(upper, here["rms_before"], k - 0.15, "white")
            _points(upper, here["rms_after"], k + 0.15, colour[variant])
            _points(lower, here["spread_share"], k, colour[variant])
        lower.axvline(AGREED, color="#AAAAAA", lw=0.8, ls=":")
        upper.set_title(parameter.replace("_", " "))
        upper.set_xlabel("rms log error")
        if not np.isfinite(own[["rms_before", "rms_after"]].to_numpy(dtype=float)).any():
            upper.set_xticks([])
            place = {"transform": upper.transAxes, "ha": "center", "va": "center"}
            upper.text(0.5, 0.5, "truth not known", color="#666666", **place)
        lower.set_xlabel("spread / bounds")
        for cell in (upper, lower):
            cell.set_ylim(len(drawn) - 0.4, -0.6)
            cell.set_yticks(range(len(drawn)), drawn if column == 0 else [""] * len(drawn))
            cell.set_xlim(left=0)
    handles = [
        Line2D([], [], ls="", marker="o", mfc="white", mec=REFERENCE, ms=4, label="generic value"),
        Line2D([], [], ls="", marker="o", color="#888888", ms=4, label="learned"),
        Line2D([], [], color="#AAAAAA", ls=":", label=f"{AGREED:g} of what the bounds allow"),
    ]
    n = rows["subject"].nunique()
    legend_above(figure, handles, f"One point per subject, n = {n}: rms over muscles")
    return figure


def _points(axes: Axes, values: pd.Series, row: float, face: str) -> None:
    known = values.to_numpy(dtype=float)
    known = known[np.isfinite(known)]
    edge = REFERENCE if face == "white" else face
    axes.scatter(known, np.full(len(known), row), s=12, facecolors=face, edgecolors=edge, lw=0.6)
    if len(known):
        axes.vlines(known.mean(), row - 0.14, row + 0.14, color=edge, lw=1.2)


def tell_parameters(drawn: pd.DataFrame) -> list[str]:
    """Say of each variant which parameters came nearer to the truth and on which fits agree."""
    told = []
    for variant, own in drawn.groupby("variant", sort=False):
        mean = own.groupby("parameter", sort=False)[
            ["rms_before", "rms_after", "spread_share"]
        ].mean()
        known = mean.dropna(subset=["rms_after"])
        parts = [
            f"{str(name).replace('_', ' ')} {fixed(row['rms_before'])} before, "
            f"{fixed(row['rms_after'])} after, fits spread over {fixed(row['spread_share'])} of "
            "the bounds"
            for name, row in known.iterrows()
        ]
        found = [
            str(name).replace("_", " ")
            for name, row in known.iterrows()
            if row["rms_after"] < row["rms_before"] and row["spread_share"] <= AGREED
        ]
        verdict = f"identified are {listed(found)}" if found else "none is identified"
        if parts:
            told.append(f"{variant}, rms log error: {'; '.join(parts)}: {verdict}.")
    return told
