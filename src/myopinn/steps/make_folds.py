"""Which trials of a recording are held out in a split. Training can only read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.dataset.folds import SPLITS, RecordedTrial
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.folds import FOLDS
from myopinn.files.netcdf import read_netcdf

if TYPE_CHECKING:
    import xarray as xr


def make_folds(
    *,
    datasets: Sequence[str | Path],
    recording: str,
    split: str,
    settings: dict[str, Any],
    seed: int,
    folds: str | Path,
) -> None:
    """Write the folds of one split over all people of a recording.

    Parameters
    ----------
    datasets : sequence of path
        The people's datasets.
    split : str
        A name in :data:`myopinn.dataset.folds.SPLITS`.
    settings : dict
        ``test_share`` (of a session's trials, within a session) and ``stop_share`` (of the training
        trials, or of the training people where people are left out).
    seed : int
        Decides which trials are drawn.
    folds : path
        Output: folds, and the people dropped with their reason.
    """
    people = {}
    for path in datasets:
        data = read_netcdf(path, DATASET)
        subject = str(data.attrs["subject"])
        people[subject] = recorded_trials(data, subject)
    made, dropped = SPLITS[split](people, settings, np.random.default_rng(seed))
    content = {
        "recording": recording,
        "split": split,
        "folds": [vars(fold) for fold in made],
        "dropped": [vars(person) for person in dropped],
    }
    FOLDS.write(content, folds)


def recorded_trials(data: xr.Dataset, subject: str) -> list[RecordedTrial]:
    """List the trials of a person that have a cycle in the dataset."""
    names = [data[key].values.astype(str) for key in ("trial_session", "trial", "condition")]
    rows = zip(*(column.tolist() for column in names), data["load_kg"].values.tolist(), strict=True)
    loads = {(session, trial, condition): load for session, trial, condition, load in rows}
    return [RecordedTrial(subject, *names, load) for names, load in loads.items()]
