"""Errors of predicted envelopes and moments: against recordings, and where it is known the truth.

A measured muscle is held against its own recorded envelope, also where that was hidden from the
variant, and the moment against inverse dynamics. A deep muscle of virtual people is held against
the envelope that an electrode over it would have recorded (:mod:`myopinn.measures.deep_envelopes`);
of living people nothing can be said of it, and it has no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.errors import ConfigError
from myopinn.measures.deep_envelopes import with_revealed
from myopinn.measures.envelope_measures import (
    amplitude_ratio,
    measured_agonists,
    partial_correlation,
)
from myopinn.measures.prediction_errors import (
    COUNTS,
    EXPLAINED,
    NAMES,
    SEED_SPREADS,
    absent_targets,
    average_subject,
    count_answers,
    explained_share,
    note_of,
    skill_against,
    spread_over_seeds,
    tabulate_trials,
    variance_over_trials,
)
from myopinn.measures.trial_errors import METRICS, NO_REFERENCE
from myopinn.records.answers import Answers

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

SHAPES = ("amplitude_ratio", "partial_r")
ABOUT = ("held_against", "told", "prior", "truth")
# What a target is held against.
BY_RECORDING, BY_TRUTH, BY_INVERSE_DYNAMICS = "recording", "truth", "inverse dynamics"
ALL_CONDITIONS = ""
# Single precision, in which variants answer.
_ROUNDING = 1e-5
# Recording and subject.
Person = tuple[str, str]


def tabulate_envelope_errors(
    answers: Sequence[Answers],
    revealed: Mapping[Person, xr.Dataset],
    agonists: Mapping[Person, Mapping[str, Sequence[str]]],
    rivals: Sequence[str],
    order: Sequence[str],
    truth_shown: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure the errors of all variants of a task, one row per subject and target.

    Parameters
    ----------
    answers : sequence of Answers
    revealed : mapping of Person to Dataset
        The dataset of virtual people with what electrodes over deep muscles would have recorded.
    agonists : mapping of Person to mapping of muscle to muscles
        Of everybody, as :func:`myopinn.dataset.agonists.agonists_of` gives them.
    rivals : sequence of str
        Variants against each of which a skill is measured.
    order : sequence of str
        In which the variants are listed.
    truth_shown : mapping of variant to str, optional
        What ceilings are shown of the truth.

    Returns
    -------
    DataFrame, DataFrame
        Over all conditions of the tested trials, and of each.

    Raises
    ------
    ConfigError
        Where a rival is not among the variants.
    """
    recorded = {
        place: recorded_everywhere(answers, place)
        for place in {given.cell.recording for given in answers}
    }
    own = [_measure(given, revealed, agonists, recorded[given.cell.recording]) for given in answers]
    own.sort(key=lambda measured: order.index(measured.answers.cell.variant))
    missing = sorted(set(rivals) - {given.cell.variant for given in answers})
    if missing and own:
        task = own[0].answers.cell.task
        raise ConfigError(f"{task}: the rivals {missing} of the skill are not among the variants.")
    whole, of_each = (
        _tabulate(own, rivals, truth_shown or {}, conditions) for conditions in (False, True)
    )
    return whole, of_each


@dataclass(frozen=True)
class Measured:
    """Errors of the trials of every person that a variant answered in one cell."""

    answers: Answers
    trials: Mapping[str, pd.DataFrame]
    recorded: Sequence[str]


def _measure(
    answers: Answers,
    revealed: Mapping[Person, xr.Dataset],
    agonists: Mapping[Person, Mapping[str, Sequence[str]]],
    recorded: Sequence[str],
) -> Measured:
    absent = absent_targets(answers.people.values()) | copied_targets(answers.people.values())
    trials, people = {}, {}
    for subject, dataset in answers.people.items():
        place = (answers.cell.recording, subject)
        people[subject] = with_revealed(dataset, revealed.get(place))
        shapes = _shapes(people[subject], recorded, agonists[place], absent)
        trials[subject] = tabulate_trials(people[subject], absent).assign(**shapes)
    return Measured(replace(answers, people=people), trials, recorded)


def copied_targets(people: Iterable[xr.Dataset]) -> frozenset[str]:
    """Name the targets whose recorded envelope is the answer itself: an input is no prediction."""
    copied: frozenset[str] | None = None
    for dataset in people:
        predicted, reference = dataset["predicted"].values, dataset["reference"].values
        same = np.isclose(predicted, reference, rtol=_ROUNDING, atol=_ROUNDING).all(axis=0)
        own = frozenset(str(target) for target in dataset["target"].values[same])
        copied = own if copied is None else copied & own
    return copied or frozenset()


def recorded_muscles(dataset: xr.Dataset) -> list[str]:
    """Name the targets of predictions that were recorded as envelopes."""
    recorded = np.isfinite(dataset["reference"].values).any(axis=0)
    unit = dataset["unit"].values.astype(str)
    return [str(t) for t in dataset["target"].values[recorded & (unit == "1")]]


def recorded_everywhere(answers: Sequence[Answers], recording: str) -> list[str]:
    """Name the muscles that have an envelope in all answers: ceilings are shown more than that."""
    found = [
        recorded_muscles(dataset)
        for given in answers
        if given.cell.recording == recording
        for dataset in given.people.values()
    ]
    return [name for name in found[0] if all(name in own for own in found)] if found else []


def _shapes(
    dataset: xr.Dataset,
    measured: Sequence[str],
    agonists: Mapping[str, Sequence[str]],
    absent: frozenset[str],
) -> dict[str, Any]:
    """Give for each row of the table of trials what goes beyond its metrics."""
    import pandas as pd

    predicted, reference = dataset["predicted"].values, dataset["reference"].values
    targets = [str(t) for t in dataset["target"].values]
    keys = pd.DataFrame({k: dataset[k].values for k in ("trial", "fold", "seed")})
    condition = dataset["condition"].values.astype(str)
    found: dict[str, list[Any]] = {"condition": []}
    found |= {name: [] for name in SHAPES}
    for frames in keys.groupby(["trial", "fold", "seed"]).indices.values():
        for column, target in enumerate(targets):
            curve, known = predicted[frames, column], reference[frames, column]
            found["condition"].append(condition[frames[0]])
            sound = target not in absent and np.isfinite(curve).all() and np.isfinite(known).all()
            found["amplitude_ratio"].append(amplitude_ratio(curve, known) if sound else np.nan)
            others = [targets.index(m) for m in measured_agonists(target, agonists, measured)]
            partial = (
                partial_correlation(curve, known, reference[frames][:, others])
                if sound and target in agonists
                else np.nan
            )
            found["partial_r"].append(partial)
    return found


def _tabulate(
    own: Sequence[Measured],
    rivals: Sequence[str],
    truth_shown: Mapping[str, str],
    conditions: bool,
) -> pd.DataFrame:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    persons: dict[str, dict[tuple[str, ...], pd.DataFrame]] = {}
    for measured in own:
        answers, cell = measured.answers, measured.answers.cell
        shown = {"told": answers.told, "prior": answers.prior}
        shown |= {"truth": truth_shown.get(cell.variant, "")}
        for subject, trials in measured.trials.items():
            for condition, part in _parts(trials, conditions):
                key = (cell.variant, cell.recording, cell.split, subject)
                persons.setdefault(condition, {})[key] = part
                place = cell.person(subject).names() | {"condition": condition}
                counts = count_answers(_only(answers.people[subject], condition))
                rows += [
                    {**place, **row, **counts, **shown, "held_against": _held(row, measured)}
                    for row in _summarise(part)
                ]
    skills = [f"skill_{rival}" for rival in rivals]
    last = [*COUNTS, *SEED_SPREADS, "note"]
    columns = [*NAMES, *METRICS, EXPLAINED, "nrmse_sd", *SHAPES, *last]
    table = pd.DataFrame(rows, columns=[*columns, *ABOUT, "condition"])
    for rival, skill in zip(rivals, skills, strict=True):
        table[skill] = np.nan
        for level, part in table.groupby("condition"):
            table.loc[part.index, skill] = skill_against(part, persons[str(level)], rival)
    first = [*NAMES[:5], *["condition"] * conditions, *NAMES[5:]]
    return table[[*first, *METRICS, EXPLAINED, "nrmse_sd", *SHAPES, *skills, *last, *ABOUT]]


def _held(row: Mapping[str, Any], measured: Measured) -> str:
    if row["unit"] != "1":
        return BY_INVERSE_DYNAMICS
    return BY_RECORDING if row["target"] in measured.recorded else BY_TRUTH


def _parts(trials: pd.DataFrame, conditions: bool) -> Iterator[tuple[str, pd.DataFrame]]:
    if not conditions:
        yield ALL_CONDITIONS, trials
        return
    for condition, part in trials.groupby("condition", sort=True):
        yield str(condition), part


def _only(dataset: xr.Dataset, condition: str) -> xr.Dataset:
    if condition == ALL_CONDITIONS:
        return dataset
    return dataset.isel(sample=np.flatnonzero(dataset["condition"].values.astype(str) == condition))


def _summarise(trials: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Average a subject's trials for each target that has a reference."""
    for (target, unit), own in trials.groupby(["target", "unit"], sort=False):
        if (own["note"] == NO_REFERENCE).all():
            continue
        metrics = average_subject(own, (*METRICS, *SHAPES)) | spread_over_seeds(own)
        spread = float(np.sqrt(variance_over_trials(own)))
        nrmse = metrics["rmse"] / spread if spread > 0 else np.nan
        row = {"target": target, "unit": unit, **metrics, EXPLAINED: explained_share(own)}
        row["nrmse_sd"] = nrmse
        yield row | {"note": note_of(own)}
