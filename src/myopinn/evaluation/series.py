"""What the analysis says of a trial, beside what happened, at the same times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.joint_motion import FILTERED_ANGLES, JOINT_MOMENTS
from myopinn.files.layouts.muscle_solution import MUSCLE_FORCE
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import read_netcdf
from myopinn.formats.opensim_files import read_storage
from myopinn.formats.whole import ArtifactError

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

ANGLE, MOMENT, EXCITATION, FORCE = "joint_angle", "joint_moment", "excitation", "muscle_force"


@dataclass(frozen=True)
class Series:
    """One quantity of a trial, true and recovered, at the times of the recovered one.

    Attributes
    ----------
    quantity, name, unit : str
    time_s, truth, recovered : array, shape (time,)
        The recovered one is NaN where the analysis knows nothing of it.
    scaled : bool
        Whether both have the same unit; an envelope without a maximal contraction has not.
    """

    quantity: str
    name: str
    unit: str
    time_s: np.ndarray
    truth: np.ndarray
    recovered: np.ndarray
    scaled: bool = True


@dataclass(frozen=True)
class RecoveredFiles:
    """Where the truth and the analysis of one person are.

    Raises
    ------
    ArtifactError
        Where they are not of the same person.
    """

    truth: Path
    signals: Path
    inverse_dynamics: Path
    muscle_forces: Path
    dataset: Path

    def __post_init__(self) -> None:
        names = (
            self.signals.name,
            self.inverse_dynamics.parent.name,
            self.muscle_forces.parent.name,
            self.dataset.stem,
        )
        if set(names) != {self.subject}:
            raise ArtifactError(
                f"the truth of {self.subject} cannot be held against {', '.join(names)}."
            )

    @property
    def subject(self) -> str:
        """Name of the person."""
        return self.truth.name


def trial_series(
    files: RecoveredFiles, trial: str, session: str, dataset: xr.Dataset
) -> Iterator[Series]:
    """Give all that the analysis recovered of a trial, with its truth.

    Parameters
    ----------
    dataset : Dataset
        Of the person: its coordinates are the joints that are compared (a base that is carried is
        none), and its envelopes of maximal contractions are what envelopes are divided by.

    Raises
    ------
    ArtifactError
        Where an EMG channel is no muscle of the truth.
    """
    file = files.truth / f"{trial}.nc"
    if not file.is_file():
        return
    true = read_netcdf(file, TRUTH)
    joints = [name for name in dataset["coordinate"].values if name in true["coordinate"].values]
    true = true.sel(coordinate=joints)
    mvc_envelope = dataset["mvc_envelope"]
    for path, quantity, variable, ending in (
        (FILTERED_ANGLES.path(files.inverse_dynamics, trial), ANGLE, "joint_angle", ""),
        (JOINT_MOMENTS.path(files.inverse_dynamics, trial), MOMENT, "joint_moment", "_moment"),
        (MUSCLE_FORCE.path(files.muscle_forces, trial), FORCE, "tendon_force", ""),
    ):
        if path.is_file():
            yield from _storage_series(true[variable], path, quantity, ending)
    envelopes = files.signals / trial / "envelopes.nc"
    if envelopes.is_file():
        maximum = mvc_envelope.sel(session=mvc_envelope["session"] == session)
        yield from _envelope_series(true["excitation"], envelopes, maximum)


def _storage_series(true: xr.DataArray, path: Path, quantity: str, ending: str) -> Iterator[Series]:
    """Hold the columns of an OpenSim file against the truth; columns it does not know are left."""
    import numpy as np

    table, in_degrees = read_storage(path)
    table = table[table.index <= true["time_s"].values[-1]]
    time = table.index.to_numpy()
    for name in (str(n) for n in true[true.dims[1]].values):
        if name + ending not in table:
            continue
        recovered, known = table[name + ending].to_numpy(), _at(time, true, name)
        if quantity == ANGLE:
            recovered = recovered if in_degrees else np.degrees(recovered)
            yield Series(quantity, name, "deg", time, np.degrees(known), recovered)
        else:
            yield Series(quantity, name, true.attrs["units"], time, known, recovered)


def _envelope_series(true: xr.DataArray, file: Path, maximum: xr.DataArray) -> Iterator[Series]:
    """Hold envelopes against the excitations; muscles without an electrode have the truth alone.

    No delay lies between the two: electrodes see what the nerves send.
    """
    import numpy as np

    envelopes = read_netcdf(file, ENVELOPES)["envelope"]
    muscles = [str(m) for m in true["muscle"].values]
    channels = [str(c) for c in envelopes["channel"].values]
    for channel in channels:
        if channel not in muscles:
            raise ArtifactError(f"{file}: channel '{channel}' is no muscle, there are {muscles}.")
    time = envelopes["time_s"].values
    time = time[time <= true["time_s"].values[-1]]
    for muscle in muscles:
        seen, scale = np.full(len(time), np.nan), np.nan
        if muscle in channels:
            seen = envelopes.sel(channel=muscle).values[: len(time)]
            if maximum.sizes["session"] and muscle in maximum["channel"].values:
                scale = float(maximum.sel(channel=muscle).values[0])
        scaled = bool(np.isfinite(scale))
        known = _at(time, true, muscle)
        yield Series(EXCITATION, muscle, "1", time, known, seen / scale if scaled else seen, scaled)


def _at(time_s: np.ndarray, true: xr.DataArray, name: str) -> np.ndarray:
    """Give the truth of one coordinate or muscle at other times, shape (time,)."""
    import numpy as np

    return np.interp(time_s, true["time_s"].values, true.sel({true.dims[1]: name}).values)
