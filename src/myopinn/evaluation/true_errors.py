"""Errors of every variant against the truth of virtual people, and those of its labels.

Variants learn from what OpenSim's solver says of muscle forces. Where the truth is known, it can
be told how far both are from it: the variant, and the labels that it was trained on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myopinn.files.fits import fit_folders
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import read_netcdf
from myopinn.files.tables import write_table
from myopinn.formats.whole import ArtifactError
from myopinn.measures.prediction_errors import Answers, read_answers, tabulate_errors

if TYPE_CHECKING:
    import xarray as xr

# The labels stand in the table as a variant of this name.
LABELS = "reference"


def compute_true_errors(
    *,
    predictions: Sequence[str | Path],
    truth: Sequence[str | Path],
    task: str,
    errors: str | Path,
    rival: str | None = None,
) -> None:
    """Write the errors of all variants of a task against the truth.

    Parameters
    ----------
    predictions : sequence of path
        Folders that hold ``<variant>/<recording>/<split>`` of recordings of virtual people.
    truth : sequence of path
        Folders ``<recording>/<subject>`` of the truth of all of them.
    task, rival
        See :func:`myopinn.measures.prediction_errors.tabulate_errors`.
    errors : path
        Output table of the same columns; the rows of variant :data:`LABELS` are the errors of
        OpenSim's answer on the same trials.

    Raises
    ------
    ArtifactError
        Where a file does not hold what its layout says, or a target is not in the truth.
    """
    folders = {(Path(path).parent.name, Path(path).name): Path(path) for path in truth}
    answers = [read_answers(folder) for folder in fit_folders(predictions)]
    true = [_against_truth(own, folders) for own in answers]
    write_table(tabulate_errors([*true, *_labels(answers, true)], task, rival), errors)


def _against_truth(answers: Answers, folders: dict[tuple[str, str], Path]) -> Answers:
    people = {
        subject: with_true_reference(dataset, folders[answers.recording, subject])
        for subject, dataset in answers.people.items()
    }
    return replace(answers, people=people)


def _labels(answers: Iterable[Answers], true: Iterable[Answers]) -> Iterator[Answers]:
    """Give OpenSim's answer as if it were a variant's, once for each recording and split."""
    seen: set[tuple[str, str]] = set()
    for own, against in zip(answers, true, strict=True):
        place = (own.recording, own.split)
        if place in seen or not own.people:
            continue
        seen.add(place)
        people = {
            subject: dataset.assign(predicted=own.people[subject]["reference"])
            for subject, dataset in against.people.items()
        }
        yield replace(own, variant=LABELS, people=people)


def with_true_reference(dataset: xr.Dataset, folder: Path) -> xr.Dataset:
    """Give predictions whose reference is the truth at the same times.

    Parameters
    ----------
    dataset : Dataset
        Laid out as :data:`myopinn.files.layouts.predictions.PREDICTIONS`.
    folder : path
        The person's truth, ``<trial>.nc`` for each trial.

    Raises
    ------
    ArtifactError
        Where a target is neither a coordinate nor a muscle of the truth.
    """
    reference = np.full(dataset["reference"].shape, np.nan)
    trials = dataset["trial"].values.astype(str)
    time = dataset["time_s"].values
    for trial in dict.fromkeys(trials):
        rows = np.flatnonzero(trials == trial)
        true = _truth(folder / f"{trial}.nc")
        for column, target in enumerate(dataset["target"].values.astype(str)):
            values = _series(true, target, folder / f"{trial}.nc")
            reference[rows, column] = np.interp(time[rows], true["time_s"].values, values)
    return dataset.assign(reference=dataset["reference"].copy(data=reference))


@cache
def _truth(file: Path) -> xr.Dataset:
    """Read a trial's truth once for all variants and splits that answer for it."""
    return read_netcdf(file, TRUTH)


def _series(true: xr.Dataset, target: str, file: Path) -> np.ndarray:
    for variable, dimension in (("joint_angle", "coordinate"), ("tendon_force", "muscle")):
        if target in true[dimension].values.astype(str):
            values: np.ndarray = true[variable].sel({dimension: target}).values
            return values
    raise ArtifactError(f"{file}: '{target}' is neither a coordinate nor a muscle of the truth.")
