"""The words of the table of findings: kinds of claims and measures, and rows turned round.

A row with ``versus`` holds two entries against each other: ``difference`` with its interval and
test. A row without holds the ``estimate`` of one entry, and the interval is of that.
"""

from __future__ import annotations

import math
from typing import Any

from myopinn.measures.verdicts import BETTER, TURNED, UNDECIDED, WORSE

# Kinds of claims.
PAIR = "pair"
BEST = "lowest of all"
PLANNED = "planned pair"
ONE_SETTING = "one setting"
RIVAL = "against the rival"
RANK = "rank"
LEVEL = "level"
LEVELS = "two levels"
DEEP = "deep muscle"
HIDDEN = "hidden muscle"
PARAMETER = "parameter"
ESTIMATE = "estimate against the truth"
ATTENTION = "attention"
LAW = "by law"

# Measures that are no column of a table of errors.
RATIO, SKILL = "rmse_ratio", "skill"

Row = dict[Any, Any]


def judge_side(side: float, p: float, alpha: float) -> str:
    """Say what a test without an interval says of a difference on one or the other side of zero."""
    if not (math.isfinite(p) and p <= alpha and side):
        return UNDECIDED
    return BETTER if side < 0 else WORSE


def turn(row: Row) -> Row:
    """Give a row with its two entries the other way round."""
    return row | {
        "entry": row["versus"],
        "versus": row["entry"],
        "estimate": row["versus_estimate"],
        "versus_estimate": row["estimate"],
        "difference": -row["difference"],
        "ci_low": -row["ci_high"],
        "ci_high": -row["ci_low"],
        "equivalence_low": -row["equivalence_high"],
        "equivalence_high": -row["equivalence_low"],
        "verdict": TURNED.get(row["verdict"], row["verdict"]),
    }


def corrected_over(pairs: int) -> str:
    """Name the family that p is corrected for; empty where a pair is alone."""
    return f"Holm over {pairs} pairs" if pairs > 1 else ""
