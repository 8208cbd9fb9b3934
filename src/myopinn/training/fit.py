"""Fit a variant for every split, fold and seed, in one process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from myopinn.config.training import TrainingSettings
from myopinn.errors import ConfigError
from myopinn.files.layouts.quality import QUALITY
from myopinn.formats.whole import whole_directory
from myopinn.records.quality import QualityLog
from myopinn.tracking.diary import Diary, file_digest, runs_of
from myopinn.training.entry import Entry
from myopinn.training.estimators import suit_small_networks
from myopinn.training.fold_fits import Fits, read_folds
from myopinn.training.predictions import Predictions
from myopinn.training.recorded_cycles import read_recorded_cycles
from myopinn.training.selection import Selection
from myopinn.variants import Variant, load_variant

# What is read of every person, as the runs' digests call it.
KINDS = ("dataset", "geometry", "joint_inertia", "calibration")


def train_variant(
    *,
    datasets: Sequence[str | Path],
    geometries: Sequence[str | Path],
    folds: Sequence[str | Path],
    store: str | Path,
    task: str,
    variant: str,
    recording: str,
    settings: Mapping[str, Any],
    variant_settings: Mapping[str, Any],
    selection: Mapping[str, Any],
    code: str,
    predictions: str | Path,
    joint_inertias: Sequence[str | Path] = (),
    calibrations: Sequence[str | Path] = (),
    experiment: str | None = None,
) -> None:
    """Fit a variant for every split, fold and seed, and write what it predicts for held-out trials.

    All in one process, because starting one costs as much as several fits of a small network.

    Parameters
    ----------
    datasets, geometries : sequence of path
        Datasets and muscle geometries of all people, in one order; a dataset's stem is the subject.
        Geometries are read only where the selection has a physics.
    folds : sequence of path
        Of each split, which trials are trained on, decide when to stop, and are held out; the stem
        is the name of the split.
    store : path
        Of MLflow (:func:`myopinn.tracking.store.create_store`).
    settings : mapping
        The task's training slice (:class:`myopinn.config.training.TrainingSettings`).
    variant : str
        Name of the entry, which names the variant where its own name is another.
    variant_settings : mapping
        The entry in the configuration (:class:`myopinn.training.entry.Entry`).
    selection : mapping
        What the task takes of this recording
        (:class:`myopinn.training.selection.Selection`).
    code : str
        Digest of the code, for the record.
    predictions : path
        Output folder: of each split a folder with ``<subject>/predictions.nc`` for each person
        tested, beside it ``attention.nc`` where the network has attention, ``runs.csv``,
        ``losses.csv`` (fold, seed, epoch, and each term on training and stopping trials),
        ``reached.csv`` (what the fit, the labels, the mean cycle and a motionless joint leave of
        each term on the training trials),
        ``parameters.csv`` with what was identified of people, ``about.json`` with the inputs and
        the prior of the variant, and ``quality.csv`` with the trials and folds that could not be
        used and why.
    joint_inertias : sequence of path
        Of all people in the same order; needed only where the physics is ``single_joint``.
    calibrations : sequence of path
        Isometric contractions of all people in the same order, where the selection names any.
    experiment : str, optional
        Where the runs are kept in the store; the task's where not given.

    Raises
    ------
    ConfigError
        Where the configuration names what the files do not have.
    """
    people = (datasets, geometries, joint_inertias, calibrations)
    with runs_of(predictions, store) as runs, whole_directory(predictions) as folder:
        fitting = _Fitting(
            people, folds, runs, task, recording, settings, selection, code, experiment or task
        )
        fitting.write(variant, variant_settings, folder)


def answer_question(
    *,
    datasets: Sequence[str | Path],
    geometries: Sequence[str | Path],
    folds: Sequence[str | Path],
    store: str | Path,
    task: str,
    variants: Mapping[str, Mapping[str, Any]],
    recording: str,
    settings: Mapping[str, Any],
    selection: Mapping[str, Any],
    code: str,
    predictions: str | Path,
    experiment: str,
    joint_inertias: Sequence[str | Path] = (),
    calibrations: Sequence[str | Path] = (),
) -> None:
    """Fit all variants that a question compares, in one process.

    Parameters
    ----------
    variants : mapping
        The question's entries by name.
    predictions : path
        Output folder: ``<variant>/<recording>/<split>`` with what :func:`train_variant` writes of
        a split.
    datasets, geometries, folds, store, task, recording, settings, selection, code, experiment,
    joint_inertias, calibrations
        As :func:`train_variant` has them.

    Raises
    ------
    ConfigError
        Where the configuration names what the files do not have.
    """
    people = (datasets, geometries, joint_inertias, calibrations)
    with runs_of(predictions, store) as runs, whole_directory(predictions) as folder:
        for variant, entry in variants.items():
            fitting = _Fitting(
                people, folds, runs, task, recording, settings, selection, code, experiment
            )
            fitting.write(variant, entry, folder / variant / recording)


def hide_channels(
    *,
    datasets: Sequence[str | Path],
    geometries: Sequence[str | Path],
    folds: Sequence[str | Path],
    store: str | Path,
    task: str,
    variants: Mapping[str, Mapping[str, Mapping[str, Any]]],
    recording: str,
    settings: Mapping[str, Any],
    selection: Mapping[str, Any],
    code: str,
    predictions: str | Path,
    experiment: str,
    joint_inertias: Sequence[str | Path] = (),
    calibrations: Sequence[str | Path] = (),
) -> None:
    """Fit variants that one measured channel each is hidden from, in one process.

    Parameters
    ----------
    variants : mapping of channel to entries by name
        Without that channel.
    predictions : path
        Output folder: ``<channel>/<variant>/<recording>/<split>`` with what :func:`train_variant`
        writes of a split.
    datasets, geometries, folds, store, task, recording, settings, selection, code, experiment,
    joint_inertias, calibrations
        As :func:`train_variant` has them.

    Raises
    ------
    ConfigError
        Where the configuration names what the files do not have.
    """
    people = (datasets, geometries, joint_inertias, calibrations)
    with runs_of(predictions, store) as runs, whole_directory(predictions) as folder:
        fitting = _Fitting(
            people, folds, runs, task, recording, settings, selection, code, experiment
        )
        for channel, entries in variants.items():
            for variant, entry in entries.items():
                fitting.write(variant, entry, folder / channel / variant / recording)


@dataclass(frozen=True)
class _Fitting:
    """What all fits of one job have in common; see :func:`train_variant`."""

    people: tuple[Sequence[str | Path], ...]
    folds: Sequence[str | Path]
    runs: Path
    task: str
    recording: str
    settings: Mapping[str, Any]
    selection: Mapping[str, Any]
    code: str
    experiment: str

    def write(self, variant: str, values: Mapping[str, Any], folder: Path) -> None:
        """Fit an entry under every split and write a folder for each."""
        suit_small_networks()
        entry = Entry.read(variant, values)
        training = TrainingSettings.read({**self.settings, **entry.training})
        way = load_variant(entry.variant, entry.settings, self.task)
        chosen = Selection.read({**self.selection, **entry.shown}, self.task)
        chosen = chosen.seeing(way.always_sees)
        datasets, geometries, *others = self.people
        recorded, found = read_recorded_cycles(
            datasets, geometries, chosen, self.recording, *others
        )
        for folds in self.folds:
            logs = deepcopy(found)
            names = {
                **{"task": self.task, "variant": variant},
                **{"recording": self.recording, "split": Path(folds).stem},
            }
            diary = self._diary(names, way, training, entry, folds, recorded.subjects)
            fits = Fits(
                recorded, chosen, training, way, diary, Predictions(recorded, chosen, names)
            )
            for fold in read_folds(folds):
                if fold["subject"] not in recorded.subjects:
                    raise ConfigError(f"{folds}: no dataset of '{fold['subject']}' was given.")
                log = logs[recorded.subjects.index(fold["subject"])]
                with log.refusals(f"fold {fold['name']}"):
                    fits.fold(fold)
            fits.write(folder / Path(folds).stem)
            _write_quality(logs, folder / Path(folds).stem / "quality.csv")

    def _diary(
        self,
        names: dict[str, str],
        way: Variant,
        training: TrainingSettings,
        entry: Entry,
        folds: str | Path,
        subjects: Sequence[str],
    ) -> Diary:
        """Say what every run of these fits is recorded with."""
        digests = {"folds_sha256": file_digest(folds)}
        for kind, paths in zip(KINDS, self.people, strict=True):
            for subject, path in zip(subjects, paths, strict=False):
                digests[f"{kind}_sha256.{subject}"] = file_digest(path)
        return Diary(
            self.runs,
            self.experiment,
            {**names, "training": asdict(training), way.name: way.described()}
            | {"selection": {**self.selection, **entry.shown}},
            {**names, "code_digest": self.code, **digests},
        )


def _write_quality(logs: Sequence[QualityLog], path: Path) -> None:
    rows = [row for log in logs for row in log.rows]
    QUALITY.write(pd.DataFrame(rows, columns=list(QUALITY.columns)), path)
