"""Reading subject, session, trial and condition off the names of files."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from myopinn.checks.path_names import why_unfit
from myopinn.errors import ConfigError
from myopinn.records.trials import Trial

FIELDS = ("subject", "session", "trial", "condition")
_FIELD = re.compile(r"\{([^{}]*)\}")
ONE_SESSION = "session_1"
# A session's model lies beside the scaled one, a trial's folder beside these tables.
_RESERVED = {"session": ("scaled",), "trial": ("person.json", "quality.csv")}


def match_files(folder: Path, patterns: Sequence[str]) -> list[Trial]:
    """List the files below a folder that fit a pattern, as dynamic trials.

    A field such as ``{subject}`` stands for the shortest text that lets the rest fit and never
    holds a ``/``; a field named twice must be the same text; ``*`` stands for any text. A trial is
    named as its file without the ending, preceded by its session where the pattern has one.

    Raises
    ------
    ConfigError
        Where a pattern is wrong or nothing fits; shows files that are there.
    """
    trials: dict[str, Trial] = {}
    for pattern in patterns:
        for file, fields in match_fields(folder, pattern).items():
            if file not in trials:
                trials[file] = _trial(file, fields)
    if not trials:
        raise ConfigError(_nothing_fits(folder, patterns))
    return [trials[file] for file in sorted(trials)]


def match_fields(folder: Path, pattern: str) -> dict[str, dict[str, str]]:
    """Give the fields of every file below the folder that fits a pattern, by file.

    Hidden files, such as the ``._walk.c3d`` that a Mac leaves, fit no ``*`` and no field. A link
    whose file is away fits, so that it can be named where the file is needed.

    Raises
    ------
    ConfigError
        Where the pattern is wrong, or a folder that fits is a link to a place that is away.
    """
    expression = _expression(pattern)
    parts = _glob(pattern).split("/")
    for depth in range(1, len(parts)):
        for name in _existing(folder, parts[:depth]):
            _refuse_lost_folder(folder / name)
    found = {}
    for name in sorted(_existing(folder, parts)):
        fits = expression.fullmatch(name)
        if fits and not (folder / name).is_dir():
            found[name] = fits.groupdict()
    return found


def check_name(name: str, what: str, where: str, remedy: str = "") -> None:
    """Hold the name of a subject, session or trial to what can be that of a file.

    Raises
    ------
    ConfigError
        Naming where it stands and the remedy.
    """
    unfit = why_unfit(name, _RESERVED.get(what, ()))
    if unfit:
        remedy = remedy or (
            "rename the file, or give the trial another name in a table of 'trials'."
        )
        raise ConfigError(f"{where}: the {what} {unfit} Remedy: {remedy}")


def _glob(pattern: str) -> str:
    """Write a pattern for :mod:`glob`, to which brackets and question marks are no letters."""
    parts = _FIELD.split(pattern)
    return "*".join("*".join(glob.escape(text) for text in part.split("*")) for part in parts[::2])


def _existing(folder: Path, parts: Sequence[str]) -> list[str]:
    # Path.glob gives hidden files, and passes over links whose file is away.
    return glob.glob("/".join(parts), root_dir=folder)  # noqa: PTH207


def _refuse_lost_folder(folder: Path) -> None:
    if folder.is_symlink() and not folder.exists():
        raise ConfigError(
            f"'{folder}' is a link to '{folder.readlink()}', which is not there, so that nobody "
            "knows which recordings are in it. Remedy: connect the drive that holds it, or remove "
            "the link."
        )


def _expression(pattern: str) -> re.Pattern[str]:
    if pattern.startswith("/"):
        raise ConfigError(f"files: '{pattern}': patterns start below 'folder'; remove the first /.")
    seen: set[str] = set()
    parts: list[str] = []
    for position, text in enumerate(_FIELD.split(pattern)):
        if position % 2 == 0:
            parts.append(re.escape(text).replace(r"\*", "[^/]*"))
            continue
        if text not in FIELDS:
            raise ConfigError(
                f"files: '{pattern}': '{{{text}}}' is not a field; fields are "
                f"{', '.join(f'{{{name}}}' for name in FIELDS)}."
            )
        parts.append(f"(?P={text})" if text in seen else f"(?P<{text}>[^/]+?)")
        seen.add(text)
    if "subject" not in seen:
        raise ConfigError(f"files: '{pattern}': the field {{subject}} is missing.")
    return re.compile("".join(parts))


def _trial(file: str, fields: dict[str, str]) -> Trial:
    stem = Path(file).stem
    name = f"{fields['session']}_{stem}" if "session" in fields else stem
    session = fields.get("session", ONE_SESSION)
    for what, text in (("subject", fields["subject"]), ("session", session), ("trial", name)):
        check_name(text, what, f"'{file}'")
    return Trial(
        subject=fields["subject"],
        session=session,
        name=name,
        kind="dynamic",
        condition=fields.get("condition", ""),
        file=file,
    )


def _nothing_fits(folder: Path, patterns: Sequence[str]) -> str:
    there = [
        path.relative_to(folder).as_posix()
        for path in islice(folder.rglob("*"), 10_000)
        if path.suffix.lower() == ".c3d" and not path.name.startswith(".")
    ]
    text = f"c3d_folder: no file below '{folder}' fits {' or '.join(repr(p) for p in patterns)}."
    if not there:
        return f"{text} The folder holds no C3D file at all. Remedy: correct 'folder'."
    examples = ", ".join(repr(file) for file in sorted(there)[:3])
    text += f" It holds {len(there)} C3D files, such as {examples}."
    ending = Path(there[0]).suffix
    if all(not pattern.endswith(ending) for pattern in patterns):
        return f"{text} Did you mean '{Path(patterns[0]).with_suffix(ending).as_posix()}'?"
    depths = {file.count("/") for file in there}
    if all(pattern.count("/") not in depths for pattern in patterns):
        return f"{text} They lie in {min(depths)} folders, the pattern says otherwise."
    return f"{text} Remedy: write the pattern as these names are."
