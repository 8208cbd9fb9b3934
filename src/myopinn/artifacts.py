"""What every file of the flow holds, and how it is read and written.

The rooms of the package know each other only through these files. Arrays are NetCDF with named
dimensions and a unit per variable, held to a :class:`Layout`; motions, forces and markers are
OpenSim's own formats (:mod:`myopinn.opensim_files`); tables are CSV.
A file appears complete or not at all: it is written beside its name and then renamed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import MyopinnError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

CYCLE_FRAMES = 100
# What the folder of a processed recording holds, in OpenSim's format; ground forces may be absent.
ANGLES_FILE, MOMENTS_FILE = "angles.sto", "moments.sto"
ENVELOPES_FILE, GROUND_FORCES_FILE = "envelopes.sto", "ground_forces.mot"
PROCESSED_FILES = (ANGLES_FILE, MOMENTS_FILE, ENVELOPES_FILE, GROUND_FORCES_FILE)
# The person's own model beside those folders.
MODEL_FILE = "model.osim"
# In the table of errors, the note of a target that a variant does not predict at all.
NOT_PREDICTED = "the variant does not predict it"


class ArtifactError(MyopinnError):
    """A file of the flow does not hold what its description says."""


@dataclass(frozen=True)
class Trial:
    """One trial of a person, as its laboratory lists it.

    Attributes
    ----------
    subject, session, name : str
        Names; ``name`` is unique within the subject and is the stem of the trial's files.
    kind : str
        ``static`` (for scaling), ``dynamic`` (for the study) or ``mvc`` (maximal contractions).
    condition : str
        What distinguishes the trial: a speed, a load; empty where nothing does.
    file : str
        The C3D file inside the person's folder of recordings; of processed recordings the folder
        there that holds :data:`PROCESSED_FILES`.
    mass_kg : float
        The person's mass; NaN where the C3D file holds it.
    load_kg : float
        A load held in the hand; NaN where nobody wrote it down.
    held_angle_deg : float
        Of the joint that a dynamometer holds still; NaN where nothing is held.
    start_s, end_s : float
        Which stretch of a processed recording the trial is; NaN where it is the whole of it.
    """

    subject: str
    session: str
    name: str
    kind: str
    condition: str
    file: str
    mass_kg: float = float("nan")
    load_kg: float = 0.0
    held_angle_deg: float = float("nan")
    start_s: float = float("nan")
    end_s: float = float("nan")


@dataclass(frozen=True)
class Quantity:
    """A variable of a NetCDF file: its dimensions in order, unit and meaning.

    ``or_units`` are units that it may have instead, as a file's own attribute says.
    """

    dims: tuple[str, ...]
    units: str
    meaning: str
    or_units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The variables that a NetCDF file must hold, and the coordinates that label its dimensions."""

    name: str
    variables: Mapping[str, Quantity]
    coordinates: Mapping[str, Quantity]

    def check(self, dataset: xr.Dataset) -> None:
        """Hold a dataset to this layout.

        Raises
        ------
        ArtifactError
            Naming the variable that is missing, has other dimensions or another unit.
        """
        for wanted, where in (
            (self.variables, dataset.data_vars),
            (self.coordinates, dataset.coords),
        ):
            for key, quantity in wanted.items():
                if key not in where:
                    raise ArtifactError(f"{self.name}: variable '{key}' is missing.")
                array = dataset[key]
                if tuple(array.dims) != quantity.dims:
                    raise ArtifactError(
                        f"{self.name}: '{key}' has dimensions {tuple(array.dims)}, "
                        f"expected {quantity.dims}."
                    )
                if array.attrs.get("units", "") not in (quantity.units, *quantity.or_units):
                    raise ArtifactError(
                        f"{self.name}: '{key}' has unit '{array.attrs.get('units', '')}', "
                        f"expected '{quantity.units}'."
                    )

    def build(
        self,
        variables: Mapping[str, Any],
        coordinates: Mapping[str, Any],
        attributes: Mapping[str, Any] | None = None,
        units: Mapping[str, str] | None = None,
    ) -> xr.Dataset:
        """Make a dataset of this layout from bare arrays.

        Parameters
        ----------
        units : mapping of variable to unit, optional
            Of those that have one of their other units.

        Raises
        ------
        ArtifactError
            Where an array is missing or does not fit.
        """
        import xarray as xr

        def labelled(values: Mapping[str, Any], wanted: Mapping[str, Quantity]) -> dict[str, Any]:
            missing = set(wanted) - set(values)
            if missing:
                raise ArtifactError(f"{self.name}: no values for {sorted(missing)}.")
            return {
                key: (
                    q.dims,
                    values[key],
                    {"units": (units or {}).get(key, q.units), "long_name": q.meaning},
                )
                for key, q in wanted.items()
            }

        dataset = xr.Dataset(
            labelled(variables, self.variables),
            coords=labelled(coordinates, self.coordinates),
            attrs=dict(attributes or {}),
        )
        self.check(dataset)
        return dataset


# An envelope that came as a share of the person's largest one has no unit.
SHARE_OF_MAXIMUM = "1"
ENVELOPES = Layout(
    "EMG envelopes of a trial",
    {
        "envelope": Quantity(
            ("time_s", "channel"),
            "V",
            "EMG envelope at the kinematics' times",
            (SHARE_OF_MAXIMUM,),
        ),
    },
    {
        "time_s": Quantity(("time_s",), "s", "time in the trial, as in the marker file"),
        "channel": Quantity(("channel",), "", "name of the muscle that the electrode lies over"),
    },
)

DYNAMOMETER = Layout(
    "what a dynamometer read in a trial",
    {
        "moment": Quantity(
            ("time_s", "coordinate"), "N.m", "by which it holds the joint, at the kinematics' times"
        ),
    },
    {
        "time_s": Quantity(("time_s",), "s", "time in the trial"),
        "coordinate": Quantity(("coordinate",), "", "name in the model"),
    },
)

GEOMETRY = Layout(
    "muscle geometry: polynomials of the scaled model's muscle-tendon lengths",
    {
        # l = sum_k coefficient_k * prod_j x_j^exponent_kj with x = (q - centre) / half_range
        "coefficient": Quantity(("muscle", "term"), "m", "coefficients of the length polynomial"),
        "exponent": Quantity(("term", "coordinate"), "", "exponent of each scaled coordinate"),
        "centre": Quantity(("coordinate",), "rad", "centre of the fitted range"),
        "half_range": Quantity(("coordinate",), "rad", "half of the fitted range"),
        "crosses": Quantity(("muscle", "coordinate"), "", "1 where the muscle crosses the joint"),
        "length_rms": Quantity(("muscle",), "m", "rms error of the length on states not fitted"),
        "moment_arm_rms": Quantity(
            ("muscle", "coordinate"), "m", "rms error of the moment arm on states not fitted"
        ),
        "max_isometric_force": Quantity(("muscle",), "N", "of the scaled model"),
        "optimal_fiber_length": Quantity(("muscle",), "m", "of the scaled model"),
        "tendon_slack_length": Quantity(("muscle",), "m", "of the scaled model"),
        "pennation_angle_at_optimal": Quantity(("muscle",), "rad", "of the scaled model"),
    },
    {
        "muscle": Quantity(("muscle",), "", "name in the model"),
        "coordinate": Quantity(("coordinate",), "", "name in the model"),
    },
)

_PER_FRAME = ("cycle", "frame")
DATASET = Layout(
    "dataset of a person: cycles of 100 frames",
    {
        "envelope": Quantity((*_PER_FRAME, "channel"), "V", "EMG envelope", (SHARE_OF_MAXIMUM,)),
        "joint_angle": Quantity((*_PER_FRAME, "coordinate"), "rad", "inverse kinematics"),
        "joint_velocity": Quantity((*_PER_FRAME, "coordinate"), "rad/s", "its time derivative"),
        "joint_acceleration": Quantity((*_PER_FRAME, "coordinate"), "rad/s^2", "its second one"),
        "joint_moment": Quantity((*_PER_FRAME, "coordinate"), "N.m", "inverse dynamics"),
        "muscle_force": Quantity((*_PER_FRAME, "muscle"), "N", "tendon force by the solver"),
        "activation": Quantity((*_PER_FRAME, "muscle"), "", "activation by the solver"),
        "reserve_moment": Quantity(
            (*_PER_FRAME, "coordinate"), "N.m", "what the solver took from reserve actuators"
        ),
        "time_s": Quantity(_PER_FRAME, "s", "time in the trial"),
        "mvc_envelope": Quantity(
            ("session", "channel"),
            "V",
            "largest envelope in the session's MVC trial, NaN if none",
            (SHARE_OF_MAXIMUM,),
        ),
    },
    {
        "trial": Quantity(("cycle",), "", "trial that the cycle was cut from"),
        "trial_session": Quantity(("cycle",), "", "session of the cycle's trial"),
        "condition": Quantity(("cycle",), "", "condition of the cycle's trial"),
        "load_kg": Quantity(("cycle",), "kg", "load held in the hand"),
        "channel": Quantity(("channel",), "", "EMG channel"),
        "coordinate": Quantity(("coordinate",), "", "joint coordinate"),
        "muscle": Quantity(("muscle",), "", "muscle of the model"),
        "session": Quantity(("session",), "", "session"),
    },
)

_PER_PIECE = ("window", "frame")
CALIBRATION = Layout(
    "isometric contractions of a person, in pieces of 100 frames",
    {
        "envelope": Quantity((*_PER_PIECE, "channel"), "V", "EMG envelope"),
        "joint_angle": Quantity((*_PER_PIECE, "coordinate"), "rad", "at which the joint is held"),
        "joint_moment": Quantity((*_PER_PIECE, "coordinate"), "N.m", "of the muscles"),
        "time_s": Quantity(_PER_PIECE, "s", "time in the trial"),
    },
    {
        "trial": Quantity(("window",), "", "trial that the piece was cut from"),
        "trial_session": Quantity(("window",), "", "session of the trial"),
        "condition": Quantity(("window",), "", "condition of the trial"),
        "channel": Quantity(("channel",), "", "EMG channel"),
        "coordinate": Quantity(("coordinate",), "", "joint that was held"),
    },
)

_SAMPLE = Quantity(("sample",), "", "")
PREDICTIONS = Layout(
    "predictions of one variant for one person on trials it was not trained on",
    {
        # NaN in every sample of a target that the variant does not predict
        "predicted": Quantity(("sample", "target"), "see coordinate unit", "the variant's answer"),
        "reference": Quantity(("sample", "target"), "see coordinate unit", "OpenSim's answer"),
    },
    {
        "target": Quantity(("target",), "", "joint coordinate or muscle"),
        "unit": Quantity(("target",), "", "unit of the target"),
        "trial": Quantity(("sample",), "", "trial"),
        "session": Quantity(("sample",), "", "session of the trial"),
        "condition": Quantity(("sample",), "", "condition of the trial"),
        "cycle": Quantity(("sample",), "", "number of the cycle in the person's dataset"),
        "frame": Quantity(("sample",), "", "frame in the cycle, 0 to 99"),
        "time_s": Quantity(("sample",), "s", "time in the trial"),
        "fold": Quantity(("sample",), "", "fold in which the trial was held out"),
        "seed": Quantity(("sample",), "", "seed of the fit"),
    },
)

ATTENTION = Layout(
    "where a network looks, for one person in cycles that it was not trained on",
    {
        "weight": Quantity(
            ("asked", "seen"), "", "attention weight: mean over heads, layers, cycles and fits"
        ),
        # Averaged weights are more even than those that they are the mean of.
        "entropy": Quantity(
            ("asked",), "", "of each head's own weights, by that of uniform ones; mean likewise"
        ),
    },
    {
        "asked": Quantity(("asked",), "", "frame in the cycle that is answered, from 0"),
        "seen": Quantity(("seen",), "", "frame in the cycle that is looked at, from 0"),
    },
)

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
)


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Give a path beside ``path`` to write to; it takes the name only when the block ends well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_directory(path: Path | str) -> Iterator[Path]:
    """Give a folder beside ``path`` to fill; it takes the name only when the block ends well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if path.exists():
            shutil.rmtree(path)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


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


def write_netcdf(dataset: xr.Dataset, path: Path | str, layout: Layout) -> None:
    """Write a dataset after holding it to its layout."""
    layout.check(dataset)
    with whole_file(path) as temporary:
        dataset.to_netcdf(temporary, engine="h5netcdf")


def read_netcdf(path: Path | str, layout: Layout) -> xr.Dataset:
    """Read a whole dataset into memory and hold it to its layout.

    Raises
    ------
    ArtifactError
        Where the file does not hold what the layout says.
    """
    import xarray as xr

    with xr.open_dataset(path, engine="h5netcdf", decode_timedelta=False) as dataset:
        loaded = dataset.load()
    layout.check(loaded)
    return loaded


def write_table(table: pd.DataFrame, path: Path | str) -> None:
    """Write a table as CSV without its index."""
    with whole_file(path) as temporary:
        table.to_csv(temporary, index=False)


def read_table(path: Path | str, **options: Any) -> pd.DataFrame:
    """Read a CSV table; names stay text (``dtype`` may be given for the columns that are names)."""
    import pandas as pd

    # Levels of a question stand for variants and may be numbers, which must not become 4.0.
    names = dict.fromkeys(
        (
            *("recording", "subject", "session", "trial", "condition", "reason", "unit", "bound"),
            *("variant", "versus", "level"),
        ),
        str,
    )
    options.setdefault("dtype", names)
    return pd.read_csv(path, keep_default_na=False, na_values=["", "nan"], **options).fillna(
        dict.fromkeys(names, "")
    )
