"""What a study says of deep and hidden muscles: each method against its rivals, and the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.findings import Finding
from myopinn.figures.wording import fixed, listed, mean_sd, probability
from myopinn.measures.findings.claims import DEEP, HIDDEN, SKILL
from myopinn.measures.verdicts import BETTER, EQUIVALENT, UNDECIDED, WORSE

if TYPE_CHECKING:
    import pandas as pd

# What a measure is called, and what follows its number.
MEASURES = {
    "r": ("r", ""),
    "nrmse_sd": ("NRMSE", " % of the SD"),
    "amplitude_ratio": ("amplitude ratio", ""),
    "partial_r": ("partial r", ""),
}
THAN = {BETTER: "than", WORSE: "than", EQUIVALENT: "to", UNDECIDED: "against"}
# Of hidden muscles, with the decimals of their medians.
OF_HIDDEN = {"r": 2, "nrmse_sd": 0, "amplitude_ratio": 2}


def tell_deep(found: pd.DataFrame) -> list[Finding]:
    """Say of every method how it does on each deep muscle and on the moment.

    Parameters
    ----------
    found : DataFrame
        Findings of one recording and split, about a task's own entries.
    """
    told = []
    for entry, own in found[found["claim"] == DEEP].groupby("entry", sort=False):
        muscles = own[own["measure"] != "nrmse"]
        parts = [
            _tell_muscle(str(target), rows)
            for target, rows in muscles.groupby("target", sort=False)
            if (rows["measure"] == "rmse").any()
        ]
        verdict = _verdict(muscles) if parts else "no deep muscle is predicted"
        for nrmse in own.loc[own["measure"] == "nrmse", "estimate"]:
            parts.append(f"moment NRMSE {fixed(nrmse, 1)} % of its range")
        if not parts:
            continue
        shown = own["note"].iloc[0]
        what = f"{entry} (a ceiling that is {shown})" if shown else str(entry)
        told.append(Finding(f"{what}: {verdict}.", tuple(parts)))
    return told


def _tell_muscle(target: str, rows: pd.DataFrame) -> str:
    facts = []
    for row in rows.to_dict("records"):
        if row["measure"] in MEASURES:
            what, after = MEASURES[row["measure"]]
            facts.append(f"{what} {mean_sd(row['estimate'], row['sd'])}{after}")
        elif row["measure"] == SKILL and row["n"]:
            p = ""
            if np.isfinite(row["p_corrected"]):
                p = f" (RMSE {row['verdict']}, {probability(row['p_corrected'])} after Holm)"
            facts.append(f"skill over {row['versus']} {mean_sd(row['estimate'], row['sd'])}{p}")
    return f"{target}: {', '.join(facts)}"


def _verdict(muscles: pd.DataFrame) -> str:
    """Say the verdicts on its RMSE against every rival but itself."""
    skills = muscles[muscles["measure"] == SKILL]
    if skills.empty:
        return "has no rival here to be held against"
    count = skills["target"].nunique()
    rivals = skills.groupby("versus", sort=False)
    return "; ".join(_tell_verdicts(own, str(rival), count) for rival, own in rivals)


def _tell_verdicts(skills: pd.DataFrame, rival: str, muscles: int) -> str:
    """Say of one rival where a method is better, worse, equivalent or undecided."""
    parts = []
    for word, than in THAN.items():
        own = [str(muscle) for muscle in skills.loc[skills["verdict"] == word, "target"]]
        which = f": {listed(own)}" if 0 < len(own) < muscles else ""
        parts += [f"{word} {than} {rival} at {len(own)} of {muscles} muscles{which}"] * bool(own)
    return ", ".join(parts)


def tell_hidden_channels(found: pd.DataFrame) -> list[str]:
    """Say for each method how it does, and its verdicts against each rival at hidden muscles."""
    found = found[found["claim"] == HIDDEN]
    told, muscles = [], found["target"].nunique()
    for entry, own in found.groupby("entry", sort=False):
        parts = [
            f"{MEASURES[metric][0]} {fixed(known.median(), digits)}{MEASURES[metric][1]} in the "
            f"median ({fixed(known.min(), digits)} to {fixed(known.max(), digits)})"
            for metric, digits in OF_HIDDEN.items()
            if len(known := own.loc[own["measure"] == metric, "estimate"])
        ]
        for rival, skills in own[own["measure"] == SKILL].groupby("versus", sort=False):
            parts.append(_tell_verdicts(skills, str(rival), muscles))
        told.append(f"{entry}: {'; '.join(parts)}.")
    return told
