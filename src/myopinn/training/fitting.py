"""Fit an entry under every split, with every fold and seed, in one process."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from myopinn.errors import ConfigError
from myopinn.files.layouts.folds import FOLDS
from myopinn.files.layouts.quality import QUALITY
from myopinn.records.cells import Cell
from myopinn.tracking.diary import Diary, file_digest
from myopinn.training.estimators import suit_small_networks
from myopinn.training.fold_fits import Fits
from myopinn.training.inputs import FitInputs
from myopinn.training.recorded_cycles import read_recorded_cycles
from myopinn.training.resolved import ResolvedEntry, TaskSlice


@dataclass(frozen=True)
class Fitting:
    """What all fits of one job have in common.

    All in one process, because starting one costs as much as several fits of a small network.

    Attributes
    ----------
    inputs : FitInputs
    asked : TaskSlice
    runs : Path
        Where the runs are kept until their result stands.
    experiment : str
        Where the runs are kept in the store.
    code : str
        Digest of the code, for the record.
    """

    inputs: FitInputs
    asked: TaskSlice
    runs: Path
    experiment: str
    code: str

    def write(self, name: str, values: Mapping[str, Any], folder: Path) -> None:
        """Fit an entry under every split and write a folder for each.

        In it are ``<subject>/predictions.nc`` for each person tested, beside it ``attention.nc``
        where the network has attention, the tables ``runs.csv``, ``losses.csv``, ``reached.csv``
        and ``parameters.csv`` (:mod:`myopinn.files.layouts.fits`), ``about.json`` with what the
        fits are and see, and ``quality.csv`` with the trials and folds that could not be used and
        why.

        Parameters
        ----------
        name : str
            Of the entry, which names the variant where its values do not.
        values : mapping
            What the configuration has under it (:class:`myopinn.training.entry.Entry`).
        folder : path

        Raises
        ------
        ConfigError
            Where the configuration names what the files do not have.
        """
        suit_small_networks()
        entry = self.asked.resolve(name, values)
        recorded, found = read_recorded_cycles(self.inputs, entry.selection, self.asked.recording)
        for path in self.inputs.folds:
            logs = deepcopy(found)
            split = FOLDS.read(path)
            cell = Cell(self.asked.task, name, self.asked.recording, split["split"])
            digests = {"folds_sha256": file_digest(path), **self.inputs.digests(recorded.subjects)}
            fits = Fits(recorded, entry, self._diary(cell, entry, digests), cell)
            for fold in split["folds"]:
                if fold["subject"] not in recorded.subjects:
                    raise ConfigError(f"{path}: no dataset of '{fold['subject']}' was given.")
                log = logs[recorded.subjects.index(fold["subject"])]
                with log.refusals(f"fold {fold['name']}"):
                    fits.fold(fold)
            fits.write(folder / cell.split)
            rows = [row for log in logs for row in log.rows]
            QUALITY.write_rows(rows, folder / cell.split / "quality.csv")

    def _diary(self, cell: Cell, entry: ResolvedEntry, digests: Mapping[str, str]) -> Diary:
        """Say what every run of these fits is recorded with."""
        names = cell.names()
        settings = {
            "training": asdict(entry.training),
            entry.variant.name: entry.variant.described(),
            "selection": {**self.asked.selection, **entry.shown},
        }
        return Diary(
            self.runs,
            self.experiment,
            {**names, **settings},
            {**names, "code_digest": self.code, **digests},
        )
