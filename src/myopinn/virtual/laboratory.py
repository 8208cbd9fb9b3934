"""A laboratory of virtual people: a person performs a trial, and the instruments record it.

What is particular to a laboratory (anatomy, motions, trials) comes from its own file in
:mod:`myopinn.recordings`; what all share is here.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.virtual.anatomy import Anatomy
from myopinn.virtual.cameras import CameraSettings, record_markers, stick_markers
from myopinn.virtual.control import Controller
from myopinn.virtual.differences import Differences, differing
from myopinn.virtual.electrodes import (
    Electrodes,
    ElectrodeSettings,
    place_electrodes,
    record_emg,
)
from myopinn.virtual.force_plates import ForcePlate, OnPlates, read_plates
from myopinn.virtual.internal_model import InternalModel
from myopinn.virtual.muscle_emg import seen_by_electrodes
from myopinn.virtual.people import Modules, Person, draw_person
from myopinn.virtual.simulation import Integrator, Truth, simulate

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
    modules : callable of (person, generator) to tuple of tuple of float
        Gives the weights of each muscle in each module of a person with synergies.
    differences : Differences
        How people differ in their law of sharing and in their EMG.
    """

    name: str
    generic: Anatomy
    loads: tuple[str, ...]
    electrode_order: tuple[str, ...]
    co_contraction: float
    modules: Callable[[Person, np.random.Generator], Modules] = lambda person, rng: ()
    differences: Differences = field(default_factory=Differences)
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
    wear : callable of (Electrodes, generator) to Electrodes
        What has become of the session's electrodes in the trial.
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
    wear: Callable[[Electrodes, np.random.Generator], Electrodes] = lambda electrodes, rng: (
        electrodes
    )
    max_tracking_error_deg: float | None = None


@dataclass(frozen=True)
class Recorded:
    """What the instruments recorded of a trial.

    Attributes
    ----------
    markers : tuple of str
    points_m : array, shape (frame, marker, 3), m
        In the laboratory's directions; a marker that is not seen is NaN.
    point_rate_hz : float
    analogs, analog_units : tuple of str
    signals : array, shape (sample, channel), in ``analog_units``
        A whole number of samples per frame.
    analog_rate_hz : float
    subject : str
    plates : sequence of ForcePlate
        Whose channels are among the analogs.
    """

    markers: tuple[str, ...]
    points_m: np.ndarray
    point_rate_hz: float
    analogs: tuple[str, ...]
    analog_units: tuple[str, ...]
    signals: np.ndarray
    analog_rate_hz: float
    subject: str
    plates: Sequence[ForcePlate] = ()


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


def to_laboratory(points_m: np.ndarray) -> np.ndarray:
    """Turn OpenSim's directions (y up) into a laboratory's (z up): (x, y, z) to (x, -z, y)."""
    import numpy as np

    return np.stack([points_m[..., 0], -points_m[..., 2], points_m[..., 1]], axis=-1)


def admit_person(
    laboratory: Laboratory, subject: str, number: int, mass_kg: float, seed: int
) -> Person:
    """Draw the person of a name and number (from 0), who is the same for every trial."""
    person = draw_person(
        subject,
        laboratory.generic,
        mass_kg,
        laboratory.co_contraction,
        generator(seed, laboratory.name, subject),
        rigid_share=laboratory.loads,
    )
    rng = generator(seed, laboratory.name, subject, "differences")
    return differing(person, number, laboratory.differences, laboratory.modules, rng)


def perform_trial(
    laboratory: Laboratory,
    person: Person,
    worn: tuple[Anatomy, Electrodes],
    trial: Trial,
    task: Task,
    seed: int,
    log: QualityLog,
) -> tuple[Truth, Recorded]:
    """Simulate one trial of a person and record it.

    Parameters
    ----------
    worn : Anatomy and Electrodes
        The person with the session's markers and electrodes, of :func:`equip_person`.

    Raises
    ------
    TrialError
        Where the simulation diverges, or the person did something else than was intended.
    """
    rng = generator(seed, laboratory.name, person.name, trial.name)
    off = generator(seed, laboratory.name, person.name, trial.name, "electrodes")
    worn = worn[0], task.wear(worn[1], off)
    ready = replace(person, anatomy=task.equip(person.anatomy))
    controller = task.controller(ready, rng)
    around = task.surroundings(ready, controller) if task.surroundings else None
    truth = simulate(
        ready,
        controller,
        task.duration_s,
        task.lead_s,
        trial.name,
        integrator=task.integrator,
        surroundings=around,
    )
    _measure(log, trial, ready, task, truth)
    anatomy, electrodes = worn
    seen = seen_by_electrodes(person, truth, _covered(laboratory, anatomy))
    worn = task.equip(anatomy), electrodes
    return truth, _record(laboratory, worn, seen, truth, task, around, rng)


def equip_person(
    laboratory: Laboratory, person: Person, seed: int, session: str
) -> tuple[Anatomy, Electrodes]:
    """Stick markers and electrodes on a person for one session."""
    muscles = _covered(laboratory, person.anatomy)
    rng = generator(seed, laboratory.name, person.name, session)
    worn = stick_markers(person.anatomy, laboratory.cameras, rng)
    electrodes = place_electrodes(
        len(muscles),
        [muscles.index(name) for name in laboratory.electrode_order],
        replace(laboratory.electrodes, cross_talk=person.traits.cross_talk),
        generator(seed, laboratory.name, person.name, "skin"),
        rng,
        shift=_shift(laboratory, person, seed, session),
    )
    return worn, electrodes


def _shift(
    laboratory: Laboratory, person: Person, seed: int, session: str
) -> Sequence[float] | None:
    """Draw how far electrodes are put from their place in a session, by the way to the next."""
    most = person.traits.electrode_shift
    if not most:
        return None
    rng = generator(seed, laboratory.name, person.name, session, "shift")
    return list(rng.uniform(-most, most, len(_covered(laboratory, person.anatomy))))


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
    laboratory: Laboratory,
    equipped: tuple[Anatomy, Electrodes],
    seen: tuple[np.ndarray, np.ndarray | None],
    truth: Truth,
    task: Task,
    around: Any,
    rng: np.random.Generator,
) -> Recorded:
    """Record a trial with cameras, electrodes and what else the task has."""
    import numpy as np

    (worn, electrodes), (amplitude, pace) = equipped, seen
    cameras, amplifier = laboratory.cameras, laboratory.electrodes
    frames = round(task.duration_s * cameras.rate_hz)
    points = record_markers(worn, truth, frames, cameras, rng)
    speed = np.abs(truth.joint_velocity).max(axis=1) / FAST_RAD_S
    units = {emg_label(name): "V" for name in _covered(laboratory, worn)}
    signals = record_emg(
        truth.time_s,
        amplitude,
        np.minimum(speed, 1.0),
        frames * round(amplifier.rate_hz / cameras.rate_hz),
        electrodes,
        amplifier,
        rng,
        pace=pace,
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
    return Recorded(
        markers=tuple(marker.name for marker in worn.markers),
        points_m=to_laboratory(points),
        point_rate_hz=cameras.rate_hz,
        analogs=tuple(units),
        analog_units=tuple(units.values()),
        signals=signals,
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
