"""The fits of one variant: each fold with each seed, scaled by the fold's own training trials."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from myopinn.dataset.problem import Problem
from myopinn.dataset.recorded import RecordedCycles
from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.identified_parameters import IDENTIFIED_PARAMETERS
from myopinn.files.layouts.losses import LOSS_CURVE, LOSSES
from myopinn.files.layouts.reached import REACHED
from myopinn.files.layouts.runs import RUNS
from myopinn.records.cells import Cell
from myopinn.records.told import whose_trials
from myopinn.tracking.diary import Diary
from myopinn.tracking.run_record import Run
from myopinn.training.attended_frames import AttendedFrames
from myopinn.training.diagnostics import draw_fit
from myopinn.training.estimators import Estimator, make_estimator
from myopinn.training.fold_cycles import CyclesOfFolds, FoldCycles
from myopinn.training.predictions import Predictions
from myopinn.training.resolved import ResolvedEntry
from myopinn.training.saved_model import save_model


class Fits:
    """All fits of an entry on one split.

    Parameters
    ----------
    recorded : RecordedCycles
    entry : ResolvedEntry
    diary : Diary
    cell : Cell
        Whose they are, written with every file.

    Attributes
    ----------
    cycles : CyclesOfFolds
    predictions : Predictions
        The answers to the tested cycles.
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
    folds : list of mapping
        Those that were fitted.
    adapted : bool
        Whether a fit learned anew what belongs to the person who is tested.
    """

    def __init__(
        self, recorded: RecordedCycles, entry: ResolvedEntry, diary: Diary, cell: Cell
    ) -> None:
        self.recorded, self.entry, self.diary, self.cell = recorded, entry, diary, cell
        self.cycles = CyclesOfFolds(recorded, entry.variant)
        self.predictions = Predictions(recorded, cell)
        self.runs: list[dict[str, Any]] = []
        self.losses: list[dict[str, Any]] = []
        self.reached: list[dict[str, Any]] = []
        self.parameters: list[dict[str, Any]] = []
        self.attended = AttendedFrames()
        self.folds: list[Mapping[str, Any]] = []
        self.adapted = False

    def fold(self, fold: Mapping[str, Any]) -> None:
        """Fit one fold with every seed, or with the first alone where seeds make no difference.

        Raises
        ------
        TrialError
            Where a part of the fold has no usable cycle, or a fit does not converge.
        """
        cycles = self.cycles.of(fold)
        for seed in self.entry.training.seeds:
            name = f"{self.cell.variant} {fold['name']} {seed}"
            about = {"fold": fold["name"], "subject": fold["subject"], "seed": seed}
            with self.diary.run(name, about) as run:
                facts, uses_seed = self._fit(cycles, fold["name"], seed, run)
            self.runs.append({**about, "run_id": run.id, **facts})
            if not uses_seed:
                break
        self.folds.append(fold)

    def write(self, folder: Path) -> None:
        """Write the answers of all fits and all that came out of them, but their quality.

        See :meth:`myopinn.training.fitting.Fitting.write`, which lists the files.
        """
        self.predictions.write(folder)
        self.attended.write(folder, self.recorded.subjects, self.cell)
        for rows, layout, name in (
            (self.runs, RUNS, "runs.csv"),
            (self.losses, LOSSES, "losses.csv"),
            (self.reached, REACHED, "reached.csv"),
            (self.parameters, IDENTIFIED_PARAMETERS, "parameters.csv"),
        ):
            layout.write_rows(rows, folder / name)
        trials = whose_trials(self.folds, self.adapted)
        told = self.entry.told(self.recorded.past_only, trials)
        about = {"told": told, "prior": self.entry.variant.prior}
        FITS.write({**self.cell.names(), **about}, folder / FITS_FILE)

    def _fit(
        self, cycles: FoldCycles, fold: str, seed: int, run: Run
    ) -> tuple[dict[str, Any], bool]:
        """Fit with one seed; return the facts for ``runs.csv``, and whether the seed mattered."""
        torch.manual_seed(seed)
        estimator = build_estimator(self.entry, cycles.problem)
        start = time.perf_counter()
        estimator.fit(cycles.train, cycles.stop, seed)
        if cycles.adapt is not None:
            self.adapted |= estimator.adapt(*cycles.adapt, seed)
        train_s = time.perf_counter() - start
        predicted = cycles.normalisation.values(estimator.predict(cycles.test))
        shown = self.predictions.add(fold, seed, cycles.test_rows, predicted, cycles.reference)
        attention = estimator.attention(cycles.test)
        if attention is not None:
            self.attended.add(self.recorded.person[cycles.test_rows], attention)
        self._describe(run, estimator, *shown, cycles)
        for found in estimator.identified():
            learned = asdict(found)
            about = {"subject": self.recorded.subjects[learned.pop("person")]}
            self.parameters.append({"fold": fold, "seed": seed, **about, **learned})
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
            LOSS_CURVE.write_rows(estimator.curve, run.folder / "loss_curve.csv")
        draw_fit(run.folder / "fit.png", estimator.curve, reference, answer, targets, units)
        folder, constants = run.folder / "model", cycles.normalisation
        save_model(folder, estimator, self.entry.variant, cycles.problem, constants)


def build_estimator(entry: ResolvedEntry, problem: Problem) -> Estimator:
    """Build what an entry fits and asks in a fold."""
    return make_estimator(entry.variant.build(problem), entry.training)
