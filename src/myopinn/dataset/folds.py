"""Ways to hold trials out. Folds are made once; training can only read them.

Whole trials are held out, never frames or cycles of a trial that is also trained on. The trials on
which training decides when to stop (`stop`) are taken from the training trials.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class RecordedTrial:
    """A trial of a dataset, as far as a splitter needs to know it."""

    subject: str
    session: str
    trial: str
    condition: str
    load_kg: float = 0.0

    @property
    def key(self) -> str:
        """Name of the trial within the recording."""
        return f"{self.subject}/{self.trial}"


@dataclass(frozen=True)
class Fold:
    """Trials trained on, trials that decide when to stop, and trials held out, by key.

    ``adapt`` are trials of the person who is tested, from which only what belongs to that person is
    learned; the last of them decides when to stop.
    """

    name: str
    subject: str
    train: list[str]
    stop: list[str]
    test: list[str]
    adapt: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Dropped:
    """A person left out of a split, and why."""

    subject: str
    reason: str


Split = tuple[list[Fold], list[Dropped]]


def within_session(
    people: dict[str, list[RecordedTrial]], settings: dict[str, Any], rng: np.random.Generator
) -> Split:
    """Hold out each trial of a session once, in as many folds as ``test_share`` asks for."""
    made, dropped = [], []
    for subject, trials in people.items():
        folds = []
        for session in sorted({t.session for t in trials}):
            here = [t for t in trials if t.session == session]
            if len(here) < 3:
                continue
            order = [here[i] for i in rng.permutation(len(here))]
            parts = min(max(2, round(1 / settings["test_share"])), len(order))
            for k in range(parts):
                test = order[k::parts]
                train, stop = _stop([t for t in order if t not in test], settings)
                folds.append(_fold(f"{subject}_{session}_{k + 1}", subject, train, stop, test))
        made.extend(folds)
        if not folds:
            dropped.append(
                Dropped(
                    subject, f"{_count(trials)}; a session needs 3 usable trials for this split"
                )
            )
    return made, dropped


def across_sessions(
    people: dict[str, list[RecordedTrial]], settings: dict[str, Any], rng: np.random.Generator
) -> Split:
    """Train on one session of a person and test on each of the person's other sessions."""
    made, dropped = [], []
    for subject, trials in people.items():
        sessions = sorted({t.session for t in trials})
        folds = []
        for session in sessions:
            here = [t for t in trials if t.session == session]
            others = [t for t in trials if t.session != session]
            if len(here) >= 2 and others:
                train, stop = _stop([here[i] for i in rng.permutation(len(here))], settings)
                folds.append(_fold(f"{subject}_{session}", subject, train, stop, others))
        made.extend(folds)
        if not folds:
            dropped.append(
                Dropped(
                    subject,
                    f"{_count(trials)}; this split needs 2 sessions, one with 2 usable trials",
                )
            )
    return made, dropped


def across_conditions(
    people: dict[str, list[RecordedTrial]], settings: dict[str, Any], rng: np.random.Generator
) -> Split:
    """Hold out each condition of a person once, such as a speed; train on the person's others."""
    made, dropped = [], []
    for subject, trials in people.items():
        folds = []
        for condition in sorted({t.condition for t in trials}):
            here = [t for t in trials if t.condition == condition]
            others = [t for t in trials if t.condition != condition]
            if len(others) >= 2:
                train, stop = _stop([others[i] for i in rng.permutation(len(others))], settings)
                folds.append(_fold(f"{subject}_{condition}", subject, train, stop, here))
        made.extend(folds)
        if not folds:
            conditions = sorted({t.condition for t in trials})
            counts = [f"{sum(t.condition == c for t in trials)} in '{c}'" for c in conditions]
            dropped.append(
                Dropped(
                    subject,
                    f"usable trials: {', '.join(counts) or 'none'}; this split needs 2 conditions, "
                    "with 2 usable trials outside of the one that is held out",
                )
            )
    return made, dropped


def across_people(
    people: dict[str, list[RecordedTrial]], settings: dict[str, Any], rng: np.random.Generator
) -> Split:
    """Leave one person out at a time; whole people among the others decide when to stop."""
    usable = [subject for subject, trials in people.items() if trials]
    dropped = [Dropped(s, "no usable trial") for s in people if s not in usable]
    if len(usable) < 3:
        reason = f"{len(usable)} people with usable trials; leaving one out needs 3"
        return [], dropped + [Dropped(subject, reason) for subject in usable]
    made = []
    for subject in usable:
        others = [s for s in usable if s != subject]
        held = max(1, round(settings["stop_share"] * len(others)))
        stopping = {others[i] for i in rng.permutation(len(others))[:held]}
        made.append(
            _fold(
                subject,
                subject,
                [t for s in others if s not in stopping for t in people[s]],
                [t for s in others if s in stopping for t in people[s]],
                people[subject],
            )
        )
    return made, dropped


def unseen_trials(
    people: dict[str, list[RecordedTrial]], settings: dict[str, Any], rng: np.random.Generator
) -> Split:
    """Hold out trials of every condition of a person, in one fold; the sessions are mixed."""
    made, dropped = [], []
    for subject, trials in people.items():
        test: list[RecordedTrial] = []
        for condition in sorted({t.condition for t in trials}):
            here = [t for t in trials if t.condition == condition]
            if len(here) < 2:
                continue
            held = max(1, round(settings["test_share"] * len(here)))
            test += [here[i] for i in rng.permutation(len(here))[:held]]
        others = [t for t in trials if t not in test]
        if not test or len(others) < 2:
            reason = f"{_count(trials)}; this split needs 2 of a condition, and 3 in all"
            dropped.append(Dropped(subject, reason))
            continue
        train, stop = _stop([others[i] for i in rng.permutation(len(others))], settings)
        made.append(_fold(subject, subject, train, stop, test))
    return made, dropped


def unseen_load(
    people: dict[str, list[RecordedTrial]], settings: dict[str, Any], rng: np.random.Generator
) -> Split:
    """Hold out each load once and train on the person's other loads.

    The heaviest and the lightest are extrapolations, those in between are interpolations.
    """
    made, dropped = [], []
    for subject, trials in people.items():
        known = [t for t in trials if np.isfinite(t.load_kg)]
        folds = []
        for load in sorted({t.load_kg for t in known}):
            here = [t for t in known if t.load_kg == load]
            others = [t for t in known if t.load_kg != load]
            if len(others) >= 2:
                train, stop = _stop([others[i] for i in rng.permutation(len(others))], settings)
                folds.append(_fold(f"{subject}_{load:g}kg", subject, train, stop, here))
        made.extend(folds)
        if not folds:
            loads = ", ".join(f"{load:g} kg" for load in sorted({t.load_kg for t in known}))
            reason = f"usable trials with {loads or 'no known load'}; this split needs 2 loads"
            dropped.append(Dropped(subject, f"{reason}, and 2 trials beside the one held out"))
    return made, dropped


def across_people_adapted(
    people: dict[str, list[RecordedTrial]], settings: dict[str, Any], rng: np.random.Generator
) -> Split:
    """Leave one person out, but for a trial of each condition of the person's first session.

    From those only what belongs to the person may be learned; they are never tested.
    """
    left_out, dropped = across_people(people, settings, rng)
    made = []
    for fold in left_out:
        trials = people[fold.subject]
        first = [t for t in trials if t.session == min(t.session for t in trials)]
        first = [first[i] for i in rng.permutation(len(first))]
        adapt = list({t.condition: t for t in first}.values())
        test = [t.key for t in trials if t not in adapt]
        if len(adapt) < 2 or not test:
            reason = f"{_count(trials)}; adapting needs 2 conditions, and trials beside them"
            dropped.append(Dropped(fold.subject, reason))
            continue
        made.append(replace(fold, test=test, adapt=[t.key for t in adapt]))
    return made, dropped


SPLITS: dict[
    str, Callable[[dict[str, list[RecordedTrial]], dict[str, Any], np.random.Generator], Split]
] = {
    "within_session": within_session,
    "across_sessions": across_sessions,
    "across_conditions": across_conditions,
    "across_people": across_people,
    "unseen_trials": unseen_trials,
    "unseen_load": unseen_load,
    "across_people_adapted": across_people_adapted,
}


def _stop(
    trials: Sequence[RecordedTrial], settings: dict[str, Any]
) -> tuple[list[RecordedTrial], list[RecordedTrial]]:
    """Set some of the training trials aside; they come in random order already."""
    held = min(max(1, round(settings["stop_share"] * len(trials))), len(trials) - 1)
    return list(trials[held:]), list(trials[:held])


def _fold(
    name: str,
    subject: str,
    train: Sequence[RecordedTrial],
    stop: Sequence[RecordedTrial],
    test: Sequence[RecordedTrial],
) -> Fold:
    return Fold(name, subject, *([t.key for t in part] for part in (train, stop, test)))


def _count(trials: Sequence[RecordedTrial]) -> str:
    sessions = sorted({t.session for t in trials})
    counts = [f"{sum(t.session == s for t in trials)} in {s}" for s in sessions]
    return f"usable trials: {', '.join(counts) or 'none'}"
