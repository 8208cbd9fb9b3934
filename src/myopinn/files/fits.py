"""Where the fits of a study lie, and what they answered."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import read_netcdf
from myopinn.formats.whole import ArtifactError
from myopinn.records.answers import Answers
from myopinn.records.cells import Cell

logger = logging.getLogger(__name__)


def fit_folders(folders: Iterable[Path | str]) -> list[Path]:
    """Find the folders ``<variant>/<recording>/<split>`` that training wrote.

    Parameters
    ----------
    folders : iterable of path
        Folders that hold some: of a variant and recording, or of a question.

    Returns
    -------
    list of path
        In the order of ``folders``, and by name within one.
    """
    # Every one has its table of runs, also where nobody could be fitted.
    return [runs.parent for folder in folders for runs in sorted(Path(folder).rglob("runs.csv"))]


def fits_under(folders: Iterable[Path | str], split: str) -> list[tuple[Path, Cell]]:
    """Find the folders of one split among those of :func:`fit_folders`, and whose fits they are."""
    found = [(folder, Cell.of(FITS.read(folder / FITS_FILE))) for folder in fit_folders(folders)]
    return [(folder, cell) for folder, cell in found if cell.split == split]


def read_answers(folders: Iterable[Path | str]) -> list[Answers]:
    """Read what the fits in some folders answered, in the order of :func:`fit_folders`.

    Raises
    ------
    ArtifactError
        Where a file does not hold what its layout says.
    """
    return [_read_fits(folder) for folder in fit_folders(folders)]


def read_answers_without_channels(
    folders: Iterable[Path | str], muscles: Mapping[str, Mapping[str, Sequence[str]]]
) -> Iterator[tuple[list[Answers], Sequence[str]]]:
    """Read what the fits answered from which a channel was hidden, one channel after the other.

    Parameters
    ----------
    folders : iterable of path
        One for each recording, with ``<channel>`` in it.
    muscles : mapping of recording to channel to muscles

    Yields
    ------
    list of Answers, sequence of str
        And the muscles under the channel that was hidden.
    """
    for folder in map(Path, folders):
        recording = FITS.read(fit_folders([folder])[0] / FITS_FILE)["recording"]
        for channel, hidden in muscles[recording].items():
            yield read_answers([folder / channel]), hidden


def _read_fits(folder: Path) -> Answers:
    about = FITS.read(folder / FITS_FILE)
    people = {}
    for file in sorted(folder.glob("*/predictions.nc")):
        try:
            answered = read_netcdf(file, PREDICTIONS)
        except ArtifactError as error:
            raise ArtifactError(f"{file}: {error}") from error
        people[str(answered.attrs["subject"])] = answered
    if not people:
        logger.warning("%s: no subject could be tested.", folder)
    return Answers(Cell.of(about), people, about["told"], about["prior"])
