"""A file is read once, and again once it is another."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from myopinn.files.netcdf import Layout, Quantity, write_netcdf
from myopinn.formats.whole import ArtifactError
from myopinn.training.unchanged_files import read_unchanged

LAYOUT = Layout("heights", {"height_m": Quantity(("person",), "m", "height")}, {})


def write(file: Path, *heights: float) -> None:
    attributes = {"units": "m", "long_name": "height"}
    values = xr.Variable(("person",), np.array(heights), attributes)
    write_netcdf(xr.Dataset({"height_m": values}), file, LAYOUT)


def test_a_file_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "people.nc"
    write(file, 1.7)
    first = read_unchanged(file, LAYOUT)
    assert read_unchanged(file, LAYOUT)["height_m"].values is first["height_m"].values
    write(file, 1.8)
    # File systems that count whole seconds would not tell the two apart.
    os.utime(file, ns=(0, 0))
    assert read_unchanged(file, LAYOUT)["height_m"].values == [1.8]
    assert first["height_m"].values == [1.7]


def test_variables_added_by_one_caller_are_not_seen_by_another(tmp_path: Path) -> None:
    file = tmp_path / "people.nc"
    write(file, 1.7)
    read_unchanged(file, LAYOUT)["weight_kg"] = xr.Variable(("person",), [70.0])
    assert set(read_unchanged(file, LAYOUT)) == {"height_m"}


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "people.nc"
    write(file, 1.7)
    other = Layout("weights", {"weight_kg": Quantity(("person",), "kg", "weight")}, {})
    with pytest.raises(ArtifactError, match="weights: variable 'weight_kg' is missing"):
        read_unchanged(file, other)
