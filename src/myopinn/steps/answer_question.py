"""Fit all variants that a question compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.formats.whole import whole_directory
from myopinn.tracking.diary import runs_of
from myopinn.training.fitting import Fitting
from myopinn.training.inputs import FitInputs
from myopinn.training.resolved import TaskSlice


def answer_question(
    *,
    store: str | Path,
    task: str,
    variants: Mapping[str, Mapping[str, Any]],
    recording: str,
    settings: Mapping[str, Any],
    selection: Mapping[str, Any],
    code: str,
    predictions: str | Path,
    experiment: str,
    **files: Sequence[str | Path],
) -> None:
    """Fit all variants that a question compares, in one process.

    Parameters
    ----------
    store : path
        Of MLflow (:func:`myopinn.steps.create_store.create_store`).
    task, recording, selection, settings
        See :class:`myopinn.training.resolved.TaskSlice`; the settings are those of training.
    variants : mapping
        The question's entries by name.
    code : str
        Digest of the code, for the record.
    predictions : path
        Output folder: ``<variant>/<recording>/<split>`` with what
        :meth:`myopinn.training.fitting.Fitting.write` lists.
    experiment : str
        Where the runs are kept in the store.
    **files : sequence of path
        Of all people, and the folds: the fields of :class:`myopinn.training.inputs.FitInputs`.

    Raises
    ------
    ConfigError
        Where the configuration names what the files do not have.
    """
    inputs = FitInputs(**files)
    asked = TaskSlice(task, recording, selection, settings)
    with runs_of(predictions, store) as runs, whole_directory(predictions) as folder:
        fitting = Fitting(inputs, asked, runs, experiment, code)
        for variant, entry in variants.items():
            fitting.write(variant, entry, folder / variant / recording)
