"""Errors of predicted envelopes and moments: against recordings, and where it is known the truth.

A measured muscle is held against its own recorded envelope, also where that was hidden from the
variant, and the moment against inverse dynamics. A deep muscle of virtual people is held against
the envelope that an electrode over it would have recorded (:mod:`myopinn.evaluation.reveal`); of
living people nothing can be said of it, and it has no row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.dataset.agonists import agonists_of
from myopinn.errors import ConfigError
from myopinn.files.fits import fit_folders
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.netcdf import read_netcdf
from myopinn.files.tables import write_table
from myopinn.measures.envelope_measures import (
    amplitude_ratio,
    measured_agonists,
    partial_correlation,
)
from myopinn.measures.prediction_errors import (
    METRICS,
    NAMES,
    NO_REFERENCE,
    Answers,
    absent_targets,
    average_subject,
    count_answers,
    note_of,
    read_answers,
    skill_against,
    tabulate_trials,
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

SHAPES = ("amplitude_ratio", "partial_r")
ABOUT = ("held_against", "inputs", "prior", "truth")
# What a target is held against.
RECORDING, TRUTH, INVERSE_DYNAMICS = "recording", "truth", "inverse dynamics"
ALL_CONDITIONS = ""
# Single precision, in which variants answer.
_ROUNDING = 1e-5


def compute_envelope_errors(
    *,
    predictions: Sequence[str | Path],
    revealed: Sequence[str | Path],
    geometries: Sequence[str | Path],
    task: str,
    coordinates: Mapping[str, str],
    rivals: Sequence[str],
    order: Sequence[str],
    errors: str | Path,
    by_condition: str | Path,
    truth_shown: Mapping[str, str] | None = None,
) -> None:
    """Write the errors of all variants of a task, one row per subject and target.

    Parameters
    ----------
    predictions : sequence of path
        Folders that hold ``<variant>/<recording>/<split>`` with ``<subject>/predictions.nc`` and
        ``about.json``.
    revealed : sequence of path
        ``<recording>/revealed/<subject>.nc`` of virtual people.
    geometries : sequence of path
        ``<recording>/<subject>/muscle_geometry.nc`` of everybody, which tells agonists.
    coordinates : mapping of recording to coordinate
        The joint of the moment.
    rivals : sequence of str
        Variants against each of which a skill is measured.
    order : sequence of str
        In which the variants are listed.
    truth_shown : mapping of variant to str
        What ceilings are shown of the truth.
    errors, by_condition : path
        Outputs: names, :data:`myopinn.measures.prediction_errors.METRICS`, ``nrmse_sd`` (by the SD
        of the subject's reference over all tested trials), ``amplitude_ratio``, ``partial_r``
        (given the measured agonists' EMG), ``skill_<rival>``, counts, ``note``, what the target is
        ``held_against``, and what the variant sees and assumes; the second table has these for
        each ``condition`` of the tested trials.

    Raises
    ------
    ConfigError
        Where a rival is not among the variants.
    """
    tables = tabulate_errors(
        *(predictions, revealed, geometries, task, coordinates),
        *(rivals, order, truth_shown or {}),
    )
    for table, path in zip(tables, (errors, by_condition), strict=True):
        write_table(table, path)


def tabulate_errors(
    predictions: Sequence[str | Path],
    revealed: Sequence[str | Path],
    geometries: Sequence[str | Path],
    task: str,
    coordinates: Mapping[str, str],
    rivals: Sequence[str],
    order: Sequence[str],
    truth_shown: Mapping[str, str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the tables of :func:`compute_envelope_errors`, over all conditions and of each.

    Parameters
    ----------
    predictions, revealed, geometries, task, coordinates, rivals, order, truth_shown
        As :func:`compute_envelope_errors` has them.

    Raises
    ------
    ConfigError
        Where a rival is not among the variants.
    """
    known = {(Path(p).parts[-3], Path(p).stem): read_netcdf(p, DATASET) for p in revealed}
    shapes = {Path(p).parts[-3:-1]: _agonists(p, coordinates) for p in geometries}
    folders = fit_folders(predictions)
    answers = [read_answers(path) for path in folders]
    measured = {place: recorded_everywhere(answers, place) for place in coordinates}
    own = [
        _measure(given, path, known, shapes, measured[given.recording])
        for given, path in zip(answers, folders, strict=True)
    ]
    own.sort(key=lambda measured: order.index(measured.answers.variant))
    missing = sorted(set(rivals) - {given.variant for given in answers})
    if missing and own:
        raise ConfigError(f"{task}: the rivals {missing} of the skill are not among the variants.")
    whole, of_each = (
        _tabulate(own, task, rivals, truth_shown, conditions) for conditions in (False, True)
    )
    return whole, of_each


@dataclass(frozen=True)
class Measured:
    """Errors of the trials of every person that a variant answered in one cell."""

    answers: Answers
    about: Mapping[str, str]
    trials: Mapping[str, pd.DataFrame]
    recorded: Sequence[str]


def _agonists(path: str | Path, coordinates: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    data = read_netcdf(path, GEOMETRY)
    shape = {str(name): data[name].values for name in (*data.data_vars, *data.coords)}
    coordinate = coordinates.get(Path(path).parts[-3], "")
    return agonists_of(shape, coordinate) if coordinate in shape["coordinate"] else {}


def _measure(
    answers: Answers,
    folder: Path,
    known: Mapping[tuple[str, str], xr.Dataset],
    agonists: Mapping[tuple[str, ...], Mapping[str, Sequence[str]]],
    measured: Sequence[str],
) -> Measured:
    absent = absent_targets(answers.people.values()) | copied_targets(answers.people.values())
    trials, people = {}, {}
    for subject, dataset in answers.people.items():
        place = (answers.recording, subject)
        people[subject] = with_revealed(dataset, known[place]) if place in known else dataset
        shapes = _shapes(people[subject], measured, agonists[place], absent)
        trials[subject] = tabulate_trials(people[subject], absent).assign(**shapes)
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return Measured(replace(answers, people=people), about, trials, measured)


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
        if given.recording == recording
        for dataset in given.people.values()
    ]
    return [name for name in found[0] if all(name in own for own in found)] if found else []


def with_revealed(dataset: xr.Dataset, revealed: xr.Dataset) -> xr.Dataset:
    """Fill the reference of targets that nobody recorded with what electrodes would have seen."""
    reference = dataset["reference"].values.copy()
    cycle, frame = dataset["cycle"].values, dataset["frame"].values
    channels = [str(name) for name in revealed["channel"].values]
    row_of = {str(name): row for row, name in enumerate(revealed["session"].values)}
    rows = [row_of[name] for name in dataset["session"].values.astype(str)]
    for column, target in enumerate(dataset["target"].values.astype(str)):
        if target in channels and np.isnan(reference[:, column]).all():
            k = channels.index(target)
            envelope = revealed["envelope"].values[cycle, frame, k]
            reference[:, column] = envelope / revealed["mvc_envelope"].values[rows, k]
    return dataset.assign(reference=dataset["reference"].copy(data=reference))


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
    found: dict[str, list[Any]] = {"condition": [], "variance": [], "centre": []}
    found |= {name: [] for name in SHAPES}
    for frames in keys.groupby(["trial", "fold", "seed"]).indices.values():
        for column, target in enumerate(targets):
            curve, known = predicted[frames, column], reference[frames, column]
            found["condition"].append(condition[frames[0]])
            found["variance"].append(float(np.var(known)))
            found["centre"].append(float(np.mean(known)))
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
    task: str,
    rivals: Sequence[str],
    truth_shown: Mapping[str, str],
    conditions: bool,
) -> pd.DataFrame:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    persons: dict[str, dict[tuple[str, ...], pd.DataFrame]] = {}
    for measured in own:
        answers = measured.answers
        names = {"recording": answers.recording, "split": answers.split, "variant": answers.variant}
        shown = {**measured.about, "truth": truth_shown.get(answers.variant, "")}
        for subject, trials in measured.trials.items():
            for condition, part in _parts(trials, conditions):
                key = (answers.variant, answers.recording, answers.split, subject)
                persons.setdefault(condition, {})[key] = part
                place = {"task": task, **names, "subject": subject, "condition": condition}
                counts = count_answers(_only(answers.people[subject], condition))
                rows += [
                    {**place, **row, **counts, **shown, "held_against": _held(row, measured)}
                    for row in _summarise(part)
                ]
    skills = [f"skill_{rival}" for rival in rivals]
    columns = [*NAMES, *METRICS, "nrmse_sd", *SHAPES, "n_trials", "n_cycles", "n_seeds", "note"]
    table = pd.DataFrame(rows, columns=[*columns, *ABOUT, "condition"])
    for rival, skill in zip(rivals, skills, strict=True):
        table[skill] = np.nan
        for level, part in table.groupby("condition"):
            table.loc[part.index, skill] = skill_against(part, persons[str(level)], rival)
    first = [*NAMES[:5], *["condition"] * conditions, *NAMES[5:]]
    return table[[*first, *METRICS, "nrmse_sd", *SHAPES, *skills, *columns[-4:], *ABOUT]]


def _held(row: Mapping[str, Any], measured: Measured) -> str:
    if row["unit"] != "1":
        return INVERSE_DYNAMICS
    return RECORDING if row["target"] in measured.recorded else TRUTH


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
        metrics = average_subject(own, (*METRICS, *SHAPES))
        # Of one reference per trial, whatever the number of fits.
        single = own.drop_duplicates("trial")
        spread = float(np.sqrt(single["variance"].mean() + single["centre"].var(ddof=0)))
        nrmse = metrics["rmse"] / spread if spread > 0 else np.nan
        row = {"target": target, "unit": unit, **metrics, "nrmse_sd": nrmse}
        yield row | {"note": note_of(own)}
