"""How people differ: size, mass, strength, fibres, tendons, activation, habits of control.

Everything but the body mass is drawn from the study's seed. The mass must be known when the trials
are listed, before anything is drawn, so the masses are spread evenly over a population instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

from myopinn.virtual.anatomy import Anatomy, Point, Vector, scaled_skeleton
from myopinn.virtual.models import MillardElastic

if TYPE_CHECKING:
    import numpy as np

# de Leva 1996, doi:10.1016/0021-9290(95)00178-6: mean and spread of the men's body mass.
_MASSES_KG = NormalDist(73.0, 9.1)
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0

# Spread (standard deviation of the logarithm) between people.
# ASSUME: sizes as body dimensions vary among adults of one mass; strength as muscle volumes do that
# the body's size does not explain (Holzbaur et al. 2007, J Biomech 40:742); architecture as
# between specimens (Lieber, Fazeli, Botte 1990, J Hand Surg 15A:244).
LENGTH_SPREAD = 0.04
BREADTH_SPREAD = 0.05
MASS_SHARE_SPREAD = 0.08
STRENGTH_SPREAD = 0.12
MUSCLE_STRENGTH_SPREAD = 0.12
FIBER_SPREAD = 0.05
TENDON_SPREAD = 0.010
PENNATION_SPREAD = 0.10
SHARING_SPREAD = 0.3
TIME_SPREAD = 0.15
CO_CONTRACTION_SPREAD = 0.3
# How far a tendon's points lie from the scaled ones, m.
PATH_SPREAD_M = 0.0004
HABITS = 8
# Weight of each muscle in each module.
Modules = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Traits:
    """What a person's EMG is like.

    Attributes
    ----------
    cross_talk : float
        Share of the next muscle's EMG in an electrode's signal.
    electrode_shift : float
        How far electrodes are put from their place at most, by the way to the next muscle.
    mvc_effort, emg_power, spectrum_power : dict of muscle to float
        Share of its usual maximum that is reached in maximal contractions; power of the excitation
        that the amplitude is; power of the fibre's length by which frequencies fall. A muscle that
        is not named has 1, 1 and 0.
    """

    cross_talk: float = 0.05
    electrode_shift: float = 0.0
    mvc_effort: Mapping[str, float] = field(default_factory=dict)
    emg_power: Mapping[str, float] = field(default_factory=dict)
    spectrum_power: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """A virtual person.

    Attributes
    ----------
    name : str
    anatomy : Anatomy
        The person's own.
    muscles : MillardElastic
        The person's activation dynamics.
    co_contraction : float
        Share of the maximum below which no muscle of a working joint falls.
    sharing : dict of muscle to float
        How dear the use of a muscle is to this person, 1 on average.
    electromechanical_delay_s : float
        From the excitation that electrodes see to the one that reaches the muscle.
    habits : tuple of float
        Standard normal numbers, which a laboratory turns into how this person moves.
    law : str
        By which this person shares moments, of :data:`myopinn.virtual.sharing_laws.SHARING_LAWS`.
    modules : tuple of tuple of float
        Weight of each muscle in each module of who has synergies.
    traits : Traits
    """

    name: str
    anatomy: Anatomy
    muscles: MillardElastic
    co_contraction: float
    sharing: Mapping[str, float]
    electromechanical_delay_s: float
    habits: tuple[float, ...] = (0.0,) * HABITS
    law: str = "least_effort"
    modules: Modules = ()
    traits: Traits = field(default_factory=Traits)


def body_mass_kg(number: int) -> float:
    """Give the mass of the person of this number (from 0), spread evenly over the population."""
    share = (0.5 + _GOLDEN * number) % 1.0
    return round(_MASSES_KG.inv_cdf(0.05 + 0.9 * share), 1)


def draw_person(
    name: str,
    generic: Anatomy,
    mass_kg: float,
    co_contraction: float,
    rng: np.random.Generator,
    *,
    rigid_share: tuple[str, ...] = (),
) -> Person:
    """Draw a person.

    Parameters
    ----------
    generic : Anatomy
        The average, of the mass of a whole body.
    mass_kg : float
        The person's body mass.
    co_contraction : float
        The mean of the people's.
    rigid_share : tuple of str
        Bodies that are an exact share of the body mass and keep their size: loads.
    """
    size = mass_kg / generic.mass_kg
    segments = [b.name for b in generic.bodies if b.name not in rigid_share]
    scales: dict[str, Vector] = {}
    # A person's segments are long or short, slender or stout, together more than apart.
    tall, stout = LENGTH_SPREAD * rng.standard_normal(), BREADTH_SPREAD * rng.standard_normal()
    masses = {body.name: body.mass_kg * size for body in generic.bodies}
    for segment in segments:
        own = rng.standard_normal(3)
        length = size ** (1 / 3) * math.exp(tall + 0.3 * LENGTH_SPREAD * own[0])
        breadth = size ** (1 / 3) * math.exp(stout + 0.3 * BREADTH_SPREAD * own[1])
        scales[segment] = (breadth, length, breadth)
        masses[segment] *= math.exp(MASS_SHARE_SPREAD * own[2])
    anatomy = _personal_muscles(generic, scaled_skeleton(generic, scales, masses), size, rng)
    count = len(anatomy.muscles)
    dear = [math.exp(SHARING_SPREAD * value) for value in rng.standard_normal(count)]
    return Person(
        name=name,
        anatomy=replace(anatomy, name=name),
        muscles=MillardElastic(
            activation_s=0.012 * math.exp(TIME_SPREAD * rng.standard_normal()),
            deactivation_s=0.050 * math.exp(TIME_SPREAD * rng.standard_normal()),
        ),
        co_contraction=co_contraction * math.exp(CO_CONTRACTION_SPREAD * rng.standard_normal()),
        sharing=dict(zip(anatomy.muscle_names, dear, strict=True)),
        electromechanical_delay_s=rng.uniform(0.010, 0.020),
        habits=tuple(float(value) for value in rng.standard_normal(HABITS)),
    )


def _personal_muscles(
    generic: Anatomy, skeleton: Anatomy, size: float, rng: np.random.Generator
) -> Anatomy:
    """Vary paths, strength and architecture; fibres and tendons follow the length of the path."""
    strong = STRENGTH_SPREAD * rng.standard_normal()
    muscles = []
    for before, muscle in zip(generic.muscles, skeleton.muscles, strict=True):
        path = tuple(
            # The origin's place hardly matters and would only detune the fibre's length.
            point if index == 0 else _moved(point, rng)
            for index, point in enumerate(muscle.path)
        )
        longer = skeleton.neutral_length_m(muscle) / generic.neutral_length_m(before)
        own = rng.standard_normal(4)
        fiber = before.optimal_fiber_length_m * longer
        muscles.append(
            replace(
                muscle,
                path=path,
                # Cross-sections grow with the body's mass to the power of two thirds.
                max_isometric_force_n=before.max_isometric_force_n
                * size ** (2 / 3)
                * math.exp(strong + MUSCLE_STRENGTH_SPREAD * own[0]),
                optimal_fiber_length_m=fiber * math.exp(FIBER_SPREAD * own[1]),
                tendon_slack_length_m=before.tendon_slack_length_m
                * longer
                * math.exp(TENDON_SPREAD * own[2]),
                pennation_angle_rad=before.pennation_angle_rad
                * math.exp(PENNATION_SPREAD * own[3]),
            )
        )
    return replace(skeleton, muscles=tuple(muscles))


def _moved(point: Point, rng: np.random.Generator) -> Point:
    x, y, z = (a + PATH_SPREAD_M * rng.standard_normal() for a in point.location_m)
    return replace(point, location_m=(x, y, z))
