"""Where the fits of a study lie."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


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
