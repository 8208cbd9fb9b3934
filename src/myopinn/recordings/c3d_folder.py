"""A folder of your own C3D files, described in the configuration alone.

The names of the files say whose trial each is and of what condition (``files``), or a table does
(``trials``). See ``docs/bring_your_own_data.md``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.checks.masses import check_body_mass, check_load
from myopinn.checks.settings import setting
from myopinn.checks.spelling import meant, some
from myopinn.errors import ConfigError, TrialError
from myopinn.recordings.reading.file_names import match_files
from myopinn.recordings.reading.generic_model import write_generic_model
from myopinn.recordings.reading.links import link_file
from myopinn.recordings.reading.trial_table import read_trial_table
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial

if TYPE_CHECKING:
    from myopinn.config.plug_ins import Offers

_FIND = "put the file there, connect the drive that holds it, or correct 'laboratory'."


@dataclass(frozen=True)
class Settings:
    """What is set of a folder of C3D files. Paths start at the study's folder."""

    name: str = setting("the laboratory")
    folder: str = setting("folder that holds the C3D files")
    model: str = setting("generic OpenSim model (.osim)")
    marker_set: str | None = setting(
        "marker set, or a model with one, whose markers replace the model's own", None
    )
    files: tuple[str, ...] = setting(
        "patterns of file names below the folder, such as "
        "{subject}/{session}/{trial}_{condition}.c3d; the first that fits a file counts",
        (),
    )
    trials: str | None = setting("a CSV table of the trials, instead of files", None)
    static: tuple[str, ...] = setting("names of static trials, * for any text", ())
    mvc: tuple[str, ...] = setting("names of maximal contractions, * for any text", ())
    subjects: tuple[str, ...] = setting("only these; none named means all", ())
    conditions: tuple[str, ...] = setting("only these; none named means all", ())
    masses_kg: Mapping[str, float] = setting(
        "body mass of each subject; without one the C3D file must hold it", {}, unit="kg"
    )
    loads_kg: Mapping[str, float] = setting(
        "load held in the hand in each condition; zero without one", {}, unit="kg"
    )

    def __post_init__(self) -> None:
        """Hold the settings to each other.

        Raises
        ------
        ConfigError
            Where the trials are described in two ways or in none, or a mass cannot be true.
        """
        if bool(self.files) == bool(self.trials):
            raise ConfigError(
                "c3d_folder needs either 'files' (patterns of file names) or 'trials' (a table)."
            )
        if self.trials and (self.static or self.mvc):
            raise ConfigError(
                "c3d_folder: with a table of trials its column 'kind' says what is static or mvc; "
                "remove the keys 'static' and 'mvc'."
            )
        for subject, mass in self.masses_kg.items():
            check_body_mass(mass, f"c3d_folder: masses_kg: {subject}")
        for condition, load in self.loads_kg.items():
            check_load(load, f"c3d_folder: loads_kg: {condition}")


def list_trials(settings: Mapping[str, Any]) -> list[Trial]:
    """List the trials of the folder, by the names of its files or by the table.

    Raises
    ------
    ConfigError
        Where the folder does not exist, nothing fits, two files are one trial, one file is two,
        or a name in the settings is in no file; says what is there and what was meant.
    """
    return [trial for trial, _ in _trials_and_files(Settings(**settings))]


def offers(settings: Mapping[str, Any]) -> Offers:
    """Say what is known of the recordings before anything is read: the names of the model."""
    from myopinn.recordings.reading.known import offers_of_model

    wanted = Settings(**settings)
    return offers_of_model(wanted.model, wanted.marker_set)


def source_files(settings: Mapping[str, Any], subject: str) -> list[str]:
    """Name a person's C3D files where they lie, so that the workflow sees when one is replaced."""
    listed = _trials_and_files(Settings(**settings))
    own = dict.fromkeys(file for trial, file in listed if trial.subject == subject)
    return [str(file) for file in own if file.is_file()]


def fetch_recordings(
    *, settings: Mapping[str, Any], subject: str, recordings: Path, log: QualityLog
) -> None:
    """Link a person's C3D files into the folder ``recordings``.

    Each link is named as its trial, wherever its file lies. The files themselves stay where they
    are and are never written to. A trial whose file is not there is left out with its reason and
    the others go on.
    """
    for trial, file in _trials_and_files(Settings(**settings)):
        if trial.subject != subject:
            continue
        with log.guard(trial.name, session=trial.session):
            original = file.absolute()
            if not original.is_file():
                raise TrialError(_lost(original), file=original, remedy=_FIND)
            link_file(original, recordings / trial.file)


def provide_model(*, settings: Mapping[str, Any], model: Path) -> None:
    """Write the user's generic model, with the marker set where one is named.

    Raises
    ------
    ModelError
        Where a file is missing, is no OpenSim file, or the markers do not fit the model.
    """
    wanted = Settings(**settings)
    write_generic_model(wanted.model, wanted.marker_set, model)


def _trials_and_files(wanted: Settings) -> list[tuple[Trial, Path]]:
    """List the trials that are wanted, each with its C3D file where it lies."""
    folder = Path(wanted.folder)
    if not folder.is_dir():
        raise ConfigError(f"c3d_folder: {_missing(folder)}")
    if wanted.trials:
        table = read_trial_table(Path(wanted.trials))
        described = {f"{wanted.trials}, line {line}": trial for line, trial in table.items()}
    else:
        found = _with_kinds(match_files(folder, wanted.files), wanted)
        described = {f"'{trial.file}'": trial for trial in found}
    _refuse_other_kinds(described)
    _refuse_twins(described)
    _refuse_shared_files(described, folder)
    trials = list(described.values())
    subjects = _known("subjects", wanted.subjects, {t.subject for t in trials})
    conditions = _known("conditions", wanted.conditions, {t.condition for t in trials})
    _known("masses_kg", wanted.masses_kg, {t.subject for t in trials})
    _known("loads_kg", wanted.loads_kg, {t.condition for t in trials})
    return [
        (
            replace(
                t,
                file=f"{t.name}.c3d",
                mass_kg=float(wanted.masses_kg.get(t.subject, t.mass_kg)),
                load_kg=float(wanted.loads_kg.get(t.condition, t.load_kg)),
            ),
            folder / t.file,
        )
        for t in trials
        if t.subject in subjects and (t.kind != "dynamic" or t.condition in conditions)
    ]


def _with_kinds(trials: list[Trial], wanted: Settings) -> list[Trial]:
    """Tell static trials and maximal contractions from the others by their names."""
    names = {trial.name for trial in trials}
    kinds = {}
    for kind, patterns in (("static", wanted.static), ("mvc", wanted.mvc)):
        for pattern in patterns:
            fitting = {name for name in names if fnmatchcase(name, pattern)}
            if not fitting:
                question = meant(pattern.strip("*"), names)
                raise ConfigError(
                    f"c3d_folder: {kind}: no trial is named '{pattern}'.{question} "
                    f"Trials are {some(names)}."
                )
            kinds.update(dict.fromkeys(fitting, kind))
    return [
        replace(trial, kind=kinds[trial.name], condition="") if trial.name in kinds else trial
        for trial in trials
    ]


def _refuse_other_kinds(described: Mapping[str, Trial]) -> None:
    for where, trial in described.items():
        if Path(trial.file).suffix.lower() != ".c3d":
            raise ConfigError(
                f"c3d_folder: {where}: '{trial.file}' is no C3D file, by its ending. Remedy: name "
                "the C3D file of the trial."
            )


def _refuse_twins(described: Mapping[str, Trial]) -> None:
    """Refuse two trials of one name, and names that are one file where capitals do not count."""
    subjects: dict[str, str] = {}
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for where, trial in described.items():
        other = subjects.setdefault(trial.subject.casefold(), trial.subject)
        if other != trial.subject:
            raise ConfigError(
                f"c3d_folder: {where}: subjects '{other}' and '{trial.subject}' differ in capitals "
                "alone and are one folder on many disks. Remedy: write the subject in one way."
            )
        key = (trial.subject, trial.name.casefold())
        first, name = seen.setdefault(key, (where, trial.name))
        if first != where:
            same = "" if name == trial.name else f" ('{name}' differs in capitals alone)"
            raise ConfigError(
                f"c3d_folder: {first} and {where} are both trial '{trial.name}'{same} of subject "
                f"'{trial.subject}'. Remedy: let the patterns of 'files' tell them apart, or name "
                "them differently in a table of 'trials'."
            )


def _refuse_shared_files(described: Mapping[str, Trial], folder: Path) -> None:
    """Refuse a file that is of two people, or two trials of the study.

    A movement that is listed twice would be trained on and tested on. A static trial or a maximal
    contraction may serve several sessions.
    """
    seen: dict[str, tuple[str, Trial]] = {}
    for where, trial in described.items():
        file = os.path.realpath(folder / trial.file)
        first, other = seen.setdefault(file, (where, trial))
        if other.kind != "dynamic":
            seen[file] = (where, trial)
        both_move = trial.kind == other.kind == "dynamic"
        if first != where and (both_move or trial.subject != other.subject):
            raise ConfigError(
                f"c3d_folder: {first} ('{other.name}' of '{other.subject}') and {where} "
                f"('{trial.name}' of '{trial.subject}') are the same file, '{file}', which would "
                "count as two recordings. Remedy: keep one of them."
            )


def _lost(file: Path) -> str:
    if file.is_symlink():
        return f"the file is a link to '{file.readlink()}', which is not there."
    return "the file is not there."


def _known(key: str, wanted: Iterable[str], offered: set[str]) -> set[str]:
    wanted = list(wanted)
    for name in wanted:
        if name not in offered:
            raise ConfigError(
                f"c3d_folder: {key}: no trial has '{name}'.{meant(str(name), offered)} "
                f"There are {some(offered - {''})}."
            )
    return set(wanted) or offered


def _missing(folder: Path) -> str:
    beside = (
        [p.name for p in folder.parent.iterdir() if p.is_dir()] if folder.parent.is_dir() else []
    )
    return f"there is no folder '{folder}' as seen from {Path.cwd()}.{meant(folder.name, beside)}"
