"""What a row of a table was told when it answered, in the words of all tables.

An answer can be no better than what it was told, so tables of errors and findings say it of every
row. It is made of what was shown to the fit and never read from the name of an entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

EMG, MOTION, LOAD, MOMENT, POSITION = "emg", "motion", "load", "moment", "position"
# Trials to learn from are told as well: whoever learns nothing needs none.
TRIALS = "trials"
# How each thing is called in a cycle that is cut where the movement turns, and in continuous time.
# The moment of inverse dynamics is made of accelerations, which are filtered forwards and back.
WORDS = {
    EMG: ("EMG of the whole cycle", "EMG up to now"),
    MOTION: ("motion of the whole cycle", "motion up to now"),
    LOAD: ("load", "load"),
    MOMENT: ("moment (filtered both ways)", "moment (filtered both ways)"),
    POSITION: ("position in the cycle", "position in the cycle"),
}
NOTHING = "nothing"
OWN, OTHERS = "own trials", "other people's trials"
BOTH = "own and other people's trials"
ADAPTED = "other people's trials, own ones to adapt"
NO_TRIALS = "no trials"
# Of OpenSim's answer, where it stands in a table beside those who learned from it.
OF_LABELS = "motion and moment of the whole trial; no trials"


def write_told(things: Collection[str], past_only: bool, trials: str) -> str:
    """Say what an answer rests on.

    Parameters
    ----------
    things : collection of str
        Of :data:`WORDS`.
    past_only : bool
        Whether pieces were cut by a clock, so that what is seen of a moment lies in its past.
    trials : str
        Whose trials were learned from.
    """
    seen = [words[past_only] for thing, words in WORDS.items() if thing in things]
    return f"{', '.join(seen) or NOTHING}; {trials}"


def read_told(told: str) -> set[str]:
    """Give the things that an answer rests on, as :func:`write_told` says them."""
    said = told.split("; ")[0].split(", ")
    return {thing for thing, words in WORDS.items() if set(words) & set(said)}


def whose_trials(folds: Iterable[Mapping[str, Any]], adapted: bool) -> str:
    """Say whose trials the fits of a split have learned from.

    Parameters
    ----------
    folds : iterable of mapping
        With ``subject``, who is tested, and ``train``, the trials as ``subject/trial``.
    adapted : bool
        Whether something was learned anew from other trials of the person who is tested.
    """
    own = {str(trial).split("/")[0] == fold["subject"] for fold in folds for trial in fold["train"]}
    if own == {True}:
        return OWN
    if own == {False}:
        return ADAPTED if adapted else OTHERS
    return BOTH if own else NO_TRIALS
