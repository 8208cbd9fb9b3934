"""What a design can show: how much of each target's variance rivals, EMG alone and all explain.

Where the position in a cycle alone explains nearly everything, hardly anything is left that a
method could tell from EMG, and a table of errors cannot show who is better at it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.measures.findings.claims import Row
from myopinn.measures.inference import bootstrap_interval
from myopinn.measures.prediction_errors import EXPLAINED as SHARE
from myopinn.measures.true_references import LABELS
from myopinn.records.told import EMG, read_told

if TYPE_CHECKING:
    import pandas as pd

EXPLAINED = "explained variance"
# What a target is held against: what the entries were trained on, or what truly happened.
OF_LABEL, OF_TRUTH = "label", "truth"
# Of the entries, in the order in which they are told.
RIVALS, EMG_ALONE, OTHERS = "rivals", "EMG alone", "told more"
# Of no method: what is shown the truth, and what all methods learned from.
CEILINGS, ESTIMATE = "shown the truth", "OpenSim's estimate"
GROUPS = (RIVALS, EMG_ALONE, OTHERS, CEILINGS, ESTIMATE)


def measure_of(held_against: str) -> str:
    """Name the measure: the share of the variance of what a target is held against."""
    return f"explained of {held_against}"


def held_by(measure: str) -> str:
    """Give what a target is held against, of the name of the measure."""
    return measure.removeprefix("explained of ")


def state_explained(
    errors: pd.DataFrame,
    settings: Mapping[str, Any],
    rivals: Collection[str],
    held_against: str = "",
) -> list[Row]:
    """State of every entry the share of each target's variance that it explains.

    The mean over subjects with its bootstrap interval, in percent; ``note`` is the group of the
    entry: rivals first, then who is told EMG alone, then all others, and ceilings.

    Parameters
    ----------
    errors : DataFrame
        Rows of one recording and split.
    settings : mapping
        ``alpha``, ``bootstrap_samples`` and ``seed``.
    rivals : collection of str
        Entries that the study calls rivals.
    held_against : str
        What all targets are held against, where the table has no column that says so.
    """
    held = errors.get("held_against", held_against)
    told = errors.assign(held=held, group=_groups(errors, rivals))
    told = told[told[SHARE].notna()]
    rows: list[Row] = []
    for group in GROUPS:
        here = told[told["group"] == group]
        for (entry, target, against), own in here.groupby(
            ["variant", "target", "held"], sort=False
        ):
            rows.append(
                {"claim": EXPLAINED, "measure": measure_of(str(against)), "unit": "%"}
                | {"target": str(target), "entry": str(entry), "note": group}
                | _mean(100.0 * own[SHARE].to_numpy(dtype=float), settings)
            )
    return rows


def _groups(errors: pd.DataFrame, rivals: Collection[str]) -> list[str]:
    """Give the group of each row by what it was told.

    Where envelopes are the answer and not the question, being told no EMG makes no rival.
    """
    asked_from_emg = "held_against" not in errors
    shown = errors["truth"].fillna("") if "truth" in errors else [""] * len(errors)
    groups = []
    for variant, told, truth in zip(errors["variant"], errors["told"], shown, strict=True):
        things = read_told(told)
        if variant == LABELS and asked_from_emg:
            groups.append(ESTIMATE)
        elif truth:
            groups.append(CEILINGS)
        elif variant in rivals or (asked_from_emg and EMG not in things):
            groups.append(RIVALS)
        else:
            groups.append(EMG_ALONE if things == {EMG} else OTHERS)
    return groups


def _mean(values: np.ndarray, settings: Mapping[str, Any]) -> Row:
    alpha, samples = float(settings["alpha"]), int(settings["bootstrap_samples"])
    low, high = bootstrap_interval(values[:, None], alpha, samples, settings["seed"])
    return {
        "estimate": float(values.mean()),
        "sd": float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        "ci_low": float(low[0]),
        "ci_high": float(high[0]),
        "alpha": alpha,
        "n": len(values),
    }
