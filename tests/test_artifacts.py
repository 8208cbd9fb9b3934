"""Files of the flow appear whole or not at all, and a broken one is named with what to do."""

import pandas as pd
import pytest
import xarray as xr

from myopinn.files.netcdf import Layout, Quantity, read_netcdf, write_netcdf
from myopinn.files.tables import NUMBER, TEXT, Column, Table
from myopinn.formats.whole import UNFINISHED, ArtifactError, whole_directory, whole_file

LAYOUT = Layout("angles", {"angle": Quantity(("time",), "deg", "angle")}, {})
TABLE = Table("errors", {"variant": Column(TEXT, "entry"), "rms": Column(NUMBER, "error")})
REMEDY = "start the study again, which makes it again"


@pytest.fixture
def files(tmp_path):
    """A table and an array, each with the function that reads it."""
    table, array = tmp_path / "errors.csv", tmp_path / "angles.nc"
    TABLE.write(pd.DataFrame({"variant": ["cnn"], "rms": [1.5]}), table)
    angles = xr.DataArray([0.5] * 1000, dims="time", attrs={"units": "deg"})
    write_netcdf(xr.Dataset({"angle": angles}), array, LAYOUT)
    return {table: TABLE.read, array: lambda path: read_netcdf(path, LAYOUT)}


@pytest.mark.parametrize("kept", [0, 0.5])
def test_a_file_that_was_cut_short_is_named_with_the_remedy(files, kept):
    for file, read in files.items():
        read(file)
        whole = file.read_bytes()
        # Half a table is a table; half a letter of it is none.
        half = b"variant,rms\n\xc3" if kept and file.suffix == ".csv" else whole[: len(whole) // 2]
        file.write_bytes(half if kept else b"")
        with pytest.raises(ArtifactError) as raised:
            read(file)
        assert str(file) in str(raised.value)
        assert f"delete it and {REMEDY}" in str(raised.value)
        assert "\n" not in str(raised.value)


def test_a_missing_file_is_named_with_the_remedy(files):
    for file, read in files.items():
        file.unlink()
        with pytest.raises(ArtifactError, match=f"{file.name}: the file is missing.*{REMEDY}"):
            read(file)


@pytest.mark.parametrize("whole", [whole_file, whole_directory])
def test_what_is_unfinished_is_named_so_and_goes_when_writing_fails(tmp_path, whole):
    with pytest.raises(OSError, match="disk is full"), whole(tmp_path / "P01.nc") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(UNFINISHED)
        raise OSError("disk is full")
    assert list(tmp_path.iterdir()) == []
