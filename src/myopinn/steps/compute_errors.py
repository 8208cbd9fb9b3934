"""Errors of every variant against OpenSim's answer, one row per subject and target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from myopinn.files.fits import read_answers
from myopinn.files.layouts.errors import ERRORS
from myopinn.measures.prediction_errors import tabulate_errors


def compute_errors(
    *,
    predictions: Sequence[str | Path],
    errors: str | Path,
    rival: str | None = None,
    order: Sequence[str] = (),
) -> None:
    """Write the errors of all variants of a task.

    Parameters
    ----------
    predictions : sequence of path
        Folders that hold fits, each with ``<subject>/predictions.nc``.
    rival
        See :func:`myopinn.measures.prediction_errors.tabulate_errors`.
    errors : path
        Output table.
    order : sequence of str
        All variants in the order of the table, where it is not that of the folders.

    Raises
    ------
    ArtifactError
        Where a predictions file does not hold what its layout says.
    ConfigError
        Where the rival is not among the variants.
    """
    answers = read_answers(predictions)
    if order:
        answers.sort(key=lambda own: list(order).index(own.cell.variant))
    ERRORS.write(tabulate_errors(answers, rival), errors)
