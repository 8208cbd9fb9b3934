"""The quality of a recording's trials: marker errors against their bound, and who was left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.kinds import FigureKind, drawn_table, of_recordings
from myopinn.figures.sentences import tell_quality
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    PALETTE,
    blank_figure,
    label,
    save,
    style,
)
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.layouts.trials import TRIALS
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DRAWN = drawn_table("quality", "panel", "subject", "trial", "category", "value", "unit", "bound")
MARKER_ERROR = "marker_rms"
ACCEPTED, REJECTED = PALETTE[0], PALETTE[1]


def draw_quality(
    *,
    table: str | Path,
    quantities: str | Path,
    recording: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw each trial's marker error by subject, and how many trials each step left out.

    Parameters
    ----------
    table, quantities : path
        The table of trials and the table of quantities.
    recording : str
        The recording to draw.
    pdf, png, csv : path
        Outputs; the table holds every point and bar that is drawn.
    """
    import pandas as pd

    trials = TRIALS.read(table)
    trials = trials[trials["recording"] == recording]
    measured = QUALITY.read(quantities)
    measured = measured[measured["recording"] == recording]
    errors, counts = marker_errors(measured, trials), verdicts(trials, measured)
    with style():
        rows = max(2.4, 0.32 * len(counts) + 0.9)
        figure = blank_figure(PAGE_WIDTH_IN, rows)
        left, right = figure.subplots(1, 2, width_ratios=[1.5, 1.0])
        _draw_marker_errors(left, errors)
        _draw_verdicts(right, counts, len(trials))
        figure.suptitle(f"{recording}: {len(trials)} trials", fontsize=8)
        drawn = pd.concat([errors, counts], ignore_index=True).reindex(columns=list(DRAWN.columns))
        save(figure, drawn, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def marker_errors(measured: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    """Give each trial's marker error in the unit that is shown, with its bound and its verdict."""
    own = measured[measured["quantity"] == MARKER_ERROR]
    own = own.drop_duplicates(["subject", "trial"], keep="last")
    status = trials.set_index(["subject", "trial"])["status"]
    found = own[["subject", "trial"]].assign(panel="marker error")
    factor, unit = shown_unit(str(own["unit"].iloc[0]) if len(own) else "m")
    bounds = [re.search(r"<= ([-+.\deE]+)", str(b)) for b in own["bound"]]
    return found.assign(
        category=[
            status.get((s, t), "") for s, t in zip(own["subject"], own["trial"], strict=True)
        ],
        value=own["value"].astype(float) * factor,
        unit=unit,
        bound=[float(b.group(1)) * factor if b else np.nan for b in bounds],
    )


def verdicts(trials: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Count the trials that were accepted, and those rejected by each step and quantity."""
    import pandas as pd

    refused = measured[~measured["accepted"].astype(bool)].drop_duplicates(["subject", "trial"])
    what = {
        (row["subject"], row["trial"]): (row["step"], row["quantity"].split(":")[0])
        for row in refused.to_dict("records")
    }
    names = []
    for row in trials.to_dict("records"):
        if row["status"] == "accepted":
            names.append("accepted")
            continue
        step, quantity = what.get((row["subject"], row["trial"]), (row["step"], ""))
        by = "not usable" if quantity == "usable" else "bound of " + quantity
        names.append(f"{step}:\n{by if quantity else 'needs what was rejected'}")
    counts = pd.Series(names, dtype=str).value_counts()
    counts = counts.reindex(["accepted", *[n for n in counts.index if n != "accepted"]]).fillna(0)
    return pd.DataFrame(
        {"panel": "trials", "category": counts.index, "value": counts.values, "unit": "trials"}
    )


def _draw_marker_errors(axes: Axes, errors: pd.DataFrame) -> None:
    subjects = sorted(errors["subject"].unique())
    for name, colour, marker in (("accepted", ACCEPTED, "o"), ("rejected", REJECTED, "X")):
        own = errors[errors["category"] == name]
        place = [
            subjects.index(s) + _shift(errors, s, t)
            for s, t in own[["subject", "trial"]].to_numpy()
        ]
        text = f"trial {name} (n = {len(own)})"
        axes.scatter(place, own["value"], s=16, color=colour, marker=marker, lw=0, label=text)
    for bound in sorted(errors["bound"].dropna().unique()):
        axes.axhline(bound, color="#444444", lw=0.8, ls=(0, (4, 2)), label=f"bound, {bound:g} mm")
    axes.set_xticks(range(len(subjects)), subjects)
    if len(subjects) > 5 or max(map(len, subjects), default=0) > 6:
        axes.tick_params(axis="x", rotation=60)
    axes.set_xlim(-0.6, max(len(subjects), 1) - 0.4)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("subject")
    unit = errors["unit"].iloc[0] if len(errors) else "mm"
    axes.set_ylabel(label("marker error, rms", unit))
    if len(errors):
        axes.figure.legend(loc="outside lower left", ncols=3, columnspacing=1.0, handletextpad=0.4)
    else:
        axes.text(0.5, 0.5, "not measured", ha="center", transform=axes.transAxes)


def _shift(errors: pd.DataFrame, subject: str, trial: str) -> float:
    """Set a subject's trials beside each other in the order of their names."""
    own = sorted(errors.loc[errors["subject"] == subject, "trial"])
    return 0.5 * (own.index(trial) / (len(own) - 1) - 0.5) if len(own) > 1 else 0.0


def _draw_verdicts(axes: Axes, counts: pd.DataFrame, total: int) -> None:
    place = np.arange(len(counts))
    tint = [ACCEPTED if name == "accepted" else REJECTED for name in counts["category"]]
    axes.barh(place, counts["value"], color=tint, height=0.62)
    for k, value in zip(place, counts["value"], strict=True):
        share = f"{100 * value / total:.0f} %" if total else ""
        axes.annotate(
            f"{value:.0f} ({share})",
            (value, k),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
        )
    axes.set_yticks(place, counts["category"])
    axes.invert_yaxis()
    axes.set_xlim(0, max(1.0, 1.35 * float(counts["value"].max())))
    axes.set_xlabel("trials (number)")


FIGURES = {
    "quality": FigureKind(
        order=1,
        wanted=of_recordings,
        caption=(
            "Marker error of every trial of inverse kinematics against its bound, and the "
            "trials that were accepted or left out, by step."
        ),
        drawn=DRAWN,
        describe=tell_quality,
    ),
}
