"""Search a variant's settings on the stopping trials of people set aside, one budget for all.

Every variant gets the same number of tries, drawn by the same sampler from the ranges that its own
Settings and, where it is trained by gradients, the training settings declare. A setting is judged
by what the fits answer to the stopping trials of each fold; tested trials are never looked at.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from myopinn.config.training import TrainingSettings
from myopinn.errors import ConfigError, TrialError
from myopinn.files.tables import write_table
from myopinn.formats.whole import whole_file
from myopinn.tracking.diary import Diary, runs_of
from myopinn.training.entry import Entry
from myopinn.training.estimators import make_estimator, suit_small_networks
from myopinn.training.fold_fits import Fits, FoldCycles, read_folds
from myopinn.training.predictions import Predictions
from myopinn.training.recorded_cycles import read_recorded_cycles
from myopinn.training.selection import Selection
from myopinn.variants import load_variant

SETTINGS, TRAINING = "settings", "training"
# A setting whose fits do not converge is worse than any that does.
FAILED = float("inf")


def tune_variant(
    *,
    datasets: Sequence[str | Path],
    geometries: Sequence[str | Path],
    folds: str | Path,
    store: str | Path,
    task: str,
    variant: str,
    recording: str,
    split: str,
    settings: Mapping[str, Any],
    variant_settings: Mapping[str, Any],
    selection: Mapping[str, Any],
    trials: int,
    seed: int,
    code: str,
    record: str | Path,
    chosen: str | Path,
    experiment: str,
    joint_inertias: Sequence[str | Path] = (),
    calibrations: Sequence[str | Path] = (),
) -> None:
    """Try settings of a variant and write down all of them and the best.

    The first try is the entry as it stands, so the search never ends worse than it began. All
    folds of the split are fitted with the first seed; the value of a try is the mean over folds
    of the mean squared error of the reported targets on the stopping trials, each target divided
    by its range in the fold's training trials.

    Parameters
    ----------
    datasets, geometries, folds, store, task, variant, recording, split, settings,
    variant_settings, selection, code, joint_inertias, calibrations, experiment
        As :func:`myopinn.training.fit.train_variant` has them.
    trials : int
        Number of settings that are tried.
    seed : int
        Of the sampler (Optuna's tree-structured Parzen estimator,
        doi:10.1145/3292500.3330701).
    record : path
        Output, CSV: ``number``, each setting tried, ``value`` (empty where no fit converged) and
        ``fit_s``.
    chosen : path
        Output, YAML: the entry with the best settings, as it is to be written into a config, with
        the budget as a comment.

    Raises
    ------
    ConfigError
        Where the variant has nothing to search and more than one try is asked for, or no fold can
        be fitted.
    """
    suit_small_networks()
    entry = Entry.read(variant, variant_settings)
    always = load_variant(entry.variant, entry.settings, task).always_sees
    chosen_selection = Selection.read({**selection, **entry.shown}, task).seeing(always)
    recorded, _ = read_recorded_cycles(
        datasets, geometries, chosen_selection, recording, joint_inertias, calibrations
    )
    names = {"task": task, "variant": variant, "recording": recording, "split": split}
    search = Search(entry, dict(settings), read_folds(folds))

    with runs_of(record, store) as runs:
        about = {**names, "trials": trials}
        diary = Diary(runs, experiment, about, {**names, "code_digest": code})

        def fits_of(attempt: Attempt) -> Fits:
            way = load_variant(entry.variant, attempt.settings, task)
            training = TrainingSettings.read({**settings, **attempt.training})
            predictions = Predictions(recorded, chosen_selection, names)
            return Fits(recorded, chosen_selection, training, way, diary, predictions)

        space = search.space(fits_of)
        rows = search.run(space, trials if space else 1, seed, fits_of, diary)
        write_table(pd.DataFrame(rows), record)
        _write_chosen(chosen, entry, rows, space, recording, split)


@dataclass(frozen=True)
class Attempt:
    """Settings of the variant and keys of its training that are tried together."""

    settings: dict[str, Any]
    training: dict[str, Any]


class Search:
    """The search over one variant's settings.

    Parameters
    ----------
    entry : Entry
        Where the search begins.
    settings : dict
        The task's training slice.
    folds : sequence of mapping
    """

    def __init__(
        self, entry: Entry, settings: dict[str, Any], folds: Sequence[Mapping[str, Any]]
    ) -> None:
        self.entry, self.settings, self.folds = entry, settings, folds

    def space(self, fits_of: Any) -> dict[tuple[str, str], Field[Any]]:
        """Give the fields to search by group (``settings`` or ``training``) and name."""
        fits = fits_of(Attempt(dict(self.entry.settings), dict(self.entry.training)))
        found = {(SETTINGS, f.name): f for f in fields(fits.variant.settings) if _searched(f)}
        if self._learns_by_gradients(fits):
            found |= {(TRAINING, f.name): f for f in fields(fits.training) if _searched(f)}
        return found

    def _learns_by_gradients(self, fits: Fits) -> bool:
        for fold in self.folds:
            try:
                problem = fits.cycles(fold).problem
            except TrialError:
                continue
            return isinstance(fits.variant.build(fits.variant.settings, problem), torch.nn.Module)
        raise ConfigError("tuning: no fold has usable cycles to train, to stop and to test.")

    def run(
        self,
        space: Mapping[tuple[str, str], Field[Any]],
        trials: int,
        seed: int,
        fits_of: Any,
        diary: Diary,
    ) -> list[dict[str, Any]]:
        """Try settings one after the other; return a row for each."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
        study.enqueue_trial(self._start(space, fits_of))
        rows: list[dict[str, Any]] = []
        for number in range(trials):
            trial = study.ask()
            tried = {key: _suggest(trial, *key, field) for key, field in space.items()}
            attempt = self._attempt(tried)
            start = time.perf_counter()
            with diary.run(f"{self.entry.variant} {number}", _flat(tried)) as run:
                value = judge(fits_of(attempt), self.folds)
                run.metrics["stop_error"] = value
            study.tell(trial, value)
            row = {"number": number, **_flat(tried), "value": value}
            rows.append(row | {"fit_s": round(time.perf_counter() - start, 3)})
        return rows

    def _start(self, space: Mapping[tuple[str, str], Field[Any]], fits_of: Any) -> dict[str, Any]:
        fits = fits_of(Attempt(dict(self.entry.settings), dict(self.entry.training)))
        now = {SETTINGS: fits.variant.settings, TRAINING: fits.training}
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

    def _attempt(self, tried: Mapping[tuple[str, str], Any]) -> Attempt:
        settings, training = dict(self.entry.settings), dict(self.entry.training)
        settings.update({name: v for (group, name), v in tried.items() if group == SETTINGS})
        training.update({name: v for (group, name), v in tried.items() if group == TRAINING})
        return Attempt(settings, training)


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
            cycles = fits.cycles(fold)
        except TrialError:
            continue
        try:
            values.append(_stop_error(fits, cycles))
        except TrialError:
            return FAILED
    return float(np.mean(values))


def _stop_error(fits: Fits, cycles: FoldCycles) -> float:
    seed = fits.training.seeds[0]
    torch.manual_seed(seed)
    estimator = make_estimator(
        fits.variant.build(fits.variant.settings, cycles.problem), fits.training
    )
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


def _write_chosen(
    path: str | Path,
    entry: Entry,
    rows: Sequence[Mapping[str, Any]],
    space: Mapping[tuple[str, str], Field[Any]],
    recording: str,
    split: str,
) -> None:
    """Write the best settings as an entry of a config."""
    import yaml

    best = min(rows, key=lambda row: row["value"])
    content: dict[str, Any] = {**entry.shown, **entry.settings}
    training = dict(entry.training)
    for group, name in space:
        value = best[f"training.{name}" if group == TRAINING else name]
        value = float(f"{value:.3g}") if isinstance(value, float) else value
        into = training if group == TRAINING else content
        into[name] = list(value) if isinstance(value, tuple) else value
    if training:
        content["training"] = training
    text = yaml.safe_dump({entry.variant: content}, sort_keys=False, default_flow_style=None)
    about = (
        f"# Best of {len(rows)} tries on the stopping trials of {recording}, {split}: "
        f"{best['value']:.4g}, as it stood {rows[0]['value']:.4g} (MSE by range squared).\n"
    )
    with whole_file(path) as temporary:
        temporary.write_text(about + text, encoding="utf-8")
