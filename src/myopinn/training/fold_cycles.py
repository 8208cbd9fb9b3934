"""The cycles of each fold of a split, scaled by the fold's own training trials."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.dataset.normalisation import Normalisation
from myopinn.dataset.problem import Cycles, Problem
from myopinn.dataset.recorded import RecordedCycles
from myopinn.errors import ConfigError, TrialError
from myopinn.variants import Variant

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class FoldCycles:
    """The cycles of a fold, scaled by its training trials.

    Attributes
    ----------
    train, stop, test : Cycles
        What is tested stands there as it is asked, without its answers.
    test_rows : int array, shape (cycle,)
    reference : array, shape (cycle, frame, target), in the targets' units
        What the answers to the tested cycles are held against.
    adapt : pair of Cycles or None
        Of a person who is not trained on: what that person's own parameters are learned from, and
        what decides when to stop.
    """

    problem: Problem
    normalisation: Normalisation
    train: Cycles
    stop: Cycles
    test: Cycles
    test_rows: np.ndarray
    reference: np.ndarray
    adapt: tuple[Cycles, Cycles] | None = None


class CyclesOfFolds:
    """Gives the cycles of one fold after the other, as an entry sees them.

    Parameters
    ----------
    recorded : RecordedCycles
    variant : Variant
    """

    def __init__(self, recorded: RecordedCycles, variant: Variant) -> None:
        self.recorded, self.variant = recorded, variant
        self._derived: dict[str, torch.Tensor] | None = None

    def of(self, fold: Mapping[str, Any]) -> FoldCycles:
        """Return the cycles of a fold, with all constants from its training trials.

        Raises
        ------
        TrialError
            Where a part of the fold has no usable cycle.
        ConfigError
            Where the fold tests what it is trained on.
        """
        rows = self._parts(fold)
        empty = [part for part, found in rows.items() if not len(found)]
        if empty:
            raise TrialError(
                f"fold '{fold['name']}' has no usable cycle to {' and to '.join(empty)}.",
                remedy="see which trials were left out, and why.",
            )
        wanted = self.recorded.selection.train_cycles
        if wanted is not None:
            rows["train"] = draw_cycles(rows["train"], wanted, fold["name"])
        if set(fold["test"]) & {*fold["train"], *fold["stop"], *fold.get("adapt", ())}:
            raise ConfigError(f"fold '{fold['name']}' tests trials that it is trained on.")
        normalisation = Normalisation.fit(self.recorded, rows["train"])
        problem = normalisation.problem(self.recorded)
        cycles = normalisation.cycles(self.recorded)
        if self._derived is None:
            # It depends on nothing that is learned or fitted, so once is enough for all folds.
            self._derived = self.variant.derived(problem, cycles.to_derive(problem))
        cycles = replace(cycles, derived=self._derived)
        reference = self.recorded.selection.task.reference(
            self.recorded, normalisation, rows["train"]
        )
        return FoldCycles(
            problem,
            normalisation,
            cycles.take(self._with_calibration(rows["train"])),
            cycles.take(rows["stop"]),
            cycles.take(rows["test"]).to_answer(problem),
            rows["test"],
            reference[rows["test"]],
            self._adaptation(fold, cycles),
        )

    def _parts(self, fold: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Rows of what is trained on, decides when to stop, and is tested."""
        train, stop = (list(fold[part]) for part in ("train", "stop"))
        if not len(self._rows(stop, "stop")) and len(train) > 1:
            # None of the conditions that are trained on is among the trials set aside.
            usable = [key for key in train if len(self._rows([key], "train"))]
            train, stop = usable[:-1], usable[-1:]
        keys = {"train": train, "stop": stop, "test": fold["test"]}
        return {part: self._rows(own, part) for part, own in keys.items()}

    def _rows(self, keys: Sequence[str], part: str) -> np.ndarray:
        """Rows of these trials; what is trained on keeps to the conditions of the selection."""
        rows = self.recorded.rows(keys)
        rows = rows[~self.recorded.calibration[rows]]
        if part == "test" or not self.recorded.selection.conditions:
            return rows
        return rows[np.isin(self.recorded.condition[rows], self.recorded.selection.conditions)]

    def _with_calibration(self, rows: np.ndarray) -> np.ndarray:
        return np.concatenate([rows, self.recorded.calibration_rows(rows)])

    def _adaptation(self, fold: Mapping[str, Any], cycles: Cycles) -> tuple[Cycles, Cycles] | None:
        """Give the cycles from which a new person's own parameters are learned."""
        keys = fold.get("adapt")
        if not keys:
            return None
        learnt = self._rows(keys[:-1] or keys, "train")
        stop = self._rows(keys[-1:], "stop")
        if not len(learnt) or not len(stop):
            raise TrialError(
                f"fold '{fold['name']}' has no usable cycle to adapt to {fold['subject']}.",
                remedy="see which trials were left out, and why.",
            )
        return cycles.take(self._with_calibration(learnt)), cycles.take(stop)


def draw_cycles(rows: np.ndarray, wanted: int, fold: str) -> np.ndarray:
    """Draw some training cycles of a fold; a larger number holds all those of a smaller one.

    Parameters
    ----------
    rows : int array, shape (cycle,)
    wanted : int
    fold : str
        Name of the fold, which decides the order in which cycles are drawn.

    Raises
    ------
    TrialError
        Where the fold has fewer cycles.
    """
    if wanted > len(rows):
        raise TrialError(
            f"fold '{fold}' has {len(rows)} training cycles, fewer than the {wanted} asked for.",
            remedy="ask for fewer with 'train_cycles'.",
        )
    order = np.random.default_rng(zlib.crc32(fold.encode())).permutation(rows)
    return np.sort(order[:wanted])
