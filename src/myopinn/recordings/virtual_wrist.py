"""Virtual people who flex and extend the wrist, two sessions each, recorded as C3D files.

The arm hangs at the side, the forearm strapped to an upright support, the palm facing forward, a
dumbbell in the hand; the laboratory's z axis points up, its x axis forward, its origin lies on the
floor below the elbow. In every session there are one static trial, one of maximal contractions
against a fixture, and dynamic trials of flexion and extension at a slow and a fast rate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from myopinn.recordings.simulating.instruments import Bounds, InstrumentSettings
from myopinn.recordings.simulating.sessions import Planned, in_turn, list_sessions
from myopinn.records.trials import Trial
from myopinn.virtual.wrist import MUSCLES, SURFACE_ORDER, wrist_anatomy

if TYPE_CHECKING:
    from myopinn.records.quality import QualityLog
    from myopinn.virtual.laboratory import Laboratory, Task

FLEXORS, EXTENSORS = MUSCLES[:2], MUSCLES[2:]
STATIC_S = 2.0
SETTLING_S = 3.0  # until a hand that is to hang still does

_RATE_HZ: Bounds = (0.1, 1.2, "Hz")


@dataclass(frozen=True)
class Settings(InstrumentSettings):
    """The laboratory's slice of the configuration.

    Attributes
    ----------
    name : str
        ``virtual_wrist``.
    people, sessions, trials_per_session : int
        Dynamic trials; a static and an MVC trial are added to each session.
    trial_s : float
        Duration of a dynamic or MVC trial.
    conditions_hz : mapping of condition to rate of flexion-extension
        Dynamic trials take the conditions in turn.
    amplitude_deg : float
        Of flexion and of extension.
    load_percent : float
        Mass of the dumbbell in percent of the body mass.
    co_contraction : float
        Share of the maximum below which muscles seldom fall, mean over people.
    motor_noise : float
        Standard deviation of the excitation as a share of it.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    name: str = "virtual_wrist"
    people: int = 3
    sessions: int = 2
    trials_per_session: int = 4
    trial_s: float = 8.0
    conditions_hz: Mapping[str, float] = field(default_factory=lambda: {"slow": 0.5, "fast": 0.8})
    amplitude_deg: float = 45.0
    load_percent: float = 2.0
    co_contraction: float = 0.04
    motor_noise: float = 0.12

    ranges: ClassVar[dict[str, Bounds]] = InstrumentSettings.ranges | {
        "people": (1, 100, ""),
        "sessions": (1, 10, ""),
        "trials_per_session": (1, 100, ""),
        "trial_s": (4.0, 60.0, "s"),
        "amplitude_deg": (5.0, 50.0, "degrees"),
        "load_percent": (0.5, 4.0, "% of the body mass"),
        "co_contraction": (0.0, 0.3, ""),
        "motor_noise": (0.0, 0.5, ""),
    }
    counts: ClassVar[tuple[str, ...]] = ("people", "sessions", "trials_per_session")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_conditions("conditions_hz", self.conditions_hz, _RATE_HZ)


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
        for name, condition in in_turn(list(wanted.conditions_hz), wanted.trials_per_session):
            yield name, "dynamic", condition, dumbbell

    return list_sessions(wanted.people, wanted.sessions, plan)


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
    write_model(wrist_anatomy(wanted.load_percent / 100.0), DeGrooteFreglyRigid(), model)


def _laboratory(wanted: Settings) -> Laboratory:
    from myopinn.virtual.laboratory import Laboratory

    return Laboratory(
        name=wanted.name,
        generic=wrist_anatomy(wanted.load_percent / 100.0),
        loads=("load",),
        electrode_order=SURFACE_ORDER,
        co_contraction=wanted.co_contraction,
        cameras=wanted.cameras(),
        electrodes=wanted.electrodes(),
    )


def _task(trial: Trial, wanted: Settings) -> Task:
    """Say what a person does in a trial."""
    import numpy as np

    from myopinn.virtual.control import FeedbackController, Gains, MaximalEffort
    from myopinn.virtual.laboratory import Task
    from myopinn.virtual.motion import hold_still, swing
    from myopinn.virtual.simulation import STEP_S

    gains = Gains(motor_noise=wanted.motor_noise)
    if trial.kind == "mvc":
        return Task(
            wanted.trial_s,
            0.5,
            lambda person, rng: MaximalEffort(
                (FLEXORS, EXTENSORS), MUSCLES, wanted.trial_s, gains, STEP_S, rng
            ),
        )
    duration = STATIC_S if trial.kind == "static" else wanted.trial_s
    lead = SETTLING_S if trial.kind == "static" else 1.0
    if trial.kind == "static":
        # Nothing is asked of a hanging hand but to hang.
        gains = replace(gains, motor_noise=wanted.motor_noise / 3)

    def controller(person: Any, rng: Any) -> FeedbackController:
        if trial.kind == "static":
            target = hold_still(np.zeros(1), -lead, duration)
        else:
            target = swing(
                wanted.conditions_hz[trial.condition],
                math.radians(wanted.amplitude_deg),
                -lead,
                duration,
                rng,
            )
        return FeedbackController(person, target, gains, STEP_S, rng)

    return Task(duration, lead, controller)
