"""One panel per target in which each variant has a row of its own, so that names never collide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    REFERENCE,
    blank_figure,
    label,
    log_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLES = {
    **{"rmse": "RMSE", "nrmse": "NRMSE", "r": "r", "r2": "R²", "skill": "skill"},
    **{"nrmse_sd": "NRMSE", "amplitude_ratio": "amplitude ratio", "partial_r": "partial r"},
}
ERRORS = ("rmse", "nrmse", "nrmse_sd")
SKILL_OVER = "skill_"
# A skill below this says no more than that the rival is far better; it stands at the axis' edge.
LOWEST_SKILL = -3.0
# Quartiles of fewer subjects say nothing that the points do not.
FEWEST_FOR_BOX = 5
# Above this ratio of the largest to the smallest error the small ones vanish on a linear axis.
LOG_RATIO = 20
CLOSE_TICKS_RATIO = 50
# A character of a tick label, in inches.
CHARACTER_IN = 0.062
WIDEST_PANEL_IN, NARROWEST_PANEL_IN = 2.6, 1.75


def metric_title(metric: str) -> str:
    """Name a metric as a reader wants it."""
    if metric.startswith(SKILL_OVER):
        return f"skill over {metric.removeprefix(SKILL_OVER)}"
    return TITLES.get(metric, metric)


def panels_of_targets(
    units: Mapping[str, str],
    variants: Sequence[str],
    *,
    quantity: str,
    row_in: float = 0.2,
    above_in: float = 0.5,
    least_width_in: float = 0.0,
) -> tuple[Figure, dict[str, Axes]]:
    """Make the panels, the names of the variants at the left of each row of panels.

    Parameters
    ----------
    units : mapping of target to unit
        As they are shown.
    variants : sequence of str
        From top to bottom.
    quantity : str
        What the x axes call the values.
    row_in : float
        Height of a variant's row, inches.
    above_in, least_width_in : float
        Room for what stands above the panels, and the width that it needs, inches.
    """
    columns = min(len(units), 3 if len(units) <= 6 else 4)
    rows = -(-len(units) // columns)
    names_in = CHARACTER_IN * max(map(len, variants))
    width = (PAGE_WIDTH_IN - names_in) / columns
    width = min(WIDEST_PANEL_IN, max(NARROWEST_PANEL_IN, width))
    height = 0.62 + max(0.45, row_in * len(variants))
    width_in = max(least_width_in, names_in + columns * width)
    figure = blank_figure(width_in, rows * height + above_in)
    grid = figure.subplots(rows, columns, squeeze=False)
    drawn = {}
    for cell, (target, unit) in zip(grid.ravel(), units.items(), strict=False):
        cell.set_title(target)
        cell.set_xlabel(label(quantity, unit))
        cell.set_ylim(len(variants) - 0.4, -0.6)
        cell.set_yticks(range(len(variants)), variants)
        cell.tick_params(axis="y", length=0)
        if cell not in grid[:, 0]:
            cell.set_yticklabels([])
        for row in range(1, len(variants)):
            cell.axhline(row - 0.5, color="#EEEEEE", lw=0.5, zorder=0)
        drawn[target] = cell
    for cell in grid.ravel()[len(units) :]:
        cell.axis("off")
    return figure, drawn


def share_axes(
    axes: Mapping[str, Axes],
    units: Mapping[str, str],
    values: Mapping[str, np.ndarray],
    metric: str,
) -> None:
    """Give all panels of one unit the same axis, logarithmic where errors differ very much."""
    from matplotlib.ticker import MaxNLocator

    for unit in set(units.values()):
        of_unit = [target for target in units if units[target] == unit]
        known = np.concatenate([values[target] for target in of_unit])
        known = known[np.isfinite(known)]
        if not len(known):
            continue
        low, high = float(known.min()), float(known.max())
        for cell in (axes[target] for target in of_unit):
            if metric not in ERRORS:
                margin = 0.06 * max(high - low, 1e-3)
                cell.set_xlim(low - margin, high + margin)
                if low < 0 < high:
                    cell.axvline(0, color="#AAAAAA", lw=0.6, zorder=0)
            elif low > 0 and high / low > LOG_RATIO:
                # Side by side, more numbers than these would run into one another.
                log_axis(cell, "x", (1.0, 2.0, 5.0) if high / low < CLOSE_TICKS_RATIO else (1.0,))
                cell.set_xlim(low / 1.3, high * 1.3)
                continue
            else:
                cell.set_xlim(0, high * 1.08 or 1.0)
            cell.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))


def spread_of(count: int, width: float) -> np.ndarray:
    """Give the subjects' shifts across a row, the same for every variant and target."""
    return np.linspace(-width, width, count) if count > 1 else np.zeros(count)


def draw_missing(axes: Axes, row: int) -> None:
    """Mark a variant that has no value for a target."""
    axes.text(0.03, row, "–", va="center", color="#777777", transform=axes.get_yaxis_transform())


def draw_middle(axes: Axes, row: float, values: np.ndarray, colour: str, width: float) -> None:
    """Draw a box of the quartiles, or the mean alone of few subjects."""
    line: dict[str, Any] = {"color": REFERENCE, "linewidth": 0.8}
    if not len(values):
        return
    if len(values) < FEWEST_FOR_BOX:
        half = width / 2
        axes.vlines(values.mean(), row - half, row + half, color=REFERENCE, lw=1.2, zorder=4)
        return
    axes.boxplot(
        values,
        positions=[row],
        orientation="horizontal",
        widths=width,
        showfliers=False,
        patch_artist=True,
        boxprops={"facecolor": colour, "alpha": 0.2, "linewidth": 0.8},
        medianprops={**line, "linewidth": 1.4},
        whiskerprops=line,
        capprops=line,
        manage_ticks=False,
    )


def count_subjects(counts: Mapping[str, int]) -> str:
    """Say over how many subjects the variants go, and which go over fewer."""
    most = max(counts.values(), default=0)
    fewer = ", ".join(f"{variant}: {n}" for variant, n in counts.items() if n < most)
    return f"n = {most} subjects" + (f" ({fewer})" if fewer else "")
