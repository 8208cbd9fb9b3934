"""What the numbers say, as sentences: gains, losses and null results alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.wording import interval, listed, number, probability, with_unit
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd

# More pairs than this are told as who is best and whom that beats.
MOST_PAIRS_TOLD = 3
# Whose answers leave how much of a term of the loss.
ANSWERS = {
    "fit": "the fits",
    "labels": "labels",
    "mean_cycle": "mean cycle",
    "motionless": "a joint at rest",
}


def tell_comparison(cell: pd.DataFrame, alpha: float) -> list[str]:
    """Say how the variants compare on one target by RMSE.

    Parameters
    ----------
    cell : DataFrame
        Rows of the comparison of one recording, split and target.
    alpha : float
        Level of the tests and intervals.
    """
    cell = cell[cell["metric"] == "rmse"]
    standing = judge_best(cell)
    if standing is None:
        return []
    if len(standing.order) < 2:
        return [f"{standing.order[0]} alone was tested; there is nothing to compare."]
    pairs = cell[cell["analysis"] == "difference"]
    target = cell["target"].iloc[0]
    if len(pairs) <= MOST_PAIRS_TOLD:
        rows = pairs.to_dict("records")
        return [f"{target}: {tell_pair(row, find_test(cell, row), alpha)}" for row in rows]
    return [f"{target}: {_tell_best(standing, alpha)}"]


def tell_pair(difference: Any, test: Any | None, alpha: float) -> str:
    """Say whether two variants differ, with difference, interval, n and p."""
    a, b = difference["variant"], difference["versus"]
    n = int(difference["n"])
    if n < 2:
        return f"{a} and {b} cannot be compared, n = {n}."
    factor, unit = shown_unit(difference["unit"])
    verdict = decide(difference, test)
    # A gain is told as a positive number, whichever way round the pair was subtracted.
    sign = -1 if verdict == a else 1
    ends = sorted(sign * factor * difference[end] for end in ("ci_low", "ci_high"))
    size = with_unit(number(sign * factor * difference["estimate"]), unit)
    p = probability(test["p_adjusted"]) if test is not None else "–"
    facts = [f"{100 * (1 - alpha):g} % interval {interval(*ends)}", f"n = {n}"]
    values = f"{size}, " + ", ".join([*facts, p] if p != "–" else facts)
    if verdict == "untested":
        told = f"{a} minus {b} is {values}; with so few subjects no test can tell it from chance."
    elif verdict == "equal":
        told = f"{a} and {b} do not differ: {a} minus {b} is {values}."
    elif verdict == "undecided":
        told = f"{a} and {b} are undecided, interval and test disagree: {a} minus {b} is {values}."
    else:
        told = f"{verdict} has a lower RMSE than {b if verdict == a else a}, by {values}."
    return told


def decide(difference: Any, test: Any | None) -> str:
    """Give the better variant's name, or ``equal``, ``undecided`` or ``untested``.

    A variant is called better only where the interval excludes zero and the corrected test is
    significant; where only one of them holds, nothing is claimed.
    """
    if difference["estimate"] == 0 and difference["ci_low"] == difference["ci_high"]:
        return "equal"
    if test is None or (np.isnan(test["p_adjusted"]) and test["note"]):
        return "untested"
    by_interval, by_test = difference["favours"], test["favours"]
    if by_interval == by_test:
        return str(by_interval) or "equal"
    return "undecided"


def tell_accuracy(errors: pd.DataFrame) -> list[str]:
    """Say for each target who follows the reference best and worst, and who does not at all.

    Parameters
    ----------
    errors : DataFrame
        Rows of the error table of one recording and split.
    """
    told = []
    for target, own in errors.groupby("target", sort=False):
        mean = own.groupby("variant", sort=False)[["rmse", "r", "r2"]].mean()
        counts = own.groupby("variant")["rmse"].count()
        mean = mean[mean["rmse"].notna()].sort_values("rmse")
        if mean.empty:
            told.append(f"{target}: no error could be computed.")
            continue
        factor, unit = shown_unit(str(own["unit"].iloc[0]))

        def values(variant: str, mean=mean, factor=factor, unit=unit, counts=counts) -> str:
            row = mean.loc[variant]
            rmse = with_unit(number(factor * row["rmse"]), unit)
            return f"{variant} (RMSE {rmse}, r {number(row['r'], 2)}, n = {counts[variant]})"

        order = [str(variant) for variant in mean.index]
        text = f"{target}: {values(order[0])}"
        if len(order) > 1:
            text = f"{target}: lowest mean error {values(order[0])}, highest {values(order[-1])}"
        worse = [str(v) for v in mean.index[mean["r2"] < 0]]
        if worse:
            text += f"; a trial's own mean would do better than {listed(worse)} (R² below 0)"
        told.append(text + ".")
    return told


def tell_motion(curves: pd.DataFrame) -> list[str]:
    """Say between what values the mean angles and moments run, and how high the forces rise."""
    means = curves[curves["subject"].fillna("") == ""]
    told = []
    words = {"joint_angle": "angle", "joint_moment": "moment"}
    joints = means[means["quantity"].isin(list(words))]
    for (quantity, name), own in joints.groupby(["quantity", "name"], sort=False):
        parts = []
        for condition, curve in own.groupby("condition"):
            unit, n = curve["unit"].iloc[0], curve["n_subjects"].max()
            limits = f"{number(curve['value'].min(), 2)} to {number(curve['value'].max(), 2)}"
            parts.append(f"{limits} {unit} ({str(condition) or 'all'}, n = {n:.0f})")
        told.append(f"Mean {words[str(quantity)]} of {name}: {listed(parts)}.")
    forces = means[means["quantity"] == "muscle_force"]
    if len(forces):
        peaks = forces.groupby("name", sort=False)["value"].max()
        each = [f"{name} {number(peak)} N" for name, peak in peaks.items()]
        told.append(f"Highest mean force in any condition: {listed(each)}.")
    return told


def tell_quality(drawn: pd.DataFrame) -> list[str]:
    """Say how many trials were accepted and what the marker errors were."""
    counts = drawn[drawn["panel"] == "trials"]
    total = int(counts["value"].sum())
    accepted = int(counts.loc[counts["category"] == "accepted", "value"].sum())
    told = [f"{accepted} of {total} trials were accepted."]
    errors = drawn[(drawn["panel"] == "marker error") & (drawn["category"] == "accepted")]
    if len(errors):
        unit = errors["unit"].iloc[0]
        values = errors["value"]
        told.append(
            f"The marker error of the accepted trials is {number(values.median())} {unit} in the "
            f"median ({number(values.min())} to {number(values.max())} {unit}, n = {len(errors)})."
        )
    return told


def tell_losses(drawn: pd.DataFrame) -> list[str]:
    """Say to what the whole loss fell on the stop trials, and what became of the physics."""
    whole = drawn[(drawn["term"] == "loss") & (drawn["part"] == "stop")]
    told = []
    for variant, own in whole.groupby("variant", sort=False):
        fits = own.sort_values("epoch").groupby(["fold", "seed"])["value"]
        told.append(
            f"{variant}: the loss on the stop trials fell from {number(fits.first().median())} to "
            f"{number(fits.min().median())} at its lowest (medians of {len(fits)} fits)."
        )
    return told + tell_reached(drawn, "physics")


def tell_reached(drawn: pd.DataFrame, term: str) -> list[str]:
    """Say what fits leave of a term on the training trials, beside what other answers leave."""
    told = []
    answers = drawn[drawn["part"].isin(list(ANSWERS))]
    for variant, own in answers.groupby("variant", sort=False):
        levels = own.groupby(["term", "part"])["value"].median()
        rows = own[own["term"] == term]
        if set(ANSWERS) - set(rows["part"]):
            continue
        weight = float(rows["weight"].iloc[0])
        in_loss = f"weight {number(weight, 2)}" if weight else "not in the loss"
        text = ", ".join(f"{name} {number(levels[term, p], 2)}" for p, name in ANSWERS.items())
        fault = ""
        if levels["loss", "fit"] > levels["loss", "mean_cycle"]:
            fault = "; the whole loss ends above the mean cycle's"
        told.append(f"{variant}, {term} on the training trials ({in_loss}): {text}{fault}.")
    return told


@dataclass(frozen=True)
class Standing:
    """Who has the lowest mean error on a target, and how the others stand to it.

    Attributes
    ----------
    best : mapping
        The row of the comparison with its mean.
    order : list of str
        The variants from the lowest to the highest mean.
    verdicts : dict of str to str
        For each other variant, the answer of :func:`decide`.
    """

    best: Any
    order: list[str]
    verdicts: dict[str, str]


def judge_best(cell: pd.DataFrame) -> Standing | None:
    """Compare the variant with the lowest mean with all others; None where there is no mean.

    Parameters
    ----------
    cell : DataFrame
        Rows of the comparison of one recording, split, target and metric.
    """
    means = cell[(cell["analysis"] == "mean") & (cell["n"] > 0)].sort_values("estimate")
    if means.empty:
        return None
    best = means.iloc[0]
    verdicts = {}
    for row in cell[cell["analysis"] == "difference"].to_dict("records"):
        if best["variant"] in (row["variant"], row["versus"]) and row["n"] > 0:
            other = row["versus"] if row["variant"] == best["variant"] else row["variant"]
            verdicts[str(other)] = decide(row, find_test(cell, row))
    return Standing(best, [str(v) for v in means["variant"]], verdicts)


def find_test(cell: pd.DataFrame, pair: Any) -> Any | None:
    """Find the Wilcoxon test of a pair among the rows of one target and metric."""
    rows = cell[
        (cell["analysis"] == "wilcoxon")
        & (cell["variant"] == pair["variant"])
        & (cell["versus"] == pair["versus"])
    ].to_dict("records")
    return rows[0] if rows else None


def _tell_best(standing: Standing, alpha: float) -> str:
    """Say who has the lowest mean error, whom that beats, and whom it does not."""
    best = standing.best
    factor, unit = shown_unit(best["unit"])
    verdicts: dict[str, list[str]] = {}
    for other, verdict in standing.verdicts.items():
        verdicts.setdefault(verdict, []).append(other)
    text = (
        f"{best['variant']} has the lowest mean RMSE, {number(factor * best['estimate'])} {unit} "
        f"({100 * (1 - alpha):g} % interval "
        f"{interval(factor * best['ci_low'], factor * best['ci_high'])}, n = {best['n']:.0f})"
    )
    said = {
        str(best["variant"]): "the difference is significant to {}",
        "equal": "it does not differ from {}",
        "undecided": "interval and test disagree about {}",
        "untested": "too few subjects to test it against {}",
    }
    others = len(standing.verdicts)
    parts = [
        said[v].format(listed(names) if others == 1 or len(names) < others else "any other")
        for v, names in verdicts.items()
        if v in said
    ]
    return "; ".join([text, *parts]) + "."
