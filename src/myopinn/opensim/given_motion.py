"""Joint angles and moments that others computed: held to the model, and filtered.

Angles and moments are low-passed alike, at one cutoff and over the whole recording, before they
are cut to the trial.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.checks.spelling import meant
from myopinn.errors import TrialError
from myopinn.opensim.filtered_angles import filter_angles, lowpass
from myopinn.opensim.tool import load_skeleton

if TYPE_CHECKING:
    import pandas as pd


def rotational_coordinates(*, model_file: Path, names: Sequence[str], angles: Path) -> list[str]:
    """List which columns turn; to be called inside :func:`myopinn.opensim.tool.run`.

    Raises
    ------
    TrialError
        Where a column is no coordinate of the model, or the model has one that is not given.
    """
    import opensim as osim

    model = load_skeleton(model_file)
    state = model.initSystem()
    own = {c.getName(): c for c in model.getCoordinateSet()}
    unknown = [name for name in names if name not in own]
    needed = [name for name, c in own.items() if not (c.getLocked(state) or c.isDependent(state))]
    missing = [name for name in needed if name not in names]
    if unknown or missing:
        what = f"'{unknown[0]}' is no coordinate of" if unknown else f"'{missing[0]}' is of"
        raise TrialError(
            f"{what} the model{'' if unknown else ', but its angle is not given'}."
            f"{meant(unknown[0], own) if unknown else ''}",
            remedy="give the model that the angles were computed with.",
            file=angles,
        )
    return [n for n in names if own[n].getMotionType() == osim.Coordinate.Rotational]


def filter_given_angles(
    *, model_file: Path, angles: Path, lowpass_hz: float, coordinates: Path
) -> None:
    """Low-pass joint angles alone; to be called inside :func:`myopinn.opensim.tool.run`."""
    filter_angles(load_skeleton(model_file), angles, lowpass_hz, coordinates)


def filter_moments(table: pd.DataFrame, cutoff_hz: float, file: Path) -> pd.DataFrame:
    """Low-pass every moment of a whole recording.

    Parameters
    ----------
    table : DataFrame, index time in s
    file : path
        Where the table comes from, for the message.

    Raises
    ------
    TrialError
        Where it is not evenly sampled or has values that are no numbers.
    """
    import numpy as np

    steps = np.diff(table.index.to_numpy())
    if len(steps) < 1 or not np.allclose(steps, steps.mean(), rtol=0, atol=1e-5):
        raise TrialError("joint moments are not evenly sampled.", file=file)
    if not np.isfinite(table.to_numpy()).all():
        raise TrialError(
            "joint moments have values that are no numbers.", file=file, remedy="fill the gaps."
        )
    smooth = lowpass(table.to_numpy(), float(1 / steps.mean()), cutoff_hz)
    return table.assign(**dict(zip(map(str, table.columns), smooth.T, strict=True)))
