"""Errors against the reference and against the truth, and whether both rank entries alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from myopinn.measures.findings.claims import ESTIMATE, Row, corrected_over
from myopinn.measures.findings.judged import judged_rows, margin_of
from myopinn.measures.prediction_errors import NOT_PREDICTED
from myopinn.measures.true_references import LABELS
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd

ORDER = "order of all by Kendall's tau"
SAME_FIRST, OTHER_FIRST = "the same is lowest", "another is lowest"


def state_against_truth(
    errors: pd.DataFrame, true_errors: pd.DataFrame, settings: Mapping[str, Any]
) -> list[Row]:
    """State at each target whether both errors rank the entries alike, and what the labels allow.

    A row of the order names who is lowest against the reference, and against the truth. Every entry
    is held against the labels, Holm's correction being over the entries at one target.

    Parameters
    ----------
    errors, true_errors : DataFrame
        Rows of one recording and split, against the reference and against the truth.
    settings : mapping
        ``alpha``, ``test`` and ``smallest_effect`` of the study.
    """
    means = _means(errors, true_errors)
    if not {"reference", "truth"} <= set(means.columns):
        return []
    rows: list[Row] = []
    for (target, unit), own in means.groupby(level=["target", "unit"], sort=False, dropna=False):
        own = own.droplevel(["target", "unit"])
        about: Row = {"claim": ESTIMATE, "target": str(target)}
        judged = own.drop(index=LABELS, errors="ignore").dropna()
        if len(judged) > 1:
            first = [str(judged[side].idxmin()) for side in ("reference", "truth")]
            rows.append(
                {**about, "measure": ORDER, "entry": first[0], "versus": first[1]}
                | {"estimate": _kendall(judged)}
                | {"verdict": SAME_FIRST if first[0] == first[1] else OTHER_FIRST}
            )
        labels = own["truth"].get(LABELS, float("nan"))
        if labels == labels:
            names = {**about, "measure": "rmse", "unit": unit}
            rows.append({**names, "entry": LABELS, "estimate": float(labels)})
            own_errors = true_errors[true_errors["target"] == target]
            rows += [
                {**names, "estimate": judged["truth"][row["entry"]]}
                | {"versus_estimate": float(labels), **row}
                for row in _against_labels(own_errors, list(judged.index), str(unit), settings)
            ]
    return rows


def _against_labels(
    errors: pd.DataFrame, variants: Sequence[str], unit: str, settings: Mapping[str, Any]
) -> list[Row]:
    """Judge each variant's true error at one target against that of the labels."""
    wide = errors.pivot(index="subject", columns="variant", values="rmse").astype(float)
    factor = shown_unit(str(errors["unit"].iloc[0]))[0]
    judged = judged_rows(
        [factor * (wide[v] - wide[LABELS]).to_numpy() for v in variants],
        [margin_of(unit, settings)] * len(variants),
        settings,
        corrected_over(len(variants)),
    )
    return [
        {"entry": str(variant), "versus": LABELS, **row}
        for variant, row in zip(variants, judged, strict=True)
    ]


def _means(errors: pd.DataFrame, true_errors: pd.DataFrame) -> pd.DataFrame:
    """Average over subjects, in the units that are shown: a column for each side."""
    import pandas as pd

    sides = []
    for side, table in (("reference", errors), ("truth", true_errors)):
        if "note" in table:
            table = table[table["note"] != NOT_PREDICTED]
        units = [shown_unit(str(unit)) for unit in table["unit"]]
        value = table["rmse"].to_numpy(dtype=float) * [factor for factor, _ in units]
        names = table[["target", "variant"]].assign(unit=[unit for _, unit in units])
        sides.append(names.assign(against=side, value=value))
    drawn = pd.concat(sides, ignore_index=True)
    keys = ["target", "unit", "variant", "against"]
    known = drawn[drawn["value"].notna()].groupby(keys, sort=False, dropna=False)["value"]
    return known.mean().unstack("against")


def _kendall(judged: pd.DataFrame) -> float:
    from scipy import stats

    return float(stats.kendalltau(judged["reference"], judged["truth"]).statistic)
