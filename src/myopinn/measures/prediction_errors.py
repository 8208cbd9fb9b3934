"""Errors of predictions: per trial first, then one number per subject.

A subject's error is a mean of trial errors, so a long trial counts no more than a short one, and
the table holds one row per subject, which is the unit of every comparison.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, cast

import numpy as np

from myopinn.errors import ConfigError
from myopinn.measures.trial_errors import (
    CONSTANT,
    CONSTANT_REFERENCE,
    METRICS,
    NO_REFERENCE,
    UNDEFINED,
    TrialErrors,
    measure_errors,
)
from myopinn.records.answers import Answers

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

# The note of a target that a variant does not predict at all.
NOT_PREDICTED = "the variant does not predict it"
# Of all tested trials of a person together, beside the means over trials above.
EXPLAINED = "explained"
NAMES = ("task", "recording", "split", "variant", "subject", "target", "unit")
COUNTS = ("n_trials", "n_cycles", "n_seeds")
SEED_SPREADS = ("rmse_sd_seeds", "nrmse_sd_seeds")


def absent_targets(datasets: Iterable[xr.Dataset]) -> frozenset[str]:
    """Name the targets that a variant does not predict: NaN in every sample of every person.

    That is no failure; a prediction that is NaN for one person or in some samples is.
    """
    absent = [
        {str(t) for t in data["target"].values[np.isnan(data["predicted"].values).all(axis=0)]}
        for data in datasets
    ]
    return frozenset(set.intersection(*absent) if absent else ())


def tabulate_trials(dataset: xr.Dataset, absent: Collection[str] = ()) -> pd.DataFrame:
    """Measure the errors of every fit (fold and seed), trial and target of one person.

    Parameters
    ----------
    dataset : Dataset
        Laid out as :data:`myopinn.files.layouts.predictions.PREDICTIONS`.
    absent : collection of str
        Targets that the variant does not predict.

    Returns
    -------
    DataFrame
        Columns target, unit, trial, fold, seed, mse, the metrics, variance and centre of the
        reference, and note.
    """
    import pandas as pd

    predicted, reference = dataset["predicted"].values, dataset["reference"].values
    keys = pd.DataFrame({k: dataset[k].values for k in ("trial", "fold", "seed")})
    targets = [str(t) for t in dataset["target"].values]
    units = [str(u) for u in dataset["unit"].values]
    measured = ("mse", *METRICS, "variance", "centre", "note")
    rows = []
    for fit, frames in keys.groupby(["trial", "fold", "seed"]).indices.items():
        trial, fold, seed = cast("tuple[str, str, int]", fit)
        for column, (target, unit) in enumerate(zip(targets, units, strict=True)):
            errors = (
                TrialErrors.undefined(NOT_PREDICTED)
                if target in absent
                else measure_errors(predicted[frames, column], reference[frames, column])
            )
            rows.append(
                {"target": target, "unit": unit, "trial": str(trial), "fold": fold, "seed": seed}
                | {name: getattr(errors, name) for name in measured}
            )
    columns = ["target", "unit", "trial", "fold", "seed", *measured]
    return pd.DataFrame(rows, columns=columns)


def average_subject(trials: pd.DataFrame, metrics: Collection[str]) -> dict[str, float]:
    """Average metrics over the fits of each trial, then over the trials of the subject.

    Trials whose reference is constant say nothing about other metrics than rmse and are left out
    of them (the same trials for every variant). Any other undefined value makes the average
    undefined, because leaving out a variant's failures would favour it.

    Parameters
    ----------
    trials : DataFrame
        Rows of one subject and target, as :func:`tabulate_trials` gives them.
    metrics : collection of str
        Columns.
    """
    note = trials["note"].to_numpy(dtype=object)
    names = trials["trial"].to_numpy(dtype=object)
    known = note != NO_REFERENCE
    varying = known & (note != CONSTANT_REFERENCE)
    averages = {}
    for metric in metrics:
        kept = known if metric in ("mse", "rmse") else varying
        values = trials[metric].to_numpy(dtype=float)[kept]
        per_trial = _mean_by_trial(names[kept], values).values()
        averages[metric] = float(np.mean(list(per_trial))) if per_trial else UNDEFINED
    return averages


def variance_over_trials(trials: pd.DataFrame) -> float:
    """Compute the variance of a target over all tested trials of a person, about their mean.

    Every trial counts alike, whatever its length and the number of fits that answered it.

    Parameters
    ----------
    trials : DataFrame
        Rows of one subject and target, as :func:`tabulate_trials` gives them.
    """
    single = trials.drop_duplicates("trial")
    return float(single["variance"].mean() + single["centre"].var(ddof=0))


def explained_share(trials: pd.DataFrame) -> float:
    """Compute 1 - MSE / variance over all tested trials of a person; NaN where nothing varies.

    Beside ``r2``, which is of a trial: there the mean of each trial is a rival that was told the
    target, and where trials differ it is hard to beat.

    Parameters
    ----------
    trials : DataFrame
        As of :func:`variance_over_trials`.
    """
    variance = variance_over_trials(trials)
    largest = float(trials["centre"].abs().max())
    if not variance > (CONSTANT * largest) ** 2:
        return UNDEFINED
    return 1.0 - average_subject(trials, ["mse"])["mse"] / variance


def spread_over_seeds(trials: pd.DataFrame) -> dict[str, float]:
    """Give the SD over seeds of a subject's mean errors; NaN where there is one seed alone.

    Parameters
    ----------
    trials : DataFrame
        Rows of one subject and target, as :func:`tabulate_trials` gives them.
    """
    metrics = ("rmse", "nrmse")
    own = [average_subject(fits, metrics) for _, fits in trials.groupby("seed")]
    return {
        f"{metric}_sd_seeds": float(np.std([fit[metric] for fit in own], ddof=1))
        if len(own) > 1
        else UNDEFINED
        for metric in metrics
    }


def _mean_by_trial(names: Iterable[str], values: np.ndarray) -> dict[str, float]:
    """Average the fits of each trial; a value that is NaN makes the average NaN."""
    found: dict[str, list[float]] = {}
    for name, value in zip(names, values.tolist(), strict=True):
        found.setdefault(name, []).append(value)
    return {name: sum(own) / len(own) for name, own in found.items()}


def tabulate_errors(answers: Iterable[Answers], rival: str | None = None) -> pd.DataFrame:
    """Measure the errors of all variants of a task, one row per subject and target.

    Parameters
    ----------
    answers : iterable of Answers
    rival : str, optional
        The simple variant that ``skill`` = 1 - MSE / MSE of the rival is measured against, over
        the trials of the subject that both have predicted.

    Returns
    -------
    DataFrame
        :data:`NAMES`, :data:`METRICS`, ``explained`` (``skill`` where a rival is named),
        :data:`COUNTS`, :data:`SEED_SPREADS`, ``note``, which says what is undefined and in which
        trials, and ``told``.

    Raises
    ------
    ConfigError
        Where the rival is not among the variants.
    """
    import pandas as pd

    persons: dict[tuple[str, ...], pd.DataFrame] = {}
    rows: list[dict[str, object]] = []
    variants: set[str] = set()
    task = "no answers"
    for own in answers:
        cell, task = own.cell, own.cell.task
        variants.add(cell.variant)
        absent = absent_targets(own.people.values())
        for subject, dataset in own.people.items():
            trials = tabulate_trials(dataset, absent)
            persons[cell.variant, cell.recording, cell.split, subject] = trials
            names = cell.person(subject).names() | count_answers(dataset) | {"told": own.told}
            rows += [{**names, **row} for row in _summarise(trials)]
    if rival is not None and rival not in variants:
        raise ConfigError(
            f"{task}: the rival '{rival}' of the skill is not among the variants "
            f"{sorted(variants)}."
        )
    columns = [*NAMES, *METRICS, EXPLAINED, *COUNTS, *SEED_SPREADS, "note", "told"]
    table = pd.DataFrame(rows, columns=columns)
    if rival is not None:
        table.insert(columns.index(EXPLAINED) + 1, "skill", skill_against(table, persons, rival))
    return table


def count_answers(dataset: xr.Dataset) -> dict[str, int]:
    """Count trials, cycles and seeds of a person's predictions."""
    trials = dataset["trial"].values
    cycles = set(zip(trials.tolist(), dataset["cycle"].values.tolist(), strict=True))
    return {
        "n_trials": len(set(trials.tolist())),
        "n_cycles": len(cycles),
        "n_seeds": len(set(dataset["seed"].values.tolist())),
    }


def _summarise(trials: pd.DataFrame) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for (target, unit), own in trials.groupby(["target", "unit"], sort=False):
        metrics = average_subject(own, METRICS) | {EXPLAINED: explained_share(own)}
        metrics |= spread_over_seeds(own)
        rows.append({"target": target, "unit": unit, **metrics, "note": note_of(own)})
    return rows


def note_of(trials: pd.DataFrame) -> str:
    """Say what is undefined of a target of a subject, and in which trials."""
    noted: dict[str, set[str]] = {}
    for text, name in zip(trials["note"], trials["trial"], strict=True):
        if text:
            noted.setdefault(text, set()).add(name)
    return "; ".join(
        text if text == NOT_PREDICTED else f"{text} in {', '.join(sorted(names))}"
        for text, names in sorted(noted.items())
    )


def skill_against(
    table: pd.DataFrame, persons: Mapping[tuple[str, ...], pd.DataFrame], rival: str
) -> list[float]:
    """Compute 1 - MSE / MSE of a rival per row of the table, over the trials both predicted.

    Parameters
    ----------
    table : DataFrame
        With the columns ``variant``, ``recording``, ``split``, ``subject`` and ``target``.
    persons : mapping of (variant, recording, split, subject) to DataFrame
        Errors of the person's trials, as :func:`tabulate_trials` gives them.
    rival : str
    """
    averaged: dict[tuple[str, ...], dict[str, dict[str, float]]] = {}

    def mse_of(person: tuple[str, ...], target: str) -> dict[str, float]:
        """Give the mean squared error of each trial."""
        if person not in averaged:
            averaged[person] = {
                str(name): _mean_by_trial(own["trial"], own["mse"].to_numpy(dtype=float))
                for name, own in persons[person].groupby("target")
            }
        return averaged[person].get(target, {})

    skills = []
    for row in table.to_dict("records"):
        place = (row["recording"], row["split"], row["subject"])
        if (rival, *place) not in persons:
            skills.append(UNDEFINED)
            continue
        own = mse_of((row["variant"], *place), row["target"])
        other = mse_of((rival, *place), row["target"])
        common = sorted(own.keys() & other.keys())
        reference = sum(other[trial] for trial in common)
        error = sum(own[trial] for trial in common)
        skills.append(1.0 - error / reference if reference else UNDEFINED)
    return skills
