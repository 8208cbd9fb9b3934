"""The truth of a virtual person."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.files.netcdf import Layout, Quantity, read_netcdf
from myopinn.formats.whole import ArtifactError

if TYPE_CHECKING:
    import xarray as xr

_OF_MUSCLES, _OF_COORDINATES = ("time_s", "muscle"), ("time_s", "coordinate")
TRUTH = Layout(
    "truth of a virtual person's trial, which only the evaluation may open",
    {
        "excitation": Quantity(
            _OF_MUSCLES, "", "what the nerves send, before the electromechanical delay"
        ),
        "activation": Quantity(_OF_MUSCLES, "", "activation of the muscle"),
        "tendon_force": Quantity(_OF_MUSCLES, "N", "force of the tendon"),
        "fiber_length": Quantity(_OF_MUSCLES, "m", "length of the fibres"),
        "fiber_velocity": Quantity(_OF_MUSCLES, "m/s", "lengthening velocity of the fibres"),
        "moment_arm": Quantity(("time_s", "coordinate", "muscle"), "m", "minus d length / d angle"),
        "joint_angle": Quantity(_OF_COORDINATES, "rad", "angle of the joint"),
        "joint_velocity": Quantity(_OF_COORDINATES, "rad/s", "its time derivative"),
        "joint_acceleration": Quantity(_OF_COORDINATES, "rad/s^2", "its second one"),
        "joint_moment": Quantity(_OF_COORDINATES, "N.m", "moment of all muscles about the joint"),
        "target_angle": Quantity(
            _OF_COORDINATES, "rad", "what the person intended, NaN if nothing"
        ),
    },
    {
        "time_s": Quantity(("time_s",), "s", "time in the trial, as in the C3D file"),
        "muscle": Quantity(("muscle",), "", "name in the model"),
        "coordinate": Quantity(("coordinate",), "", "name in the model"),
    },
    {
        "recording": "laboratory's entry in the configuration",
        "subject": "person",
        "sharing_law": "by which the person shares a moment among muscles",
        "electromechanical_delay_s": "from the excitation to what drives the activation, s",
        "activation_s": "time constant of activation, s",
        "deactivation_s": "time constant of deactivation, s",
    },
)


def read_truth(folder: Path | str, trial: str) -> xr.Dataset:
    """Read the truth of a person's trial.

    Raises
    ------
    ArtifactError
        Where there is none, or the file does not hold what the layout says.
    """
    file = Path(folder, f"{trial}.nc")
    if not file.is_file():
        raise ArtifactError(f"{file}: no truth of this trial.")
    return read_netcdf(file, TRUTH)


def first_truths(folders: Iterable[Path | str]) -> dict[tuple[str, str], tuple[Path, xr.Dataset]]:
    """Find whose truth each folder holds, as its files say.

    Returns
    -------
    dict of recording and subject to path and Dataset
        The folder, and one of its trials for what all of them share; nobody whose folder has no
        trial.
    """
    found = {}
    for folder in map(Path, folders):
        for file in sorted(folder.glob("*.nc"))[:1]:
            true = read_netcdf(file, TRUTH)
            found[str(true.attrs["recording"]), str(true.attrs["subject"])] = folder, true
    return found
