"""One trial: its markers, envelopes, ground forces and events, as far as its kind has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.files.layouts.dynamometer import DYNAMOMETER
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.netcdf import write_netcdf
from myopinn.files.tables import write_table
from myopinn.formats.opensim_files import write_trc
from myopinn.records.trials import Trial
from myopinn.signals.c3d import Recording
from myopinn.signals.contacts import Contact, assign_contacts, foot_points
from myopinn.signals.dynamometer import dynamometer_moments
from myopinn.signals.envelope import LOWPASS_HZ, trial_envelopes
from myopinn.signals.events import gait_events
from myopinn.signals.force_intervals import force_intervals
from myopinn.signals.force_plates import Plate, act_on_person, read_plates
from myopinn.signals.ground_forces import foot_wrench, write_ground_forces
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


def convert_maximal_contraction(
    trial: Trial, content: Recording, settings: Mapping[str, Any], log: QualityLog, folder: Path
) -> None:
    """Write the envelopes, and what the dynamometer read where one held a joint.

    Nobody needs markers of a maximal contraction.
    """
    import numpy as np

    time_s = np.arange(content.frames) / content.rate_hz
    _write_envelopes(trial, content, time_s, settings, log, folder)
    labels = settings.get("dynamometer")
    if labels and np.isfinite(trial.held_angle_deg):
        lowpass_hz = float(settings["emg"].get("lowpass_hz", LOWPASS_HZ))
        moments = dynamometer_moments(content, time_s, labels, lowpass_hz)
        write_netcdf(moments, folder / "dynamometer.nc", DYNAMOMETER)


def convert_static(
    trial: Trial, content: Recording, settings: Mapping[str, Any], log: QualityLog, folder: Path
) -> None:
    """Write the markers alone."""
    import numpy as np

    markers, frames, _ = _opensim_markers(trial, content, settings, log)
    if content.frames == 1:
        markers = {name: np.repeat(xyz, _STATIC_FRAMES, axis=0) for name, xyz in markers.items()}
        frames = slice(0, _STATIC_FRAMES)
    _write_markers(markers, frames, content, folder)


def convert_movement(
    trial: Trial, content: Recording, settings: Mapping[str, Any], log: QualityLog, folder: Path
) -> None:
    """Write markers, envelopes and, where the laboratory has them, ground forces and events."""
    import numpy as np

    markers, frames, rotation = _opensim_markers(trial, content, settings, log)
    time_s = np.arange(frames.start, frames.stop) / content.rate_hz
    if settings.get("emg"):
        _write_envelopes(trial, content, time_s, settings, log, folder)
    plates: list[Plate] = []
    contacts: list[Contact] = []
    if settings.get("ground_forces"):
        plates, contacts = _contacts(trial, content, markers, rotation, settings, log)
    if settings.get("events"):
        events = gait_events(content, markers, contacts, settings["events"])
        write_table(events, folder / "events.csv")
    if settings.get("ground_forces"):
        intervals = force_intervals(
            events,
            contacts,
            sides=list(settings["ground_forces"]["feet"]),
            start_s=float(time_s[0]),
            end_s=float(time_s[-1]),
            analog_rate_hz=content.analog_rate_hz,
        )
        write_table(intervals, folder / "force_intervals.csv")
        both = intervals[intervals["side"] == "both"]
        longest = float((both["end_s"] - both["start_s"]).max()) if len(both) else 0.0
        log.measure(trial.name, "longest_force_interval", longest, "s", session=trial.session)
        _write_forces(trial, content, plates, contacts, time_s, settings, log, folder)
    _write_markers(markers, frames, content, folder)


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


def _contacts(
    trial: Trial,
    content: Recording,
    markers: Mapping[str, np.ndarray],
    rotation: np.ndarray,
    settings: Mapping[str, Any],
    log: QualityLog,
) -> tuple[list[Plate], list[Contact]]:
    """Return the plates in OpenSim's frame and each contact with its foot."""
    own = settings["ground_forces"]
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


def _write_forces(
    trial: Trial,
    content: Recording,
    plates: Sequence[Plate],
    contacts: Sequence[Contact],
    time_s: np.ndarray,
    settings: Mapping[str, Any],
    log: QualityLog,
    folder: Path,
) -> None:
    own = settings["ground_forces"]
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
    write_ground_forces(folder, time_s, content.analog_rate_hz, wrenches, own["feet"])


def _write_envelopes(
    trial: Trial,
    content: Recording,
    time_s: np.ndarray,
    settings: Mapping[str, Any],
    log: QualityLog,
    folder: Path,
) -> None:
    envelopes = trial_envelopes(content, time_s, settings["emg"], log, trial.name, trial.session)
    write_netcdf(envelopes, folder / "envelopes.nc", ENVELOPES)


def _write_markers(
    markers: Mapping[str, np.ndarray], frames: slice, content: Recording, folder: Path
) -> None:
    write_trc(
        folder / "markers.trc",
        content.rate_hz,
        {name: xyz[frames] for name, xyz in markers.items()},
        start_s=frames.start / content.rate_hz,
    )


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
