"""The planned comparisons in words: verdict, what it rests on, what could have been found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.findings import Finding, facts_of
from myopinn.figures.wording import number, probability, with_unit
from myopinn.measures.findings.claims import PLANNED, Row
from myopinn.measures.findings.differences import SAME_SETTINGS
from myopinn.measures.findings.planned import AFTERWARDS
from myopinn.measures.verdicts import BETTER, EQUIVALENT, UNDECIDED, WORSE

if TYPE_CHECKING:
    import pandas as pd

THAN = {BETTER: "better than", WORSE: "worse than", EQUIVALENT: "equivalent to"}
THAN |= {UNDECIDED: "undecided against"}


def tell_planned(found: pd.DataFrame) -> list[Finding]:
    """Say what became of every planned test.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording and split, about a task's own entries.
    """
    rows = found[found["claim"] == PLANNED].to_dict("records")
    return [Finding(_tell(row), tuple(_details(row)), "What it rests on") for row in rows]


def _tell(row: Row) -> str:
    against = " against the truth" if row["against"] == "truth" else ""
    head = (
        f"{row['target']}{against}: {row['entry']} is {THAN[row['verdict']]} {row['versus']} "
        f"(margin {with_unit(number(row['margin']), row['unit'])}, set {row['margin_set']})"
    )
    if not row["n"]:
        return f"{head}: {row['note']}."
    size = with_unit(number(row["difference"]), row["unit"])
    note = f"; {row['note']}" if row["note"] else ""
    return f"{head}: difference of errors {size}, {', '.join(facts_of(row))}{note}."


def _details(row: Row) -> list[str]:
    if not row["n"]:
        return []
    told = [
        f"{row['test']}{', ' + row['correction'] if row['correction'] else ''}: superiority "
        f"{probability(row['p'])}, corrected {probability(row['p_corrected'])}; equivalence "
        f"{probability(row['p_equivalence'])}, corrected "
        f"{probability(row['p_equivalence_corrected'])}; by the other test, which does not decide "
        f"and is not corrected, {probability(row['p_other_test'])} and "
        f"{probability(row['p_equivalence_other_test'])}.",
        _spread(row),
    ]
    if np.isfinite(row["detectable"]):
        size = with_unit(number(row["detectable"], 2), row["unit"])
        told.append(f"Four of five such studies would find a true difference of {size}.")
    if row["verdict"] == UNDECIDED and np.isfinite(row["sd"]):
        people = row["people_to_decide"]
        number_of = f"{people:.0f}" if np.isfinite(people) else "more than 400"
        told.append(f"With this spread {number_of} people would decide, in four of five studies.")
    if row["margin_set"] == AFTERWARDS:
        told.append("The margin was set after the results had been seen.")
    if row["settings"]:
        same = row["settings"] == SAME_SETTINGS
        told.append(row["settings"] if same else f"In what they differ: {_in_a_line(row)}.")
    return told


def _spread(row: Row) -> str:
    people = with_unit(number(row["sd_people"], 2), row["unit"])
    text = f"Spread of the difference: {people} between people"
    if np.isfinite(row["sd_seeds"]):
        seeds = with_unit(number(row["sd_seeds"], 2), row["unit"])
        text += f", {seeds} between seeds of one person, {row['n_seeds']:.0f} seeds averaged"
    return f"{text}."


def _in_a_line(row: Row) -> str:
    return "; ".join(row["settings"].split("\n"))


def tell_power(power: pd.DataFrame) -> list[str]:
    """Say of each planned test how often its verdict would be right, as told before the study.

    Parameters
    ----------
    power : DataFrame
        Rows of one recording and split.
    """
    told = []
    names = ["target", "against", "entry", "versus"]
    for (target, against, entry, versus), own in power.groupby(names, sort=False):
        shares = own.set_index("true")["right"]
        first = own.iloc[0]
        spread = f"{number(first['sd_people'], 2)} between people"
        if first["sd_seeds"] > 0:
            spread += f" and {number(first['sd_seeds'], 2)} between seeds"
        truth = " against the truth" if against == "truth" else ""
        people = first["people_to_decide"]
        needed = f"{people:.0f}" if np.isfinite(people) else "more than 400"
        told.append(
            f"{target}{truth}, {entry} against {versus}: with {first['people']} people and "
            f"{first['seeds']} seeds, and spreads of {with_unit(spread, first['unit'])}, the "
            f"verdict is right in {100 * shares['none']:.0f} % of studies where there is no "
            f"difference and in {100 * shares['margin']:.0f} % where it is "
            f"{with_unit(number(first['margin']), first['unit'])}; {needed} people would be right "
            f"in {100 * first['wanted']:.0f} % of both."
        )
    return told
