"""Walking adults of Schreiber and Moissenet 2019, fetched file by file and verified.

Markers, two force plates and the EMG of eight right-leg muscles, one gait cycle a trial; the EMG
is band-passed 30-300 Hz already. Scientific Data 6:111, doi:10.1038/s41597-019-0124-4. What is
fetched, from where and under which terms is listed in ``schreiber2019.yaml``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myopinn.checks.settings import setting
from myopinn.checks.spelling import meant, some
from myopinn.errors import ChecksumError, ConfigError, TrialError
from myopinn.recordings.reading.download import (
    FileGoneError,
    FileList,
    ListedFile,
    fetch,
    read_lists,
)
from myopinn.recordings.reading.generic_model import write_generic_model
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial

CONDITIONS = {"C4": "preferred", "C5": "fast"}
STATIC = "ST"
# All trials of a person were recorded on one day.
SESSION = "session_1"


@dataclass(frozen=True)
class Settings:
    """Which of the recordings are used."""

    name: str = setting("the laboratory", "schreiber2019")
    subjects: tuple[str, ...] = setting(
        "people, by the numbers of the deposit, as text; none named means all ten", ()
    )
    conditions: tuple[str, ...] = setting(
        "walks: preferred and fast, both self-selected", tuple(CONDITIONS.values())
    )


def list_trials(settings: Mapping[str, Any]) -> list[Trial]:
    """List the static trial and the walks of the people that the configuration names.

    The mass is NaN: the C3D files of the walks hold it (group SUBJECT, label weight).

    Raises
    ------
    ConfigError
        Where a person or a condition is not in the list; says which was meant.
    """
    wanted = Settings(**settings)
    listed = [_trial(file) for file in _lists()["recordings"].files]
    subjects = _known("subject", wanted.subjects, {trial.subject for trial in listed})
    conditions = _known("condition", wanted.conditions, set(CONDITIONS.values()))
    return [
        trial
        for trial in listed
        if trial.subject in subjects and (trial.kind == "static" or trial.condition in conditions)
    ]


def fetch_recordings(
    *, settings: Mapping[str, Any], subject: str, recordings: Path, log: QualityLog
) -> None:
    """Put a person's C3D files into the folder ``recordings``.

    A file that is not the listed one, or that its origin no longer holds, is left out with its
    reason and the others go on.

    Raises
    ------
    DownloadError
        Where neither the mirror nor the network can be reached.
    """
    files = {file.name: file for file in _lists()["recordings"].files}
    for trial in list_trials(settings):
        if trial.subject != subject:
            continue
        with log.guard(trial.name, session=trial.session):
            try:
                fetch(files[trial.file], recordings / trial.file)
            except (ChecksumError, FileGoneError) as error:
                raise TrialError(str(error), file=trial.file) from error


def provide_model(*, settings: Mapping[str, Any], model: Path) -> None:
    """Write the model of Rajagopal et al. 2016 with the marker set of these recordings.

    Raises
    ------
    ChecksumError
        Where a fetched file is not the listed one.
    ModelError
        Where a fetched file is not an OpenSim model.
    DownloadError
        Where neither the mirror nor the network can be reached.
    """
    Settings(**settings)
    lists = _lists()
    with tempfile.TemporaryDirectory(prefix="myopinn-") as folder:
        fetched = {}
        for name in ("model", "marker_set"):
            file = lists[name].files[0]
            fetched[name] = Path(folder) / file.name
            fetch(file, fetched[name])
        write_generic_model(fetched["model"], fetched["marker_set"], model)


def _lists() -> dict[str, FileList]:
    return read_lists(Path(__file__).with_suffix(".yaml"))


def _trial(file: ListedFile) -> Trial:
    """Read subject, condition and number off a name such as ``2014001_C4_05.c3d``."""
    subject, _, name = Path(file.name).stem.partition("_")
    code = name.partition("_")[0]
    return Trial(
        subject=subject,
        session=SESSION,
        name=name,
        kind="static" if code == STATIC else "dynamic",
        condition="" if code == STATIC else CONDITIONS[code],
        file=file.name,
    )


def _known(what: str, wanted: tuple[str, ...], offered: set[str]) -> set[str]:
    for name in wanted:
        if name not in offered:
            raise ConfigError(
                f"laboratory schreiber2019 has no {what} '{name}'.{meant(name, offered)} "
                f"There are {some(offered)}."
            )
    return set(wanted) or offered
