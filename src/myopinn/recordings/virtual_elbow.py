"""Virtual people who bend and stretch the elbow under loads, two sessions each, as C3D files.

The upper arm rests on a support, raised forward to the horizontal, the wrist is in a splint, a
dumbbell in the hand: flexors work while the forearm is below the vertical and extensors beyond it,
so that both carry EMG. The laboratory's z axis points up, its x axis forward, its origin lies on
the floor below the shoulder. In every session there are

- a static trial, the arm hanging, and one of maximal contractions against a fixture;
- ``load_<mass>kg``: curls with each load, at varied rates;
- ``overhead_<mass>kg``: the same with the upper arm overhead, which the triceps alone can do;
- a condition of each name in the setting ``reaches``: reaches for drawn targets, also under other
  loads and with the upper arm held elsewhere;
- ``isometric_<angle>deg``: maximal contractions and ramps, both ways, against a dynamometer at
  each angle, whose moment is an analog channel (kind ``mvc``: nothing moves, and no load is held).

The two muscles that no surface electrode reaches, medial triceps and brachialis, have no channel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.checks.settings import setting
from myopinn.errors import ConfigError
from myopinn.recordings.simulating.people import PeopleSettings
from myopinn.recordings.simulating.reaches import Reach, read_reaches
from myopinn.recordings.simulating.sessions import Planned, list_sessions
from myopinn.records.trials import Trial
from myopinn.virtual.elbow import (
    EMPTY_LOAD_KG,
    EXTENSORS,
    FLEXORS,
    MUSCLES,
    SHOULDER,
    SURFACE_ORDER,
    elbow_anatomy,
    holding,
)

if TYPE_CHECKING:
    from myopinn.config.plug_ins import Offers
    from myopinn.records.quality import QualityLog
    from myopinn.virtual.laboratory import Laboratory, Task

STATIC_S, SETTLING_S = 2.0, 3.0
ISOMETRIC = "isometric_"
_OTHERS = ("load_", "overhead_", ISOMETRIC)
# Within what the model's shoulder can do.
_RAISED_DEG = (-20.0, 180.0)
# In closed loop within 0.02 degrees of Runge-Kutta-Merson at 1e-5, and a fifth cheaper.
_INTEGRATOR = ("RungeKutta3", 1e-4)
STATIC_ANGLE_DEG, MVC_ANGLE_DEG = 20.0, 90.0


@dataclass(frozen=True)
class Settings(PeopleSettings):
    """What is set of the people, of what they do and of the instruments.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    name: str = setting("the laboratory", "virtual_elbow")
    people: int = setting("virtual people", 5, ge=1, le=100)
    sessions: int = setting("of each of them", 2, ge=1, le=10)
    loads_kg: Sequence[float] = setting(
        "of the curls, 0 for an empty hand; may be empty where there are reaches",
        (0.0, 2.0, 4.0),
        unit="kg",
        each=(0.0, 8.0),
    )
    trials_per_load: int = setting("in each session", 2, ge=1, le=100)
    rates_hz: Sequence[float] = setting(
        "of the curls; a load's trials take them in turn", (0.4, 0.6), unit="Hz", each=(0.1, 0.8)
    )
    center_deg: float = setting(
        "middle of the elbow's angle in curls and reaches", 72.0, unit="degrees", ge=40.0, le=90.0
    )
    amplitude_deg: float = setting(
        "of the elbow's angle in curls and reaches", 48.0, unit="degrees", ge=5.0, le=50.0
    )
    upper_arm_deg: float = setting(
        "how far the upper arm is raised forward in curls and reaches: 0 hanging, 90 horizontal",
        90.0,
        unit="degrees",
        ge=0.0,
        le=100.0,
    )
    reaches: Mapping[str, Reach] = setting(
        "what reaches for drawn targets are like in each further condition", {}
    )
    reach_load_kg: float = setting(
        "usual load of the reaches, that a condition's load is a factor of",
        2.0,
        unit="kg",
        ge=0.0,
        le=6.0,
    )
    trials_per_reach: int = setting(
        "of each condition of reaches, in each session", 2, ge=1, le=100
    )
    overhead_loads_kg: Sequence[float] = setting(
        "of the trials with the upper arm at overhead_deg; may be empty",
        (2.0,),
        unit="kg",
        each=(0.0, 4.0),
    )
    overhead_deg: float = setting(
        "how far the upper arm is raised in these trials", 165.0, unit="degrees", ge=120.0, le=180.0
    )
    isometric_angles_deg: Sequence[float] = setting(
        "of the elbow in isometric trials; may be empty",
        (30.0, 60.0, 90.0, 120.0),
        unit="degrees",
        each=(10.0, 130.0),
    )
    trial_s: float = setting("duration of a dynamic or MVC trial", 8.0, unit="s", ge=4.0, le=60.0)
    isometric_s: float = setting("duration of an isometric trial", 16.0, unit="s", ge=8.0, le=60.0)
    co_contraction: float = setting(
        "share of the maximum below which muscles seldom fall, mean over people",
        0.04,
        ge=0.0,
        le=0.3,
    )
    motor_noise: float = setting("of the excitation, SD as a share of it", 0.12, ge=0.0, le=0.5)

    def __post_init__(self) -> None:
        super().__post_init__()
        for key in ("loads_kg", "overhead_loads_kg", "rates_hz", "isometric_angles_deg"):
            values = getattr(self, key)
            # As they stand in the names of trials.
            if len({float(f"{value:g}") for value in values}) < len(values):
                raise ConfigError(f"{self.name}: {key} names a value twice: {list(values)}.")
        if not len(self.rates_hz):
            raise ConfigError(f"{self.name}: rates_hz is empty.")
        read = read_reaches(
            self.name, self.reaches, others=_OTHERS, usual_deg=self.upper_arm_deg, up_to=_RAISED_DEG
        )
        object.__setattr__(self, "reaches", read)
        if self.reaches:
            self.check_conditions("reaches")
        elif not len(self.loads_kg):
            raise ConfigError(f"{self.name}: loads_kg is empty, and there are no reaches.")


def list_trials(settings: Mapping[str, Any]) -> list[Trial]:
    """List the trials of all people.

    Raises
    ------
    ConfigError
        Where a setting is not one of those allowed.
    """
    wanted = Settings.read(settings)
    trials = list_sessions(wanted.people, wanted.sessions, lambda mass_kg: _plan(wanted))
    return [
        replace(trial, held_angle_deg=_held_angle_deg(trial.condition))
        if trial.condition.startswith(ISOMETRIC)
        else trial
        for trial in trials
    ]


def _held_angle_deg(condition: str) -> float:
    return float(condition.removeprefix(ISOMETRIC).removesuffix("deg"))


def _plan(wanted: Settings) -> Iterator[Planned]:
    """List the trials of a session: name, kind, condition, load."""
    yield "static", "static", "", 0.0
    yield "mvc", "mvc", "", 0.0
    for group, loads in (("load", wanted.loads_kg), ("overhead", wanted.overhead_loads_kg)):
        for load in loads:
            condition = f"{group}_{load:g}kg"
            for k in range(wanted.trials_per_load if group == "load" else 1):
                # A point in the name of a file would look like the start of its extension.
                name = f"{condition}_{k + 1}".replace(".", "p")
                yield name, "dynamic", condition, float(load)
    for condition, reach in wanted.reaches.items():
        for k in range(wanted.trials_per_reach):
            name = f"{condition}_{k + 1}".replace(".", "p")
            yield name, "dynamic", condition, reach.load * wanted.reach_load_kg
    for angle in wanted.isometric_angles_deg:
        condition = f"{ISOMETRIC}{angle:g}deg"
        yield condition.replace(".", "p"), "mvc", condition, 0.0


def offers(settings: Mapping[str, Any]) -> Offers:
    """Say what is known of the recordings before anybody is simulated."""
    from myopinn.recordings.simulating.known import offers_of_people

    wanted = Settings.read(settings)
    return offers_of_people(
        holding(elbow_anatomy(free_shoulder=True), EMPTY_LOAD_KG),
        SURFACE_ORDER,
        wanted,
        movement_s=wanted.trial_s,
        contraction_s=wanted.isometric_s if wanted.isometric_angles_deg else None,
        resting=[SHOULDER],
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

    The average man with published parameters and rigid-tendon De Groote-Fregly muscles, the
    shoulder free and an empty body ``load`` in the hand, into which the analysis puts each trial's
    load; nobody's true parameters or muscle formulation are in it.
    """
    from myopinn.virtual.models import DeGrooteFreglyRigid, quiet_opensim, write_model

    quiet_opensim()
    Settings.read(settings)
    generic = holding(elbow_anatomy(free_shoulder=True), EMPTY_LOAD_KG)
    write_model(generic, DeGrooteFreglyRigid(), model)


def _laboratory(wanted: Settings) -> Laboratory:
    from myopinn.virtual.laboratory import Laboratory
    from myopinn.virtual.sharing_laws import draw_modules

    return Laboratory(
        name=wanted.name,
        generic=elbow_anatomy(),
        loads=(),
        electrode_order=SURFACE_ORDER,
        co_contraction=wanted.co_contraction,
        modules=lambda person, rng: draw_modules(person, (FLEXORS, EXTENSORS), rng),
        differences=wanted.differences(),
        cameras=wanted.cameras(),
        electrodes=wanted.electrodes(),
    )


def _task(trial: Trial, wanted: Settings) -> Task:
    """Say what a person does in a trial."""
    from myopinn.virtual.laboratory import Task
    from myopinn.virtual.postures import raised
    from myopinn.virtual.simulation import Integrator

    if trial.condition in wanted.reaches:
        return _reaching(trial, wanted.reaches[trial.condition], wanted)
    overhead = trial.condition.startswith("overhead_")
    still = trial.kind == "mvc" or trial.kind == "static"
    upper_arm_deg = 0.0 if still else wanted.overhead_deg if overhead else wanted.upper_arm_deg
    isometric = trial.condition.startswith(ISOMETRIC)
    duration_s = {"static": STATIC_S}.get(trial.kind, wanted.trial_s)
    return Task(
        duration_s=wanted.isometric_s if isometric else duration_s,
        lead_s=SETTLING_S if trial.kind == "static" else 1.0,
        controller=lambda person, rng: _controller(trial, wanted, person, rng),
        equip=lambda anatomy: raised(holding(anatomy, trial.load_kg), math.radians(upper_arm_deg)),
        dynamometer=isometric,
        integrator=Integrator(*_INTEGRATOR),
    )


def _reaching(trial: Trial, reach: Reach, wanted: Settings) -> Task:
    """Say what a person does in a trial of reaches."""
    from myopinn.virtual.control import Gains
    from myopinn.virtual.postures import raised
    from myopinn.virtual.simulation import Integrator

    gains, lead = Gains(motor_noise=wanted.motor_noise), 1.0
    center, amplitude = math.radians(wanted.center_deg), math.radians(wanted.amplitude_deg)
    posture = math.radians(wanted.upper_arm_deg + reach.gravity_deg)
    return reach.task(
        trial.name,
        wanted.trial_s,
        lead,
        lambda person, rng: reach.controller(
            person, (center - amplitude, center + amplitude), (-lead, wanted.trial_s), gains, rng
        ),
        lambda anatomy: raised(holding(anatomy, trial.load_kg), posture),
        Integrator(*_INTEGRATOR),
    )


def _controller(trial: Trial, wanted: Settings, person: Any, rng: Any) -> Any:
    import numpy as np

    from myopinn.virtual.control import FeedbackController, Gains, MaximalEffort
    from myopinn.virtual.differences import reached_in_mvc
    from myopinn.virtual.isometric import IsometricEffort
    from myopinn.virtual.motion import hold_still, swing
    from myopinn.virtual.simulation import STEP_S

    gains = Gains(motor_noise=wanted.motor_noise)
    if trial.condition.startswith(ISOMETRIC):
        angle = trial.held_angle_deg
        return IsometricEffort(person, math.radians(angle), wanted.isometric_s, gains, STEP_S, rng)
    if trial.kind == "mvc":
        reached = reached_in_mvc(person)
        groups = (FLEXORS, EXTENSORS)
        effort = MaximalEffort(groups, MUSCLES, wanted.trial_s, gains, STEP_S, rng, reached=reached)
        effort.target = hold_still(np.radians([MVC_ANGLE_DEG]), -1.0, wanted.trial_s)
        return effort
    if trial.kind == "static":
        # Nothing is asked of a hanging arm but to hang.
        gains = replace(gains, motor_noise=wanted.motor_noise / 3)
        target = hold_still(np.radians([STATIC_ANGLE_DEG]), -SETTLING_S, STATIC_S)
        return FeedbackController(person, target, gains, STEP_S, rng)
    turn = int(trial.name.rsplit("_", 1)[1]) - 1
    target = swing(
        wanted.rates_hz[turn % len(wanted.rates_hz)],
        math.radians(wanted.amplitude_deg),
        -1.0,
        wanted.trial_s,
        rng,
    )
    target = replace(target, angle=target.angle + math.radians(wanted.center_deg))
    return FeedbackController(person, target, gains, STEP_S, rng)
