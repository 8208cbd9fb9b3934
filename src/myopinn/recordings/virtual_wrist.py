"""Virtual people who flex and extend the wrist, two sessions each, recorded as C3D files.

The arm hangs at the side, the forearm strapped to an upright support, the palm facing forward, a
dumbbell in the hand; the laboratory's z axis points up, its x axis forward, its origin lies on the
floor below the elbow. In every session there are one static trial, one of maximal contractions
against a fixture, and dynamic trials: flexion and extension at a slow and a fast rate, and reaches
for drawn targets (setting ``reaches``), also under other loads and with the forearm raised, so that
gravity comes from elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.checks.settings import setting
from myopinn.recordings.simulating.people import PeopleSettings
from myopinn.recordings.simulating.reaches import Reach, read_reaches
from myopinn.recordings.simulating.sessions import Planned, in_turn, list_sessions
from myopinn.records.trials import Trial
from myopinn.virtual.wrist import FOREARM, LOAD, MUSCLES, SURFACE_ORDER, wrist_anatomy

if TYPE_CHECKING:
    from myopinn.config.plug_ins import Offers
    from myopinn.records.quality import QualityLog
    from myopinn.virtual.anatomy import Anatomy
    from myopinn.virtual.laboratory import Laboratory, Task

FLEXORS, EXTENSORS = MUSCLES[:2], MUSCLES[2:]
STATIC_S = 2.0
# Within what the model's forearm can do.
_RAISED_DEG = (-60.0, 150.0)
SETTLING_S = 3.0  # until a hand that is to hang still does


@dataclass(frozen=True)
class Settings(PeopleSettings):
    """What is set of the people, of what they do and of the instruments.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    name: str = setting("the laboratory", "virtual_wrist")
    people: int = setting("virtual people", 3, ge=1, le=100)
    sessions: int = setting("of each of them", 2, ge=1, le=10)
    trials_per_session: int = setting(
        "dynamic trials; a static and an MVC trial are added to each session", 4, ge=1, le=100
    )
    trial_s: float = setting("duration of a dynamic or MVC trial", 8.0, unit="s", ge=4.0, le=60.0)
    conditions_hz: Mapping[str, float] = setting(
        "rate of flexion and extension in each condition; dynamic trials take them in turn",
        {"slow": 0.5, "fast": 0.8},
        unit="Hz",
        each=(0.1, 1.2),
    )
    reaches: Mapping[str, Reach] = setting(
        "what reaches for drawn targets are like in each further condition; dynamic trials take "
        "all conditions in turn",
        {},
    )
    amplitude_deg: float = setting(
        "of flexion and of extension", 45.0, unit="degrees", ge=5.0, le=50.0
    )
    load_percent: float = setting(
        "mass of the dumbbell", 2.0, unit="% of the body mass", ge=0.5, le=4.0
    )
    co_contraction: float = setting(
        "share of the maximum below which muscles seldom fall, mean over people",
        0.04,
        ge=0.0,
        le=0.3,
    )
    motor_noise: float = setting("of the excitation, SD as a share of it", 0.12, ge=0.0, le=0.5)

    def __post_init__(self) -> None:
        super().__post_init__()
        read = read_reaches(self.name, self.reaches, usual_deg=0.0, up_to=_RAISED_DEG)
        object.__setattr__(self, "reaches", read)
        self.check_conditions("conditions_hz", "reaches")

    @property
    def model(self) -> Anatomy:
        """What the analysis gets, with a free forearm where it is not always at the side."""
        raised = any(reach.gravity_deg for reach in self.reaches.values())
        return wrist_anatomy(self.load_percent / 100.0, free_forearm=raised)


def list_trials(settings: Mapping[str, Any]) -> list[Trial]:
    """List the trials of all people.

    Raises
    ------
    ConfigError
        Where a setting is not one of those allowed.
    """
    wanted = Settings.read(settings)

    def plan(mass_kg: float) -> Iterator[Planned]:
        dumbbell = wanted.load_percent / 100.0 * mass_kg
        yield "static", "static", "", dumbbell
        # The fixture, not the dumbbell, is in the hand in maximal contractions.
        yield "mvc", "mvc", "", 0.0
        conditions = [*wanted.conditions_hz, *wanted.reaches]
        for name, condition in in_turn(conditions, wanted.trials_per_session):
            load = wanted.reaches[condition].load if condition in wanted.reaches else 1.0
            yield name, "dynamic", condition, load * dumbbell

    return list_sessions(wanted.people, wanted.sessions, plan)


def offers(settings: Mapping[str, Any]) -> Offers:
    """Say what is known of the recordings before anybody is simulated."""
    from myopinn.recordings.simulating.known import offers_of_people

    wanted = Settings.read(settings)
    return offers_of_people(
        wanted.model,
        SURFACE_ORDER,
        wanted,
        movement_s=wanted.trial_s,
        resting=[name for name in wanted.model.coordinates if name == FOREARM],
    )


def simulate_person(
    *,
    settings: Mapping[str, Any],
    subject: str,
    seed: int,
    recordings: Path,
    truth: Path,
    log: QualityLog,
) -> None:
    """Simulate and record one person.

    Raises
    ------
    ConfigError
        Where there is no such person.
    """
    from myopinn.recordings.simulating.person import record_person

    wanted = Settings.read(settings)
    record_person(
        _laboratory(wanted),
        list_trials(settings),
        lambda trial: _task(trial, wanted),
        subject=subject,
        seed=seed,
        recordings=recordings,
        truth=truth,
        log=log,
    )


def provide_model(*, settings: Mapping[str, Any], model: Path) -> None:
    """Write the generic model for the analysis, marker set included.

    The average man with published parameters and rigid-tendon De Groote-Fregly muscles; nobody's
    true parameters or muscle formulation are in it.
    """
    from myopinn.virtual.models import DeGrooteFreglyRigid, quiet_opensim, write_model

    quiet_opensim()
    wanted = Settings.read(settings)
    write_model(wanted.model, DeGrooteFreglyRigid(), model)


def _laboratory(wanted: Settings) -> Laboratory:
    from myopinn.virtual.laboratory import Laboratory
    from myopinn.virtual.sharing_laws import draw_modules

    return Laboratory(
        name=wanted.name,
        generic=wrist_anatomy(wanted.load_percent / 100.0),
        loads=(LOAD,),
        electrode_order=SURFACE_ORDER,
        co_contraction=wanted.co_contraction,
        modules=lambda person, rng: draw_modules(person, (FLEXORS, EXTENSORS), rng),
        differences=wanted.differences(),
        cameras=wanted.cameras(),
        electrodes=wanted.electrodes(),
    )


def _task(trial: Trial, wanted: Settings) -> Task:
    """Say what a person does in a trial."""
    import numpy as np

    from myopinn.virtual.control import FeedbackController, Gains, MaximalEffort
    from myopinn.virtual.differences import reached_in_mvc
    from myopinn.virtual.laboratory import Task
    from myopinn.virtual.motion import hold_still, swing
    from myopinn.virtual.simulation import STEP_S

    gains = Gains(motor_noise=wanted.motor_noise)
    if trial.condition in wanted.reaches:
        return _reaching(trial, wanted.reaches[trial.condition], wanted)
    if trial.kind == "mvc":
        return Task(
            wanted.trial_s,
            0.5,
            lambda person, rng: MaximalEffort(
                (FLEXORS, EXTENSORS),
                MUSCLES,
                wanted.trial_s,
                gains,
                STEP_S,
                rng,
                reached=reached_in_mvc(person),
            ),
        )
    duration = STATIC_S if trial.kind == "static" else wanted.trial_s
    lead = SETTLING_S if trial.kind == "static" else 1.0
    if trial.kind == "static":
        # Nothing is asked of a hanging hand but to hang.
        gains = replace(gains, motor_noise=wanted.motor_noise / 3)

    def controller(person: Any, rng: Any) -> FeedbackController:
        amplitude = math.radians(wanted.amplitude_deg)
        if trial.kind == "static":
            target = hold_still(np.zeros(1), -lead, duration)
        else:
            rate = wanted.conditions_hz[trial.condition]
            target = swing(rate, amplitude, -lead, duration, rng)
        return FeedbackController(person, target, gains, STEP_S, rng)

    return Task(duration, lead, controller)


def _reaching(trial: Trial, reach: Reach, wanted: Settings) -> Task:
    """Say what a person does in a trial of reaches."""
    from myopinn.virtual.control import Gains

    gains, lead = Gains(motor_noise=wanted.motor_noise), 1.0
    amplitude = math.radians(wanted.amplitude_deg)
    return reach.task(
        trial.name,
        wanted.trial_s,
        lead,
        lambda person, rng: reach.controller(
            person, (-amplitude, amplitude), (-lead, wanted.trial_s), gains, rng
        ),
        lambda anatomy: _equip(anatomy, reach),
    )


def _equip(anatomy: Anatomy, reach: Reach) -> Anatomy:
    """Strap the forearm where it is in a condition and put its load into the hand."""
    from myopinn.virtual.postures import heavier, raised

    return raised(heavier(anatomy, LOAD, reach.load), math.radians(reach.gravity_deg))
