"""Files and folders that appear complete or not at all, and words for those that cannot be read.

A file is written beside its name and then renamed. What :data:`UNFINISHED` begins the name of is
such a file or folder; a job that was killed leaves it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from myopinn.errors import MyopinnError

UNFINISHED = ".unfinished-"


class ArtifactError(MyopinnError):
    """A file of the flow does not hold what its description says."""


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Give a path beside ``path`` to write to; it takes the name only when the block ends well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        prefix=f"{UNFINISHED}{path.stem}-", suffix=path.suffix, dir=path.parent
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_directory(path: Path | str) -> Iterator[Path]:
    """Give a folder beside ``path`` to fill; it takes the name only when the block ends well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f"{UNFINISHED}{path.name}-", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if path.exists():
            shutil.rmtree(path)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def reading(path: Path | str) -> Iterator[None]:
    """Read a file of the flow; where that fails, name it and say what to do.

    Raises
    ------
    ArtifactError
        Where the file is missing, was cut short, or is damaged.
    """
    try:
        yield
    # What readers raise of a damaged file: h5py all but the second, pandas and JSON the second.
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        if not Path(path).exists():
            raise ArtifactError(
                f"{path}: the file is missing. Remedy: start the study again, which makes it again."
            ) from error
        reason = " ".join(str(error).split())
        raise ArtifactError(
            f"{path}: the file cannot be read, as where it was cut short ({reason}). "
            "Remedy: delete it and start the study again, which makes it again."
        ) from error
