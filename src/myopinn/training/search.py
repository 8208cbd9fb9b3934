"""Search a variant's settings on the stopping trials of people set aside, one budget for all.

Every variant gets the same number of tries, drawn by the same sampler from the ranges that its own
Settings and, where it is trained by gradients, the training settings declare. A setting is judged
by what the fits answer to the stopping trials of each fold; tested trials are never looked at.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, fields, replace
from typing import Any

import numpy as np
import torch

from myopinn.dataset.recorded import RecordedCycles
from myopinn.errors import ConfigError, TrialError
from myopinn.records.cells import Cell
from myopinn.tracking.diary import Diary
from myopinn.training.entry import Entry
from myopinn.training.fold_cycles import FoldCycles
from myopinn.training.fold_fits import Fits, build_estimator
from myopinn.training.resolved import TaskSlice

SETTINGS, TRAINING = "settings", "training"
# A setting whose fits do not converge is worse than any that does.
FAILED = float("inf")

Space = Mapping[tuple[str, str], Field[Any]]


@dataclass(frozen=True)
class Search:
    """The search over the settings of one entry.

    Attributes
    ----------
    entry : Entry
        Where the search begins.
    asked : TaskSlice
    recorded : RecordedCycles
    folds : sequence of mapping
    diary : Diary
    cell : Cell
    """

    entry: Entry
    asked: TaskSlice
    recorded: RecordedCycles
    folds: Sequence[Mapping[str, Any]]
    diary: Diary
    cell: Cell

    def fits(self, entry: Entry) -> Fits:
        """Give the fits of an entry, or of one with other settings."""
        return Fits(self.recorded, self.asked.attempt(entry), self.diary, self.cell)

    def space(self) -> dict[tuple[str, str], Field[Any]]:
        """Give the fields to search by group (``settings`` or ``training``) and name."""
        fits = self.fits(self.entry)
        settings, training = fits.entry.variant.settings, fits.entry.training
        found = {(SETTINGS, f.name): f for f in fields(settings) if _searched(f)}
        if self._learns_by_gradients(fits):
            found |= {(TRAINING, f.name): f for f in fields(training) if _searched(f)}
        return found

    def _learns_by_gradients(self, fits: Fits) -> bool:
        variant = fits.entry.variant
        for fold in self.folds:
            try:
                problem = fits.cycles.of(fold).problem
            except TrialError:
                continue
            return isinstance(variant.build(problem), torch.nn.Module)
        raise ConfigError("tuning: no fold has usable cycles to train, to stop and to test.")

    def run(self, space: Space, trials: int, seed: int) -> list[dict[str, Any]]:
        """Try settings one after the other; return a row for each."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
        study.enqueue_trial(self._start(space))
        rows: list[dict[str, Any]] = []
        for number in range(trials):
            trial = study.ask()
            tried = {key: _suggest(trial, *key, field) for key, field in space.items()}
            start = time.perf_counter()
            with self.diary.run(f"{self.entry.variant} {number}", _flat(tried)) as run:
                value = judge(self.fits(self._attempt(tried)), self.folds)
                run.metrics["stop_error"] = value
            study.tell(trial, value)
            row = {"number": number, **_flat(tried), "value": value}
            rows.append(row | {"fit_s": round(time.perf_counter() - start, 3)})
        return rows

    def _start(self, space: Space) -> dict[str, Any]:
        resolved = self.asked.attempt(self.entry)
        now = {SETTINGS: resolved.variant.settings, TRAINING: resolved.training}
        start = {}
        for group, name in space:
            value = getattr(now[group], name)
            choices = space[group, name].metadata.get("choices")
            if choices and value not in choices:
                raise ConfigError(
                    f"tuning: {name} is {value}, not among the choices {list(choices)} of the "
                    "search, which begins with the entry as it stands."
                )
            start[f"{group}.{name}"] = choices.index(value) if choices else value
        return start

    def _attempt(self, tried: Mapping[tuple[str, str], Any]) -> Entry:
        settings = {name: v for (group, name), v in tried.items() if group == SETTINGS}
        training = {name: v for (group, name), v in tried.items() if group == TRAINING}
        return replace(
            self.entry,
            settings={**self.entry.settings, **settings},
            training={**self.entry.training, **training},
        )

    def chosen(self, rows: Sequence[Mapping[str, Any]], space: Space) -> dict[str, Any]:
        """Give the entry with the best settings, as it is to be written into a config."""
        best = min(rows, key=lambda row: row["value"])
        content: dict[str, Any] = {**self.entry.shown, **self.entry.settings}
        training = dict(self.entry.training)
        for group, name in space:
            value = best[f"training.{name}" if group == TRAINING else name]
            value = float(f"{value:.3g}") if isinstance(value, float) else value
            into = training if group == TRAINING else content
            into[name] = list(value) if isinstance(value, tuple) else value
        return content | ({"training": training} if training else {})


def judge(fits: Fits, folds: Sequence[Mapping[str, Any]]) -> float:
    """Fit every fold and return the mean error on the stopping trials.

    Returns
    -------
    float
        Mean over folds and reported targets of MSE / range^2; infinite where a fit does not
        converge. Folds without usable cycles are passed over, the same ones for every setting.
    """
    values = []
    for fold in folds:
        try:
            cycles = fits.cycles.of(fold)
        except TrialError:
            continue
        try:
            values.append(_stop_error(fits, cycles))
        except TrialError:
            return FAILED
    return float(np.mean(values))


def _stop_error(fits: Fits, cycles: FoldCycles) -> float:
    seed = fits.entry.training.seeds[0]
    torch.manual_seed(seed)
    estimator = build_estimator(fits.entry, cycles.problem)
    estimator.fit(cycles.train, cycles.stop, seed)
    reference = np.swapaxes(cycles.stop.targets.numpy(), 1, 2)
    asked = cycles.stop.to_answer(cycles.problem)
    error = np.mean((estimator.predict(asked) - reference) ** 2, axis=(0, 1))
    reported = error[[cycles.problem.targets.index(name) for name in fits.predictions.targets]]
    # A variant may give no answer to a target, such as the angle; it is judged by the others.
    return float(np.nanmean(reported))


def _searched(field: Field[Any]) -> bool:
    return "search" in field.metadata or "choices" in field.metadata


def _suggest(trial: Any, group: str, name: str, field: Field[Any]) -> Any:
    """Draw a value of a setting from the range or the choices that its field declares."""
    key = f"{group}.{name}"
    if "choices" in field.metadata:
        # Optuna keeps plain values alone, and a width of layers is a tuple.
        choices = field.metadata["choices"]
        return choices[trial.suggest_categorical(key, list(range(len(choices))))]
    low, high, scale = field.metadata["search"]
    draw = trial.suggest_int if isinstance(low, int) else trial.suggest_float
    return draw(key, low, high, log=scale == "log")


def _flat(tried: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    return {
        f"training.{name}" if group == TRAINING else name: value
        for (group, name), value in tried.items()
    }
