"""Where networks with attention look over the cycle, with intervals over subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.measures.inference import bootstrap_interval

if TYPE_CHECKING:
    import pandas as pd

WEIGHT, LOOKED_AT, ENTROPY, DISTANCE = "weight", "looked_at", "entropy", "distance"
COLUMNS = (
    *("variant", "quantity", "subject", "asked_percent", "seen_percent"),
    *("value", "uniform", "ci_low", "ci_high", "n_subjects", "alpha"),
)


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
        As of the comparison of entries: ``alpha``, ``bootstrap_samples``, ``seed``.

    Returns
    -------
    DataFrame
        Rows with ``quantity`` ``weight`` and ``looked_at`` (its mean over frames asked), multiples
        of uniform attention; ``entropy``; and ``distance``, the mean distance between frames asked
        and looked at, % of the cycle. The mean over subjects has no ``subject``; ``uniform`` is
        what uniform attention has.
    """
    import pandas as pd

    answered, frames = weights.shape[1:]
    # Frames that are seen before the first that is answered lie below zero.
    percent = 100 * np.arange(answered - frames, answered) / answered
    asked = percent[-answered:]
    away = np.abs(asked[:, None] - percent)
    multiple = weights * frames
    mean = multiple.mean(axis=0)
    parts = [
        pd.DataFrame(
            {
                "quantity": WEIGHT,
                "asked_percent": np.repeat(asked, frames),
                "seen_percent": np.tile(percent, answered),
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
        settings["seed"],
    )
    return pd.DataFrame({"value": values.mean(axis=0), "ci_low": low, "ci_high": high})
