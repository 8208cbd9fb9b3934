"""Mean ranks of the variants, with bars that join those the subjects cannot tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.figures.answers import tell_ranks
from myopinn.figures.kinds import FigureKind, drawn_table, of_cells
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    REFERENCE,
    blank_figure,
    colours,
    empty_figure,
    hollow,
    save,
    style,
    title_above,
)
from myopinn.figures.target_panels import spread_of
from myopinn.figures.wording import listed
from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.files.layouts.findings import FINDINGS, at
from myopinn.measures.findings.claims import RANK, RATIO
from myopinn.measures.findings.ranks import (
    CRITICAL,
    Ranking,
    fewest_subjects,
    joined_groups,
    rank_variants,
)
from myopinn.measures.verdicts import BETTER, WORSE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Rows are the mean of a variant, a subject's rank, a pair of variants, the critical difference, or
# what is left out of the ranks.
DRAWN = drawn_table(
    "critical_difference",
    *("row", "variant", "versus", "subject", "value", "p", "p_wilcoxon"),
    *("n_subjects", "n_targets", "alpha", "note"),
)
BAR_STEP = 0.42


def draw_critical_difference(
    *,
    errors: str | Path,
    findings: str | Path,
    recording: str,
    split: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw a critical-difference diagram (Demsar 2006, JMLR 7:1) of ranks by RMSE.

    The subject is the unit: see :func:`myopinn.measures.findings.ranks.rank_variants`. With fewer
    subjects than :func:`myopinn.measures.findings.ranks.fewest_subjects` nothing is tested and no
    bar is drawn.

    Parameters
    ----------
    errors : path
        Table of errors, one row per subject.
    findings : path
        Table of findings, which says what mean ranks differ.
    recording, split : str
        The cell to draw.
    pdf, png, csv : path
        Outputs; the table holds every rank, mean, pair and p.
    """
    whole = ANY_ERRORS.read(errors)
    own = whole[(whole["recording"] == recording) & (whole["split"] == split)]
    ranking = rank_variants(own)
    found = at(FINDINGS.read(findings), recording=recording, split=split, claim=RANK)
    critical = found.loc[found["measure"] == CRITICAL, "difference"]
    pairs = _pairs(found)
    alpha = float(found["alpha"].max())
    table = _tabulate(ranking, float(critical.max()), pairs, alpha)
    place = f"{recording}, {split}"
    with style():
        if ranking.ranks.empty or ranking.ranks.shape[1] < 2:
            reason = "fewer than two variants share a target and a subject; there are no ranks."
            nothing = empty_figure(f"{place}: {reason}")
            save(nothing, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)
            return
        order = list(dict.fromkeys(whole["variant"]))
        apart = pairs[pairs["verdict"].isin([BETTER, WORSE])]
        known = {frozenset(pair) for pair in apart[["variant", "versus"]].to_numpy()}
        groups = joined_groups(_means(ranking), known) if pairs["p"].notna().any() else []
        figure = _draw(ranking, float(critical.max()), groups, order, alpha)
        title_above(figure, f"{place}: {explain(ranking, not known, alpha)}")
        save(figure, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def _pairs(found: pd.DataFrame) -> pd.DataFrame:
    """Give each pair of variants with the difference of mean ranks, both p, and the verdict."""
    import pandas as pd

    both = found[found["versus"] != ""]
    ranks, ratios = (both[both["measure"] == m].reset_index(drop=True) for m in ("rank", RATIO))
    return pd.DataFrame(
        {
            "variant": ranks["entry"],
            "versus": ranks["versus"],
            "value": ranks["difference"],
            "p": ranks["p_corrected"],
            "p_wilcoxon": ratios["p_corrected"],
            "note": ratios["note"],
            "verdict": ranks["verdict"],
        }
    )


def explain(ranking: Ranking, none_apart: bool, alpha: float) -> str:
    """Say over whom the ranks go and whether any can differ."""
    n = len(ranking.ranks)
    plural = "s" if len(ranking.targets) > 1 else ""
    said = f"n = {n} subjects, ranks over {len(ranking.targets)} target{plural}"
    if ranking.left_out:
        said += f" (without {listed(ranking.left_out)}, which not every variant has)"
    if n < fewest_subjects(alpha):
        return f"{said}. Too few subjects: all pairs are undecided"
    if none_apart:
        return f"{said}. All pairs are undecided"
    return said


def _means(ranking: Ranking) -> pd.Series:
    return ranking.ranks.mean().sort_values(kind="stable")


def _tabulate(ranking: Ranking, critical: float, pairs: pd.DataFrame, alpha: float) -> pd.DataFrame:
    import pandas as pd

    ranks = ranking.ranks.rename_axis(columns="variant")
    rows = [
        pd.DataFrame({"row": "mean", "variant": m.index, "value": m.to_numpy()})
        for m in [_means(ranking)]
    ]
    tall = ranks.reset_index().melt("subject", var_name="variant", value_name="value")
    people = tall.assign(row="subject")
    tested = pairs.assign(row="pair")
    rows += [people, tested, pd.DataFrame([{"row": "critical_difference", "value": critical}])]
    rows += [pd.DataFrame([{"row": "left_out", "note": name}]) for name in ranking.left_out]
    table = pd.concat([r.reindex(columns=list(DRAWN.columns)).astype(object) for r in rows])
    counts = {"n_subjects": len(ranks), "n_targets": len(ranking.targets), "alpha": alpha}
    return table.assign(**counts).reset_index(drop=True)


def _draw(
    ranking: Ranking,
    critical: float,
    groups: list[list[str]],
    order: Sequence[str],
    alpha: float,
) -> Figure:
    means, colour, empty = _means(ranking), colours(order), hollow(order)
    bars = BAR_STEP * len(groups) + (0.3 if groups else 0.0)
    height = 1.15 + 0.23 * (len(means) + bars)
    figure = blank_figure(PAGE_WIDTH_IN, height)
    axes = figure.subplots()
    rows = {str(variant): bars + 0.6 + k for k, variant in enumerate(means.index)}
    for k, group in enumerate(groups):
        ends = [means[group[0]] - 0.04, means[group[-1]] + 0.04]
        axes.hlines(0.35 + BAR_STEP * k, *ends, color=REFERENCE, lw=3.2, zorder=4)
    for variant, row in rows.items():
        _draw_variant(axes, ranking.ranks[variant], row, colour[variant], empty[variant])
    _dress(axes, rows, len(means), critical, alpha)
    return figure


def _draw_variant(axes: Axes, ranks: pd.Series, row: float, colour: str, empty: bool) -> None:
    mean = ranks.mean()
    axes.vlines(mean, 0, row, color="#9A9A9A", lw=0.6, zorder=1)
    shifts = spread_of(len(ranks), 0.22)
    axes.scatter(ranks, row + shifts, s=9, color=colour, alpha=0.45, linewidths=0, zorder=2)
    face = "white" if empty else colour
    axes.scatter(
        mean, row, s=42, marker="D", facecolors=face, edgecolors=colour, linewidths=1.2, zorder=5
    )
    axes.annotate(
        f"{mean:.1f}", (mean, row), (7, 0), textcoords="offset points", va="center", fontsize=7
    )


def _dress(
    axes: Axes, rows: Mapping[str, float], count: int, critical: float, alpha: float
) -> None:
    from matplotlib.lines import Line2D

    axes.set_xlim(0.7, count + 0.5)
    axes.set_xticks(range(1, count + 1))
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("rank by RMSE within a subject (1: lowest error)")
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(False)
    axes.spines["top"].set_visible(True)
    axes.set_ylim(max(rows.values()) + 0.55, 0)
    axes.set_yticks(list(rows.values()), list(rows))
    axes.tick_params(axis="y", length=0)
    grey = "#777777"
    handles = [
        Line2D([], [], ls="", marker="D", ms=5, color=grey, label="mean over subjects"),
        Line2D([], [], ls="", marker="o", ms=3, color=grey, alpha=0.6, label="one subject"),
    ]
    if critical == critical:
        text = f"undecided (less than {critical:.2g} apart, level {alpha:g})"
        handles.append(Line2D([], [], color=REFERENCE, lw=3.2, label=text))
    axes.figure.legend(handles=handles, loc="outside lower center", ncols=3)


FIGURES = {
    "critical_difference": FigureKind(
        order=11,
        wanted=of_cells,
        caption=(
            "Critical-difference diagram (Demšar 2006, JMLR 7:1). Within each subject the "
            "variants are ranked by RMSE at each target that all of them have, the ranks are "
            "averaged over targets and ranked again. Bars join variants that are "
            "undecided by Nemenyi's criterion, the largest difference of two mean ranks, "
            "with its null distribution from random orders within subjects. Being joined "
            "does not show that variants are equivalent."
        ),
        drawn=DRAWN,
        tell=tell_ranks,
    ),
}
