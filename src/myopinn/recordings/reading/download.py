"""Fetching a listed file: from a mirror on disk first, then from the network; verified from either.

A list names each file by origin, revision, path, size and sha256, with licence and citation. The
mirror is a folder laid out as ``recordings/<laboratory>/<file>`` and ``models/<file>``; the
environment variable ``MYOPINN_MIRROR`` says where it is.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from myopinn.errors import ChecksumError, MyopinnError
from myopinn.formats.whole import whole_file

logger = logging.getLogger(__name__)

MIRROR = "MYOPINN_MIRROR"
CONNECT_TIMEOUT_S = 20.0
RETRIES = 2


class DownloadError(MyopinnError):
    """A listed file is neither in the mirror nor to be had from the network."""


class FileGoneError(DownloadError):
    """The network answers, and says that the origin does not hold the listed file."""


@dataclass(frozen=True)
class ListedFile:
    """One file of a list.

    Attributes
    ----------
    name : str
        The file's name, without folders.
    mirror : str
        Where it lies below the mirror.
    url : str
        Where it lies on the network, at the listed revision.
    sha256 : str
        Hash that the file must have.
    size : int
        Size that it must have, bytes.
    """

    name: str
    mirror: str
    url: str
    sha256: str
    size: int


@dataclass(frozen=True)
class FileList:
    """Files of one origin and revision, with what their authors ask of those who use them."""

    title: str
    origin: str
    revision: str
    licence: str
    citation: str
    files: tuple[ListedFile, ...]


@cache
def read_lists(path: Path) -> dict[str, FileList]:
    """Read the lists of a laboratory, by name.

    Raises
    ------
    DownloadError
        Where an origin is not one that a file's address can be made for.
    """
    import yaml

    # The safe parser in C, where PyYAML has it: lists are read whenever the workflow is.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        document = yaml.load(file, Loader=loader)
    return {name: _file_list(content) for name, content in document.items()}


def _file_list(content: dict) -> FileList:
    base = _raw_address(content["origin"], content["revision"])
    return FileList(
        title=content["title"],
        origin=content["origin"],
        revision=content["revision"],
        licence=content["licence"],
        citation=content["citation"],
        files=tuple(
            ListedFile(
                name=Path(row["file"]).name,
                mirror=f"{content['mirror']}/{row['file']}",
                url=f"{base}/{content['folder']}/{row['path']}",
                sha256=row["sha256"],
                size=row["size"],
            )
            for row in content["files"]
        ),
    )


def _raw_address(origin: str, revision: str) -> str:
    github = "https://github.com/"
    if not origin.startswith(github):
        raise DownloadError(f"origin '{origin}' is not a repository below {github}.")
    return f"https://raw.githubusercontent.com/{origin.removeprefix(github)}/{revision}"


def fetch(file: ListedFile, destination: Path | str) -> None:
    """Put a listed file at ``destination``, verified; a file that fails is never left there.

    Raises
    ------
    ChecksumError
        Where what was found is not the listed file; names file, expected, found and remedy.
    DownloadError
        Where the file is not in the mirror and the network cannot be reached.
    FileGoneError
        Where the network is reached but the origin does not hold the file.
    """
    with whole_file(destination) as temporary:
        mirrored = _in_mirror(file)
        if mirrored is not None:
            shutil.copyfile(mirrored, temporary)
            remedy = f"replace {mirrored}, or unset {MIRROR} to fetch it from {file.url}"
        else:
            _download(file, temporary)
            remedy = f"fetch it again; if it stays, the file at {file.url} has been changed"
        _verify(file, temporary, remedy)


def _in_mirror(file: ListedFile) -> Path | None:
    """Give the file's place in the mirror, if there is a mirror and it holds the file."""
    folder = os.environ.get(MIRROR, "")
    if not folder:
        return None
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise DownloadError(
            f"{MIRROR} is '{folder}', which is no folder as seen from {Path.cwd()}. "
            "Remedy: give the mirror by its absolute path."
        )
    candidate = root / file.mirror
    return candidate if candidate.is_file() else None


def _verify(file: ListedFile, path: Path, remedy: str) -> None:
    with path.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != file.sha256:
        raise ChecksumError(
            f"{file.name} is not the listed file: expected sha256 {file.sha256} "
            f"({file.size} bytes), found {found} ({path.stat().st_size} bytes). Remedy: {remedy}."
        )


def _download(file: ListedFile, destination: Path) -> None:
    import pooch
    import requests

    logger.info("fetching %s", file.url)
    with tempfile.TemporaryDirectory(prefix="myopinn-") as folder:
        # No hash is given to pooch: one place verifies both sources and words the error.
        source = pooch.create(
            path=folder,
            base_url="",
            registry={file.name: None},
            urls={file.name: file.url},
            retry_if_failed=RETRIES,
        )
        connection = pooch.HTTPDownloader(timeout=CONNECT_TIMEOUT_S)
        try:
            fetched = source.fetch(file.name, downloader=connection)
        except requests.exceptions.HTTPError as error:
            raise FileGoneError(
                f"{file.name} cannot be had from {file.url}: {error}. Remedy: put the file at "
                f"{file.mirror} below a folder of yours and name that folder in {MIRROR}."
            ) from error
        except requests.exceptions.RequestException as error:
            raise DownloadError(
                f"{file.name} cannot be fetched: no connection to {file.url} "
                f"({type(error).__name__}). Remedy: connect this machine to the network, or bring "
                f"the file over and set {MIRROR} to the folder that holds it as {file.mirror}."
            ) from error
        shutil.copyfile(fetched, destination)
