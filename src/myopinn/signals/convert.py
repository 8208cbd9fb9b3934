"""The signals of a person: every trial from its C3D file to what OpenSim and the dataset read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.quality import write_quality
from myopinn.formats.whole import whole_directory, whole_file
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.signals.c3d import Recording, read_c3d
from myopinn.signals.contacts import SIDES
from myopinn.signals.person import mass_in_file, person_mass
from myopinn.signals.trial import convert_maximal_contraction, convert_movement, convert_static

STEP = "convert_signals"


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
    check_settings(settings)
    log = QualityLog(recording, subject, STEP)
    listed = [Trial(**dict(trial)) for trial in trials]
    masses: dict[str, float] = {}
    with whole_directory(signals) as folder:
        for trial in listed:
            file = Path(recordings) / trial.file
            with log.guard(trial.name, session=trial.session, file=file):
                content = read_c3d(file)
                # Of a trial that cannot be used as well: it is the same person's.
                masses[trial.name] = mass_in_file(content)
                convert_trial(trial, content, file, settings, log, folder / trial.name)
        try:
            _write_person(person_mass(listed, masses, log, Path(recordings)), folder)
        except TrialError as error:
            for trial in listed:
                shutil.rmtree(folder / trial.name, ignore_errors=True)
                log.reject(
                    trial.name,
                    TrialError(error.reason, remedy=error.remedy, file=error.file),
                    session=trial.session,
                )
        write_quality(log, folder / "quality.csv")


def convert_trial(
    trial: Trial,
    content: Recording,
    file: Path,
    settings: Mapping[str, Any],
    log: QualityLog,
    folder: Path,
) -> None:
    """Convert one trial into a folder that is there only when the trial is accepted.

    Parameters
    ----------
    content : Recording
        What the trial's C3D file holds.
    file : path
        That file, for the messages.

    Raises
    ------
    TrialError
        Naming what makes the trial unusable.
    """
    folder.mkdir(parents=True)
    try:
        if trial.kind == "mvc":
            convert_maximal_contraction(trial, content, settings, log, folder)
        elif trial.kind == "static":
            convert_static(trial, content, settings, log, folder)
        else:
            convert_movement(trial, content, settings, log, folder)
    except Exception as error:
        shutil.rmtree(folder)
        if isinstance(error, TrialError):
            error.file = error.file or str(file)
        raise


def check_settings(settings: Mapping[str, Any]) -> None:
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


def _write_person(mass_kg: float, folder: Path) -> None:
    with whole_file(folder / "person.json") as temporary:
        temporary.write_text(json.dumps({"mass_kg": mass_kg}) + "\n", encoding="utf-8")
