"""Paired differences as rows of the findings: one way to judge them, whatever they are of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from myopinn.measures.findings.claims import Row
from myopinn.measures.paired_tests import TESTS
from myopinn.measures.verdicts import (
    EQUIVALENT,
    NO_MARGIN,
    UNDECIDED,
    Claim,
    Verdict,
    judge_family,
)

NOBODY_DIFFERS = "no subject differs"
TOO_FEW = "so few people that no difference could be shown at the level of {:.2g}"
TRIVIAL = "differs from zero, by less than the margin"


def judged_rows(
    differences: Sequence[np.ndarray],
    margins: Sequence[float],
    settings: Mapping[str, Any],
    correction: str,
) -> list[Row]:
    """Judge a family of paired differences; give a row of what each comes to.

    Parameters
    ----------
    differences : sequence of array, shape (person,)
        Of errors, the first entry less the second, in the unit of the row; NaN where one
        is missing.
    margins : sequence of float
    settings : mapping
        ``alpha`` and ``test`` of the study.
    correction : str
        What the family is called.
    """
    alpha, test = float(settings["alpha"]), str(settings["test"])
    verdicts = judge_family(differences, margins, alpha, test)
    return [
        _row(values[np.isfinite(values)], verdict, TESTS[test].title) | {"correction": correction}
        for values, verdict in zip(differences, verdicts, strict=True)
    ]


def _row(known: np.ndarray, verdict: Verdict, title: str) -> Row:
    apart, inside = verdict.superiority, verdict.equivalence
    row = {
        "difference": known.mean() if len(known) else np.nan,
        "sd": known.std(ddof=1) if len(known) > 1 else np.nan,
        "n": len(known),
        "test": title,
        "ci_low": apart.low,
        "ci_high": apart.high,
        "alpha": apart.level,
        "p": apart.p,
        "p_corrected": apart.corrected,
        "p_other_test": apart.beside,
        "verdict": verdict.word,
        "note": _note(known, verdict),
    }
    return row | _equivalence(inside, verdict.margin)


def _equivalence(inside: Claim, margin: float) -> Row:
    if math.isnan(margin):
        return {"equivalence_low": np.nan, "equivalence_high": np.nan}
    return {
        "margin": margin,
        "equivalence_low": inside.low,
        "equivalence_high": inside.high,
        "equivalence_alpha": inside.level,
        "p_equivalence": inside.p,
        "p_equivalence_corrected": inside.corrected,
        "p_equivalence_other_test": inside.beside,
    }


def _note(known: np.ndarray, verdict: Verdict) -> str:
    apart = verdict.superiority
    if len(known) and not known.any():
        return NOBODY_DIFFERS
    if verdict.word == UNDECIDED and math.isnan(apart.low):
        return TOO_FEW.format(apart.level)
    trivial = verdict.word == EQUIVALENT and (apart.low > 0 or apart.high < 0)
    return TRIVIAL if trivial else ""


def ratio_row(row: Row) -> Row:
    """Turn the row of a difference of logarithms into one of a ratio."""
    ends = ("difference", "ci_low", "ci_high", "equivalence_low", "equivalence_high")
    made = row | {name: float(np.exp(row[name])) for name in ends}
    # Of logarithms the SD is none of the ratio.
    made["sd"] = np.nan
    return made | ({"margin": float(np.exp(row["margin"]))} if "margin" in row else {})


def margin_of(unit: str, settings: Mapping[str, Any]) -> float:
    """Give the smallest effect of interest on an RMSE in a unit as shown; NaN where there is none.

    That of forces and moments is named in percent of their range, and of no use here.
    """
    effects = settings["smallest_effect"]
    if unit == "deg":
        return float(effects.get("angle_deg", NO_MARGIN))
    if unit == "":
        return float(effects.get("envelope_percent_of_maximum", NO_MARGIN)) / 100
    return NO_MARGIN


def log_margin(settings: Mapping[str, Any]) -> float:
    """Give the smallest ratio of errors of interest as a logarithm; NaN where there is none."""
    return math.log1p(float(settings["smallest_effect"].get("error_percent", NO_MARGIN)) / 100)
