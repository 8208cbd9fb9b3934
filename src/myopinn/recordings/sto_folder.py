"""A folder of your own processed recordings, described in the configuration alone.

Joint angles, joint moments and EMG envelopes in OpenSim's storage format, ground forces where
there are any, and each person's scaled model. See ``docs/bring_your_own_data.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.checks.masses import check_load
from myopinn.checks.settings import setting
from myopinn.checks.spelling import meant, some
from myopinn.errors import ConfigError, TrialError
from myopinn.files.processed import (
    ANGLES_FILE,
    ENVELOPES_FILE,
    GROUND_FORCES_FILE,
    MODEL_FILE,
    MOMENTS_FILE,
)
from myopinn.formats.opensim_files import read_span
from myopinn.recordings.reading.file_names import FIELDS, ONE_SESSION, check_name, match_fields
from myopinn.recordings.reading.links import link_file
from myopinn.recordings.reading.pieces import check_pieces, cut_pieces
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial

if TYPE_CHECKING:
    from myopinn.config.plug_ins import Offers

# It enters the flow after inverse dynamics.
PROCESSED = True


@dataclass(frozen=True)
class Settings:
    """What is set of a folder of processed recordings. It starts at the study's folder."""

    name: str = setting("the laboratory")
    folder: str = setting("folder that holds the files; all others start there")
    angles: str = setting(
        "pattern of the files of joint angles, such as {subject}/{trial}_{condition}/ik.sto; each "
        "file that fits is a recording"
    )
    moments: str = setting("the recording's joint moments, written with the same fields")
    envelopes: str = setting("the recording's envelopes, written with the same fields")
    model: str = setting("the person's scaled model (.osim), written with the same fields")
    ground_forces: str | None = setting(
        "the recording's ground forces; null where there are none", None
    )
    pieces: Mapping[str, float] | None = setting(
        "length_s and gap_s: how each recording is cut into trials; null makes it one trial",
        None,
        unit="s",
    )
    loads_kg: Mapping[str, float] = setting(
        "load held in the hand in each condition; zero without one", {}, unit="kg"
    )

    def __post_init__(self) -> None:
        """Hold the settings to each other.

        Raises
        ------
        ConfigError
            Where pieces or a load make no sense, the angles do not tell trials apart, or another
            file's name has a field that they do not.
        """
        check_pieces("sto_folder", self.pieces)
        for condition, load in self.loads_kg.items():
            check_load(load, f"sto_folder: loads_kg: {condition}")
        if "{trial}" not in self.angles:
            raise ConfigError("sto_folder: 'angles': the field {trial} is missing.")
        known = [name for name in FIELDS if f"{{{name}}}" in self.angles]
        for key, text in (*self.others().items(), ("model", self.model)):
            try:
                text.format(**dict.fromkeys(known, "x"))
            except (KeyError, IndexError, ValueError):
                raise ConfigError(
                    f"sto_folder: '{key}' is '{text}'; its fields can only be those of 'angles', "
                    f"{', '.join(f'{{{name}}}' for name in known)}."
                ) from None

    def others(self) -> dict[str, str]:
        """Give the pattern of each kind of file beside the angles, by the setting's name."""
        named = {"moments": self.moments, "envelopes": self.envelopes}
        return named | ({"ground_forces": self.ground_forces} if self.ground_forces else {})


PLACES = {
    "angles": ANGLES_FILE,
    "moments": MOMENTS_FILE,
    "envelopes": ENVELOPES_FILE,
    "ground_forces": GROUND_FORCES_FILE,
}


def list_trials(settings: Mapping[str, Any]) -> list[Trial]:
    """List the trials of the folder; a long recording is cut where the settings say so.

    Raises
    ------
    ConfigError
        Where the folder does not exist, nothing fits, two recordings have one name, or a load
        names no condition; says what is there.
    """
    wanted = Settings(**settings)
    trials: list[Trial] = []
    for file, fields in _recordings(wanted).items():
        whole = _trial(file, fields, wanted)
        if any(_place(t) == _place(whole) for t in trials):
            raise ConfigError(
                f"sto_folder: '{file}' is a second recording '{whole.file}' of subject "
                f"'{whole.subject}'. Remedy: let the fields of 'angles' tell them apart."
            )
        start_s, end_s = _span(Path(wanted.folder) / file, wanted)
        trials += cut_pieces(whole, start_s, end_s, wanted.pieces)
    conditions = {trial.condition for trial in trials}
    for name in wanted.loads_kg:
        if name not in conditions:
            raise ConfigError(
                f"sto_folder: loads_kg: no trial has '{name}'.{meant(name, conditions)} "
                f"There are {some(conditions - {''})}."
            )
    return trials


def offers(settings: Mapping[str, Any]) -> Offers:
    """Say what is known of the recordings before anything is read: the names of a model.

    It is the first person's; scaled models of one study are alike but for their sizes.
    """
    from myopinn.config.plug_ins import Offers
    from myopinn.recordings.reading.known import offers_of_model

    wanted = Settings(**settings)
    for fields in _recordings(wanted).values():
        return offers_of_model(_model(fields, wanted))
    return Offers()


def source_files(settings: Mapping[str, Any], subject: str) -> list[str]:
    """Name a person's files where they lie, so that the workflow sees when one is replaced."""
    wanted = Settings(**settings)
    found = []
    for file, fields in _recordings(wanted).items():
        if fields["subject"] == subject:
            found += [*_files(file, fields, wanted).values(), _model(fields, wanted)]
    return [str(path) for path in dict.fromkeys(found) if path.is_file()]


def fetch_recordings(
    *, settings: Mapping[str, Any], subject: str, recordings: Path, log: QualityLog
) -> None:
    """Link a person's files into the folder ``recordings``.

    The files themselves stay where they are and are never written to. A recording that lacks one
    of its files is left out with its reason and the others go on.

    Raises
    ------
    ConfigError
        Where a person's recordings name two models.
    """
    wanted = Settings(**settings)
    listed = [trial for trial in list_trials(settings) if trial.subject == subject]
    own = {f: x for f, x in _recordings(wanted).items() if x["subject"] == subject}
    models = dict.fromkeys(_model(fields, wanted) for fields in own.values())
    if len(models) > 1:
        raise ConfigError(
            f"sto_folder: {subject} has {len(models)} models, such as {next(iter(models))}. "
            "Remedy: write 'model' so that a person has one."
        )
    for model in models:
        if model.is_file():
            link_file(model, recordings / MODEL_FILE)
    for file, fields in own.items():
        folder = _trial(file, fields, wanted).file
        try:
            _link_recording(_files(file, fields, wanted), recordings / folder)
        except TrialError as error:
            for trial in listed:
                if trial.file == folder:
                    refused = TrialError(error.reason, remedy=error.remedy, file=error.file)
                    log.reject(trial.name, refused, session=trial.session)


def _recordings(wanted: Settings) -> dict[str, dict[str, str]]:
    folder = Path(wanted.folder)
    if not folder.is_dir():
        raise ConfigError(f"sto_folder: there is no folder '{folder}' as seen from {Path.cwd()}.")
    found = match_fields(folder, wanted.angles)
    if not found:
        there = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        raise ConfigError(
            f"sto_folder: no file below '{folder}' fits '{wanted.angles}'. It holds "
            f"{some(there) if there else 'no file'}. Remedy: write 'angles' as these names are."
        )
    return found


def _trial(file: str, fields: Mapping[str, str], wanted: Settings) -> Trial:
    session, condition = fields.get("session", ONE_SESSION), fields.get("condition", "")
    parts = [fields["session"]] if "session" in fields else []
    name = "_".join([*parts, fields["trial"], *([condition] if condition else [])])
    for what, text in (("subject", fields["subject"]), ("session", session), ("trial", name)):
        check_name(text, what, f"'{file}'", "rename it, or write 'angles' with other fields.")
    load = float(wanted.loads_kg.get(condition, 0.0))
    return Trial(fields["subject"], session, name, "dynamic", condition, name, load_kg=load)


def _place(trial: Trial) -> tuple[str, str]:
    """Give a recording's place as disks see it to which capitals do not count."""
    return trial.subject.casefold(), trial.file.casefold()


def _span(path: Path, wanted: Settings) -> tuple[float, float]:
    """Give the first and last time of a recording; it is only read where it is to be cut."""
    if wanted.pieces is None:
        return float("nan"), float("nan")
    return read_span(path)


def _files(file: str, fields: Mapping[str, str], wanted: Settings) -> dict[str, Path]:
    folder = Path(wanted.folder).resolve()
    others = {key: folder / text.format(**fields) for key, text in wanted.others().items()}
    return {"angles": folder / file, **others}


def _model(fields: Mapping[str, str], wanted: Settings) -> Path:
    return Path(wanted.folder).resolve() / wanted.model.format(**fields)


def _link_recording(files: Mapping[str, Path], place: Path) -> None:
    for key, original in files.items():
        if not original.is_file():
            raise TrialError(
                f"the file of the {key.replace('_', ' ')} is not there",
                file=original,
                remedy=f"correct 'laboratory: {key}', or put the file there.",
            )
    for key, original in files.items():
        link_file(original, place / PLACES[key])
