"""Inverse dynamics: the joint moments that make the measured motion under the measured forces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.formats.opensim_files import read_storage
from myopinn.opensim.filtered_angles import filter_angles
from myopinn.opensim.tool import load_skeleton

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

GRAVITY_M_S2 = 9.80665


def solve_moments(
    *,
    model_file: Path,
    angles: Path,
    lowpass_hz: float,
    external_loads: Path | None,
    coordinates: Path,
    moments: Path,
) -> tuple[float, list[str]]:
    """Run OpenSim's InverseDynamicsTool; to be called inside :func:`myopinn.opensim.tool.run`.

    The angles are filtered once, here, and written to ``coordinates``, which every later step
    uses; the tool itself then filters nothing.

    Parameters
    ----------
    angles : motion in degrees and m
    coordinates, moments : files to write

    Returns
    -------
    weight_n : float
        The model's weight.
    residuals : list of str
        Coordinates of the free base: their moments should vanish. Empty where the base is fixed.
    """
    import opensim as osim

    model = load_skeleton(model_file)
    filter_angles(model, angles, lowpass_hz, coordinates)
    table, _ = read_storage(coordinates)
    tool = osim.InverseDynamicsTool()
    tool.setModel(model)
    tool.setCoordinatesFileName(str(coordinates))
    tool.setLowpassCutoffFrequency(-1)
    tool.setStartTime(float(table.index[0]))
    tool.setEndTime(float(table.index[-1]))
    if external_loads is not None:
        tool.setExternalLoadsFileName(str(external_loads))
    tool.setResultsDir(".")
    tool.setOutputGenForceFileName("moments.sto")
    if not tool.run():
        raise RuntimeError("InverseDynamicsTool reports failure.")
    Path("moments.sto").replace(moments)
    mass = model.getTotalMass(model.initSystem())
    return mass * GRAVITY_M_S2, base_coordinates(model)


def base_coordinates(model: Any) -> list[str]:
    """List the coordinates of the joint between ground and the first body, where it has six."""
    six = 6
    for index in range(model.getJointSet().getSize()):
        joint = model.getJointSet().get(index)
        parent = joint.getParentFrame().findBaseFrame().getName()
        if parent == "ground" and joint.numCoordinates() == six:
            return [joint.get_coordinates(i).getName() for i in range(six)]
    return []


def residual_force(forces: pd.DataFrame, judged: np.ndarray) -> float | None:
    """Give the force that the free base would still need, rms.

    Parameters
    ----------
    forces : DataFrame, index time in s, a column for each direction, N
    judged : array, shape (interval, 2), s
        First and last time of each interval in which all forces on the person are measured.

    Returns
    -------
    float or None
        N; None where no frame lies in an interval.
    """
    import numpy as np

    inside = np.zeros(len(forces), dtype=bool)
    for start_s, end_s in judged:
        inside |= (forces.index >= start_s) & (forces.index <= end_s)
    if not inside.any():
        return None
    return float(np.sqrt((forces.loc[inside] ** 2).sum(axis=1).mean()))
