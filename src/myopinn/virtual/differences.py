"""How people differ beyond their bodies: in their law of sharing and in their EMG.

Drawn apart from the body, so that people of the same seed keep their bodies whatever is asked of
their EMG.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from myopinn.virtual.people import Modules, Person, Traits
from myopinn.virtual.sharing_laws import LEAST_EFFORT, SYNERGIES

if TYPE_CHECKING:
    import numpy as np

Pair = tuple[float, float]


@dataclass(frozen=True)
class Differences:
    """Between which bounds people differ; two equal ones for people who do not.

    Attributes
    ----------
    cross_talk : pair of float
        Share of the next muscle's EMG in an electrode's signal; one number of a person.
    mvc_effort : pair of float
        Share of its usual maximum that a muscle reaches in maximal contractions.
    emg_power : pair of float
        The amplitude of a muscle's EMG is its excitation to this power.
    spectrum_power : pair of float
        All frequencies of a muscle's EMG fall with its fibres' length to this power.
    electrode_shift : pair of float
        How far electrodes are put from their place at most, by the way to the next muscle; one
        number of a person.
    sharing_laws : sequence of str
        People take them in turn.
    """

    cross_talk: Pair = (0.05, 0.05)
    mvc_effort: Pair = (1.0, 1.0)
    emg_power: Pair = (1.0, 1.0)
    spectrum_power: Pair = (0.0, 0.0)
    electrode_shift: Pair = (0.0, 0.0)
    sharing_laws: Sequence[str] = field(default=(LEAST_EFFORT,))


def differing(
    person: Person,
    number: int,
    differences: Differences,
    modules_of: Callable[[Person, np.random.Generator], Modules],
    rng: np.random.Generator,
) -> Person:
    """Draw a person's law and traits.

    Parameters
    ----------
    number : int
        Of the person, from 0.
    modules_of : callable of (person, generator) to tuple of tuple of float
        Gives the weights of each muscle in each module of who has synergies.
    """
    names = person.anatomy.muscle_names

    def each(bounds: Pair) -> Mapping[str, float]:
        return {name: float(rng.uniform(*bounds)) for name in names}

    traits = Traits(
        cross_talk=float(rng.uniform(*differences.cross_talk)),
        electrode_shift=float(rng.uniform(*differences.electrode_shift)),
        mvc_effort=each(differences.mvc_effort),
        emg_power=each(differences.emg_power),
        spectrum_power=each(differences.spectrum_power),
    )
    law = differences.sharing_laws[number % len(differences.sharing_laws)]
    modules = modules_of(person, rng) if law == SYNERGIES else ()
    return replace(person, law=law, modules=modules, traits=traits)


def reached_in_mvc(person: Person) -> list[float]:
    """Give the share of its usual maximum that each muscle reaches in maximal contractions."""
    return [person.traits.mvc_effort.get(name, 1.0) for name in person.anatomy.muscle_names]
