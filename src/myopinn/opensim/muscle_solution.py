"""What every solver of muscle forces answers, and how good the answer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.errors import TrialError
from myopinn.opensim.reduction import RESERVE_PREFIX
from myopinn.opensim.tool import load_model

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class MuscleSolution:
    """Muscle forces of a trial.

    Attributes
    ----------
    force : DataFrame, index time in s, one column per muscle
        Force along the tendon, N.
    activation : DataFrame, as ``force``
    reserve : DataFrame, index time in s, one column per coordinate
        Generalised force of the coordinate's reserve actuator, N.m (N for translations).
    status : str
        What the solver said of itself.
    """

    force: pd.DataFrame
    activation: pd.DataFrame
    reserve: pd.DataFrame
    status: str

    def at(self, time_s: np.ndarray) -> MuscleSolution:
        """Interpolate linearly at other times; those that the solver did not reach are left out.

        Raises
        ------
        TrialError
            Where a value is not finite, or nothing was solved.
        """
        import numpy as np
        import pandas as pd

        own = self.force.index.to_numpy()
        # Files hold times with rounding errors of this size.
        slack = 1e-6
        reached = (
            time_s[(time_s >= own[0] - slack) & (time_s <= own[-1] + slack)] if own.size else own
        )

        def resample(table: pd.DataFrame) -> pd.DataFrame:
            times = table.index.to_numpy()
            # Nothing can be interpolated in an empty table.
            columns = table if reached.size else ()
            values = {c: np.interp(reached, times, table[c].to_numpy()) for c in columns}
            return pd.DataFrame(values, index=pd.Index(reached, name="time"))

        tables = (resample(self.force), resample(self.activation), resample(self.reserve))
        if reached.size == 0 or not all(np.isfinite(t.to_numpy()).all() for t in tables):
            raise TrialError(
                f"the solver gave no finite muscle forces ({self.status}).",
                remedy="See opensim.log of this step; try another solver or larger reserves.",
            )
        return MuscleSolution(*tables, status=self.status)


def split_forces(forces: pd.DataFrame, muscles: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Separate a table of actuator forces into muscles and reserves (named by coordinate)."""
    reserves = [c for c in forces if str(c).startswith(RESERVE_PREFIX)]
    named = {c: str(c).removeprefix(RESERVE_PREFIX) for c in reserves}
    return forces[list(muscles)], forces[reserves].rename(columns=named)


def muscle_moments(
    *,
    model_file: Path,
    coordinates: Path,
    force: pd.DataFrame,
    studied: Sequence[str],
) -> dict[str, np.ndarray]:
    """Sum moment arm times force; to be called inside :func:`myopinn.opensim.tool.run`.

    Parameters
    ----------
    model_file : the cut-down model
    coordinates : filtered angles, degrees and m
    force : DataFrame, index time in s, one column per muscle, N
    studied : coordinates

    Returns
    -------
    dict of coordinate to moment, shape (frame,), N.m

    Notes
    -----
    OpenSim's moment arms follow the coordinates that constraints couple to the studied one (the
    patella to the knee), so that this sum is the muscles' whole moment about the joint.
    """
    import numpy as np
    import opensim as osim

    from myopinn.formats.opensim_files import read_storage

    model = load_model(model_file)
    state = model.initSystem()
    angles, _ = read_storage(coordinates)
    moving = [
        (c, angles[c.getName()].to_numpy(), c.getMotionType() == osim.Coordinate.Rotational)
        for c in model.getCoordinateSet()
        if c.getName() in angles and not c.getLocked(state)
    ]
    targets = [model.getCoordinateSet().get(name) for name in studied]
    muscles = [model.getMuscles().get(name) for name in force]
    values = force.to_numpy()
    moments = np.zeros((len(studied), len(force)))
    for frame, time in enumerate(force.index):
        for coordinate, samples, turns in moving:
            value = float(np.interp(time, angles.index, samples))
            coordinate.setValue(state, np.radians(value) if turns else value, False)
        model.realizePosition(state)
        for row, target in enumerate(targets):
            arms = [muscle.computeMomentArm(state, target) for muscle in muscles]
            moments[row, frame] = np.dot(arms, values[frame])
    return dict(zip(studied, moments, strict=True))


def saturated_share(activation: pd.DataFrame, threshold: float = 0.99) -> float:
    """Give the share of muscles and instants at full activation."""
    return float((activation.to_numpy() > threshold).mean())
