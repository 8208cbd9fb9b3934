"""Virtual people who walk on an instrumented treadmill, two sessions each, as C3D files.

There is a belt for each foot with a force plate under it; the treadmill's x axis points forward,
its z axis up. These people have a right leg alone: the pelvis is carried as if there were another,
the plate under the left belt stays empty, and what the right foot does in every stance is on the
plate under the right one. In every session there are

- a static trial, standing;
- one of maximal contractions of one group of muscles after the other against fixtures;
- ``<condition>_<number>``: walks at each speed in turn, recorded once the person has got used to
  it; walks at a speed that wanders (setting ``wanders``); reaches for drawn postures with the right
  leg free in the air (setting ``free_reaches``), in which nobody is on a plate.

The iliopsoas, which no surface electrode reaches, has no channel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.checks.settings import setting
from myopinn.recordings.simulating.leg_movements import FreeReach, WanderingWalk
from myopinn.recordings.simulating.people import PeopleSettings
from myopinn.recordings.simulating.sessions import Planned, in_turn, list_sessions
from myopinn.records.trials import Trial
from myopinn.virtual.leg import HEEL_M, MUSCLES, SURFACE_ORDER, leg_anatomy

if TYPE_CHECKING:
    from myopinn.config.plug_ins import Offers
    from myopinn.records.quality import QualityLog
    from myopinn.virtual.free_leg import FreeLegController
    from myopinn.virtual.laboratory import Laboratory, Task
    from myopinn.virtual.people import Person
    from myopinn.virtual.walker import WalkingController

# Groups of muscles that push against a fixture together.
EFFORTS = (
    ("recfem_r", "vasti_r"),
    ("bflh_r", "bfsh_r"),
    ("gas_r", "soleus_r"),
    ("tibant_r",),
    ("glmax_r", "bflh_r"),
    ("iliopsoas_r", "recfem_r"),
)
STATIC_S, SETTLING_S = 2.0, 1.0
# Strides until a walk is learned, and where along the foot the centre of pressure can be.
LEARNING_STRIDES = 4.0
SOLE_M = (HEEL_M, 0.165)
# Walks stay within 4 degrees of what was intended; who is farther off has stumbled.
MAX_TRACKING_ERROR_DEG = 8.0


@dataclass(frozen=True)
class Settings(PeopleSettings):
    """What is set of the people, of how they walk and of the instruments.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    name: str = setting("the laboratory", "virtual_gait")
    people: int = setting("virtual people", 6, ge=1, le=100)
    sessions: int = setting("of each of them", 2, ge=1, le=10)
    trials_per_session: int = setting(
        "movements; a static and an MVC trial are added to each session", 8, ge=1, le=100
    )
    trial_s: float = setting("duration of a movement", 8.0, unit="s", ge=3.0, le=60.0)
    mvc_s: float = setting("duration of an MVC trial", 18.0, unit="s", ge=6.0, le=60.0)
    speeds_m_s: Mapping[str, float] = setting(
        "walking speed in each condition; trials take all conditions in turn. May be empty where "
        "there are others",
        {"very_slow": 0.6, "slow": 0.9, "normal": 1.25, "fast": 1.6},
        unit="m/s",
        each=(0.5, 1.7),
    )
    wanders: Mapping[str, WanderingWalk] = setting(
        "walks of a speed that wanders from step to step, in each further condition", {}
    )
    free_reaches: Mapping[str, FreeReach] = setting(
        "reaches with the right leg free in the air, in each further condition; "
        "signals.ground_forces.none_in has to name it",
        {},
    )
    co_contraction: float = setting(
        "excitation below which muscles do not fall, above the least, mean over people",
        0.004,
        ge=0.0,
        le=0.02,
    )
    motor_noise: float = setting("of the excitation, SD as a share of it", 0.10, ge=0.0, le=0.2)

    def __post_init__(self) -> None:
        super().__post_init__()
        for key, kind in (("wanders", WanderingWalk), ("free_reaches", FreeReach)):
            of, values = f"{self.name}: {key}", getattr(self, key)
            read = {name: kind.read(f"{of}: {name}", value) for name, value in values.items()}
            object.__setattr__(self, key, read)
        self.check_conditions("speeds_m_s", "wanders", "free_reaches")

    @property
    def conditions(self) -> list[str]:
        """Names of all conditions, in the order in which trials take them."""
        return [*self.speeds_m_s, *self.wanders, *self.free_reaches]


def list_trials(settings: Mapping[str, Any]) -> list[Trial]:
    """List the trials of all people.

    Raises
    ------
    ConfigError
        Where a setting is not one of those allowed.
    """
    wanted = Settings.read(settings)

    def plan(mass_kg: float) -> Iterator[Planned]:
        yield "static", "static", "", 0.0
        yield "mvc", "mvc", "", 0.0
        for name, condition in in_turn(wanted.conditions, wanted.trials_per_session):
            yield name, "dynamic", condition, 0.0

    return list_sessions(wanted.people, wanted.sessions, plan)


def offers(settings: Mapping[str, Any]) -> Offers:
    """Say what is known of the recordings before anybody is simulated."""
    from myopinn.recordings.simulating.known import offers_of_people

    wanted = Settings.read(settings)
    return offers_of_people(
        leg_anatomy(),
        SURFACE_ORDER,
        wanted,
        movement_s=wanted.trial_s,
        untouched=list(wanted.free_reaches),
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
    Settings.read(settings)
    write_model(leg_anatomy(), DeGrooteFreglyRigid(), model)


def _laboratory(wanted: Settings) -> Laboratory:
    from myopinn.virtual.laboratory import Laboratory
    from myopinn.virtual.walking_modules import learned_modules

    return Laboratory(
        name=wanted.name,
        generic=leg_anatomy(),
        loads=(),
        electrode_order=SURFACE_ORDER,
        co_contraction=wanted.co_contraction,
        modules=learned_modules,
        differences=wanted.differences(),
        cameras=wanted.cameras(),
        electrodes=wanted.electrodes(),
    )


def _task(trial: Trial, wanted: Settings) -> Task:
    """Say what a person does in a trial."""
    from myopinn.virtual.control import Gains, MaximalEffort
    from myopinn.virtual.differences import reached_in_mvc
    from myopinn.virtual.ground import Treadmill
    from myopinn.virtual.laboratory import Task
    from myopinn.virtual.simulation import STEP_S, Integrator

    if trial.kind == "mvc":
        gains = Gains(motor_noise=wanted.motor_noise)
        return Task(
            wanted.mvc_s,
            0.5,
            lambda person, rng: MaximalEffort(
                EFFORTS,
                MUSCLES,
                wanted.mvc_s,
                gains,
                STEP_S,
                rng,
                reached=reached_in_mvc(person),
            ),
        )
    duration = STATIC_S if trial.kind == "static" else wanted.trial_s
    lead = round(_lead_s(trial, wanted) / STEP_S) * STEP_S
    return Task(
        duration,
        lead,
        lambda person, rng: _controller(trial, wanted, person, -lead, duration, rng),
        surroundings=lambda person, mover: Treadmill(person, mover.walk, SOLE_M),
        integrator=Integrator("RungeKutta3", 1e-4),
        max_tracking_error_deg=MAX_TRACKING_ERROR_DEG,
    )


def _lead_s(trial: Trial, wanted: Settings) -> float:
    """Give how long a person is under way before the recording: until a walk is learned."""
    from myopinn.virtual.walk import usual_stride_s

    if trial.kind == "static" or trial.condition in wanted.free_reaches:
        return SETTLING_S
    wandering = wanted.wanders.get(trial.condition)
    speed = wandering.usual_m_s if wandering else wanted.speeds_m_s[trial.condition]
    return LEARNING_STRIDES * usual_stride_s(speed)


def _controller(
    trial: Trial, wanted: Settings, person: Person, start_s: float, end_s: float, rng: Any
) -> WalkingController | FreeLegController:
    """Make the person who does what the trial asks for."""
    from myopinn.virtual.free_leg import FreeLegController
    from myopinn.virtual.simulation import STEP_S
    from myopinn.virtual.walk import intend_to_stand, intend_walk
    from myopinn.virtual.walker import WalkingController, WalkingGains

    static, gains = trial.kind == "static", WalkingGains()
    # Nothing is asked of who stands but to stand.
    noise = wanted.motor_noise / 3 if static else wanted.motor_noise
    gains = replace(gains, nerves=replace(gains.nerves, motor_noise=noise))
    if trial.condition in wanted.free_reaches:
        reaches = wanted.free_reaches[trial.condition].walk(person, start_s, end_s, rng)
        return FreeLegController(person, reaches, gains, STEP_S, rng)
    if static:
        walk = intend_to_stand(person, start_s, end_s)
    elif trial.condition in wanted.wanders:
        walk = wanted.wanders[trial.condition].walk(person, start_s, end_s, rng)
    else:
        walk = intend_walk(person, wanted.speeds_m_s[trial.condition], start_s, end_s, rng)
    return WalkingController(person, walk, gains, STEP_S, rng)
