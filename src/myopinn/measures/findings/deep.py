"""Deep and hidden muscles: each method against its rivals, the moment, identified parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from myopinn.measures.envelope_errors import BY_INVERSE_DYNAMICS, BY_TRUTH
from myopinn.measures.findings.claims import DEEP, HIDDEN, PARAMETER, SKILL, Row
from myopinn.measures.verdicts import UNDECIDED

if TYPE_CHECKING:
    import pandas as pd

# Paired differences of RMSE by target, entry and versus, either way round.
Pairs = Mapping[tuple[str, str, str], Row]
SKILL_OVER = "skill_"
# What is told of a muscle beside its RMSE and its skills: factor and unit as they are shown.
MEASURES = {
    "r": (1.0, ""),
    "nrmse_sd": (100.0, "% of SD"),
    "amplitude_ratio": (1.0, ""),
    "partial_r": (1.0, ""),
}
# Fits that agree to this share of what the bounds allow, and are nearer to the truth than the
# generic value, are what this project calls an identified parameter.
AGREED = 0.25
IDENTIFIED, NOT_IDENTIFIED = "identified", "not identified"
LOG_ERROR, SPREAD = "rms log error", "spread over fits by bounds"


def state_deep(errors: pd.DataFrame, pairs: Pairs) -> list[Row]:
    """State of every method how it does on each deep muscle and on the moment.

    The note names what a ceiling is shown of the truth.

    Parameters
    ----------
    errors : DataFrame
        Rows of one recording and split, all targets.
    pairs : mapping of (target, entry, versus) to row
        Paired differences of RMSE with their tests, either way round.
    """
    rows: list[Row] = []
    for variant, own in errors.groupby("variant", sort=False):
        shown = own["truth"].iloc[0]
        about: Row = {"claim": DEEP, "entry": str(variant)}
        about["note"] = f"shown the true {shown}" if isinstance(shown, str) and shown else ""
        deep = own[own["held_against"] == BY_TRUTH]
        rivals = [m for m in _skills(deep) if m != SKILL_OVER + str(variant)]
        for target, here in deep.groupby("target", sort=False):
            rows += [{**about, "target": str(target), **row} for row in _means(here)]
            for metric in rivals:
                names = {**about, "target": str(target)}
                rows.append({**names, **_skill(here, metric, pairs, names)})
        moment = own[own["held_against"] == BY_INVERSE_DYNAMICS]
        if moment["nrmse"].notna().any():
            names = {"measure": "nrmse", "unit": "% of range", "n": moment["nrmse"].count()}
            names["target"] = ", ".join(dict.fromkeys(moment["target"]))
            rows.append({**about, **names, "estimate": 100 * moment["nrmse"].mean()})
    return rows


def state_hidden(errors: pd.DataFrame, pairs: Pairs) -> list[Row]:
    """State the same of muscles that were measured and hidden from every method in turn."""
    skills = _skills(errors)
    rows: list[Row] = []
    for variant, own in errors.groupby("variant", sort=False):
        for target, here in own.groupby("target", sort=False):
            about = {"claim": HIDDEN, "entry": str(variant), "target": str(target)}
            rivals = [metric for metric in skills if metric != SKILL_OVER + str(variant)]
            found = [*_means(here), *(_skill(here, metric, pairs, about) for metric in rivals)]
            rows += [{**about, **row} for row in found]
    return rows


def _skills(rows: pd.DataFrame) -> list[str]:
    return [c for c in map(str, rows) if c.startswith(SKILL_OVER) and rows[c].notna().any()]


def _means(rows: pd.DataFrame) -> list[Row]:
    """Give mean and SD of what is defined of a muscle."""
    return [
        {"measure": metric, "unit": unit, **_spread(factor * rows[metric])}
        for metric, (factor, unit) in {"rmse": (1.0, ""), **MEASURES}.items()
        if metric in rows and rows[metric].notna().any()
    ]


def _skill(rows: pd.DataFrame, metric: str, pairs: Pairs, about: Row) -> Row:
    """Give the mean skill over a rival, with the verdict on the difference of their RMSE."""
    rival = metric.removeprefix(SKILL_OVER)
    tested = pairs.get((about["target"], about["entry"], rival), {"verdict": UNDECIDED})
    parts = ("test", "p", "p_corrected", "correction", "verdict")
    kept = {part: tested[part] for part in parts if part in tested}
    return {"measure": SKILL, "versus": rival, **_spread(rows[metric]), **kept}


def _spread(values: pd.Series) -> Row:
    values = values.astype(float)
    return {"estimate": values.mean(), "sd": values.std(), "n": int(values.count())}


def summarise_parameters(table: pd.DataFrame) -> list[Row]:
    """Take each subject's muscles together: rms log error before and after, and mean spread.

    Parameters
    ----------
    table : DataFrame
        Rows of identified and true parameters of one recording and split.
    """
    rows = []
    for (variant, parameter, subject), own in table.groupby(
        ["variant", "parameter", "subject"], sort=False
    ):
        before, after = (
            float(np.sqrt(np.mean(own[k].to_numpy(dtype=float) ** 2)))
            for k in ("error_generic", "error")
        )
        shares = own["spread_share"].to_numpy(dtype=float)
        share = float(np.mean(shares)) if np.isfinite(shares).all() else float("nan")
        rows.append(
            {"variant": variant, "parameter": parameter, "subject": subject}
            | {"rms_before": before, "rms_after": after, "spread_share": share, "n": len(own)}
        )
    return rows


def state_parameters(table: pd.DataFrame) -> list[Row]:
    """State which parameters came nearer to the truth than the generic value, as fits agree.

    Parameters
    ----------
    table : DataFrame
        As of :func:`summarise_parameters`, whose rows are averaged over subjects.
    """
    import pandas as pd

    people = pd.DataFrame(summarise_parameters(table))
    if people.empty:
        return []
    rows: list[Row] = []
    for (variant, parameter), own in people.groupby(["variant", "parameter"], sort=False):
        mean = own[["rms_before", "rms_after", "spread_share"]].mean()
        about: Row = {"claim": PARAMETER, "entry": str(variant), "target": str(parameter)}
        nearer = mean["rms_after"] < mean["rms_before"] and mean["spread_share"] <= AGREED
        if np.isfinite(mean["rms_after"]):
            error = {"estimate": mean["rms_after"], "versus_estimate": mean["rms_before"]}
            verdict = IDENTIFIED if nearer else NOT_IDENTIFIED
            n = int(own["rms_after"].count())
            rows.append({**about, "measure": LOG_ERROR, "versus": "generic value", **error})
            rows[-1] |= {"n": n, "verdict": verdict}
        spread = {"measure": SPREAD, "estimate": mean["spread_share"]}
        rows.append({**about, **spread, "n": int(own["spread_share"].count())})
    return rows
