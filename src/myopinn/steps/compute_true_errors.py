"""Errors of every variant against the truth of virtual people, and those of its labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from myopinn.files.fits import read_answers
from myopinn.files.layouts.errors import ERRORS
from myopinn.files.layouts.truth import first_truths, read_truth
from myopinn.measures.prediction_errors import tabulate_errors
from myopinn.measures.true_references import labels_of, with_true_reference
from myopinn.records.answers import Answers


def compute_true_errors(
    *,
    predictions: Sequence[str | Path],
    truth: Sequence[str | Path],
    errors: str | Path,
    rival: str | None = None,
) -> None:
    """Write the errors of all variants of a task against the truth.

    Parameters
    ----------
    predictions : sequence of path
        Folders that hold fits of recordings of virtual people.
    truth : sequence of path
        Folders of the truth of all of them.
    rival
        See :func:`myopinn.measures.prediction_errors.tabulate_errors`.
    errors : path
        Output table; the rows of variant :data:`myopinn.measures.true_references.LABELS` are the
        errors of OpenSim's answer on the same trials.

    Raises
    ------
    ArtifactError
        Where a file does not hold what its layout says, or a target is not in the truth.
    """
    folders = {person: folder for person, (folder, _) in first_truths(truth).items()}
    # A trial's truth is read once for all variants and splits that answer for it.
    read = cache(read_truth)

    def against_truth(own: Answers) -> Answers:
        people = {
            subject: with_true_reference(data, partial(read, folders[own.cell.recording, subject]))
            for subject, data in own.people.items()
        }
        return replace(own, people=people)

    answers = read_answers(predictions)
    true = [against_truth(own) for own in answers]
    ERRORS.write(tabulate_errors([*true, *labels_of(answers, true)], rival), errors)
