"""How the files of the flow are read and written, and what a layout of one is.

The rooms of the package know each other only through these files. Arrays are NetCDF with named
dimensions and a unit per variable, held to a :class:`Layout` (:mod:`myopinn.layouts`); motions,
forces and markers are OpenSim's own formats (:mod:`myopinn.opensim_files`); tables are CSV.
A file appears complete or not at all: it is written beside its name and then renamed. What
:data:`UNFINISHED` begins the name of is such a file or folder; a job that was killed leaves it.
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
UNFINISHED = ".unfinished-"
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


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Give a path beside ``path`` to write to; it takes the name only when the block ends well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        prefix=f"{UNFINISHED}{path.stem}-", suffix=path.suffix, dir=path.parent
    )
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
    temporary = Path(tempfile.mkdtemp(prefix=f"{UNFINISHED}{path.name}-", dir=path.parent))
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


@contextmanager
def reading(path: Path | str) -> Iterator[None]:
    """Read a file of the flow; where that fails, name it and say what to do.

    Raises
    ------
    ArtifactError
        Where the file is missing, was cut short, or is damaged.
    """
    try:
        yield
    # What readers raise of a damaged file: h5py all but the second, pandas and JSON the second.
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        if not Path(path).exists():
            raise ArtifactError(
                f"{path}: the file is missing. Remedy: start the study again, which makes it again."
            ) from error
        reason = " ".join(str(error).split())
        raise ArtifactError(
            f"{path}: the file cannot be read, as where it was cut short ({reason}). "
            "Remedy: delete it and start the study again, which makes it again."
        ) from error


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
        Where the file cannot be read, or does not hold what the layout says.
    """
    import xarray as xr

    with (
        reading(path),
        xr.open_dataset(path, engine="h5netcdf", decode_timedelta=False) as dataset,
    ):
        loaded = dataset.load()
    layout.check(loaded)
    return loaded


def write_table(table: pd.DataFrame, path: Path | str) -> None:
    """Write a table as CSV without its index."""
    with whole_file(path) as temporary:
        table.to_csv(temporary, index=False)


def read_table(path: Path | str, **options: Any) -> pd.DataFrame:
    """Read a CSV table; names stay text (``dtype`` may be given for the columns that are names).

    Raises
    ------
    ArtifactError
        Where the file cannot be read.
    """
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
    with reading(path):
        table = pd.read_csv(path, keep_default_na=False, na_values=["", "nan"], **options)
    return table.fillna(dict.fromkeys(names, ""))
