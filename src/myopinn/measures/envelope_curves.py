"""Mean cycles of predicted envelopes and moments, beside what they are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from myopinn.measures.deep_envelopes import with_revealed
from myopinn.records.answers import Answers

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

REFERENCE, PREDICTED = "reference", "predicted"
PLACE = ("recording", "split", "variant", "condition", "target", "unit")
COLUMNS = (*PLACE, "cycle_percent", "mean", "sd", "n_subjects")


def tabulate_curves(
    found: Sequence[Answers], revealed: Mapping[tuple[str, str], xr.Dataset]
) -> pd.DataFrame:
    """Average each target's cycles by condition: mean and SD over subjects.

    A subject's cycle is the mean over the cycles and seeds of each trial, then over its trials.

    Parameters
    ----------
    found : sequence of Answers
    revealed : mapping of recording and subject to Dataset
        With what electrodes over deep muscles would have recorded.

    Returns
    -------
    DataFrame
        Of :data:`COLUMNS`; ``variant`` is :data:`REFERENCE` for what was recorded or, of deep
        muscles, what electrodes would have recorded.
    """
    import pandas as pd

    tables: list[pd.DataFrame] = []
    seen: set[tuple[str, str]] = set()
    for answers in found:
        recording, split = place = (answers.cell.recording, answers.cell.split)
        people = _subject_cycles(answers, revealed)
        if not len(people):
            continue
        wanted = [PREDICTED] if place in seen else [REFERENCE, PREDICTED]
        seen.add(place)
        for curve in wanted:
            name = answers.cell.variant if curve == PREDICTED else REFERENCE
            own = people.assign(variant=name, recording=recording, split=split)
            tables.append(_over_subjects(own.rename(columns={curve: "value"})))
    table = pd.concat(tables) if tables else pd.DataFrame(columns=list(COLUMNS))
    return table[list(COLUMNS)]


def _subject_cycles(
    answers: Answers, revealed: Mapping[tuple[str, str], xr.Dataset]
) -> pd.DataFrame:
    """Average each subject's cycles: condition, target, unit, cycle_percent and both curves."""
    import pandas as pd

    tables = []
    for subject, dataset in answers.people.items():
        data = with_revealed(dataset, revealed.get((answers.cell.recording, subject)))
        keys = pd.DataFrame({k: data[k].values for k in ("condition", "trial", "frame")})
        units = zip(data["target"].values, data["unit"].values, strict=True)
        for k, (target, unit) in enumerate(units):
            both = {c: data[c].values[:, k] for c in (REFERENCE, PREDICTED)}
            if np.isnan(both[PREDICTED]).all() and np.isnan(both[REFERENCE]).all():
                continue
            trials = keys.assign(**both).groupby(["condition", "trial", "frame"]).mean()
            mean = trials.groupby(["condition", "frame"]).mean().reset_index()
            names = {"target": str(target), "unit": str(unit), "subject": subject}
            tables.append(mean.rename(columns={"frame": "cycle_percent"}).assign(**names))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _over_subjects(people: pd.DataFrame) -> pd.DataFrame:
    keys = [*PLACE, "cycle_percent"]
    grouped = people.groupby(keys, sort=False)["value"]
    return grouped.agg(mean="mean", sd="std", n_subjects="count").reset_index()
