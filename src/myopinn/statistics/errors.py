"""Errors of every variant against OpenSim's answer, one row per subject."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from myopinn.artifacts import write_table
from myopinn.prediction_errors import read_answers, tabulate_errors


def compute_errors(
    *,
    predictions: Sequence[str | Path],
    task: str,
    errors: str | Path,
    rival: str | None = None,
) -> None:
    """Write the errors of all variants of a task.

    Parameters
    ----------
    predictions : sequence of path
        Folders ``<variant>/<recording>/<split>`` with ``<subject>/predictions.nc`` in each.
    task, rival
        See :func:`myopinn.prediction_errors.tabulate_errors`.
    errors : path
        Output table.

    Raises
    ------
    ArtifactError
        Where a predictions file does not hold what its layout says.
    ConfigError
        Where the rival is not among the variants.
    """
    write_table(tabulate_errors(map(read_answers, predictions), task, rival), errors)
