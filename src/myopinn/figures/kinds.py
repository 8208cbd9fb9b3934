"""What every module of a figure says of it: where it is drawn, its caption, sentences and table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.files.tables import NUMBER, TEXT, Column, Table

if TYPE_CHECKING:
    import pandas as pd

# The question of which channels are hidden in turn, in every task that asks it.
HIDDEN_CHANNELS = "hidden_channels"
# What the columns of the tables beside figures mean, wherever they occur. A number that not every
# row has is missing in the others.
COLUMNS = {
    "recording": Column(TEXT, "recording"),
    "split": Column(TEXT, "how trials were held out"),
    "row": Column(TEXT, "what the row is, such as mean, pair or subject"),
    "panel": Column(TEXT, "which panel the row is drawn in"),
    "quantity": Column(TEXT, "what is drawn, such as joint_angle"),
    "name": Column(TEXT, "joint coordinate, muscle or channel"),
    "target": Column(TEXT, "joint coordinate or muscle that is predicted"),
    "muscle": Column(TEXT, "muscle"),
    "parameter": Column(TEXT, "parameter of a muscle"),
    "unit": Column(TEXT, "unit of the values, as it is shown"),
    "variant": Column(TEXT, "entry of the task, or level of a question"),
    "level": Column(TEXT, "level of a question"),
    "versus": Column(TEXT, "the other of a pair"),
    "against": Column(TEXT, "reference or truth"),
    "curve": Column(TEXT, "which of the curves of a panel"),
    "subject": Column(TEXT, "person; empty of a mean over people"),
    "trial": Column(TEXT, "trial"),
    "category": Column(TEXT, "accepted or rejected, or why"),
    "condition": Column(TEXT, "condition of the trials"),
    "metric": Column(TEXT, "measure of the error"),
    "measure": Column(TEXT, "measure of the error that is written into a panel"),
    "held_against": Column(TEXT, "what the target is held against: recording or truth"),
    "fold": Column(TEXT, "fold of the fit"),
    "seed": Column(NUMBER, "seed of the fit"),
    "epoch": Column(NUMBER, "epoch of the training"),
    "part": Column(TEXT, "train or stop, or whose answers leave this much of the term"),
    "term": Column(TEXT, "term of the loss"),
    "weight": Column(NUMBER, "weight of the term in the loss"),
    "cycle_percent": Column(NUMBER, "place in the cycle", "%"),
    "value": Column(NUMBER, "what is drawn"),
    "mean": Column(NUMBER, "mean over subjects"),
    "sd": Column(NUMBER, "SD over subjects"),
    "amount": Column(NUMBER, "number that a level stands for"),
    "median": Column(NUMBER, "median over people"),
    "min": Column(NUMBER, "lowest of the people"),
    "max": Column(NUMBER, "highest of the people"),
    "ci_low": Column(NUMBER, "lower end of the interval"),
    "ci_high": Column(NUMBER, "upper end"),
    "p": Column(NUMBER, "corrected p of the pair"),
    "p_wilcoxon": Column(NUMBER, "p of the pair's Holm-corrected Wilcoxon test"),
    "bound": Column(NUMBER, "what the value is held to"),
    "n": Column(NUMBER, "number of muscles"),
    "n_subjects": Column(NUMBER, "number of subjects"),
    "n_targets": Column(NUMBER, "number of targets"),
    "n_cycles": Column(NUMBER, "number of cycles"),
    "alpha": Column(NUMBER, "level of the tests, 1 - level of the intervals"),
    "note": Column(TEXT, "what a reader must know"),
}


def drawn_table(name: str, *columns: str, **further: Column) -> Table:
    """Lay out the table beside a figure: columns that others have too, and its own."""
    return Table(f"numbers of the figure {name}", {c: COLUMNS[c] for c in columns} | further)


@dataclass(frozen=True)
class Place:
    """Where a study may want a figure: a recording, a task, a cell, or a cell of a question.

    Attributes
    ----------
    recording, task, split, question : str
        Empty where the figure is not of one alone.
    virtual : bool
        Whether the recording's people have a known truth.
    envelopes : bool
        Whether the task answers with muscles' envelopes, and not with what OpenSim says.
    rivals : sequence of str
        Entries that skill is measured against.
    protocols : bool
        Whether the task compares sets of recordings.
    continuous : bool
        Whether the recording is cut by a clock, so that no frame means the same in two pieces.
    """

    recording: str = ""
    task: str = ""
    split: str = ""
    question: str = ""
    virtual: bool = False
    envelopes: bool = False
    rivals: Sequence[str] = ()
    protocols: bool = False
    continuous: bool = False


def of_recordings(place: Place) -> bool:
    """Tell whether a place is a recording as a whole."""
    return not place.task


def of_cells(place: Place) -> bool:
    """Tell whether a place is a recording and split of a task's own entries."""
    return bool(place.task and place.recording and not place.question)


@dataclass(frozen=True)
class FigureKind:
    """A kind of figure.

    Attributes
    ----------
    order : int
        Its place in the report.
    wanted : function
        Tells whether a study wants the figure at a place.
    caption : str
        What it shows. ``{name}`` stands for what tells figures of the kind apart, ``{levels}`` for
        what the levels of a question differ in.
    drawn : Table
        The numbers beside it.
    tell : function
        Gives sentences from the findings of the place.
    describe : function
        Gives sentences from the numbers beside it, where nothing is claimed.
    names : function
        Names the files of the kind at a place, each with what tells it apart; by default one, of
        the kind's own name.
    """

    order: int
    wanted: Callable[[Place], bool]
    caption: str
    drawn: Table
    tell: Callable[[pd.DataFrame], list[str]] | None = None
    describe: Callable[[pd.DataFrame], list[str]] | None = None
    names: Callable[[Place, str], dict[str, str]] = lambda place, kind: {kind: ""}
