"""What the people of a virtual laboratory do in each session, as a list of trials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from myopinn.records.trials import Trial
from myopinn.virtual.people import body_mass_kg

# Name within the session, kind, condition, load in kg.
Planned = tuple[str, str, str, float]


def list_sessions(
    people: int, sessions: int, plan: Callable[[float], Iterable[Planned]]
) -> list[Trial]:
    """List the trials of all people, whose sessions all follow one plan.

    Parameters
    ----------
    people, sessions : int
    plan : callable of body mass in kg to the trials of a session

    Returns
    -------
    list of Trial
        Named ``<session>_<name>``, each in a C3D file of that name.
    """
    trials = []
    for number in range(people):
        subject, mass = f"P{number + 1:02d}", body_mass_kg(number)
        for session in (f"session_{k + 1}" for k in range(sessions)):
            for name, kind, condition, load in plan(mass):
                trial = f"{session}_{name}"
                trials.append(
                    Trial(subject, session, trial, kind, condition, f"{trial}.c3d", mass, load)
                )
    return trials


def in_turn(conditions: Sequence[str], trials: int) -> Iterator[tuple[str, str]]:
    """Take the conditions in turn; give each trial's name and condition."""
    for k in range(trials):
        turn, which = divmod(k, len(conditions))
        yield f"{conditions[which]}_{turn + 1}", conditions[which]
