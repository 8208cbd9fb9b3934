"""The answers of all folds and seeds, gathered by person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from myopinn.dataset.recorded import RecordedCycles
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import write_netcdf
from myopinn.records.cells import Cell


@dataclass(frozen=True)
class Answer:
    """What one fit answered of one person: arrays of shape (cycle, frame, target)."""

    fold: str
    seed: int
    rows: np.ndarray
    predicted: np.ndarray
    reference: np.ndarray


class Predictions:
    """Collects what a variant answered for tested cycles.

    Parameters
    ----------
    recorded : RecordedCycles
        The targets of its selection are those that are reported.
    cell : Cell
        Written with every file.
    """

    def __init__(self, recorded: RecordedCycles, cell: Cell) -> None:
        self.recorded, selection = recorded, recorded.selection
        self.cell = cell
        everything = list(selection.task.targets(replace(selection, muscles=recorded.muscles)))
        reported = selection.task.targets(selection)
        self.targets, self.units = tuple(reported), tuple(reported.values())
        self._columns = [everything.index(name) for name in self.targets]
        self._answers: dict[int, list[Answer]] = defaultdict(list)

    def add(
        self,
        fold: str,
        seed: int,
        rows: np.ndarray,
        predicted: np.ndarray,
        reference: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Add the answers of one fit.

        Parameters
        ----------
        rows : array, shape (cycle,)
            Tested cycles.
        predicted, reference : array, shape (cycle, frame, target), in the targets' units
            All targets of the variant for these cycles, and what they are held against.

        Returns
        -------
        predicted, reference : array, shape (cycle, frame, target)
            The targets that are reported.
        """
        answer, known = predicted[..., self._columns], reference[..., self._columns]
        for person in np.unique(self.recorded.person[rows]):
            own = self.recorded.person[rows] == person
            self._answers[int(person)].append(
                Answer(fold, seed, rows[own], answer[own], known[own])
            )
        return answer, known

    def write(self, folder: Path) -> None:
        """Write ``<subject>/predictions.nc`` for each person that was tested."""
        for person, answers in sorted(self._answers.items()):
            subject = self.recorded.subjects[person]
            rows = np.concatenate([answer.rows for answer in answers])
            frames = self.recorded.time_s.shape[1]
            counts = [len(answer.rows) * frames for answer in answers]
            names = {
                key: np.repeat(getattr(self.recorded, key)[rows], frames).astype(object)
                for key in ("trial", "session", "condition")
            }
            dataset = PREDICTIONS.build(
                {
                    name: np.concatenate(
                        [getattr(a, name).reshape(-1, len(self.targets)) for a in answers]
                    )
                    for name in ("predicted", "reference")
                },
                {
                    **names,
                    "target": np.array(self.targets, dtype=object),
                    "unit": np.array(self.units, dtype=object),
                    "cycle": np.repeat(self.recorded.cycle[rows], frames),
                    "frame": np.tile(np.arange(frames), len(rows)),
                    "time_s": self.recorded.time_s[rows].ravel(),
                    "fold": np.repeat(np.array([a.fold for a in answers], dtype=object), counts),
                    "seed": np.repeat([a.seed for a in answers], counts),
                },
                self.cell.person(subject).names(),
            )
            write_netcdf(dataset, folder / subject / "predictions.nc", PREDICTIONS)
