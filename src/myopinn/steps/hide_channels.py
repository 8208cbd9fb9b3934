"""Fit variants that one measured channel each is hidden from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.formats.whole import whole_directory
from myopinn.tracking.diary import runs_of
from myopinn.training.fitting import Fitting
from myopinn.training.inputs import FitInputs
from myopinn.training.resolved import TaskSlice


def hide_channels(
    *,
    store: str | Path,
    task: str,
    variants: Mapping[str, Mapping[str, Mapping[str, Any]]],
    recording: str,
    settings: Mapping[str, Any],
    selection: Mapping[str, Any],
    code: str,
    predictions: str | Path,
    experiment: str,
    **files: Sequence[str | Path],
) -> None:
    """Fit variants that one measured channel each is hidden from, in one process.

    Parameters
    ----------
    store : path
        Of MLflow (:func:`myopinn.steps.create_store.create_store`).
    task, recording, selection, settings
        See :class:`myopinn.training.resolved.TaskSlice`; the settings are those of training.
    variants : mapping of channel to entries by name
        Without that channel.
    code : str
        Digest of the code, for the record.
    predictions : path
        Output folder: ``<channel>/<variant>/<recording>/<split>`` with what
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
        for channel, entries in variants.items():
            for variant, entry in entries.items():
                fitting.write(variant, entry, folder / channel / variant / recording)
