"""The signals of a person: every trial from its C3D file to what OpenSim and the dataset read."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.dynamometer import DYNAMOMETER
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.events import EVENTS
from myopinn.files.layouts.force_intervals import FORCE_INTERVALS
from myopinn.files.layouts.person import PERSON, PERSON_FILE
from myopinn.files.layouts.quality import write_quality
from myopinn.files.netcdf import write_netcdf
from myopinn.formats.external_loads import write_ground_forces
from myopinn.formats.opensim_files import write_trc
from myopinn.formats.whole import whole_directory
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.signals.c3d import Recording, read_c3d
from myopinn.signals.contacts import SIDES
from myopinn.signals.person import mass_in_file, person_mass
from myopinn.signals.trial import TrialSignals, convert_trial


def convert_signals(
    *,
    recordings: str,
    trials: Sequence[Mapping[str, Any]],
    recording: str,
    subject: str,
    settings: Mapping[str, Any],
    signals: str,
) -> None:
    """Convert all trials of a person; a trial that cannot be used is left out by name.

    Parameters
    ----------
    recordings : str
        Folder with the person's C3D files.
    trials : sequence of mappings
        The fields of :class:`myopinn.records.trials.Trial`.
    recording, subject : str
        Laboratory and person, for the quality record.
    settings : mapping
        ``markers``, ``emg``, ``ground_forces`` and ``events`` of the laboratory.
    signals : str
        Folder to write: ``quality.csv``, ``person.json`` and one folder per accepted trial.
    """
    _check_settings(settings)
    log = QualityLog(recording, subject, "convert_signals")
    listed = [Trial(**dict(trial)) for trial in trials]
    masses: dict[str, float] = {}
    with whole_directory(signals) as folder:
        for trial in listed:
            file = Path(recordings) / trial.file
            with log.guard(trial.name, session=trial.session, file=file):
                content = read_c3d(file)
                # Of a trial that cannot be used as well: it is the same person's.
                masses[trial.name] = mass_in_file(content)
                try:
                    made = convert_trial(trial, content, settings, log)
                    _write_signals(made, content, settings, folder / trial.name)
                except Exception as error:
                    shutil.rmtree(folder / trial.name, ignore_errors=True)
                    if isinstance(error, TrialError):
                        error.file = error.file or str(file)
                    raise
        try:
            mass_kg = person_mass(listed, masses, log, Path(recordings))
            PERSON.write({"mass_kg": mass_kg}, folder / PERSON_FILE)
        except TrialError as error:
            for trial in listed:
                shutil.rmtree(folder / trial.name, ignore_errors=True)
                log.reject(
                    trial.name,
                    TrialError(error.reason, remedy=error.remedy, file=error.file),
                    session=trial.session,
                )
        write_quality(log, folder / "quality.csv")


def _write_signals(
    made: TrialSignals, content: Recording, settings: Mapping[str, Any], folder: Path
) -> None:
    """Write what a trial has, each kind of it into its own file."""
    import pandas as pd

    if made.envelopes is not None:
        values = {"envelope": made.envelopes}
        if made.past_envelopes is not None:
            values["past_envelope"] = made.past_envelopes
        envelopes = ENVELOPES.build(
            values,
            {"time_s": made.time_s, "channel": list(settings["emg"]["channels"])},
            {
                "state_in_file": settings["emg"]["state"],
                "sampling_rate_hz": content.analog_rate_hz,
            },
        )
        write_netcdf(envelopes, folder / "envelopes.nc", ENVELOPES)
    if made.held_moments is not None:
        moments = DYNAMOMETER.build(
            {"moment": made.held_moments},
            {"time_s": made.time_s, "coordinate": list(settings["dynamometer"])},
        )
        write_netcdf(moments, folder / "dynamometer.nc", DYNAMOMETER)
    if made.events is not None:
        events = pd.DataFrame(made.events, columns=list(EVENTS.columns))
        EVENTS.write(events, folder / "events.csv")
    if made.force_intervals is not None:
        known = pd.DataFrame(made.force_intervals, columns=list(FORCE_INTERVALS.columns))
        FORCE_INTERVALS.write(known, folder / "force_intervals.csv")
    if made.ground_forces is not None:
        feet = settings["ground_forces"]["feet"]
        write_ground_forces(folder, made.time_s, made.ground_forces, feet)
    if made.markers is not None:
        write_trc(
            folder / "markers.trc", content.rate_hz, made.markers, start_s=float(made.time_s[0])
        )


def _check_settings(settings: Mapping[str, Any]) -> None:
    """Hold the settings to what depends on more than one key.

    Raises
    ------
    ConfigError
        Where ground forces come without events, or feet are not exactly r and l.
    """
    ground_forces, events = settings.get("ground_forces"), settings.get("events")
    if ground_forces and not events:
        raise ConfigError(
            "signals.ground_forces needs signals.events: without foot strikes and offs it is not "
            "known whether a foot beside the plates is in swing."
        )
    if ground_forces and not set() < set(ground_forces["feet"]) <= set(SIDES):
        raise ConfigError("signals.ground_forces.feet must name the feet r, l or both.")
    if events and events["source"] != "file":
        for key in ("heel_markers", "sacrum_markers"):
            if not events.get(key):
                raise ConfigError(f"signals.events.{key} is needed to detect events.")
