"""Arrays as NetCDF: named dimensions, a unit per variable, held to a layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.formats.whole import ArtifactError, reading, whole_file

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Quantity:
    """A variable of a NetCDF file: its dimensions in order, unit and meaning.

    ``or_units`` are units that it may have instead, as a file's own attribute says. A file may be
    without one that is ``optional``.
    """

    dims: tuple[str, ...]
    units: str
    meaning: str
    or_units: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Layout:
    """The variables that a NetCDF file must hold, and the coordinates that label its dimensions.

    ``attributes`` are those of the file itself that it must have, such as whose it is; of each what
    it means.
    """

    name: str
    variables: Mapping[str, Quantity]
    coordinates: Mapping[str, Quantity]
    attributes: Mapping[str, str] = field(default_factory=dict)

    def check(self, dataset: xr.Dataset) -> None:
        """Hold a dataset to this layout.

        Raises
        ------
        ArtifactError
            Naming the variable that is missing, has other dimensions or another unit, and the
            attributes that are missing.
        """
        unsaid = [name for name in self.attributes if name not in dataset.attrs]
        if unsaid:
            raise ArtifactError(f"{self.name}: misses the attributes {', '.join(unsaid)}.")
        for wanted, where in (
            (self.variables, dataset.data_vars),
            (self.coordinates, dataset.coords),
        ):
            for key, quantity in wanted.items():
                if key not in where:
                    if quantity.optional:
                        continue
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
            missing = {key for key, q in wanted.items() if not q.optional} - set(values)
            if missing:
                raise ArtifactError(f"{self.name}: no values for {sorted(missing)}.")
            return {
                key: (
                    q.dims,
                    values[key],
                    {"units": (units or {}).get(key, q.units), "long_name": q.meaning},
                )
                for key, q in wanted.items()
                if key in values
            }

        dataset = xr.Dataset(
            labelled(variables, self.variables),
            coords=labelled(coordinates, self.coordinates),
            attrs=dict(attributes or {}),
        )
        self.check(dataset)
        return dataset


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


def read_by_person(
    paths: Iterable[Path | str], layout: Layout
) -> dict[tuple[str, str], xr.Dataset]:
    """Read files of one person each, by the recording and subject that they say they are of."""
    read = [read_netcdf(path, layout) for path in paths]
    return {(str(data.attrs["recording"]), str(data.attrs["subject"])): data for data in read}
