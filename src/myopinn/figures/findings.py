"""The findings about entries in words: single settings, the rival, pairs, the lowest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.wording import fixed, interval, listed, number, probability, with_unit
from myopinn.measures.findings.claims import (
    BEST,
    ONE_SETTING,
    PAIR,
    RATIO,
    RIVAL,
    SKILL,
    Row,
)
from myopinn.measures.findings.differences import SAME_SETTINGS
from myopinn.measures.verdicts import BETTER, EQUIVALENT, UNDECIDED, VERDICTS, WORSE

if TYPE_CHECKING:
    import pandas as pd

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
    families: dict[str, list[Row]] = {}
    for row in rows:
        if row["measure"] == RATIO and row["claim"] == ONE_SETTING:
            same = row["settings"] == SAME_SETTINGS
            families.setdefault("" if same else row["settings"].split(" ")[0], []).append(row)
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
    facts = facts_of(row)
    facts += [f"{row['test']}, {row['correction']}" if row["correction"] else row["test"]]
    return (
        f"{head}: over {row['n_targets']} targets together the RMSE of {row['entry']} is "
        f"{fixed(row['difference'])} times that of {row['versus']} ({', '.join(facts)}): "
        f"{row['verdict']}."
    )


def _tell_targets(rows: Sequence[Row]) -> list[Finding]:
    """Say at how many targets an entry is better than another, then by how much at each."""
    if not rows:
        return []
    parts = []
    for row in rows:
        share = ""
        if row["versus_estimate"]:
            share = f", {number(100 * (row['difference'] / row['versus_estimate']), 2)} %"
        size = with_unit(number(row["difference"]), row["unit"])
        said = f"{size}{share} ({', '.join(facts_of(row))})"
        parts.append(f"{row['target']}: {row['verdict']}, {said}")
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
    for word in VERDICTS:
        targets = [str(row["target"]) for row in rows if row["verdict"] == word]
        if not targets:
            continue
        if len(targets) == len(rows):
            return f"{word} at {f'all {len(targets)} targets' if len(targets) > 1 else targets[0]}"
        named = f" ({listed(targets)})" if word != UNDECIDED else ""
        parts.append(f"{word} at {len(targets)} of {len(rows)} targets{named}")
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
    """Say the verdict on two entries, with difference, interval, n and p."""
    a, b, word = row["entry"], row["versus"], row["verdict"]
    if row["n"] < 2:
        return f"{a} against {b}: {UNDECIDED}, n = {row['n']}."
    size = with_unit(number(row["difference"]), row["unit"])
    values = f"the RMSE of {a} minus that of {b} is {size}, {', '.join(facts_of(row))}"
    why = f" ({row['note']})" if row["note"] else ""
    than = {BETTER: " than", WORSE: " than", EQUIVALENT: " to", UNDECIDED: " against"}[word]
    return f"{a} is {word}{than} {b}: {values}{why}."


def _tell_lowest(best: Row, others: Sequence[Row]) -> str:
    """Say who has the lowest mean error, and the verdicts on it against all others."""
    verdicts: dict[str, list[str]] = {}
    held = [row for row in others if row["n"] > 0]
    for row in held:
        verdicts.setdefault(row["verdict"], []).append(row["versus"])
    text = (
        f"{best['entry']} has the lowest mean RMSE, {number(best['estimate'])} {best['unit']} "
        f"({_level(best)} interval {interval(best['ci_low'], best['ci_high'])}, n = {best['n']})"
    )
    said = {
        BETTER: "better than {}",
        # By the middle of the differences where its mean is lower.
        WORSE: "worse than {}",
        EQUIVALENT: "equivalent to {}",
        UNDECIDED: "undecided against {}",
    }
    parts = [
        text_of.format(listed(names) if len(held) == 1 or len(names) < len(held) else "any other")
        for word, text_of in said.items()
        if (names := verdicts.get(word))
    ]
    return "; ".join([text, *parts]) + "."


def separate(found: pd.DataFrame) -> tuple[str, str]:
    """Say which entry has the lowest RMSE on a target, and against whom that is not decided.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording, split and target.

    Returns
    -------
    best : str
        The entry that is better than the next best; empty where nobody is.
    text : str
        The lowest, and whom it is not better than; empty for an entry alone.
    """
    lowest = found[found["claim"] == BEST]
    if len(lowest) < 2:
        return "", ""
    best = str(lowest["entry"].iloc[0])
    rest = lowest.iloc[1:].sort_values("versus_estimate", kind="stable")
    groups = {
        word: [str(v) for v in rest.loc[rest["verdict"] == word, "versus"]]
        for word in (EQUIVALENT, UNDECIDED, WORSE)
    }
    others = [name for names in groups.values() for name in names]
    if not others:
        return best, best
    if len(groups[UNDECIDED]) == len(rest):
        return "", f"undecided (lowest mean: {best})"
    than = {EQUIVALENT: "equivalent to", UNDECIDED: "undecided against", WORSE: "worse than"}
    parts = [f"{than[word]} {listed(names)}" for word, names in groups.items() if names]
    text = f"{best}, {', '.join(parts)}"
    return (best if str(rest["versus"].iloc[0]) not in others else ""), text


def facts_of(row: Row) -> list[str]:
    """Write what a verdict rests on: interval, people, p, and what is held to the margin."""
    facts = []
    # Where so few people allow no interval, no p could be small enough either.
    possible = np.isfinite(row["ci_low"])
    if possible:
        facts.append(f"{_level(row)} interval {interval(row['ci_low'], row['ci_high'])}")
    facts.append(f"n = {row['n']}")
    if possible:
        facts.append(probability(row["p_corrected"]))
    if np.isfinite(row["margin"]) and np.isfinite(row["equivalence_low"]):
        ends = interval(row["equivalence_low"], row["equivalence_high"])
        level = f"{100 * (1 - 2 * row['equivalence_alpha']):.4g} %"
        facts.append(f"for equivalence {level} interval {ends}")
    return facts


def _level(row: Row) -> str:
    return f"{100 * (1 - row['alpha']):.4g} %"
