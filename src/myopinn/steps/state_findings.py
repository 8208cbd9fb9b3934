"""State what a study claims about a task: the table that report, captions and figures say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.files.layouts.attention_numbers import ATTENTION_NUMBERS
from myopinn.files.layouts.compared_parameters import COMPARED_PARAMETERS
from myopinn.files.layouts.comparison import COMPARISON
from myopinn.files.layouts.envelope_errors import ANY_ERRORS, ENVELOPE_ERRORS
from myopinn.files.layouts.errors import ERRORS
from myopinn.files.layouts.findings import FINDINGS
from myopinn.files.layouts.law_errors import LAW_ERRORS
from myopinn.files.layouts.settings import SETTINGS
from myopinn.measures.findings.attention import state_attention
from myopinn.measures.findings.claims import Row
from myopinn.measures.findings.deep import SKILL_OVER, state_deep, state_hidden, state_parameters
from myopinn.measures.findings.differences import Entries, Meanings, tell_between
from myopinn.measures.findings.explained import OF_LABEL, OF_TRUTH, state_explained
from myopinn.measures.findings.laws import state_laws
from myopinn.measures.findings.levels import compare_levels, introduce_levels
from myopinn.measures.findings.overall import state_overall
from myopinn.measures.findings.pairs import either_way, state_lowest, state_pairs
from myopinn.measures.findings.planned import state_planned
from myopinn.measures.findings.ranks import state_ranks
from myopinn.measures.findings.told import tell_told
from myopinn.measures.findings.truth import state_against_truth

if TYPE_CHECKING:
    import pandas as pd

# As the question is called under which channels are hidden in turn.
HIDDEN_CHANNELS = "hidden_channels"
# Of every claim that does not say otherwise.
DEFAULTS: Row = {"n": 0, "n_targets": 1}


def state_findings(
    *,
    task: str,
    errors: str | Path,
    comparison: str | Path,
    resolved: str | Path,
    settings: Mapping[str, Any],
    findings: str | Path,
    planned: Sequence[Mapping[str, str]] = (),
    questions: Sequence[str] = (),
    answers: Sequence[str | Path] = (),
    hidden: Sequence[str | Path] = (),
    true_errors: Sequence[str | Path] = (),
    attention: Sequence[str | Path] = (),
    identified: Sequence[str] = (),
    parameters: Sequence[str | Path] = (),
    by_law: Sequence[str | Path] = (),
) -> None:
    """Write every claim about the entries of a task and the levels of its questions.

    Parameters
    ----------
    task : str
    errors, comparison : path
        Tables of errors of the task's entries, and of their comparison.
    resolved : path
        What entries and levels come to (:data:`myopinn.files.layouts.settings.SETTINGS`).
    settings : mapping
        The study's statistics.
    findings : path
        Output table.
    planned : sequence of mapping
        The planned tests of the task: see
        :func:`myopinn.measures.findings.planned.state_planned`.
    questions : sequence of str
        Names of the task's questions.
    answers : sequence of path
        Their tables of errors in the same order, whose variants are the levels.
    hidden : sequence of path
        Table of errors of muscles that were hidden in turn, if any were.
    true_errors : sequence of path
        Table of errors against the truth beside ``errors`` against its estimate, if there is one.
    attention : sequence of path
        Table of attention over time, if a task can have any.
    identified : sequence of str
        Questions whose identified parameters are told; empty for the task's own entries.
    parameters : sequence of path
        Their tables of parameters in the same order.
    by_law : sequence of path
        Table of errors on the people of each law of sharing, if there are virtual people.
    """
    import pandas as pd

    told = SETTINGS.read(resolved)
    entries, meanings = told["settings"], told["meanings"]
    whole, compared = ANY_ERRORS.read(errors), COMPARISON.read(comparison)
    held = {"reference": whole}
    for path in true_errors:
        held["truth"] = ERRORS.read(path)
    tables = [("", table) for table in held.values()]
    rows = state_planned(planned, held, settings, entries.get("", {}), meanings)
    rows += _state_entries(whole, compared, settings, entries.get("", {}), meanings)
    rows += _state_explained(whole, settings, OF_LABEL)
    for question, path in zip(questions, answers, strict=True):
        levels = ANY_ERRORS.read(path)
        tables.append((question, levels))
        found = _state_levels(levels, settings, entries[question], meanings)
        rows += [row | {"question": question} for row in found]
    if "truth" in held:
        rows += _state_true_errors(whole, held["truth"], settings)
        rows += _state_explained(held["truth"], settings, OF_TRUTH)
    tables += [(HIDDEN_CHANNELS, ENVELOPE_ERRORS.read(path)) for path in hidden]

    def hiding(cell: pd.DataFrame) -> list[Row]:
        return state_hidden(cell, either_way(state_pairs(cell, settings)))

    further: list[tuple[str, Callable[[pd.DataFrame], list[Row]], pd.DataFrame]] = [
        *(("", state_attention, ATTENTION_NUMBERS.read(path)) for path in attention),
        *(("", state_laws, LAW_ERRORS.read(path)) for path in by_law),
        *((q, hiding, table) for q, table in tables if q == HIDDEN_CHANNELS),
        *(
            (question, state_parameters, COMPARED_PARAMETERS.read(path))
            for question, path in zip(identified, parameters, strict=True)
        ),
    ]
    for question, state, table in further:
        for place, cell in _cells(table):
            rows += [place | {"question": question} | row for row in state(cell)]
    stated = [{"task": task, **DEFAULTS, **row} for row in tell_told(rows, tables)]
    FINDINGS.write(pd.DataFrame(stated, columns=list(FINDINGS.columns)), findings)


def _cells(table: pd.DataFrame) -> Iterator[tuple[Row, pd.DataFrame]]:
    """Give recording and split with the rows of each cell of the study that a table knows."""
    for (recording, split), cell in table.groupby(["recording", "split"], sort=False):
        yield {"recording": str(recording), "split": str(split)}, cell


def _at(table: pd.DataFrame, place: Mapping[str, str]) -> pd.DataFrame:
    """Give the rows of one cell."""
    here = (table["recording"] == place["recording"]) & (table["split"] == place["split"])
    return table[here]


def _state_entries(
    errors: pd.DataFrame,
    comparison: pd.DataFrame,
    settings: Mapping[str, Any],
    entries: Mapping[str, Entries],
    meanings: Meanings,
) -> list[Row]:
    """State how the entries of a task compare, in each of its cells."""
    alpha = float(settings["alpha"])
    rows: list[Row] = []
    for place, cell in _cells(errors):
        compared, own = _at(comparison, place), entries.get(place["recording"], {})
        stated = state_pairs(cell, settings)
        pairs = either_way(stated)
        every = [*stated, *state_lowest(compared, pairs, alpha)]
        found = [r | tell_between(own, r["entry"], r.get("versus", "")) for r in every]
        if "held_against" in cell:
            found += state_deep(cell, pairs)
        else:
            found += state_overall(cell, compared, pairs, settings, own, meanings)
        rows += [place | row for row in (*found, *state_ranks(cell, settings))]
    return rows


def _state_levels(
    errors: pd.DataFrame,
    settings: Mapping[str, Any],
    levels: Mapping[str, Entries],
    meanings: Meanings,
) -> list[Row]:
    """State what the levels of a question are, and how they compare in each cell."""
    rows: list[Row] = [
        row | {"recording": recording}
        for recording, own in levels.items()
        for row in introduce_levels(own, meanings)
    ]
    order = list(dict.fromkeys(errors["variant"]))
    for place, cell in _cells(errors):
        found = compare_levels(cell, order, settings, levels[place["recording"]])
        rows += [place | row for row in found]
    return rows


def _state_explained(
    errors: pd.DataFrame, settings: Mapping[str, Any], held_against: str
) -> list[Row]:
    """State in each cell how much of each target's variance every entry explains."""
    skills = [name for name in map(str, errors) if name.startswith(SKILL_OVER)]
    rivals = {str(settings.get("rival")), *(name.removeprefix(SKILL_OVER) for name in skills)}
    return [
        place | row
        for place, cell in _cells(errors)
        for row in state_explained(cell, settings, rivals, held_against)
    ]


def _state_true_errors(
    errors: pd.DataFrame, true_errors: pd.DataFrame, settings: Mapping[str, Any]
) -> list[Row]:
    """State how errors against the reference stand to those against the truth, in each cell."""
    return [
        place | row
        for place, cell in _cells(errors)
        for row in state_against_truth(cell, _at(true_errors, place), settings)
    ]
