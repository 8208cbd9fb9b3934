"""The words of the table of findings: kinds of claims, tests, and verdicts with what they rest on.

A row with ``versus`` holds two entries against each other: ``difference`` with its interval and
test. A row without holds the ``estimate`` of one entry, and the interval is of that.
"""

from __future__ import annotations

import math
from typing import Any

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

WILCOXON = "Wilcoxon signed-rank"

# Verdicts: of the first entry's error against the other's.
LOWER, HIGHER = "significantly lower", "significantly higher"
EQUAL = "no significant difference"
SAME = "no subject differs"
UNDECIDED = "interval and test disagree"
UNTESTED = "too few subjects to test"
TURNED = {LOWER: HIGHER, HIGHER: LOWER}
# Of means that no test stands behind.
BEATS, NOT_BEATS = "beats it on average", "does not beat it on average"

Row = dict[Any, Any]


def judge(low: float, high: float, p: float, alpha: float, middle: float = 0.0) -> str:
    """Say what interval and corrected test of a difference allow to say.

    A difference is claimed only where the interval excludes ``middle`` and the test is
    significant; where only one of them holds, nothing is.
    """
    if not math.isfinite(p):
        return UNTESTED
    beside = low > middle or high < middle
    if beside != (p < alpha):
        return UNDECIDED
    if not beside:
        return EQUAL
    return LOWER if high < middle else HIGHER


def judge_side(side: float, p: float, alpha: float) -> str:
    """Say what a test alone allows to say of a difference on one or the other side of zero."""
    if not math.isfinite(p):
        return UNTESTED
    if p >= alpha or not side:
        return EQUAL
    return LOWER if side < 0 else HIGHER


def judge_pair(difference: Row, test: Row | None) -> str:
    """Say the same of two rows of the comparison, which name whom interval and test favour."""
    if difference["estimate"] == 0 and difference["ci_low"] == difference["ci_high"]:
        return SAME
    if test is None or (math.isnan(test["p_adjusted"]) and test["note"]):
        return UNTESTED
    favoured = difference["favours"]
    if favoured != test["favours"]:
        return UNDECIDED
    if not favoured:
        return EQUAL
    return LOWER if favoured == difference["variant"] else HIGHER


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
        "verdict": TURNED.get(row["verdict"], row["verdict"]),
    }


def corrected_over(pairs: int, kind: str = "") -> str:
    """Name the family that p is corrected for; empty where a pair is alone.

    Parameters
    ----------
    kind : str
        Of pairs, before the word: ``planned``.
    """
    return f"Holm over {pairs} {f'{kind} ' if kind else ''}pairs" if pairs > 1 else ""
