"""Levels of a question that are entries of its task: their fits are shown, none is made again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.formats.whole import whole_directory


def take_entries(
    *,
    fitted: Sequence[str | Path],
    levels: Mapping[str, str],
    recording: str,
    splits: Sequence[str],
    predictions: str | Path,
) -> None:
    """Take what entries of a task predicted as levels of a question.

    Parameters
    ----------
    fitted : sequence of path
        Folders ``<entry>/<recording>`` that :func:`myopinn.training.fit.train_variant` wrote.
    levels : mapping of str to str
        The entry that each level is.
    splits : sequence of str
        Those under which the question is asked.
    predictions : path
        Output folder: ``<level>/<recording>/<split>`` with what the entry's fits wrote of a split.
        Each file of predictions carries the level's name as its variant; nothing else differs.
    """
    of_entry = {Path(folder).parent.name: Path(folder) for folder in fitted}
    with whole_directory(predictions) as folder:
        for level, entry in levels.items():
            for split in splits:
                shown = folder / level / recording / split
                shutil.copytree(of_entry[entry] / split, shown)
                for file in sorted(shown.glob("*/predictions.nc")):
                    answers = read_netcdf(file, PREDICTIONS).assign_attrs(variant=level)
                    write_netcdf(answers, file, PREDICTIONS)
