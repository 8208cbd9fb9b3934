"""The signals of a person whose recordings are processed: taken as they are, cut to the trials."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.events import EVENTS
from myopinn.files.layouts.force_intervals import FORCE_INTERVALS
from myopinn.files.layouts.person import PERSON, PERSON_FILE
from myopinn.files.layouts.quality import write_quality
from myopinn.files.netcdf import write_netcdf
from myopinn.files.processed import (
    ENVELOPES_FILE,
    GROUND_FORCES_FILE,
    MOMENTS_FILE,
    cut_stretch,
    read_recording,
)
from myopinn.formats.external_loads import write_ground_forces
from myopinn.formats.whole import whole_directory
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.signals.given import (
    believed,
    believed_intervals,
    carried_mass,
    force_events,
    given_envelopes,
    given_forces,
    vertical_forces,
)

if TYPE_CHECKING:
    import pandas as pd


def take_signals(
    *,
    recordings: str,
    trials: Sequence[Mapping[str, Any]],
    recording: str,
    subject: str,
    settings: Mapping[str, Any],
    signals: str,
) -> None:
    """Take the signals of all trials of a person; one that cannot be used is left out by name.

    Parameters
    ----------
    recordings : str
        Folder with the person's recordings, a folder of
        :data:`myopinn.files.processed.PROCESSED_FILES` each.
    trials : sequence of mappings
        The fields of :class:`myopinn.records.trials.Trial`.
    recording, subject : str
        Laboratory and person, for the quality record.
    settings : mapping
        ``emg``, ``ground_forces`` and ``events`` of the laboratory.
    signals : str
        Folder to write: ``quality.csv``, ``person.json`` and one folder per accepted trial, as
        of C3D files but for markers.
    """
    log = QualityLog(recording, subject, "take_signals")
    masses = []
    with whole_directory(signals) as folder:
        for trial in (Trial(**dict(t)) for t in trials):
            source, place = Path(recordings) / trial.file, folder / trial.name
            if not source.is_dir():
                continue  # its laboratory has said why
            with log.guard(trial.name, session=trial.session, file=source):
                place.mkdir()
                try:
                    _take_envelopes(trial, source, settings["emg"], log, place)
                    if settings.get("ground_forces"):
                        masses.append(_take_ground_forces(trial, source, settings, log, place))
                except Exception:
                    shutil.rmtree(place)
                    raise
        mass_kg = float(sum(masses) / len(masses)) if masses else float("nan")
        PERSON.write({"mass_kg": mass_kg}, folder / PERSON_FILE)
        write_quality(log, folder / "quality.csv")


def _read(file: Path, trial: Trial) -> pd.DataFrame:
    """Read the trial's stretch of a file."""
    return cut_stretch(read_recording(file)[0], trial.start_s, trial.end_s, file)


def _take_envelopes(
    trial: Trial, source: Path, settings: Mapping[str, Any], log: QualityLog, place: Path
) -> None:
    file = source / ENVELOPES_FILE
    table = _read(file, trial)
    values, unit = given_envelopes(table, trial, settings, log, file)
    envelopes = ENVELOPES.build(
        {"envelope": values},
        {"time_s": table.index.to_numpy(), "channel": list(settings["channels"])},
        {"state_in_file": "envelope"},
        {"envelope": unit},
    )
    write_netcdf(envelopes, place / "envelopes.nc", ENVELOPES)


def _take_ground_forces(
    trial: Trial, source: Path, settings: Mapping[str, Any], log: QualityLog, place: Path
) -> float:
    """Write ground forces, events and the intervals in which moments can be believed.

    Returns
    -------
    float
        The mass that the forces carry, kg.
    """
    import pandas as pd

    own, file = settings["ground_forces"], source / GROUND_FORCES_FILE
    table = _read(file, trial)
    time_s = table.index.to_numpy()
    columns = given_forces(table, own["feet"], file)
    write_ground_forces(place, time_s, columns, own["feet"])
    vertical = vertical_forces(columns, list(own["feet"]))
    for side, force in vertical.items():
        log.measure(
            trial.name, f"peak_ground_force_{side}", float(force.max()), "N", session=trial.session
        )
    if settings.get("events"):
        events = force_events(time_s, vertical, float(own["threshold_n"]))
        EVENTS.write(pd.DataFrame(events, columns=list(EVENTS.columns)), place / "events.csv")
    spans = believed(time_s, _residual(source, trial, own), own.get("max_residual_n"))
    known = pd.DataFrame(
        believed_intervals(spans, list(own["feet"])), columns=list(FORCE_INTERVALS.columns)
    )
    FORCE_INTERVALS.write(known, place / "force_intervals.csv")
    share = sum(b - a for a, b in spans) / (time_s[-1] - time_s[0])
    log.measure(trial.name, "believed_share", share, "1", session=trial.session)
    return carried_mass(vertical)


def _residual(source: Path, trial: Trial, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Read the forces that the given moments leave at the model's base, N, one column each."""
    names = list(settings.get("residual_forces", ()))
    table = _read(source / MOMENTS_FILE, trial)
    missing = [name for name in names if name not in table]
    if missing:
        raise TrialError(
            f"there is no column {', '.join(missing)}.",
            file=source / MOMENTS_FILE,
            remedy="correct signals.ground_forces.residual_forces.",
        )
    return table[names]
