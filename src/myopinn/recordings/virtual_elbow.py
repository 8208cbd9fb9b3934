"""Virtual people who bend and stretch the elbow under loads, two sessions each, as C3D files.

The upper arm rests on a support, raised forward to the horizontal, the wrist is in a splint, a
dumbbell in the hand: flexors work while the forearm is below the vertical and extensors beyond it,
so that both carry EMG. The laboratory's z axis points up, its x axis forward, its origin lies on
the floor below the shoulder. In every session there are

- a static trial, the arm hanging, and one of maximal contractions against a fixture;
- ``load_<mass>kg``: curls with each load, at varied rates;
- ``overhead_<mass>kg``: the same with the upper arm overhead, which the triceps alone can do;
- ``isometric_<angle>deg``: maximal contractions and ramps, both ways, against a dynamometer at
  each angle, whose moment is an analog channel (kind ``mvc``: nothing moves, and no load is held).

The two muscles that no surface electrode reaches, medial triceps and brachialis, have no channel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from myopinn.errors import ConfigError
from myopinn.recordings.simulating.instruments import Bounds, InstrumentSettings
from myopinn.recordings.simulating.sessions import Planned, list_sessions
from myopinn.records.trials import Trial
from myopinn.virtual.elbow import (
    EMPTY_LOAD_KG,
    EXTENSORS,
    FLEXORS,
    MUSCLES,
    SURFACE_ORDER,
    elbow_anatomy,
    holding,
    raised,
)

if TYPE_CHECKING:
    from myopinn.records.quality import QualityLog
    from myopinn.virtual.laboratory import Laboratory, Task

STATIC_S, SETTLING_S = 2.0, 3.0
ISOMETRIC = "isometric_"
STATIC_ANGLE_DEG, MVC_ANGLE_DEG = 20.0, 90.0


@dataclass(frozen=True)
class Settings(InstrumentSettings):
    """The laboratory's slice of the configuration.

    Attributes
    ----------
    people, sessions : int
    loads_kg : sequence of float
        Loads of the curls, 0 for an empty hand.
    trials_per_load : int
        In each session.
    rates_hz : sequence of float
        Rates of the curls; a load's trials take them in turn.
    center_deg, amplitude_deg : float
        Of the angle of the elbow.
    upper_arm_deg : float
        How far the upper arm is raised forward in the curls: 0 hanging, 90 horizontal.
    overhead_loads_kg : sequence of float
        Loads of the trials with the upper arm at ``overhead_deg``; may be empty.
    overhead_deg : float
    isometric_angles_deg : sequence of float
        Angles of the elbow in isometric trials; may be empty.
    trial_s, isometric_s : float
        Duration of a dynamic or MVC trial, and of an isometric one.
    co_contraction : float
        Share of the maximum below which muscles seldom fall, mean over people.
    motor_noise : float
        Standard deviation of the excitation as a share of it.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    name: str = "virtual_elbow"
    people: int = 5
    sessions: int = 2
    loads_kg: Sequence[float] = (0.0, 2.0, 4.0)
    trials_per_load: int = 2
    rates_hz: Sequence[float] = (0.4, 0.6)
    center_deg: float = 72.0
    amplitude_deg: float = 48.0
    upper_arm_deg: float = 90.0
    overhead_loads_kg: Sequence[float] = (2.0,)
    overhead_deg: float = 165.0
    isometric_angles_deg: Sequence[float] = (30.0, 60.0, 90.0, 120.0)
    trial_s: float = 8.0
    isometric_s: float = 16.0
    co_contraction: float = 0.04
    motor_noise: float = 0.12

    ranges: ClassVar[dict[str, Bounds]] = InstrumentSettings.ranges | {
        "people": (1, 100, ""),
        "sessions": (1, 10, ""),
        "trials_per_load": (1, 100, ""),
        "center_deg": (40.0, 90.0, "degrees"),
        "amplitude_deg": (5.0, 50.0, "degrees"),
        "upper_arm_deg": (0.0, 100.0, "degrees"),
        "overhead_deg": (120.0, 180.0, "degrees"),
        "trial_s": (4.0, 60.0, "s"),
        "isometric_s": (8.0, 60.0, "s"),
        "co_contraction": (0.0, 0.3, ""),
        "motor_noise": (0.0, 0.5, ""),
    }
    counts: ClassVar[tuple[str, ...]] = ("people", "sessions", "trials_per_load")
    # The bounds of each item of a list.
    items: ClassVar[dict[str, Bounds]] = {
        "loads_kg": (0.0, 8.0, "kg"),
        "overhead_loads_kg": (0.0, 4.0, "kg"),
        "rates_hz": (0.1, 0.8, "Hz"),
        "isometric_angles_deg": (10.0, 130.0, "degrees"),
    }
    needed: ClassVar[tuple[str, ...]] = ("loads_kg", "rates_hz")

    def __post_init__(self) -> None:
        super().__post_init__()
        for key, bounds in self.items.items():
            values = getattr(self, key)
            for value in values:
                self.check(key, value, bounds)
            # As they stand in the names of trials.
            if len({float(f"{value:g}") for value in values}) < len(values):
                raise ConfigError(f"{self.name}: {key} names a value twice: {list(values)}.")
            if key in self.needed and not len(values):
                raise ConfigError(f"{self.name}: {key} is empty.")


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
    for angle in wanted.isometric_angles_deg:
        condition = f"{ISOMETRIC}{angle:g}deg"
        yield condition.replace(".", "p"), "mvc", condition, 0.0


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

    return Laboratory(
        name=wanted.name,
        generic=elbow_anatomy(),
        loads=(),
        electrode_order=SURFACE_ORDER,
        co_contraction=wanted.co_contraction,
        cameras=wanted.cameras(),
        electrodes=wanted.electrodes(),
    )


def _task(trial: Trial, wanted: Settings) -> Task:
    """Say what a person does in a trial."""
    from myopinn.virtual.laboratory import Task
    from myopinn.virtual.simulation import Integrator

    overhead = trial.condition.startswith("overhead")
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
        # In closed loop within 0.02 degrees of Runge-Kutta-Merson at 1e-5, and a fifth cheaper.
        integrator=Integrator("RungeKutta3", 1e-4),
    )


def _controller(trial: Trial, wanted: Settings, person: Any, rng: Any) -> Any:
    import numpy as np

    from myopinn.virtual.control import FeedbackController, Gains, MaximalEffort
    from myopinn.virtual.isometric import IsometricEffort
    from myopinn.virtual.motion import hold_still, swing
    from myopinn.virtual.simulation import STEP_S

    gains = Gains(motor_noise=wanted.motor_noise)
    if trial.condition.startswith(ISOMETRIC):
        angle = trial.held_angle_deg
        return IsometricEffort(person, math.radians(angle), wanted.isometric_s, gains, STEP_S, rng)
    if trial.kind == "mvc":
        effort = MaximalEffort((FLEXORS, EXTENSORS), MUSCLES, wanted.trial_s, gains, STEP_S, rng)
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
