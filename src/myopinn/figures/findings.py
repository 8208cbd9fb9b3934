"""The findings about entries in words: planned pairs, single settings, the rival, the lowest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.wording import fixed, interval, listed, number, probability, with_unit
from myopinn.measures.findings.claims import (
    BEST,
    EQUAL,
    HIGHER,
    LOWER,
    ONE_SETTING,
    PAIR,
    PLANNED,
    RATIO,
    RIVAL,
    SAME,
    SKILL,
    UNDECIDED,
    UNTESTED,
    Row,
)
from myopinn.measures.findings.differences import SAME_SETTINGS

if TYPE_CHECKING:
    import pandas as pd

# What is said of targets, by verdict.
OUTCOMES = {
    LOWER: "lower RMSE at {}",
    HIGHER: "higher RMSE at {}",
    EQUAL: "no significant difference at {}",
    UNDECIDED: "interval and test disagree at {}",
    UNTESTED: "too few subjects for a corrected test at {}",
}
# More pairs than this are told as who is best and whom that beats.
MOST_PAIRS_TOLD = 3


@dataclass(frozen=True)
class Finding:
    """A sentence, what stands behind it in full, and what that is."""

    text: str
    details: tuple[str, ...] = ()
    summary: str = "By how much"


def tell_findings(found: pd.DataFrame) -> list[Finding]:
    """Say in one recording and split what differences in settings come to.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording and split, about a task's own entries.
    """
    rows = found.to_dict("records")
    families: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["measure"] == RATIO and row["claim"] in (PLANNED, ONE_SETTING):
            same = row["settings"] == SAME_SETTINGS
            setting = "" if same or row["claim"] == PLANNED else row["settings"].split(" ")[0]
            families.setdefault((row["claim"], setting), []).append(row)
    told: list[Finding] = []
    for family in families.values():
        heads = [f"{_tell_settings(r)} ({r['entry']} against {r['versus']})" for r in family]
        told += [Finding(_tell_ratio(r, h)) for r, h in zip(family, heads, strict=True)]
        told += [Finding(text) for text in dict.fromkeys(map(_explain, family)) if text]
        for row in family:
            told += _tell_targets(_by_target(rows, row))
    for row in rows:
        if row["claim"] == RIVAL and row["measure"] == RATIO:
            sentence = _tell_ratio(row, f"{row['entry']} against the rival {row['versus']}")
            told.append(Finding(sentence, _list_settings(row), "What they differ in"))
            skills = [r for r in rows if _is_same(r, row) and r["measure"] == SKILL]
            told.append(Finding(_tell_skill(skills, _by_target(rows, row))))
    return [finding for finding in told if finding.text]


def _is_same(row: Row, other: Row) -> bool:
    """Tell whether two rows are of the same claim about the same pair."""
    return all(row[key] == other[key] for key in ("claim", "entry", "versus"))


def _by_target(rows: Sequence[Row], overall: Row) -> list[Row]:
    """Give the differences target by target that stand behind one over all of them."""
    return [r for r in rows if _is_same(r, overall) and r["measure"] == "rmse" and r["n"] > 0]


def _tell_settings(row: Row) -> str:
    """Say what two entries differ in: all of it, and that it is all."""
    parts = row["settings"].split("\n")
    if row["settings"] == SAME_SETTINGS:
        return SAME_SETTINGS
    if len(parts) == 1:
        return f"{parts[0]}, all other settings the same"
    return f"{len(parts)} settings differ, {listed(parts)}"


def _list_settings(row: Row) -> tuple[str, ...]:
    """Say the same setting by setting, each with what it means where that is known."""
    if row["settings"] == SAME_SETTINGS:
        return ()
    pairs = zip(row["settings"].split("\n"), row["meanings"].split("\n"), strict=True)
    return tuple(f"{text} ({mean})" if mean else text for text, mean in pairs)


def _explain(row: Row) -> str:
    """Say of the setting that alone makes a difference what it means."""
    if "\n" in row["settings"] or not row["meanings"]:
        return ""
    return f"{row['settings'].split(' ')[0]}: {row['meanings']}."


def _tell_ratio(row: Row, head: str) -> str:
    """Write the geometric mean of the subjects' ratios, its interval, the test and the verdict."""
    if not row["n"]:
        return f"{head}: no subject has both."
    ends = f"{fixed(row['ci_low'])} to {fixed(row['ci_high'])}"
    facts = [f"{_level(row)} interval {ends}", f"n = {row['n']}"]
    if np.isfinite(row["p_corrected"]):
        family = f", {row['correction']}" if row["correction"] else ""
        facts.append(f"Wilcoxon {probability(row['p_corrected'])}{family}")
    return (
        f"{head}: over {row['n_targets']} targets together the RMSE of {row['entry']} is "
        f"{fixed(row['difference'])} times that of {row['versus']} ({', '.join(facts)}): "
        f"{row['verdict']}."
    )


def _tell_targets(rows: Sequence[Row]) -> list[Finding]:
    """Say at how many targets an entry beats another, then by how much at each."""
    if not rows:
        return []
    parts = []
    for row in rows:
        share = ""
        if row["versus_estimate"]:
            share = f", {number(100 * (row['difference'] / row['versus_estimate']), 2)} %"
        facts = [
            f"{_level(row)} interval {interval(row['ci_low'], row['ci_high'])}",
            f"n = {row['n']}",
            *_p_of(row),
        ]
        size = with_unit(number(row["difference"]), row["unit"])
        parts.append(f"{row['target']}: {size}{share} ({', '.join(facts)})")
    entry, versus = rows[0]["entry"], rows[0]["versus"]
    what = f"difference of RMSE, {entry} minus {versus}"
    said = f"{entry} against {versus}, target by target: {_count(rows)} ({what})."
    return [Finding(said, tuple(parts))]


def _tell_skill(skills: Sequence[Row], rows: Sequence[Row]) -> str:
    """Say what an entry gains over the rival: its skill, and where that is sure."""
    ordered = sorted(
        (r for r in skills if np.isfinite(r["estimate"])), key=lambda r: float(r["estimate"])
    )
    if not ordered or not rows:
        return ""
    ends = (ordered[0], ordered[-1])
    low, high = (f"{fixed(row['estimate'])} ({row['target']})" for row in ends)
    middle = fixed(float(np.median([row["estimate"] for row in ordered])))
    told = f"{low} to {high}, median {middle}" if len(ordered) > 1 else low
    entry, rival = ordered[0]["entry"], ordered[0]["versus"]
    return f"Skill of {entry} over {rival}: {told}; against it {_count(rows)}."


def _count(rows: Sequence[Row]) -> str:
    """Count the verdicts over the targets, naming the targets where something was found."""
    parts = []
    for outcome, text in OUTCOMES.items():
        own = {outcome, SAME} if outcome == EQUAL else {outcome}
        targets = [str(row["target"]) for row in rows if row["verdict"] in own]
        if not targets:
            continue
        if len(targets) == len(rows):
            return text.format(f"all {len(targets)} targets" if len(targets) > 1 else targets[0])
        named = f" ({listed(targets)})" if outcome in (LOWER, HIGHER) else ""
        parts.append(text.format(f"{len(targets)} of {len(rows)} targets") + named)
    return "; ".join(parts)


def tell_comparison(found: pd.DataFrame) -> list[str]:
    """Say how the entries compare on one target by RMSE.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording, split and target.
    """
    lowest = found[found["claim"] == BEST].to_dict("records")
    if not lowest:
        return []
    if len(lowest) < 2:
        return [f"{lowest[0]['entry']} alone was tested; there is nothing to compare."]
    pairs = found[found["claim"] == PAIR].to_dict("records")
    target = lowest[0]["target"]
    if len(pairs) <= MOST_PAIRS_TOLD:
        return [f"{target}: {_tell_pair(row)}" for row in pairs]
    return [f"{target}: {_tell_lowest(lowest[0], lowest[1:])}"]


def _tell_pair(row: Row) -> str:
    """Say whether two entries differ, with difference, interval, n and p."""
    a, b, verdict = row["entry"], row["versus"], row["verdict"]
    if row["n"] < 2:
        return f"{a} and {b} cannot be compared, n = {row['n']}."
    # A gain is told as a positive number, whichever way round the pair was subtracted.
    sign = -1 if verdict == LOWER else 1
    ends = sorted(sign * row[end] for end in ("ci_low", "ci_high"))
    size = with_unit(number(sign * row["difference"]), row["unit"])
    facts = [f"{_level(row)} interval {interval(*ends)}", f"n = {row['n']}", *_p_of(row)]
    values = f"{size}, {', '.join(facts)}"
    if verdict in (LOWER, HIGHER):
        better, worse = (a, b) if verdict == LOWER else (b, a)
        return f"{better} has a lower RMSE than {worse}, by {values}."
    if verdict == UNTESTED:
        return f"{a} minus {b} is {values}; with so few subjects no test can tell it from chance."
    if verdict == UNDECIDED:
        return f"{a} and {b} are undecided, interval and test disagree: {a} minus {b} is {values}."
    return f"{a} and {b} do not differ: {a} minus {b} is {values}."


def _tell_lowest(best: Row, others: Sequence[Row]) -> str:
    """Say who has the lowest mean error, whom that beats, and whom it does not."""
    verdicts: dict[str, list[str]] = {}
    held = [row for row in others if row["n"] > 0]
    for row in held:
        verdict = EQUAL if row["verdict"] == SAME else row["verdict"]
        verdicts.setdefault(verdict, []).append(row["versus"])
    text = (
        f"{best['entry']} has the lowest mean RMSE, {number(best['estimate'])} {best['unit']} "
        f"({_level(best)} interval {interval(best['ci_low'], best['ci_high'])}, n = {best['n']})"
    )
    said = {
        LOWER: "the difference is significant to {}",
        EQUAL: "it does not differ from {}",
        UNDECIDED: "interval and test disagree about {}",
        UNTESTED: "too few subjects to test it against {}",
    }
    parts = [
        said[v].format(listed(names) if len(held) == 1 or len(names) < len(held) else "any other")
        for v, names in verdicts.items()
        if v in said
    ]
    return "; ".join([text, *parts]) + "."


def separate(found: pd.DataFrame) -> tuple[str, str]:
    """Say which entry has the lowest RMSE on a target, if the subjects can tell.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording, split and target.

    Returns
    -------
    best : str
        The entry that is better than the next best; empty where nobody is.
    text : str
        Whom the lowest is not separable from; empty for an entry alone.
    """
    lowest = found[found["claim"] == BEST]
    if len(lowest) < 2:
        return "", ""
    best = str(lowest["entry"].iloc[0])
    rest = lowest.iloc[1:].sort_values("versus_estimate", kind="stable")
    others = [str(v) for v in rest.loc[rest["verdict"] != LOWER, "versus"]]
    if not others:
        return best, best
    if (rest["verdict"] == UNTESTED).all():
        return "", f"not separable: too few subjects to test (lowest mean: {best})"
    text = f"{best}, not separable from {listed(others)}"
    return (best if str(rest["versus"].iloc[0]) not in others else ""), text


def _level(row: Row) -> str:
    return f"{100 * (1 - row['alpha']):g} %"


def _p_of(row: Row) -> list[str]:
    """Write the corrected p of a test, where there is one."""
    return [probability(row["p_corrected"])] if np.isfinite(row["p_corrected"]) else []
