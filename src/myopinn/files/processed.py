"""The tables of processed recordings, and the stretch of one that a trial is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.errors import TrialError
from myopinn.formats.opensim_files import read_storage
from myopinn.formats.whole import ArtifactError

if TYPE_CHECKING:
    import pandas as pd

# What the folder of a processed recording holds, in OpenSim's format; ground forces may be absent.
ANGLES_FILE, MOMENTS_FILE = "angles.sto", "moments.sto"
ENVELOPES_FILE, GROUND_FORCES_FILE = "envelopes.sto", "ground_forces.mot"
PROCESSED_FILES = (ANGLES_FILE, MOMENTS_FILE, ENVELOPES_FILE, GROUND_FORCES_FILE)
# The person's own model beside those folders.
MODEL_FILE = "model.osim"
# Files hold times with rounding errors of this size.
_SLACK_S = 1e-6


def read_recording(file: Path) -> tuple[pd.DataFrame, bool]:
    """Read a whole recording.

    Returns
    -------
    DataFrame, bool
        As :func:`myopinn.formats.opensim_files.read_storage` gives them.

    Raises
    ------
    TrialError
        Where the file is missing or unreadable.
    """
    try:
        return read_storage(file)
    except (OSError, ArtifactError) as error:
        raise TrialError(
            f"cannot be read: {error}", file=file, remedy="export the file again."
        ) from error


def cut_stretch(
    table: pd.DataFrame, start_s: float, end_s: float, file: Path, *, margin_s: float = 0.0
) -> pd.DataFrame:
    """Keep the frames of a trial.

    Parameters
    ----------
    table : DataFrame, index time in s
        Of the whole recording.
    start_s, end_s : float
        Of the trial; NaN keeps the recording's own start or end.
    file : path
        Where the table comes from, for the message.
    margin_s : float
        Of frames to keep on either side as far as there are any.

    Raises
    ------
    TrialError
        Where nothing of the trial is there, or has values that are no numbers.
    """
    import numpy as np

    times = table.index.to_numpy()
    # NaN compares false, so it leaves nothing out.
    outside = (times < start_s - margin_s - _SLACK_S) | (times > end_s + margin_s + _SLACK_S)
    part = table[~outside]
    if len(part) < 2:
        raise TrialError(
            f"holds {len(part)} frames of the trial, which is {start_s:g} to {end_s:g} s.",
            file=file,
            remedy="check the file's times, and where the recording is cut.",
        )
    bad = [str(c) for c in part if not np.isfinite(part[c]).all()]
    if bad:
        raise TrialError(
            f"values of {', '.join(bad)} are no numbers.",
            file=file,
            remedy="fill the gaps, or cut the recording where they are.",
        )
    return part
