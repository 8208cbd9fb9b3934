"""The answers of all folds and seeds, gathered by person."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from myopinn.artifacts import PREDICTIONS, write_netcdf
from myopinn.training.normalisation import target_values
from myopinn.training.recorded_cycles import RecordedCycles
from myopinn.training.selection import Selection


class Predictions:
    """Collects what a variant answered for tested cycles.

    Parameters
    ----------
    recorded : RecordedCycles
    selection : Selection
        Its coordinates and muscles are the targets that are reported.
    attributes : dict of str to str
        Written with every file: task, variant, recording, split.
    """

    def __init__(
        self, recorded: RecordedCycles, selection: Selection, attributes: dict[str, str]
    ) -> None:
        self.recorded = recorded
        self.attributes = attributes
        everything = (*selection.coordinates, *recorded.muscles)
        self.targets = (*selection.coordinates, *selection.muscles)
        self.units = ("rad",) * len(selection.coordinates) + ("N",) * len(selection.muscles)
        self._columns = [everything.index(name) for name in self.targets]
        self.reference = target_values(recorded, selection)[..., self._columns]
        self._answers: dict[int, list[tuple[str, int, np.ndarray, np.ndarray]]] = defaultdict(list)

    def add(self, fold: str, seed: int, rows: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """Add the answers of one fit.

        Parameters
        ----------
        rows : array, shape (cycle,)
            Tested cycles.
        predicted : array, shape (cycle, frame, target), rad and N
            All targets of the variant.

        Returns
        -------
        array, shape (cycle, frame, target)
            The targets that are reported.
        """
        answer = predicted[..., self._columns]
        for person in np.unique(self.recorded.person[rows]):
            own = self.recorded.person[rows] == person
            self._answers[int(person)].append((fold, seed, rows[own], answer[own]))
        return answer

    def write(self, folder: Path) -> None:
        """Write ``<subject>/predictions.nc`` for each person that was tested."""
        for person, answers in sorted(self._answers.items()):
            subject = self.recorded.subjects[person]
            rows = np.concatenate([rows for _, _, rows, _ in answers])
            frames = self.reference.shape[1]
            counts = [len(rows) * frames for _, _, rows, _ in answers]
            names = {
                key: np.repeat(getattr(self.recorded, key)[rows], frames).astype(object)
                for key in ("trial", "session", "condition")
            }
            dataset = PREDICTIONS.build(
                {
                    "predicted": np.concatenate([a.reshape(-1, a.shape[-1]) for *_, a in answers]),
                    "reference": self.reference[rows].reshape(-1, len(self.targets)),
                },
                {
                    **names,
                    "target": np.array(self.targets, dtype=object),
                    "unit": np.array(self.units, dtype=object),
                    "cycle": np.repeat(self.recorded.cycle[rows], frames),
                    "frame": np.tile(np.arange(frames), len(rows)),
                    "time_s": self.recorded.time_s[rows].ravel(),
                    "fold": np.repeat(np.array([f for f, *_ in answers], dtype=object), counts),
                    "seed": np.repeat([seed for _, seed, *_ in answers], counts),
                },
                {**self.attributes, "subject": subject},
            )
            write_netcdf(dataset, folder / subject / "predictions.nc", PREDICTIONS)
