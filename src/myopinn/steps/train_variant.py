"""Fit a variant for every split, fold and seed of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.formats.whole import whole_directory
from myopinn.tracking.diary import runs_of
from myopinn.training.fitting import Fitting
from myopinn.training.inputs import FitInputs
from myopinn.training.resolved import TaskSlice


def train_variant(
    *,
    store: str | Path,
    task: str,
    variant: str,
    recording: str,
    settings: Mapping[str, Any],
    variant_settings: Mapping[str, Any],
    selection: Mapping[str, Any],
    code: str,
    predictions: str | Path,
    experiment: str | None = None,
    **files: Sequence[str | Path],
) -> None:
    """Fit a variant for every split, fold and seed, and write what it predicts for held-out trials.

    Parameters
    ----------
    store : path
        Of MLflow (:func:`myopinn.steps.create_store.create_store`).
    task, recording, selection, settings
        See :class:`myopinn.training.resolved.TaskSlice`; the settings are those of training.
    variant : str
        Name of the entry, which names the variant where its own name is another.
    variant_settings : mapping
        The entry in the configuration (:class:`myopinn.training.entry.Entry`).
    code : str
        Digest of the code, for the record.
    predictions : path
        Output folder: of each split what :meth:`myopinn.training.fitting.Fitting.write` lists.
    experiment : str, optional
        Where the runs are kept in the store; the task's where not given.
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
        fitting = Fitting(inputs, asked, runs, experiment or task, code)
        fitting.write(variant, variant_settings, folder)
