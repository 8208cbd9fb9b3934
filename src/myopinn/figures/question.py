"""How the error depends on what one question varies: each subject's line, mean and interval."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from myopinn.figures.differences import level_amounts
from myopinn.figures.errors import select
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    PALETTE,
    empty_figure,
    label,
    legend_above,
    panels,
    save,
    style,
)
from myopinn.figures.target_panels import CHARACTER_IN, TITLES, count_subjects
from myopinn.files.tables import read_table
from myopinn.measures.inference import bootstrap_interval, compare_pairs

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Rows are a subject's value, the mean of a level over its subjects, or a pair of levels.
COLUMNS = (
    "row",
    "target",
    "unit",
    "level",
    "amount",
    "versus",
    "subject",
    "value",
    "sd",
    "ci_low",
    "ci_high",
    "p",
    "n_subjects",
    "alpha",
    "note",
)
DEFAULT_SEED = 0
# Names longer than this do not stand side by side.
LONGEST_LEVEL = 5


def draw_question(
    *,
    errors: str | Path,
    resolved: str | Path,
    question: str,
    recording: str,
    split: str,
    settings: Mapping[str, Any],
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
    metric: str = "rmse",
) -> None:
    """Draw the error per level, one panel per target.

    Levels stand in their order of first appearance at equal distances, or on a logarithmic axis
    where they differ in one setting alone that has a positive number in all of them.

    Parameters
    ----------
    errors : path
        Table of errors whose ``variant`` is the level.
    resolved : path
        What the levels come to (:func:`myopinn.steps.resolve_entries.resolve_entries`).
    question : str
        What is varied, such as ``training_cycles``.
    recording, split : str
        The cell to draw.
    settings : mapping
        As of the comparison of variants: ``alpha``, ``bootstrap_samples`` and optionally ``seed``.
    pdf, png, csv : path
        Outputs; the table holds every point, mean and interval that is drawn, and the paired
        differences of the levels with their Holm-corrected Wilcoxon p.
    """
    whole = read_table(errors)
    levels = list(dict.fromkeys(whole["variant"]))
    points = select(whole, recording, split, metric).rename(columns={"variant": "level"})
    entries = json.loads(Path(resolved).read_text("utf-8"))["settings"][question][recording]
    amounts = level_amounts({level: entries[level] for level in levels})
    table = tabulate_levels(points, levels, settings, amounts)
    place = f"{question.replace('_', ' ')}: {recording}, {split}"
    with style():
        if not points["value"].notna().any():
            message = f"{place}: no subject could be tested."
            save(empty_figure(message), table, pdf=pdf, png=png, csv=csv)
            return
        figure = _draw(table, levels, question, metric)
        _draw_legend(figure, table, place)
        save(figure, table, pdf=pdf, png=png, csv=csv)


def tabulate_levels(
    points: pd.DataFrame,
    levels: list[str],
    settings: Mapping[str, Any],
    amounts: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Give the points, the means over subjects and the paired differences of all levels.

    ``amount`` is the number that the level of a mean stands for, where it stands for one.
    """
    alpha = float(settings["alpha"])
    samples, seed = int(settings["bootstrap_samples"]), settings.get("seed", DEFAULT_SEED)
    rows: list[dict[str, Any]] = []
    for (target, unit), own in points.groupby(["target", "unit"], sort=False):
        names = {"target": target, "unit": unit}
        rows += [names | {"row": "subject"} | _named(r) for r in own.to_dict("records")]
        wide = own.pivot(index="subject", columns="level", values="value").reindex(columns=levels)
        array = wide.to_numpy(dtype=float)
        for k, level in enumerate(levels):
            mean = _mean(array[:, k], alpha, samples, seed)
            amount = (amounts or {}).get(level)
            rows.append({**names, "row": "mean", "level": level, "amount": amount, **mean})
        pairs = list(combinations(range(len(levels)), 2))
        if not pairs:
            continue
        differences = np.stack([array[:, i] - array[:, j] for i, j in pairs], axis=1)
        outcomes = compare_pairs(differences, alpha)
        for (i, j), column, outcome in zip(pairs, differences.T, outcomes, strict=True):
            pair = {"row": "pair", "level": levels[i], "versus": levels[j]}
            tested = {"p": outcome.p_adjusted, "note": outcome.note}
            rows.append({**names, **pair, **_mean(column, alpha, samples, seed), **tested})
    return pd.DataFrame(rows, columns=list(COLUMNS)).assign(alpha=alpha)


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _mean(values: np.ndarray, alpha: float, samples: int, seed: int) -> dict[str, Any]:
    """Give mean, SD and bootstrap interval of the values that are known."""
    known = values[np.isfinite(values)]
    low, high = bootstrap_interval(known[:, None], alpha, samples, seed)
    return {
        "value": known.mean() if len(known) else np.nan,
        "sd": known.std(ddof=1) if len(known) > 1 else np.nan,
        "ci_low": float(low[0]),
        "ci_high": float(high[0]),
        "n_subjects": len(known),
    }


def positions(amounts: np.ndarray) -> tuple[np.ndarray, bool]:
    """Give the levels' places on the x axis, and whether it is logarithmic.

    Parameters
    ----------
    amounts : array, shape (level,)
        NaN where levels are mere names.
    """
    logarithmic = len(amounts) > 1 and bool((np.isfinite(amounts) & (amounts > 0)).all())
    return (amounts if logarithmic else np.arange(len(amounts), dtype=float)), logarithmic


def _draw(table: pd.DataFrame, levels: list[str], question: str, metric: str) -> Figure:
    units = table.drop_duplicates("target").set_index("target")["unit"]
    columns = min(4, len(units))
    rows = -(-len(units) // columns)
    # The legend needs the width of two panels.
    width = 5.2 if columns == 1 else max(PAGE_WIDTH_IN / 4, min(PAGE_WIDTH_IN / columns, 2.6))
    crowded = max(map(len, levels)) > LONGEST_LEVEL or len(levels) > 7
    # Slanted names need room below the last panel of each column, which may be in two rows.
    below = CHARACTER_IN * max(map(len, levels)) if crowded else 0.0
    below *= 1 if len(units) % columns == 0 else 2
    figure, axes = panels(rows, columns, width, 1.6 + below / rows, sharex=True)
    for k, cell in enumerate(axes.ravel()):
        if k >= len(units):
            cell.axis("off")
            continue
        target = units.index[k]
        _draw_panel(cell, table[table["target"] == target], levels)
        cell.set_title(target)
        cell.set_ylabel(label(TITLES.get(metric, metric), units[target]))
        last = k + columns >= len(units)
        cell.tick_params(axis="x", labelbottom=last)
        if last:
            cell.set_xlabel(question.replace("_", " "))
            if crowded:
                for text in cell.get_xticklabels():
                    text.set(rotation=50, ha="right", rotation_mode="anchor")
    return figure


def _draw_panel(axes: Axes, rows: pd.DataFrame, levels: list[str]) -> None:
    from matplotlib.ticker import NullLocator

    mean = rows[rows["row"] == "mean"].set_index("level").reindex(levels)
    amounts = mean["amount"].to_numpy(dtype=float)
    place, logarithmic = positions(amounts)
    people = rows[rows["row"] == "subject"].pivot(index="subject", columns="level", values="value")
    for values in people.reindex(columns=levels).to_numpy(dtype=float):
        axes.plot(place, values, color="#B4B4B4", lw=0.7, marker="o", ms=2, zorder=2)
    middle, low, high = (mean[c].to_numpy(dtype=float) for c in ("value", "ci_low", "ci_high"))
    axes.errorbar(
        place,
        middle,
        yerr=[middle - low, high - middle],
        color=PALETTE[0],
        # A line between the means of mere names would look like a trend.
        ls="" if np.isnan(amounts).any() else "-",
        marker="o",
        ms=3.5,
        elinewidth=1.0,
        capsize=2,
        zorder=4,
    )
    if logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
        edge = (place.max() / place.min()) ** 0.06
        axes.set_xlim(place.min() / edge, place.max() * edge)
    else:
        axes.set_xlim(-0.4, len(levels) - 0.6)
    axes.set_xticks(place, levels)
    highest = np.nanmax([*people.to_numpy(float).ravel(), *high[np.isfinite(high)], 0.0])
    if np.nanmin([*people.to_numpy(float).ravel(), 0.0]) >= 0 and highest > 0:
        axes.set_ylim(0, 1.08 * highest)


def _draw_legend(figure: Figure, table: pd.DataFrame, place: str) -> None:
    from matplotlib.lines import Line2D

    level = 100 * (1 - float(table["alpha"].iloc[0]))
    handles = [
        Line2D([], [], color="#B4B4B4", lw=0.7, marker="o", ms=2, label="one subject"),
        Line2D(
            [],
            [],
            color=PALETTE[0],
            marker="o",
            ms=3.5,
            label=f"mean, {level:g} % bootstrap interval over subjects",
        ),
    ]
    counts = table[table["row"] == "mean"].groupby("level", sort=False)["n_subjects"].max()
    people = count_subjects({f"level {name}": int(n) for name, n in counts.items()})
    legend_above(figure, handles, f"{place}, {people}")
