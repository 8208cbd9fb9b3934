"""Reading subject, session, trial and condition off the names of files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from myopinn.artifacts import Trial
from myopinn.errors import ConfigError

FIELDS = ("subject", "session", "trial", "condition")
_FIELD = re.compile(r"\{([^{}]*)\}")
# Names become parts of paths and of wildcards of the workflow.
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
ONE_SESSION = "session_1"


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

    Raises
    ------
    ConfigError
        Where the pattern is wrong.
    """
    expression = _expression(pattern)
    found = {}
    for path in sorted(folder.glob(_FIELD.sub("*", pattern))):
        file = path.relative_to(folder).as_posix()
        fits = expression.fullmatch(file)
        if fits and path.is_file():
            found[file] = fits.groupdict()
    return found


def check_name(name: str, what: str, file: str) -> None:
    """Hold a name to what may stand in a path.

    Raises
    ------
    ConfigError
        Naming the file and the remedy.
    """
    if not PLAIN_NAME.fullmatch(name):
        raise ConfigError(
            f"'{file}': the {what} '{name}' may hold letters, digits, '.', '-' and '_' only. "
            "Remedy: rename the file, or give the trial another name in a table of 'trials'."
        )


def _expression(pattern: str) -> re.Pattern[str]:
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
    for what, text in (("subject", fields["subject"]), ("trial", name)):
        check_name(text, what, file)
    return Trial(
        subject=fields["subject"],
        session=fields.get("session", ONE_SESSION),
        name=name,
        kind="dynamic",
        condition=fields.get("condition", ""),
        file=file,
    )


def _nothing_fits(folder: Path, patterns: Sequence[str]) -> str:
    there = [
        path.relative_to(folder).as_posix()
        for path in islice(folder.rglob("*"), 10_000)
        if path.suffix.lower() == ".c3d"
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
