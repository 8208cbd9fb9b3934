"""Where networks with attention look in the cycles that they are tested on, by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from myopinn.files.layouts.attention import ATTENTION
from myopinn.files.netcdf import write_netcdf
from myopinn.records.cells import Cell


class AttendedFrames:
    """Collects attention, each fit with one vote and in it each cycle."""

    def __init__(self) -> None:
        self._found: dict[int, list[tuple[np.ndarray, np.ndarray]]] = defaultdict(list)

    def add(self, person: np.ndarray, weights: np.ndarray) -> None:
        """Add the attention of one fit.

        Parameters
        ----------
        person : int array, shape (cycle,)
            Whose cycles they are.
        weights : array, shape (cycle, layer, head, frame asked, frame looked at)
        """
        entropy = normalised_entropy(weights)
        for one in np.unique(person):
            own = person == one
            self._found[int(one)].append(
                (weights[own].mean(axis=(0, 1, 2)), entropy[own].mean(axis=(0, 1, 2)))
            )

    def write(self, folder: Path, subjects: Sequence[str], cell: Cell) -> None:
        """Write ``<subject>/attention.nc`` for each person that a network looked at."""
        for person, fits in sorted(self._found.items()):
            weight, entropy = (np.mean(parts, axis=0) for parts in zip(*fits, strict=True))
            asked, seen = weight.shape
            dataset = ATTENTION.build(
                {"weight": weight, "entropy": entropy},
                {"asked": np.arange(asked), "seen": np.arange(asked - seen, asked)},
                cell.person(subjects[person]).names(),
            )
            write_netcdf(dataset, folder / subjects[person] / "attention.nc", ATTENTION)


def normalised_entropy(weights: np.ndarray) -> np.ndarray:
    """Return the entropy of weights along the last dimension: 1 if uniform, 0 if all on one."""
    log = np.log(weights, out=np.zeros_like(weights), where=weights > 0)
    entropy: np.ndarray = -(weights * log).sum(axis=-1) / np.log(weights.shape[-1])
    return entropy
