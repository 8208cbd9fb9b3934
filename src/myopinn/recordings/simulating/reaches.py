"""Movement that nobody can foresee: reaches for drawn targets, and what makes them hard to read.

A condition of this kind is named in the setting ``reaches`` of a laboratory of virtual people. The
load and the direction of gravity are what EMG alone cannot know; the analysis sees the one in the
trial's ``load_kg`` and the other in the markers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from myopinn.checks.settings import setting
from myopinn.errors import ConfigError
from myopinn.recordings.simulating.drawn_movements import DrawnMovement

if TYPE_CHECKING:
    import numpy as np

    from myopinn.virtual.anatomy import Anatomy
    from myopinn.virtual.control import FeedbackController, Gains
    from myopinn.virtual.electrodes import Electrodes
    from myopinn.virtual.laboratory import Task
    from myopinn.virtual.people import Person
    from myopinn.virtual.simulation import Integrator

Pair = tuple[float, float]


@dataclass(frozen=True)
class Reach(DrawnMovement):
    """What reaches of a condition are like.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    duration_s: Sequence[float] = setting(
        "shortest and longest movement to a target", (0.4, 1.2), unit="s", each=(0.25, 4.0)
    )
    dwell_s: Sequence[float] = setting(
        "shortest and longest rest at a target", (0.0, 0.6), unit="s", each=(0.0, 10.0)
    )
    load: float = setting("in the hand, by the laboratory's usual one", 1.0, ge=0.25, le=3.0)
    gravity_deg: float = setting(
        "how far the limb is raised forward on its support beyond its usual posture, so that it "
        "feels gravity from elsewhere",
        0.0,
        unit="degrees",
        ge=-60.0,
        le=150.0,
    )

    co_contraction: float = setting(
        "of the antagonists, by the person's usual one", 1.0, ge=0.0, le=10.0
    )
    pushes_per_minute: float = setting(
        "how often the limb is pushed, for 0.1 s at a time that nobody can foresee; on no record, "
        "so that inverse dynamics takes it for the muscles' moment",
        0.0,
        unit="per minute",
        ge=0.0,
        le=60.0,
    )
    push_n_m: float = setting("moment of a push", 0.5, unit="N.m", ge=0.0, le=30.0)
    fatigue: float = setting(
        "share of the strength that each of the condition's trials in a session takes; the EMG's "
        "frequencies fall and its amplitude rises with it",
        0.0,
        ge=0.0,
        le=0.3,
    )
    lost_electrodes: int = setting(
        "electrodes, drawn in each trial, that come off and show noise alone; "
        "signals.emg.min_contrast may refuse their trials",
        0,
        ge=0,
        le=7,
    )

    def controller(
        self,
        person: Person,
        targets_rad: Pair,
        times_s: Pair,
        gains: Gains,
        rng: np.random.Generator,
    ) -> FeedbackController:
        """Make a person who reaches, from the first of two times to the second."""
        from myopinn.virtual.control import FeedbackController
        from myopinn.virtual.motion import reach
        from myopinn.virtual.pushes import PushedController, draw_pushes
        from myopinn.virtual.simulation import STEP_S

        (shortest, longest), (least, most) = self.duration_s, self.dwell_s
        target = reach([targets_rad], (shortest, longest), (least, most), *times_s, rng)
        tense = replace(person, co_contraction=self.co_contraction * person.co_contraction)
        if not self.pushes_per_minute:
            return FeedbackController(tense, target, gains, STEP_S, rng)
        pushed = PushedController(tense, target, gains, STEP_S, rng)
        # Drawn apart, so that the trial is what it would be without until the first of them.
        apart = rng.spawn(1)[0]
        pushed.pushes = draw_pushes(
            person.anatomy, self.pushes_per_minute, self.push_n_m, times_s[1], apart
        )
        return pushed

    def strength(self, trial: str) -> float:
        """Give the share of the strength that is left in a trial, named by its number."""
        from myopinn.virtual.tiredness import strength_left

        return strength_left(self.fatigue, int(trial.rsplit("_", 1)[1]) - 1)

    def task(
        self,
        trial: str,
        duration_s: float,
        lead_s: float,
        controller: Callable[[Person, np.random.Generator], FeedbackController],
        equip: Callable[[Anatomy], Anatomy],
        integrator: Integrator | None = None,
    ) -> Task:
        """Make what a person does in a trial, named by its number within the session.

        Parameters
        ----------
        equip : callable of Anatomy to Anatomy
            Puts the person into the condition's posture and its load into the hand.
        """
        from myopinn.virtual.laboratory import Task
        from myopinn.virtual.postures import stronger

        strength = self.strength(trial)
        return Task(
            duration_s,
            lead_s,
            controller,
            equip=lambda anatomy: stronger(equip(anatomy), strength),
            surroundings=(lambda person, made: made.pushes) if self.pushes_per_minute else None,
            integrator=integrator,
            wear=lambda electrodes, rng: self._wear(electrodes, strength, rng),
        )

    def _wear(
        self, electrodes: Electrodes, strength: float, rng: np.random.Generator
    ) -> Electrodes:
        from myopinn.virtual.tiredness import come_off, on_tired_muscles

        return come_off(on_tired_muscles(electrodes, strength), self.lost_electrodes, rng)


def read_reaches(
    of: str,
    values: Mapping[str, Any],
    *,
    usual_deg: float,
    up_to: Pair,
    others: Sequence[str] = (),
) -> dict[str, Reach]:
    """Read the setting ``reaches`` of a laboratory.

    Parameters
    ----------
    of : str
        The laboratory's name, for messages.
    usual_deg : float
        How far the limb is raised where no condition says so.
    up_to : pair of float
        Least and most that it can be raised, degrees.
    others : sequence of str
        With what the names of the laboratory's other conditions begin.

    Raises
    ------
    ConfigError
        Where a key is unknown (says which was meant) or a value is not allowed.
    """
    read = {}
    for name, wanted in values.items():
        here = f"{of}: reaches: {name}"
        taken = [start for start in others if str(name).startswith(start)]
        if taken:
            raise ConfigError(f"{here}: names with '{taken[0]}' are those of other trials.")
        read[name] = Reach.read(here, wanted)
        posture, (low, high) = usual_deg + read[name].gravity_deg, up_to
        if not low <= posture <= high:
            raise ConfigError(
                f"{here}: gravity_deg is {read[name].gravity_deg:g}, which raises the limb to "
                f"{posture:g} degrees, allowed are {low:g} to {high:g}."
            )
    return read
