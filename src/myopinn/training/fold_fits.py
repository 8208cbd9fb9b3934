"""The fits of one variant: each fold with each seed, scaled by the fold's own training trials."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from myopinn.artifacts import write_table
from myopinn.errors import ConfigError, TrialError
from myopinn.problem import Cycles, Problem
from myopinn.training.diagnostics import draw_fit
from myopinn.training.diary import Diary
from myopinn.training.estimators import Estimator, TrainingSettings, make_estimator
from myopinn.training.normalisation import Normalisation
from myopinn.training.predictions import Predictions
from myopinn.training.recorded_cycles import RecordedCycles
from myopinn.training.run_record import Run
from myopinn.training.saved_model import save_model
from myopinn.training.selection import Selection
from myopinn.variants import Variant

LOSS_KEYS = ["fold", "seed", "epoch"]
RUN_COLUMNS = ("subject", "fold", "seed", "run_id", "epochs", "stop_loss", "train_s")


def read_folds(folds: str | Path) -> list[dict[str, Any]]:
    """Read the folds of a split: name, subject, and the keys to train, to stop and to test."""
    found: list[dict[str, Any]] = json.loads(Path(folds).read_text(encoding="utf-8"))["folds"]
    return found


@dataclass(frozen=True)
class FoldCycles:
    """The cycles of a fold, scaled by its training trials."""

    problem: Problem
    normalisation: Normalisation
    train: Cycles
    stop: Cycles
    test: Cycles
    test_rows: np.ndarray


class Fits:
    """All fits of one variant on one split.

    Parameters
    ----------
    recorded : RecordedCycles
    selection : Selection
    training : TrainingSettings
    variant : Variant
    diary : Diary
    predictions : Predictions
        Gets the answers to the tested cycles.

    Attributes
    ----------
    runs : list of dict
        One row of ``runs.csv`` for each fit.
    losses : list of dict
        One row of ``losses.csv`` for each epoch of each fit.
    """

    def __init__(
        self,
        recorded: RecordedCycles,
        selection: Selection,
        training: TrainingSettings,
        variant: Variant,
        diary: Diary,
        predictions: Predictions,
    ) -> None:
        self.recorded = recorded
        self.selection = selection
        self.training = training
        self.variant = variant
        self.diary = diary
        self.predictions = predictions
        self.runs: list[dict[str, Any]] = []
        self.losses: list[dict[str, Any]] = []
        self._derived: dict[str, torch.Tensor] | None = None

    def fold(self, fold: Mapping[str, Any]) -> None:
        """Fit one fold with every seed, or with the first alone where seeds make no difference.

        Raises
        ------
        TrialError
            Where a part of the fold has no usable cycle, or a fit does not converge.
        """
        cycles = self.cycles(fold)
        for seed in self.training.seeds:
            name = f"{self.predictions.attributes['variant']} {fold['name']} {seed}"
            about = {"fold": fold["name"], "subject": fold["subject"], "seed": seed}
            with self.diary.run(name, about) as run:
                facts, uses_seed = self._fit(cycles, fold["name"], seed, run)
            self.runs.append({**about, "run_id": run.id, **facts})
            if not uses_seed:
                break

    def write(self, folder: Path) -> None:
        """Write the answers of all fits, ``runs.csv`` and ``losses.csv``."""
        self.predictions.write(folder)
        write_table(pd.DataFrame(self.runs, columns=list(RUN_COLUMNS)), folder / "runs.csv")
        losses = pd.DataFrame(self.losses) if self.losses else pd.DataFrame(columns=LOSS_KEYS)
        write_table(losses, folder / "losses.csv")

    def _fit(
        self, cycles: FoldCycles, fold: str, seed: int, run: Run
    ) -> tuple[dict[str, Any], bool]:
        """Fit with one seed; return the facts for ``runs.csv``, and whether the seed mattered."""
        torch.manual_seed(seed)
        model = self.variant.build(self.variant.settings, cycles.problem)
        estimator = make_estimator(model, self.training)
        start = time.perf_counter()
        estimator.fit(cycles.train, cycles.stop, seed)
        train_s = time.perf_counter() - start
        predicted = cycles.normalisation.values(estimator.predict(cycles.test))
        answer = self.predictions.add(fold, seed, cycles.test_rows, predicted)
        self._describe(run, estimator, answer, cycles)
        self.losses += [{"fold": fold, "seed": seed, **row} for row in estimator.curve]
        run.metrics.update({"fit/train_s": train_s, "fit/epochs": len(estimator.curve)})
        stop_loss = estimator.facts.get("stop_loss", float("nan"))
        facts = {
            "epochs": len(estimator.curve),
            "stop_loss": stop_loss,
            "train_s": round(train_s, 3),
        }
        return facts, estimator.uses_seed

    def _describe(
        self, run: Run, estimator: Estimator, answer: np.ndarray, cycles: FoldCycles
    ) -> None:
        """Put curve, errors, figure and model of a fit into its run."""
        reference = self.predictions.reference[cycles.test_rows]
        rmse = np.sqrt(np.mean((answer - reference) ** 2, axis=(0, 1)))
        targets, units = self.predictions.targets, self.predictions.units
        for k, (target, unit) in enumerate(zip(targets, units, strict=True)):
            if not np.isnan(answer[..., k]).all():
                run.metrics[f"test/rmse_{unit}/{target}"] = float(rmse[k])
        run.metrics.update({f"fit/{key}": value for key, value in estimator.facts.items()})
        run.curve = estimator.curve
        if estimator.curve:
            write_table(pd.DataFrame(estimator.curve), run.folder / "loss_curve.csv")
        draw_fit(run.folder / "fit.png", estimator.curve, reference, answer, targets, units)
        maximum = cycles.normalisation.channel_maximum_v
        save_model(run.folder / "model", estimator, self.variant, cycles.problem, maximum)

    def cycles(self, fold: Mapping[str, Any]) -> FoldCycles:
        """Return the cycles of a fold, with all constants from its training trials.

        Raises
        ------
        TrialError
            Where a part of the fold has no usable cycle.
        ConfigError
            Where the fold tests what it is trained on.
        """
        rows = {part: self.recorded.rows(fold[part]) for part in ("train", "stop", "test")}
        empty = [part for part, found in rows.items() if not len(found)]
        if empty:
            raise TrialError(
                f"fold '{fold['name']}' has no usable cycle to {' and to '.join(empty)}.",
                remedy="see which trials were left out, and why.",
            )
        wanted = self.selection.train_cycles
        if wanted is not None:
            rows["train"] = draw_cycles(rows["train"], wanted, fold["name"])
        if set(fold["test"]) & {*fold["train"], *fold["stop"]}:
            raise ConfigError(f"fold '{fold['name']}' tests trials that it is trained on.")
        normalisation = Normalisation.fit(self.recorded, rows["train"], self.selection)
        problem = normalisation.problem(self.recorded, self.selection)
        cycles = normalisation.cycles(self.recorded, self.selection)
        if self._derived is None:
            # It depends on nothing that is learned or fitted, so once is enough for all folds.
            self._derived = self.variant.derived(problem, cycles)
        cycles = replace(cycles, derived=self._derived)
        train, stop, test = (cycles.take(found) for found in rows.values())
        return FoldCycles(problem, normalisation, train, stop, test, rows["test"])


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
