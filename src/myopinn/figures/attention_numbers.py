"""The numbers of attention over time, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.figures.wording import fixed
from myopinn.measures.inference import bootstrap_interval

if TYPE_CHECKING:
    import pandas as pd

WEIGHT, LOOKED_AT, ENTROPY, DISTANCE = "weight", "looked_at", "entropy", "distance"
COLUMNS = (
    *("variant", "quantity", "subject", "asked_percent", "seen_percent"),
    *("value", "uniform", "ci_low", "ci_high", "n_subjects", "alpha"),
)
ENDS = ("ci_low", "ci_high")
DEFAULT_SEED = 0
# An entropy from which on attention looks at more than nine tenths of 100 frames: 100^0.98 = 91.
NEARLY_UNIFORM = 0.98
# A part of the cycle that is looked at this many times as much as by uniform attention.
STANDS_OUT = 1.25


def tabulate_attention(
    weights: np.ndarray, entropy: np.ndarray, subjects: Sequence[str], settings: Mapping[str, Any]
) -> pd.DataFrame:
    """Give all that is drawn of one network, with bootstrap intervals over subjects.

    Parameters
    ----------
    weights : array, shape (subject, frame asked, frame looked at)
    entropy : array, shape (subject,)
        Normalised.
    subjects : sequence of str
    settings : mapping
        ``alpha``, ``bootstrap_samples`` and optionally ``seed``.

    Returns
    -------
    DataFrame
        Rows with ``quantity`` ``weight`` and ``looked_at`` (its mean over frames asked), multiples
        of uniform attention; ``entropy``; and ``distance``, the mean distance between frames asked
        and looked at, % of the cycle. The mean over subjects has no ``subject``; ``uniform`` is
        what uniform attention has.
    """
    import pandas as pd

    frames = weights.shape[-1]
    percent = 100 * np.arange(frames) / frames
    away = np.abs(percent[:, None] - percent)
    multiple = weights * frames
    mean = multiple.mean(axis=0)
    parts = [
        pd.DataFrame(
            {
                "quantity": WEIGHT,
                "asked_percent": np.repeat(percent, frames),
                "seen_percent": np.tile(percent, frames),
                "value": mean.ravel().round(4),
                "uniform": 1.0,
            }
        ),
        _means(multiple.mean(axis=1), settings).assign(
            quantity=LOOKED_AT, seen_percent=percent, uniform=1.0
        ),
    ]
    distance = (weights * away).sum(axis=2).mean(axis=1)
    for quantity, values, uniform in (
        (ENTROPY, entropy, 1.0),
        (DISTANCE, distance, float(away.mean())),
    ):
        own = pd.DataFrame({"subject": list(subjects), "value": values})
        both = [own, _means(values[:, None], settings)]
        parts.append(pd.concat(both).assign(quantity=quantity, uniform=uniform))
    table = pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS))
    return table.assign(n_subjects=len(subjects), alpha=float(settings["alpha"]))


def _means(values: np.ndarray, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Average over subjects, shape (subject, series), with the interval of each mean."""
    import pandas as pd

    low, high = bootstrap_interval(
        values,
        float(settings["alpha"]),
        int(settings["bootstrap_samples"]),
        settings.get("seed", DEFAULT_SEED),
    )
    return pd.DataFrame({"value": values.mean(axis=0), "ci_low": low, "ci_high": high})


def tell_attention(drawn: pd.DataFrame) -> list[str]:
    """Say of each network whether its attention is uniform, and if not, where it looks."""
    return [_tell(str(name), own) for name, own in drawn.groupby("variant", sort=False)]


def _tell(variant: str, own: pd.DataFrame) -> str:
    entropy, distance = (
        own[(own["quantity"] == quantity) & (own["subject"].fillna("") == "")].iloc[0]
        for quantity in (ENTROPY, DISTANCE)
    )
    looked = own[own["quantity"] == LOOKED_AT].sort_values("value")
    least, most = looked.iloc[0], looked.iloc[-1]
    frames = len(looked)
    known = bool(np.isfinite(entropy["ci_low"]))
    low, high = (float(entropy[k]) if known else float(entropy["value"]) for k in ENDS)
    facts = (
        f"entropy {_with_interval(entropy, 3)}, like {fixed(frames ** entropy['value'], 0)} of "
        f"{frames} frames looked at evenly; distance to the frames looked at "
        f"{_with_interval(distance, 1)} % of the cycle, with uniform attention "
        f"{fixed(distance['uniform'], 1)}"
    )
    if known:
        facts += f"; in brackets {100 * (1 - entropy['alpha']):g} % intervals over subjects"
    people = f"{variant}, n = {int(entropy['n_subjects'])}"
    at_most = f"at {fixed(most['seen_percent'], 0)} % of the cycle, {_with_interval(most, 2)} times"
    if low >= NEARLY_UNIFORM:
        return (
            f"{people}: attention is close to uniform, so it does not tell from where in the cycle "
            f"the answer comes: where it looks most, {at_most} uniform; {facts}."
        )
    verdict = "is not uniform" if high < NEARLY_UNIFORM else "may be close to uniform or not"
    if most["value"] < STANDS_OUT:
        where = (
            f"no part of the cycle is looked at much more than another, most {at_most} "
            "uniform: where a network looks goes with the frame asked, or differs between heads "
            "and cycles"
        )
    else:
        where = (
            f"it looks most {at_most} uniform, and least at {fixed(least['seen_percent'], 0)} % of "
            f"the cycle, {_with_interval(least, 2)} times"
        )
    return f"{people}: attention {verdict}: {where}; {facts}."


def _with_interval(row: pd.Series, decimals: int) -> str:
    """Write a mean with its interval over subjects, where there are enough of them."""
    text = fixed(row["value"], decimals)
    if not np.isfinite(row["ci_low"]):
        return text
    low, high = (fixed(row[end], decimals) for end in ENDS)
    return f"{text} [{low} to {high}]"
