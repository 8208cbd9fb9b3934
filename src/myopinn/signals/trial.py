"""One trial: its markers, envelopes, ground forces and events, as far as its kind has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.records.trials import Trial
from myopinn.signals.c3d import Recording
from myopinn.signals.contacts import Contact, assign_contacts, foot_points, loaded_spans
from myopinn.signals.dynamometer import dynamometer_moments
from myopinn.signals.envelope import LOWPASS_HZ, past_envelopes, trial_envelopes
from myopinn.signals.events import Event, gait_events
from myopinn.signals.force_intervals import BOTH, Interval, force_intervals
from myopinn.signals.force_plates import Plate, act_on_person, read_plates
from myopinn.signals.ground_forces import foot_wrench, force_columns
from myopinn.signals.markers import (
    check_markers,
    drop_unseen,
    laboratory_rotation,
    rename_markers,
    usable_frames,
)

if TYPE_CHECKING:
    import numpy as np

    from myopinn.records.quality import QualityLog

# A static trial of one frame (a mean posture) is repeated: OpenSim's scaling wants a time range.
_STATIC_FRAMES = 10


@dataclass(frozen=True)
class TrialSignals:
    """What a trial's file gives; None is what its kind or its laboratory does not have.

    Attributes
    ----------
    time_s : array, shape (frame,), s from the first frame of the file
    markers : mapping of name to array, shape (frame, 3), m, OpenSim's frame
    envelopes, past_envelopes : array, shape (frame, channel), V
        Of the channels of the settings, in their order; by filters that look ahead, and by those
        that do not.
    held_moments : array, shape (frame, coordinate), N.m
        Of the coordinates of the dynamometer, in their order.
    events : list of Event
    force_intervals : list of Interval
    ground_forces : mapping of OpenSim's name to array, shape (frame,), N, m or N.m
    """

    time_s: np.ndarray
    markers: Mapping[str, np.ndarray] | None = None
    envelopes: np.ndarray | None = None
    past_envelopes: np.ndarray | None = None
    held_moments: np.ndarray | None = None
    events: Sequence[Event] | None = None
    force_intervals: Sequence[Interval] | None = None
    ground_forces: Mapping[str, np.ndarray] | None = None


def convert_trial(
    trial: Trial, content: Recording, settings: Mapping[str, Any], log: QualityLog
) -> TrialSignals:
    """Make the signals of one trial of what its file holds.

    Parameters
    ----------
    settings : mapping
        ``markers``, ``emg``, ``ground_forces``, ``events`` and ``dynamometer`` of the laboratory.

    Raises
    ------
    TrialError
        Naming what makes the trial unusable.
    """
    if trial.kind == "mvc":
        return _maximal_contraction(trial, content, settings, log)
    if trial.kind == "static":
        return _static(trial, content, settings, log)
    return _movement(trial, content, settings, log)


def _maximal_contraction(
    trial: Trial, content: Recording, settings: Mapping[str, Any], log: QualityLog
) -> TrialSignals:
    """Give the envelopes, and what the dynamometer read where one held a joint.

    Nobody needs markers of a maximal contraction.
    """
    import numpy as np

    time_s = np.arange(content.frames) / content.rate_hz
    emg, held = settings["emg"], None
    envelopes = trial_envelopes(content, time_s, emg, log, trial.name, trial.session)
    past = past_envelopes(content, time_s, emg)
    labels = settings.get("dynamometer")
    if labels and np.isfinite(trial.held_angle_deg):
        lowpass_hz = float(emg.get("lowpass_hz", LOWPASS_HZ))
        held = dynamometer_moments(content, time_s, labels, lowpass_hz)
    return TrialSignals(time_s, envelopes=envelopes, past_envelopes=past, held_moments=held)


def _static(
    trial: Trial, content: Recording, settings: Mapping[str, Any], log: QualityLog
) -> TrialSignals:
    """Give the markers alone."""
    import numpy as np

    markers, frames, _ = _opensim_markers(trial, content, settings, log)
    if content.frames == 1:
        markers = {name: np.repeat(xyz, _STATIC_FRAMES, axis=0) for name, xyz in markers.items()}
        frames = slice(0, _STATIC_FRAMES)
    return TrialSignals(*_cut(markers, frames, content))


def _movement(
    trial: Trial, content: Recording, settings: Mapping[str, Any], log: QualityLog
) -> TrialSignals:
    """Give markers, envelopes and, where the laboratory has them, ground forces and events."""
    markers, frames, rotation = _opensim_markers(trial, content, settings, log)
    time_s, positions = _cut(markers, frames, content)
    envelopes = past = events = intervals = forces = None
    if settings.get("emg"):
        envelopes = trial_envelopes(
            content, time_s, settings["emg"], log, trial.name, trial.session
        )
        past = past_envelopes(content, time_s, settings["emg"])
    plates: list[Plate] = []
    contacts: list[Contact] = []
    own = settings.get("ground_forces")
    if own and trial.condition in own.get("none_in", ()):
        _check_untouched(content, float(own["threshold_n"]))
        whole = (float(time_s[0]), float(time_s[-1]))
        intervals = [Interval(side, *whole) for side in own["feet"]]
        return TrialSignals(
            time_s,
            markers=positions,
            envelopes=envelopes,
            events=[] if settings.get("events") else None,
            force_intervals=intervals,
        )
    if own:
        plates, contacts = _contacts(trial, content, markers, rotation, own, log)
    if settings.get("events"):
        events = gait_events(content, markers, contacts, settings["events"])
    if own:
        intervals = force_intervals(
            events or [],
            contacts,
            sides=list(own["feet"]),
            start_s=float(time_s[0]),
            end_s=float(time_s[-1]),
            analog_rate_hz=content.analog_rate_hz,
        )
        lengths = (i.end_s - i.start_s for i in intervals if i.side == BOTH)
        longest = float(max(lengths, default=0.0))
        log.measure(trial.name, "longest_force_interval", longest, "s", session=trial.session)
        forces = _forces(trial, content, plates, contacts, time_s, own, log)
    return TrialSignals(
        time_s,
        markers=positions,
        envelopes=envelopes,
        past_envelopes=past,
        events=events,
        force_intervals=intervals,
        ground_forces=forces,
    )


def _cut(
    markers: Mapping[str, np.ndarray], frames: slice, content: Recording
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Give the times of the frames to use, and the markers in them."""
    import numpy as np

    time_s = np.arange(frames.start, frames.stop) / content.rate_hz
    return time_s, {name: xyz[frames] for name, xyz in markers.items()}


def _opensim_markers(
    trial: Trial, content: Recording, settings: Mapping[str, Any], log: QualityLog
) -> tuple[dict[str, np.ndarray], slice, np.ndarray]:
    """Return the checked markers in OpenSim's frame, the frames to use, and the rotation."""
    import numpy as np

    own = settings["markers"]
    markers = rename_markers(content, own.get("labels") or {})
    check_markers(markers, content, required_markers(settings), own)
    markers = drop_unseen(markers, log, trial.name, trial.session)
    rotation = laboratory_rotation(markers, own, content.file)
    frames = usable_frames(markers, content.file)
    seen = np.mean([np.isfinite(xyz[frames]).all(axis=1) for xyz in markers.values()])
    log.measure(trial.name, "markers_visible", float(seen), "", session=trial.session)
    return {name: xyz @ rotation.T for name, xyz in markers.items()}, frames, rotation


def _check_untouched(content: Recording, threshold_n: float) -> None:
    """Hold a trial in which no foot touches anything to plates that nobody steps on.

    Raises
    ------
    TrialError
        Naming the plate that somebody stepped on.
    """
    import numpy as np

    for plate in read_plates(content):
        force = np.linalg.norm(plate.force, axis=1)
        if loaded_spans(force, content.analog_rate_hz, threshold_n):
            raise TrialError(
                f"plate {plate.number} was stepped on, with {force.max():.0f} N at most.",
                remedy="correct the trial's condition, or take it out of ground_forces.none_in.",
            )


def _contacts(
    trial: Trial,
    content: Recording,
    markers: Mapping[str, np.ndarray],
    rotation: np.ndarray,
    own: Mapping[str, Any],
    log: QualityLog,
) -> tuple[list[Plate], list[Contact]]:
    """Return the plates in OpenSim's frame and each contact with its foot."""
    threshold = float(own["threshold_n"])
    plates = [
        act_on_person(plate.rotated(rotation), content.file) for plate in read_plates(content)
    ]
    if not plates:
        raise TrialError("the file has no force plate.", remedy="export the plates with the trial.")
    contacts = assign_contacts(
        plates,
        foot_points(markers, own["feet"], content.file),
        rate_hz=content.rate_hz,
        analog_rate_hz=content.analog_rate_hz,
        threshold_n=threshold,
        max_foot_distance_m=float(own["max_foot_distance_m"]),
    )
    _record_contacts(trial, contacts, content.analog_rate_hz, log)
    if not any(contact.side for contact in contacts):
        raise TrialError(
            f"no foot stepped alone on any of the {len(plates)} force plates.",
            remedy="leave the trial out, or set ground_forces to null for this laboratory.",
        )
    return plates, contacts


def _record_contacts(
    trial: Trial, contacts: Sequence[Contact], analog_rate_hz: float, log: QualityLog
) -> None:
    """Write down to which foot each contact went, and why some went to none."""
    for contact in contacts:
        plate = f"plate {contact.plate}"
        if contact.reason:
            when = f"{contact.start / analog_rate_hz:.2f} s"
            log.note(
                trial.name, plate, f"{plate} at {when}: {contact.reason}; not used.",
                session=trial.session,
            )  # fmt: skip
        else:
            log.measure(
                trial.name,
                f"plate_{contact.plate}_to_foot_{contact.side}",
                contact.distance_m,
                "m",
                session=trial.session,
            )


def _forces(
    trial: Trial,
    content: Recording,
    plates: Sequence[Plate],
    contacts: Sequence[Contact],
    time_s: np.ndarray,
    own: Mapping[str, Any],
    log: QualityLog,
) -> dict[str, np.ndarray]:
    """Give the forces on each foot at the kinematics' times."""
    wrenches = {
        side: foot_wrench(
            plates,
            contacts,
            side,
            analog_rate_hz=content.analog_rate_hz,
            lowpass_hz=float(own["lowpass_hz"]),
            threshold_n=float(own["threshold_n"]),
        )
        for side in own["feet"]
    }
    for side, (force, _, _) in wrenches.items():
        log.measure(
            trial.name, f"peak_ground_force_{side}", float(force[:, 1].max()), "N",
            session=trial.session,
        )  # fmt: skip
    for plate in plates:
        log.measure(
            trial.name, f"plate_{plate.number}_offset", plate.offset_n, "N", session=trial.session
        )
    return force_columns(time_s, content.analog_rate_hz, wrenches)


def required_markers(settings: Mapping[str, Any]) -> list[str]:
    """Return the markers without which a trial is of no use: those that the settings name."""
    markers = settings["markers"]
    if markers.get("required"):
        return list(markers["required"])
    names = list(markers.get("labels") or {})
    names += [n for key in ("from", "to") for n in markers["forward"].get(key, ())]
    if settings.get("ground_forces"):
        names += [n for foot in settings["ground_forces"]["feet"].values() for n in foot["markers"]]
    events = settings.get("events")
    if events and events["source"] != "file":
        names += events["sacrum_markers"]
        for key in ("heel_markers", "toe_markers"):
            names += (events.get(key) or {}).values()
    return list(dict.fromkeys(names))
