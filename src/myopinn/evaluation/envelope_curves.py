"""Mean cycles of predicted envelopes and moments, beside what they are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myopinn.evaluation.envelope_errors import with_revealed
from myopinn.files.fits import fit_folders
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.netcdf import read_netcdf
from myopinn.files.tables import write_table
from myopinn.measures.prediction_errors import Answers, read_answers

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

REFERENCE, PREDICTED = "reference", "predicted"
PLACE = ("recording", "split", "variant", "condition", "target", "unit")
COLUMNS = (*PLACE, "cycle_percent", "mean", "sd", "n_subjects")


def average_envelopes(
    *, predictions: Sequence[str | Path], revealed: Sequence[str | Path], curves: str | Path
) -> None:
    """Write the mean and SD over subjects of each target's mean cycle, by condition.

    Parameters
    ----------
    predictions : sequence of path
        Folders that hold ``<variant>/<recording>/<split>`` of the variants that are drawn.
    revealed : sequence of path
        ``<recording>/revealed/<subject>.nc`` of virtual people.
    curves : path
        Output table of :data:`COLUMNS`; ``variant`` is :data:`REFERENCE` for what was recorded or,
        of deep muscles, what electrodes would have recorded. A subject's cycle is the mean over the
        cycles and seeds of each trial, then over its trials.
    """
    known = {(Path(p).parts[-3], Path(p).stem): read_netcdf(p, DATASET) for p in revealed}
    answers = [read_answers(path) for path in fit_folders(predictions)]
    write_table(tabulate_curves(answers, known), curves)


def tabulate_curves(
    found: Sequence[Answers], known: Mapping[tuple[str, str], xr.Dataset]
) -> pd.DataFrame:
    """Make the table of :func:`average_envelopes`.

    Parameters
    ----------
    found : sequence of Answers
    known : mapping of recording and subject to dataset
        What electrodes over deep muscles would have recorded.
    """
    import pandas as pd

    tables: list[pd.DataFrame] = []
    seen: set[tuple[str, str]] = set()
    for answers in found:
        place = (answers.recording, answers.split)
        people = _subject_cycles(answers, known)
        if not len(people):
            continue
        wanted = [PREDICTED] if place in seen else [REFERENCE, PREDICTED]
        seen.add(place)
        for curve in wanted:
            name = answers.variant if curve == PREDICTED else REFERENCE
            own = people.assign(variant=name, recording=place[0], split=place[1])
            tables.append(_over_subjects(own.rename(columns={curve: "value"})))
    table = pd.concat(tables) if tables else pd.DataFrame(columns=list(COLUMNS))
    return table[list(COLUMNS)]


def _subject_cycles(answers: Answers, known: Mapping[tuple[str, str], xr.Dataset]) -> pd.DataFrame:
    """Average each subject's cycles: condition, target, unit, cycle_percent and both curves."""
    import pandas as pd

    tables = []
    for subject, dataset in answers.people.items():
        place = (answers.recording, subject)
        data = with_revealed(dataset, known[place]) if place in known else dataset
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
