"""What the numbers beside figures say in words, where nothing is held against anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from myopinn.figures.wording import listed, number, with_unit
from myopinn.files.layouts.losses import WHOLE_LOSS
from myopinn.files.layouts.reached import FIT, LABELS, MEAN_CYCLE, MOTIONLESS
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd

# Whose answers leave how much of a term of the loss.
ANSWERS = {
    FIT: "the fits",
    LABELS: "labels",
    MEAN_CYCLE: "mean cycle",
    MOTIONLESS: "a joint at rest",
}


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
    whole = drawn[(drawn["term"] == WHOLE_LOSS) & (drawn["part"] == "stop")]
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
        if levels[WHOLE_LOSS, FIT] > levels[WHOLE_LOSS, MEAN_CYCLE]:
            fault = "; the whole loss ends above the mean cycle's"
        told.append(f"{variant}, {term} on the training trials ({in_loss}): {text}{fault}.")
    return told
