"""A laboratory of virtual people: simulates a person's trials and records them as C3D files.

What is particular to a laboratory (anatomy, motions, trials) comes from its own file in
:mod:`myopinn.recordings`; what all share is here.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError
from myopinn.files.layouts.quality import write_quality
from myopinn.formats.whole import whole_directory
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.virtual.anatomy import Anatomy
from myopinn.virtual.c3d import to_laboratory, write_c3d
from myopinn.virtual.cameras import CameraSettings, record_markers, stick_markers
from myopinn.virtual.control import Controller
from myopinn.virtual.electrodes import (
    Electrodes,
    ElectrodeSettings,
    place_electrodes,
    record_emg,
)
from myopinn.virtual.force_plates import OnPlates, read_plates
from myopinn.virtual.internal_model import InternalModel
from myopinn.virtual.models import quiet_opensim, write_model
from myopinn.virtual.people import Person, draw_person
from myopinn.virtual.simulation import Integrator, Truth, simulate
from myopinn.virtual.truth import write_truth

if TYPE_CHECKING:
    import numpy as np

# Joint speed at which motion artefacts are at their strongest.
FAST_RAD_S = 4.0


@dataclass(frozen=True)
class Laboratory:
    """What a laboratory of virtual people consists of.

    Attributes
    ----------
    name : str
    generic : Anatomy
        The average person, of whole body mass.
    loads : tuple of str
        Bodies that are loads: exact, and of one size for everyone.
    electrode_order : tuple of str
        The muscles that carry electrodes, as they lie around the limb.
    co_contraction : float
        Mean of the people's.
    """

    name: str
    generic: Anatomy
    loads: tuple[str, ...]
    electrode_order: tuple[str, ...]
    co_contraction: float
    cameras: CameraSettings = field(default_factory=CameraSettings)
    electrodes: ElectrodeSettings = field(default_factory=ElectrodeSettings)


@dataclass(frozen=True)
class Task:
    """What a person does in a trial.

    Attributes
    ----------
    duration_s : float
    lead_s : float
        How long the person is under way before the recording starts.
    controller : callable of (person, generator) to Controller
    equip : callable of Anatomy to Anatomy
        Puts the person into the trial's posture and the trial's load into the hand.
    dynamometer : bool
        Whether the fixture that holds the joints measures the moment that it takes.
    surroundings : callable of (person, controller) to Surroundings
        What acts on the person besides gravity; nothing where it is not given.
    integrator : Integrator
    max_tracking_error_deg : float
        Root mean square over the joints from which on the person did something else than was
        intended, as in stumbling, and the trial is left out.
    """

    duration_s: float
    lead_s: float
    controller: Callable[[Person, np.random.Generator], Controller]
    equip: Callable[[Anatomy], Anatomy] = lambda anatomy: anatomy
    dynamometer: bool = False
    surroundings: Callable[[Person, Any], Any] | None = None
    integrator: Integrator | None = None
    max_tracking_error_deg: float | None = None


# Standard deviation of what a dynamometer reads, N.m.
DYNAMOMETER_NOISE_N_M = 0.2


def emg_label(muscle: str) -> str:
    """Name the analog channel of the electrode over a muscle."""
    return f"EMG {muscle}"


def dynamometer_label(coordinate: str) -> str:
    """Name the analog channel of the dynamometer at a joint."""
    return f"Moment {coordinate}"


def generator(seed: int, *words: str) -> np.random.Generator:
    """Make a random generator that the seed and the words determine."""
    import numpy as np

    return np.random.default_rng([seed, *(zlib.crc32(word.encode()) for word in words)])


def record_person(
    laboratory: Laboratory,
    trials: Sequence[Trial],
    task: Callable[[Trial], Task],
    *,
    recording: str,
    subject: str,
    seed: int,
    recordings: Path | str,
    truth: Path | str,
) -> None:
    """Simulate all trials of one person; write C3D files, and the truth apart.

    A simulation that diverges is reported in ``quality.csv`` and leaves no file.

    Parameters
    ----------
    trials : sequence of Trial
        Of all people, with the body mass.
    task : callable of Trial to Task
    recordings : folder to write: the trials' C3D files, quality.csv
    truth : folder to write: <trial>.nc, model.osim

    Raises
    ------
    ConfigError
        Where there is no such person.
    """
    people = sorted({trial.subject for trial in trials})
    trials = [trial for trial in trials if trial.subject == subject]
    if not trials:
        raise ConfigError(f"{laboratory.name}: there is no person '{subject}' of {len(people)}.")
    quiet_opensim()
    person = draw_person(
        subject,
        laboratory.generic,
        trials[0].mass_kg,
        laboratory.co_contraction,
        generator(seed, laboratory.name, subject),
        rigid_share=laboratory.loads,
    )
    log = QualityLog(recording, subject, "simulate_person")
    with whole_directory(recordings) as files, whole_directory(truth) as hidden:
        write_model(person.anatomy, person.muscles, hidden / "model.osim")
        for session in dict.fromkeys(trial.session for trial in trials):
            worn, electrodes = _equip(laboratory, person, seed, session)
            for trial in (t for t in trials if t.session == session):
                rng = generator(seed, laboratory.name, subject, trial.name)
                planned = task(trial)
                ready = replace(person, anatomy=planned.equip(person.anatomy))
                with log.refusals(trial.name, session=session):
                    controller = planned.controller(ready, rng)
                    around = (
                        planned.surroundings(ready, controller) if planned.surroundings else None
                    )
                    what_happened = simulate(
                        ready,
                        controller,
                        planned.duration_s,
                        planned.lead_s,
                        trial.name,
                        integrator=planned.integrator,
                        surroundings=around,
                    )
                    _measure(log, trial, ready, planned, what_happened)
                    write_truth(person, what_happened, hidden / f"{trial.name}.nc")
                    _record(
                        files / trial.file,
                        laboratory,
                        planned.equip(worn),
                        electrodes,
                        what_happened,
                        planned,
                        around,
                        rng,
                    )
        write_quality(log, files / "quality.csv")


def _equip(
    laboratory: Laboratory, person: Person, seed: int, session: str
) -> tuple[Anatomy, Electrodes]:
    """Stick markers and electrodes on a person for one session."""
    muscles = _covered(laboratory, person.anatomy)
    rng = generator(seed, laboratory.name, person.name, session)
    worn = stick_markers(person.anatomy, laboratory.cameras, rng)
    electrodes = place_electrodes(
        len(muscles),
        [muscles.index(name) for name in laboratory.electrode_order],
        laboratory.electrodes,
        generator(seed, laboratory.name, person.name, "skin"),
        rng,
    )
    return worn, electrodes


def _covered(laboratory: Laboratory, anatomy: Anatomy) -> tuple[str, ...]:
    """Name the muscles that carry electrodes, in the order of the model."""
    return tuple(name for name in anatomy.muscle_names if name in laboratory.electrode_order)


def _measure(log: QualityLog, trial: Trial, person: Person, task: Task, truth: Truth) -> None:
    """Record how well the person did what was intended with the joints."""
    import numpy as np

    bounded = [np.isfinite(high) for _, high in person.anatomy.ranges.values()]
    error = (truth.joint_angle - truth.target_angle)[:, bounded]
    if np.isfinite(error).all():
        rms = float(np.degrees(np.sqrt(np.mean(error**2))))
        log.measure(
            trial.name,
            "tracking_error_rms",
            rms,
            "deg",
            session=trial.session,
            at_most=task.max_tracking_error_deg,
            remedy=f"{person.name} stumbled: ask for another speed, or take another seed.",
        )


def _record(
    path: Path,
    laboratory: Laboratory,
    worn: Anatomy,
    electrodes: Electrodes,
    truth: Truth,
    task: Task,
    around: Any,
    rng: np.random.Generator,
) -> None:
    """Write the C3D file of a trial."""
    import numpy as np

    cameras, amplifier = laboratory.cameras, laboratory.electrodes
    frames = round(task.duration_s * cameras.rate_hz)
    points = record_markers(worn, truth, frames, cameras, rng)
    speed = np.abs(truth.joint_velocity).max(axis=1) / FAST_RAD_S
    covered = _covered(laboratory, worn)
    units = {emg_label(name): "V" for name in covered}
    signals = record_emg(
        truth.time_s,
        truth.excitation[:, [worn.muscle_names.index(name) for name in covered]],
        np.minimum(speed, 1.0),
        frames * round(amplifier.rate_hz / cameras.rate_hz),
        electrodes,
        amplifier,
        rng,
    )
    if task.dynamometer:
        units |= {dynamometer_label(name): "N.m" for name in worn.coordinates}
        clock = np.arange(len(signals)) / amplifier.rate_hz
        signals = np.hstack([signals, _read_dynamometer(worn, truth, clock, rng)])
    plates = around.plates if isinstance(around, OnPlates) else ()
    if isinstance(around, OnPlates):
        clock = np.arange(len(signals)) / amplifier.rate_hz
        read = read_plates(plates, *around.wrench(clock), rng)
        units |= {name: unit for plate in plates for name, unit in plate.channels.items()}
        signals = np.hstack([signals, read])
    write_c3d(
        path,
        markers=[marker.name for marker in worn.markers],
        points_m=to_laboratory(points),
        point_rate_hz=cameras.rate_hz,
        analogs=list(units),
        signals=signals,
        analog_units=list(units.values()),
        analog_rate_hz=amplifier.rate_hz,
        subject=worn.name,
        plates=plates,
    )


def _read_dynamometer(
    anatomy: Anatomy, truth: Truth, time_s: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Read the moment by which a fixture holds still joints, N.m, shape (time, coordinate).

    The limb's weight is on it as well: the fixture takes what inverse dynamics asks for less what
    the muscles do.
    """
    import numpy as np

    still = np.zeros(truth.joint_angle.shape[1])
    needed = InternalModel(anatomy).moment(truth.joint_angle[0], still, still)
    taken = needed - truth.joint_moment
    moment = np.stack([np.interp(time_s, truth.time_s, column) for column in taken.T], axis=1)
    return moment + DYNAMOMETER_NOISE_N_M * rng.standard_normal(moment.shape)
