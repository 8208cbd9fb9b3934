"""What can be a name where names become folders and files: one rule for the whole project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_FIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# Names are joined into the name of a file, which may have 255 characters.
MAX_LENGTH = 80
ALLOWED = (
    "letters without accents, digits, '.', '-' and '_', a letter or a digit first, "
    f"{MAX_LENGTH} characters at most"
)


def why_unfit(name: object, reserved: Iterable[str] = ()) -> str:
    """Say why something cannot be the name of a file or folder.

    Parameters
    ----------
    reserved : iterable of str
        Names that the project needs itself where this one is to stand.

    Returns
    -------
    str
        Empty where it can.
    """
    if not isinstance(name, str) or not _FIT.fullmatch(name) or len(name) > MAX_LENGTH:
        return f"{name!r} becomes part of a path; a name may hold {ALLOWED}."
    taken = list(reserved)
    if name.casefold() in {other.casefold() for other in taken}:
        return f"{name!r} is a name that the project needs itself; give another."
    return ""


def why_unfit_together(names: Iterable[object], reserved: Iterable[str] = ()) -> Iterator[str]:
    """Say which of the names of things that lie side by side cannot be those of files.

    Parameters
    ----------
    reserved : iterable of str
        As of :func:`why_unfit`.

    Yields
    ------
    str
        One sentence per name that is unfit, or is another's but for capitals.
    """
    seen: dict[str, object] = {}
    taken = list(reserved)
    for name in names:
        unfit = why_unfit(name, taken)
        twin = seen.setdefault(str(name).casefold(), name)
        if unfit:
            yield unfit
        elif twin != name:
            yield (
                f"{twin!r} and {name!r} differ in capitals alone and are one file on many disks; "
                "rename one."
            )
