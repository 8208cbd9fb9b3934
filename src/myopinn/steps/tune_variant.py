"""Search the settings of a variant and write down every try and the best entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.files.layouts.folds import FOLDS
from myopinn.files.layouts.tuning import TUNING
from myopinn.formats.whole import whole_file
from myopinn.records.cells import Cell
from myopinn.tracking.diary import Diary, runs_of
from myopinn.training.entry import Entry
from myopinn.training.estimators import suit_small_networks
from myopinn.training.inputs import FitInputs
from myopinn.training.recorded_cycles import read_recorded_cycles
from myopinn.training.resolved import TaskSlice
from myopinn.training.search import Search


def tune_variant(
    *,
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
    **files: Sequence[str | Path],
) -> None:
    """Try settings of a variant and write down all of them and the best.

    The first try is the entry as it stands, so the search never ends worse than it began. All
    folds of the split are fitted with the first seed; the value of a try is the mean over folds
    of the mean squared error of the reported targets on the stopping trials, each target divided
    by its range in the fold's training trials.

    Parameters
    ----------
    folds : path
        Of the split.
    store, task, variant, recording, settings, variant_settings, selection, code, experiment
        As :func:`myopinn.steps.train_variant.train_variant` has them.
    trials : int
        Number of settings that are tried.
    seed : int
        Of the sampler (Optuna's tree-structured Parzen estimator,
        doi:10.1145/3292500.3330701).
    record : path
        Output (:data:`myopinn.files.layouts.tuning.TUNING`).
    chosen : path
        Output, YAML: the entry with the best settings, as it is to be written into a config, with
        the budget as a comment.
    **files : sequence of path
        Of all people: the fields of :class:`myopinn.training.inputs.FitInputs`.

    Raises
    ------
    ConfigError
        Where the variant has nothing to search and more than one try is asked for, or no fold can
        be fitted.
    """
    suit_small_networks()
    asked = TaskSlice(task, recording, selection, settings)
    entry = Entry.read(variant, variant_settings)
    inputs = FitInputs(**files)
    recorded, _ = read_recorded_cycles(inputs, asked.attempt(entry).selection, recording)
    cell = Cell(task, variant, recording, split)
    with runs_of(record, store) as runs:
        about = {**cell.names(), "trials": trials}
        diary = Diary(runs, experiment, about, {**cell.names(), "code_digest": code})
        search = Search(entry, asked, recorded, FOLDS.read(folds)["folds"], diary, cell)
        space = search.space()
        rows = search.run(space, trials if space else 1, seed)
        TUNING.write_rows(rows, record)
        best = {entry.variant: search.chosen(rows, space)}
        _write_chosen(chosen, best, rows, f"{recording}, {split}")


def _write_chosen(
    path: str | Path,
    content: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    place: str,
) -> None:
    import yaml

    text = yaml.safe_dump(content, sort_keys=False, default_flow_style=None)
    about = (
        f"# Best of {len(rows)} tries on the stopping trials of {place}: "
        f"{min(row['value'] for row in rows):.4g}, as it stood {rows[0]['value']:.4g} "
        "(MSE by range squared).\n"
    )
    with whole_file(path) as temporary:
        temporary.write_text(about + text, encoding="utf-8")
