"""Levels of a question that are entries of its task: their fits are shown, none is made again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from myopinn.files.fits import fit_folders
from myopinn.files.layouts.attention import ATTENTION
from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.formats.whole import whole_directory

# Files of a person that name their variant.
NAMED = {"predictions.nc": PREDICTIONS, "attention.nc": ATTENTION}


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
        Folders ``<entry>/<recording>`` of fits.
    levels : mapping of str to str
        The entry that each level is.
    splits : sequence of str
        Those under which the question is asked.
    predictions : path
        Output folder: ``<level>/<recording>/<split>`` with what the entry's fits wrote of a split.
        Each file that names its variant has the level's name there; nothing else differs.
    """
    taken = {}
    for made in fit_folders(fitted):
        about = FITS.read(made / FITS_FILE)
        taken[about["variant"], about["split"]] = made, about
    with whole_directory(predictions) as folder:
        for level, entry in levels.items():
            for split in splits:
                made, about = taken[entry, split]
                shown = folder / level / recording / split
                shutil.copytree(made, shown)
                FITS.write({**about, "variant": level}, shown / FITS_FILE)
                for name, layout in NAMED.items():
                    for file in sorted(shown.glob(f"*/{name}")):
                        renamed = read_netcdf(file, layout).assign_attrs(variant=level)
                        write_netcdf(renamed, file, layout)
