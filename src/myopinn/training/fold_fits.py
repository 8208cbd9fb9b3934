"""The fits of one variant: each fold with each seed, scaled by the fold's own training trials."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from myopinn.config.training import TrainingSettings
from myopinn.dataset.problem import DEEP_EMG, Cycles, Problem
from myopinn.errors import ConfigError, TrialError
from myopinn.files.tables import write_table
from myopinn.tracking.diary import Diary
from myopinn.tracking.run_record import Run
from myopinn.training.attended_frames import AttendedFrames
from myopinn.training.diagnostics import draw_fit
from myopinn.training.estimators import Estimator, make_estimator
from myopinn.training.normalisation import Normalisation
from myopinn.training.predictions import Predictions
from myopinn.training.reached import COLUMNS as REACHED
from myopinn.training.recorded_cycles import RecordedCycles
from myopinn.training.saved_model import save_model
from myopinn.training.selection import Selection
from myopinn.variants import Variant

LOSS_KEYS = ["fold", "seed", "epoch"]
RUN_COLUMNS = ("subject", "fold", "seed", "run_id", "epochs", "stop_loss", "train_s")
PARAMETER_COLUMNS = (
    *("fold", "seed", "subject", "muscle", "parameter", "unit"),
    *("value", "generic", "low", "high"),
)


def read_folds(folds: str | Path) -> list[dict[str, Any]]:
    """Read the folds of a split: name, subject, and the keys to train, to stop and to test."""
    found: list[dict[str, Any]] = json.loads(Path(folds).read_text(encoding="utf-8"))["folds"]
    return found


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
    reached : list of dict
        Rows of ``reached.csv``: what each fit and simple answers leave of each term of its loss.
    parameters : list of dict
        One row of ``parameters.csv`` for each parameter that a fit identified.
    attended : AttendedFrames
        Where networks that have attention looked in the tested cycles.
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
        self.reached: list[dict[str, Any]] = []
        self.parameters: list[dict[str, Any]] = []
        self.attended = AttendedFrames()
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
        """Write the answers of all fits and all that came out of them, but their quality.

        See :func:`myopinn.training.fit.train_variant`, which lists the files.
        """
        self.predictions.write(folder)
        self.attended.write(folder, self.recorded.subjects, self.predictions.attributes)
        write_table(pd.DataFrame(self.runs, columns=list(RUN_COLUMNS)), folder / "runs.csv")
        losses = pd.DataFrame(self.losses) if self.losses else pd.DataFrame(columns=LOSS_KEYS)
        write_table(losses, folder / "losses.csv")
        reached = pd.DataFrame(self.reached, columns=["fold", "seed", *REACHED])
        write_table(reached, folder / "reached.csv")
        parameters = pd.DataFrame(self.parameters, columns=list(PARAMETER_COLUMNS))
        write_table(parameters, folder / "parameters.csv")
        about = json.dumps(describe_row(self.variant, self.selection), indent=1)
        (folder / "about.json").write_text(about + "\n", encoding="utf-8")

    def _fit(
        self, cycles: FoldCycles, fold: str, seed: int, run: Run
    ) -> tuple[dict[str, Any], bool]:
        """Fit with one seed; return the facts for ``runs.csv``, and whether the seed mattered."""
        torch.manual_seed(seed)
        model = self.variant.build(self.variant.settings, cycles.problem)
        estimator = make_estimator(model, self.training)
        start = time.perf_counter()
        estimator.fit(cycles.train, cycles.stop, seed)
        if cycles.adapt is not None:
            estimator.adapt(*cycles.adapt, seed)
        train_s = time.perf_counter() - start
        predicted = cycles.normalisation.values(estimator.predict(cycles.test))
        shown = self.predictions.add(fold, seed, cycles.test_rows, predicted, cycles.reference)
        attention = estimator.attention(cycles.test)
        if attention is not None:
            self.attended.add(self.recorded.person[cycles.test_rows], attention)
        self._describe(run, estimator, *shown, cycles)
        for found in estimator.identified():
            about = {"fold": fold, "seed": seed, "subject": self.recorded.subjects[found.person]}
            self.parameters.append({**asdict(found), **about})
        self.losses += [{"fold": fold, "seed": seed, **row} for row in estimator.curve]
        self.reached += [{"fold": fold, "seed": seed, **row} for row in estimator.reached]
        run.metrics.update({"fit/train_s": train_s, "fit/epochs": len(estimator.curve)})
        stop_loss = estimator.facts.get("stop_loss", float("nan"))
        facts = {
            "epochs": len(estimator.curve),
            "stop_loss": stop_loss,
            "train_s": round(train_s, 3),
        }
        return facts, estimator.uses_seed

    def _describe(
        self,
        run: Run,
        estimator: Estimator,
        answer: np.ndarray,
        reference: np.ndarray,
        cycles: FoldCycles,
    ) -> None:
        """Put curve, errors, figure and model of a fit into its run."""
        rmse = np.sqrt(np.mean((answer - reference) ** 2, axis=(0, 1)))
        targets, units = self.predictions.targets, self.predictions.units
        for k, (target, unit) in enumerate(zip(targets, units, strict=True)):
            if np.isfinite(rmse[k]):
                run.metrics[f"test/rmse_{unit}/{target}"] = float(rmse[k])
        run.metrics.update({f"fit/{key}": value for key, value in estimator.facts.items()})
        run.curve = estimator.curve
        if estimator.curve:
            write_table(pd.DataFrame(estimator.curve), run.folder / "loss_curve.csv")
        draw_fit(run.folder / "fit.png", estimator.curve, reference, answer, targets, units)
        folder, constants = run.folder / "model", cycles.normalisation
        save_model(folder, estimator, self.variant, cycles.problem, constants)

    def cycles(self, fold: Mapping[str, Any]) -> FoldCycles:
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
        wanted = self.selection.train_cycles
        if wanted is not None:
            rows["train"] = draw_cycles(rows["train"], wanted, fold["name"])
        if set(fold["test"]) & {*fold["train"], *fold["stop"], *fold.get("adapt", ())}:
            raise ConfigError(f"fold '{fold['name']}' tests trials that it is trained on.")
        normalisation = Normalisation.fit(self.recorded, rows["train"], self.selection)
        problem = normalisation.problem(self.recorded, self.selection)
        cycles = normalisation.cycles(self.recorded, self.selection)
        if self._derived is None:
            # It depends on nothing that is learned or fitted, so once is enough for all folds.
            self._derived = self.variant.derived(problem, cycles.to_answer(problem))
        cycles = replace(cycles, derived=self._derived)
        reference = normalisation.reference(self.recorded, self.selection, rows["train"])
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
        if part == "test" or not self.selection.conditions:
            return rows
        return rows[np.isin(self.recorded.condition[rows], self.selection.conditions)]

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


def describe_row(variant: Variant, selection: Selection) -> dict[str, str]:
    """Say what a variant sees when it answers, and what it assumes, for the tables."""
    if selection.task != DEEP_EMG:
        seen = ["EMG"]
    else:
        seen = ["motion", "load"]
        seen += ["measured EMG"] * selection.measured_emg + ["moment"] * selection.moment_input
    seen += ["time in the cycle"] * selection.time_input
    return {"inputs": ", ".join(seen), "prior": variant.prior}


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
