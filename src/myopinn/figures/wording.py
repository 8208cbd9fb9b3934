"""Numbers as readers want them: few digits, units, intervals and p."""

from __future__ import annotations

import math


def number(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits, never as a power of ten."""
    if not math.isfinite(value):
        return "–"
    if value == round(value) and abs(value) < 10**digits:
        # Not as −0.
        return f"{value + 0.0:.0f}".replace("-", "−")
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{min(decimals, 6)}f}"
    return text.replace("-", "−")


def fixed(value: float, decimals: int = 2) -> str:
    """Write a number with so many decimals; what rounds to zero has no sign."""
    if not math.isfinite(value):
        return "–"
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")


def column(rows: list[list[float]], digits: int = 3) -> list[str]:
    """Write the cells of a column with the same decimals; several values are a range.

    Parameters
    ----------
    rows : list of list of float
        The values of each cell; an empty cell stays empty.
    digits : int
        Significant digits of the largest value.
    """
    values = [value for cell in rows for value in cell]
    largest = max(map(abs, values), default=0.0)
    decimals = max(0, digits - 1 - math.floor(math.log10(largest))) if largest > 0 else 0
    if all(value == round(value) for value in values):
        decimals = 0
    text = [" to ".join(f"{value:.{min(decimals, 6)}f}" for value in cell) for cell in rows]
    return [cell.replace("-", "−") for cell in text]


def with_unit(text: str, unit: str) -> str:
    """Add a unit to a number, where there is one."""
    return f"{text} {unit}" if unit else text


def mean_sd(mean: float, sd: float, most_decimals: int = 6) -> str:
    """Write mean ± SD with the decimals that the SD deserves."""
    if not math.isfinite(mean):
        return "–"
    if not math.isfinite(sd) or sd <= 0:
        return number(mean)
    decimals = min(most_decimals, max(0, 1 - math.floor(math.log10(sd))))
    # A mean far larger than its SD needs no more than four digits.
    if mean:
        decimals = min(decimals, max(0, 3 - math.floor(math.log10(abs(mean)))))
    return f"{mean:.{decimals}f} ± {sd:.{decimals}f}".replace("-", "−")


def interval(low: float, high: float) -> str:
    """Write an interval; both ends get the decimals that its width deserves."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "–"
    width = high - low
    decimals = min(6, max(0, 2 - math.floor(math.log10(width)))) if width > 0 else 3
    return f"{low:.{decimals}f} to {high:.{decimals}f}".replace("-", "−")


def probability(p: float) -> str:
    """Write a p value: 'p = 0.012', 'p < 0.001', or '–' where there is none."""
    if not math.isfinite(p):
        return "–"
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}" if p < 0.1 else f"p = {p:.2f}"


def listed(names: list[str]) -> str:
    """Join names as a sentence does: 'a', 'a and b', 'a, b and c'."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
