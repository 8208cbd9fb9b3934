"""Whether networks with attention look evenly over the cycle, and if not, where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from myopinn.measures.attention import DISTANCE, ENTROPY, LOOKED_AT
from myopinn.measures.findings.claims import ATTENTION, Row

if TYPE_CHECKING:
    import pandas as pd

# An entropy from which on attention looks at more than nine tenths of 100 frames: 100^0.98 = 91.
NEARLY_UNIFORM = 0.98
# A part of the cycle that is looked at this many times as much as by uniform attention.
STANDS_OUT = 1.25
CLOSE = "close to uniform"
NOT_UNIFORM = "not uniform"
PERHAPS_UNIFORM = "may be close to uniform or not"
STANDING_OUT, EVEN = "stands out", "no part stands out"
MOST, LEAST = f"{LOOKED_AT} most", f"{LOOKED_AT} least"
FRAMES = "frames"


def state_attention(table: pd.DataFrame) -> list[Row]:
    """State of each network whether its attention is uniform, and where it looks most and least.

    The verdict goes by the interval of the entropy, and of one subject by its value. ``amount`` is
    the number of frames, or the place in the cycle in percent.

    Parameters
    ----------
    table : DataFrame
        Of one recording and split, as :func:`myopinn.measures.attention.tabulate_attention`
        gives it.
    """
    rows: list[Row] = []
    for variant, own in table.groupby("variant", sort=False):
        means = own[own["subject"].fillna("") == ""]
        looked = means[means["quantity"] == LOOKED_AT].sort_values("value")
        (entropy,), (distance,) = (
            means[means["quantity"] == quantity].to_dict("records")
            for quantity in (ENTROPY, DISTANCE)
        )
        least, most = looked.iloc[0], looked.iloc[-1]
        known = np.isfinite(entropy["ci_low"])
        low, high = (entropy[end if known else "value"] for end in ("ci_low", "ci_high"))
        verdict = NOT_UNIFORM if high < NEARLY_UNIFORM else PERHAPS_UNIFORM
        parts = (
            (ENTROPY, entropy, len(looked), "1", CLOSE if low >= NEARLY_UNIFORM else verdict),
            (DISTANCE, distance, None, "% of cycle", ""),
            (MOST, most, most["seen_percent"], "multiple of uniform", ""),
            (LEAST, least, least["seen_percent"], "multiple of uniform", ""),
        )
        for measure, row, amount, unit, said in parts:
            if measure == MOST:
                said = EVEN if most["value"] < STANDS_OUT else STANDING_OUT
            rows.append(
                {"claim": ATTENTION, "measure": measure, "unit": unit, "entry": str(variant)}
                | {"amount": amount, "estimate": row["value"], "versus": "uniform attention"}
                | {"versus_estimate": row["uniform"], "n": int(row["n_subjects"])}
                | {k: row[k] for k in ("ci_low", "ci_high", "alpha")}
                | {"verdict": said}
            )
    return rows
