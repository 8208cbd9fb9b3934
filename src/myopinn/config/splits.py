"""Ways to hold trials out, by name, and what each needs of the trials that a laboratory lists.

How each of them makes its folds stands under the same name in :mod:`myopinn.dataset.folds`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from myopinn.records.trials import Trial

# The movements of each person.
People = Mapping[str, Sequence[Trial]]


@dataclass(frozen=True)
class Need:
    """How much of something there has to be, which is known before anything is fetched.

    Attributes
    ----------
    what : str
        In the plural, for the message.
    count : callable
        Counts it.
    least : int
    """

    what: str
    count: Callable[[People], int]
    least: int


def _most(count: Callable[[Sequence[Trial]], int]) -> Callable[[People], int]:
    """Count something of the person who has the most of it."""
    return lambda people: max((count(trials) for trials in people.values()), default=0)


def _in_a_session(trials: Sequence[Trial]) -> int:
    sessions = [trial.session for trial in trials]
    return max(sessions.count(session) for session in sessions)


SPLITS: dict[str, Need] = {
    "within_session": Need("trials in a session", _most(_in_a_session), 3),
    "across_sessions": Need(
        "sessions of a person", _most(lambda ts: len({t.session for t in ts})), 2
    ),
    "across_conditions": Need(
        "conditions of a person", _most(lambda ts: len({t.condition for t in ts})), 2
    ),
    "across_people": Need("people", len, 3),
    "unseen_trials": Need("trials of a person", _most(len), 3),
    "unseen_load": Need("loads of a person", _most(lambda ts: len({t.load_kg for t in ts})), 2),
    "across_people_adapted": Need("people", len, 3),
}
# The name of one. A type checker cannot look names up.
if TYPE_CHECKING:
    Split = str
else:
    Split = Literal[tuple(SPLITS)]
