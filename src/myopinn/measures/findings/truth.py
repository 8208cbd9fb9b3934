"""Errors against the reference and against the truth, and whether both rank entries alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from myopinn.measures.findings.claims import ESTIMATE, Row
from myopinn.measures.prediction_errors import NOT_PREDICTED
from myopinn.measures.true_references import LABELS
from myopinn.measures.units import shown_unit

if TYPE_CHECKING:
    import pandas as pd

ORDER = "order of all by Kendall's tau"
SAME_FIRST, OTHER_FIRST = "the same is lowest", "another is lowest"
CLOSER, NOT_CLOSER = "closer to the truth in the mean", "not closer to the truth in the mean"


def state_against_truth(errors: pd.DataFrame, true_errors: pd.DataFrame) -> list[Row]:
    """State at each target whether both errors rank the entries alike, and what the labels allow.

    A row of the order names who is lowest against the reference, and against the truth.

    Parameters
    ----------
    errors, true_errors : DataFrame
        Rows of one recording and split, against the reference and against the truth.
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
            rows += [
                {**names, "entry": str(variant), "versus": LABELS, "estimate": value}
                | {"versus_estimate": float(labels), "difference": value - labels}
                | {"verdict": CLOSER if value < labels else NOT_CLOSER}
                for variant, value in judged["truth"].items()
            ]
    return rows


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
