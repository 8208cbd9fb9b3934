"""How much of each target's variance rivals, EMG alone and all other entries explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.design import GROUP_TITLES, tell_design
from myopinn.figures.kinds import FigureKind, drawn_table, of_cells
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    REFERENCE,
    empty_figure,
    legend_above,
    save,
    style,
)
from myopinn.figures.target_panels import draw_missing, panels_of_targets, spread_of
from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.files.layouts.findings import FINDINGS, at
from myopinn.measures.findings.explained import (
    CEILINGS,
    EMG_ALONE,
    ESTIMATE,
    EXPLAINED,
    GROUPS,
    OF_LABEL,
    OF_TRUTH,
    OTHERS,
    RIVALS,
    held_by,
)
from myopinn.measures.prediction_errors import EXPLAINED as SHARE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Of each subject, in percent, by entry, target and what that is held against.
Shares = dict[tuple[str, str, str], dict[str, float]]
DRAWN = drawn_table(
    "explained",
    *("target", "variant", "category", "against", "row", "subject", "value"),
    *("ci_low", "ci_high", "n_subjects"),
)
TINTS = {
    **{RIVALS: "#5C5C5C", EMG_ALONE: "#0072B2", OTHERS: "#D55E00"},
    **{CEILINGS: "#009E73", ESTIMATE: "#8C7A00"},
}
# An answer that is worse than the person's own mean by this much says no more than that.
LOWEST = -50.0
EDGE = LOWEST - 12.0
SPREAD = 0.09
ROOM = {"row_in": 0.26, "above_in": 0.85, "least_width_in": PAGE_WIDTH_IN}


def draw_explained(
    *,
    errors: str | Path,
    findings: str | Path,
    recording: str,
    split: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
    true_errors: Sequence[str | Path] = (),
) -> None:
    """Draw one panel per target: every subject's share, and the mean with its interval.

    Above are the rivals, then who is told EMG alone, then all others. A dashed line stands at the
    best rival: what lies right of it is all that a design leaves to be shown.

    Parameters
    ----------
    errors : path
        Table of errors, one row per subject.
    findings : path
        Of the task, with means, intervals and groups.
    recording, split : str
        The cell to draw.
    pdf, png, csv : path
        Outputs.
    true_errors : sequence of path
        Table of errors against the truth, if there is one.
    """
    found = at(FINDINGS.read(findings), recording=recording, split=split)
    found = found[found["claim"] == EXPLAINED]
    shares: Shares = {}
    for against, path in ((OF_LABEL, errors), *((OF_TRUTH, path) for path in true_errors)):
        read = ANY_ERRORS.read(path)
        here = read[(read["recording"] == recording) & (read["split"] == split)]
        shares |= _shares_of(here, against)
    table = _tabulate(found, shares)
    with style():
        if table.empty:
            message = f"{recording}, {split}: no subject could be tested."
            save(empty_figure(message), table, layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        variants = list(dict.fromkeys(table["variant"]))
        units = dict.fromkeys(table["target"], "%")
        figure, axes = panels_of_targets(units, variants, quantity="explained", **ROOM)
        sides = _sides(list(dict.fromkeys(table["against"])))
        for target, cell in axes.items():
            _draw_panel(cell, table[table["target"] == target], variants, sides)
        _draw_legend(figure, table, f"{recording}, {split}")
        save(figure, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def _shares_of(errors: pd.DataFrame, against: str) -> Shares:
    """Give every subject's share by entry, target and what that is held against."""
    held = errors.assign(held=errors.get("held_against", against))
    cells = held.groupby(["variant", "target", "held"], sort=False)
    return {
        (str(variant), str(target), str(place)): dict(
            zip(own["subject"], 100 * own[SHARE], strict=True)
        )
        for (variant, target, place), own in cells
    }


def _tabulate(found: pd.DataFrame, shares: Shares) -> pd.DataFrame:
    """Give a row for each mean and each subject, in the order of the groups."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for row in found.to_dict("records"):
        against = held_by(row["measure"])
        names = {"target": row["target"], "variant": row["entry"], "category": row["note"]}
        names |= {"against": against, "n_subjects": row["n"]}
        interval = {key: row[key] for key in ("ci_low", "ci_high")}
        rows.append({**names, "row": "mean", "value": row["estimate"], **interval})
        for subject, share in shares[row["entry"], row["target"], against].items():
            rows.append({**names, "row": "subject", "subject": subject, "value": share})
    order = {group: k for k, group in enumerate(GROUPS)}
    table = pd.DataFrame(rows, columns=list(DRAWN.columns))
    return table.sort_values("category", key=lambda c: c.map(order), kind="stable")


def _sides(against: Sequence[str]) -> dict[str, float]:
    """Place what targets are held against within a row: the truth below what was learned from."""
    if OF_TRUTH in against and len(against) == 2:
        return {name: 0.2 if name == OF_TRUTH else -0.2 for name in against}
    return dict.fromkeys(against, 0.0)


def _draw_panel(
    axes: Axes, table: pd.DataFrame, variants: Sequence[str], sides: Mapping[str, float]
) -> None:
    axes.set_xlim(EDGE - 4, 104)
    axes.set_xticks([LOWEST, 0, 50, 100])
    axes.axvline(0, color="#CCCCCC", lw=0.6, zorder=0)
    axes.axvline(100, color="#CCCCCC", lw=0.6, zorder=0)
    means = table[table["row"] == "mean"]
    first = means["against"].iloc[0]
    rivals = means.loc[(means["category"] == RIVALS) & (means["against"] == first), "value"]
    if len(rivals) and rivals.max() > LOWEST:
        axes.axvline(rivals.max(), color=TINTS[RIVALS], lw=0.9, ls=(0, (4, 1.5)), zorder=1)
    for row, variant in enumerate(variants):
        own = table[table["variant"] == variant]
        if own.empty:
            draw_missing(axes, row)
        for against, here in own.groupby("against", sort=False):
            true = against == OF_TRUTH and len(set(sides.values())) > 1
            _draw_shares(axes, here, row + sides[str(against)], hollow=not true)


def _draw_shares(axes: Axes, own: pd.DataFrame, height: float, hollow: bool) -> None:
    """Draw the subjects' points with mean and interval; what lies beyond has an arrow."""
    tint = TINTS[own["category"].iloc[0]]
    people = own.loc[own["row"] == "subject", "value"].to_numpy(float)
    heights = height + spread_of(len(people), SPREAD)
    shown = people >= LOWEST
    axes.scatter(
        people[shown],
        heights[shown],
        s=7,
        facecolors="white" if hollow else tint,
        edgecolors=tint,
        linewidths=0.6,
        alpha=0.8,
        zorder=3,
    )
    if not shown.all():
        axes.scatter(EDGE, height, s=16, marker="<", color=tint, linewidths=0, zorder=3)
    (mean,) = own[own["row"] == "mean"].to_dict("records")
    if mean["value"] >= LOWEST:
        low, high = (np.clip(mean[end], LOWEST, 100) for end in ("ci_low", "ci_high"))
        axes.hlines(height, low, high, color=REFERENCE, lw=1.0, zorder=4)
        axes.vlines(mean["value"], height - 0.16, height + 0.16, color=REFERENCE, lw=1.2, zorder=5)


def _draw_legend(figure: Figure, table: pd.DataFrame, title: str) -> None:
    from matplotlib.lines import Line2D

    dot: dict[str, Any] = {"ls": "", "marker": "o", "markersize": 4}
    present = [group for group in GROUPS if (table["category"] == group).any()]
    handles = [Line2D([], [], **dot, color=TINTS[g], label=GROUP_TITLES[g]) for g in present]
    against = list(dict.fromkeys(table["against"]))
    if OF_TRUTH in against and len(against) == 2:
        other = next(name for name in against if name != OF_TRUTH)
        handles += [
            Line2D([], [], **dot, mfc="white", mec=REFERENCE, label=f"of the {other}"),
            Line2D([], [], **dot, color=REFERENCE, label=f"of the {OF_TRUTH}"),
        ]
    handles.append(Line2D([], [], color=REFERENCE, lw=1.0, marker="|", label="mean and interval"))
    if (table["category"] == RIVALS).any():
        rival: dict[str, Any] = {"color": TINTS[RIVALS], "lw": 0.9, "ls": (0, (4, 1.5))}
        handles.append(Line2D([], [], **rival, label="the best rival"))
    people = int(table["n_subjects"].max())
    legend_above(figure, handles, f"{title}: n = {people} subjects; point: one subject")


FIGURES = {
    "explained": FigureKind(
        order=3,
        wanted=of_cells,
        caption=(
            "Share of each target's variance over all tested trials that is explained: 100 % is "
            "a perfect answer, 0 % is the person's own mean, and what lies right of the dashed "
            "line is all that is left to be shown over the best rival. An arrow stands for "
            "subjects below −50 %."
        ),
        drawn=DRAWN,
        tell=tell_design,
    ),
}
