"""Predictions, and the labels that they were learned from, held against the truth.

Variants learn from what OpenSim's solver says of muscle forces. Where the truth is known, it can
be told how far both are from it: the variant, and the labels that it was trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from myopinn.formats.whole import ArtifactError
from myopinn.records.answers import Answers
from myopinn.records.told import OF_LABELS

if TYPE_CHECKING:
    import xarray as xr

# The labels stand in the table of true errors as a variant of this name.
LABELS = "reference"


def labels_of(answers: Iterable[Answers], true: Iterable[Answers]) -> Iterator[Answers]:
    """Give OpenSim's answer as if it were a variant's, once for each recording and split."""
    seen: set[tuple[str, str]] = set()
    for own, against in zip(answers, true, strict=True):
        place = (own.cell.recording, own.cell.split)
        if place in seen or not own.people:
            continue
        seen.add(place)
        people = {
            subject: dataset.assign(predicted=own.people[subject]["reference"])
            for subject, dataset in against.people.items()
        }
        cell = replace(own.cell, variant=LABELS)
        yield replace(own, cell=cell, people=people, told=OF_LABELS)


def with_true_reference(dataset: xr.Dataset, truth: Callable[[str], xr.Dataset]) -> xr.Dataset:
    """Give predictions whose reference is the truth at the same times.

    Parameters
    ----------
    dataset : Dataset
        Predictions for a person.
    truth : callable of str to Dataset
        Gives the truth of a trial.

    Raises
    ------
    ArtifactError
        Where a target is neither a coordinate nor a muscle of the truth.
    """
    reference = np.full(dataset["reference"].shape, np.nan)
    trials = dataset["trial"].values.astype(str)
    time = dataset["time_s"].values
    for trial in dict.fromkeys(trials.tolist()):
        rows = np.flatnonzero(trials == trial)
        true = truth(trial)
        for column, target in enumerate(dataset["target"].values.astype(str)):
            values = _series(true, target, str(true.encoding.get("source", trial)))
            reference[rows, column] = np.interp(time[rows], true["time_s"].values, values)
    return dataset.assign(reference=dataset["reference"].copy(data=reference))


def _series(true: xr.Dataset, target: str, where: str) -> np.ndarray:
    for variable, dimension in (("joint_angle", "coordinate"), ("tendon_force", "muscle")):
        if target in true[dimension].values.astype(str):
            values: np.ndarray = true[variable].sel({dimension: target}).values
            return values
    raise ArtifactError(f"{where}: '{target}' is neither a coordinate nor a muscle of the truth.")
