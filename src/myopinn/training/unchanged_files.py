"""Files that several fits of one process read, read once for as long as they stay the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.files.netcdf import Layout, read_netcdf

if TYPE_CHECKING:
    import xarray as xr

# Of each file and layout: when it was written, its size, and what it held.
_read: dict[tuple[Path, str], tuple[tuple[int, int], xr.Dataset]] = {}


def read_unchanged(path: Path | str, layout: Layout) -> xr.Dataset:
    """Read a dataset as :func:`myopinn.files.netcdf.read_netcdf`, or give what was read before.

    The values are those that every other caller gets, so nobody may change them.

    Raises
    ------
    ArtifactError
        Where the file does not hold what the layout says.
    """
    file = Path(path).absolute()
    found = file.stat()
    state = found.st_mtime_ns, found.st_size
    before = _read.get((file, layout.name))
    if before is None or before[0] != state:
        before = _read[file, layout.name] = state, read_netcdf(file, layout)
    return before[1].copy(deep=False)
