"""A virtual person's trials: simulated, recorded as C3D files, and the truth of them apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from myopinn.errors import ConfigError
from myopinn.recordings.simulating.c3d import write_c3d
from myopinn.recordings.simulating.truth import write_truth
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.virtual.laboratory import (
    Laboratory,
    Task,
    admit_person,
    equip_person,
    perform_trial,
)
from myopinn.virtual.models import quiet_opensim, write_model


def record_person(
    laboratory: Laboratory,
    trials: Sequence[Trial],
    task: Callable[[Trial], Task],
    *,
    subject: str,
    seed: int,
    recordings: Path,
    truth: Path,
    log: QualityLog,
) -> None:
    """Simulate all trials of one person; write C3D files, and the truth apart.

    A simulation that diverges is reported in the log and leaves no file.

    Parameters
    ----------
    trials : sequence of Trial
        Of all people, with the body mass.
    task : callable of Trial to Task
    recordings : folder to fill: the trials' C3D files
    truth : folder to fill: <trial>.nc, model.osim

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
    number = people.index(subject)
    person = admit_person(laboratory, subject, number, trials[0].mass_kg, seed)
    write_model(person.anatomy, person.muscles, truth / "model.osim")
    for session in dict.fromkeys(trial.session for trial in trials):
        worn = equip_person(laboratory, person, seed, session)
        for trial in (t for t in trials if t.session == session):
            with log.refusals(trial.name, session=session):
                what_happened, recorded = perform_trial(
                    laboratory, person, worn, trial, task(trial), seed, log
                )
                write_truth(log.recording, person, what_happened, truth / f"{trial.name}.nc")
                write_c3d(recordings / trial.file, recorded)
