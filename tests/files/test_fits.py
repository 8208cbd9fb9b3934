"""What fits answered is found wherever it lies, by what the files say of themselves."""

import logging

import numpy as np
import pytest

from myopinn.files.fits import fit_folders, read_answers, read_answers_without_channels
from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import write_netcdf
from myopinn.formats.whole import ArtifactError
from myopinn.records.answers import Answers
from myopinn.records.cells import Cell

CELL = Cell("deep_emg", "nmm", "lab", "unseen_trials")


def write_fits(folder, cell=CELL, subjects=("P1",)):
    """Predictions of a sample each, in folders whose names say nothing."""
    folder.mkdir(parents=True)
    FITS.write({**cell.names(), "told": "motion", "prior": "none"}, folder / FITS_FILE)
    (folder / "runs.csv").touch()
    for k, subject in enumerate(subjects):
        labels = {name: [0] for name, q in PREDICTIONS.coordinates.items() if q.dims == ("sample",)}
        labels |= {"target": ["elbow"], "unit": ["N.m"]}
        data = PREDICTIONS.build(
            {"predicted": np.ones((1, 1)), "reference": np.zeros((1, 1))},
            labels,
            cell.person(subject).names(),
        )
        write_netcdf(data, folder / f"folder_{k}" / "predictions.nc", PREDICTIONS)


def test_answers_are_whose_the_files_say(tmp_path):
    write_fits(tmp_path / "a", subjects=("P2", "P1"))
    other = Cell("deep_emg", "copy", "lab", "unseen_trials")
    write_fits(tmp_path / "b" / "deeper", other, subjects=())
    assert fit_folders([tmp_path]) == [tmp_path / "a", tmp_path / "b" / "deeper"]
    first, second = read_answers([tmp_path / "a", tmp_path / "b"])
    assert isinstance(first, Answers) and first.cell == CELL
    assert set(first.people) == {"P1", "P2"}
    assert (first.told, first.prior) == ("motion", "none")
    assert second.cell == other and second.people == {}


def test_fits_that_tested_nobody_are_told_of(tmp_path, caplog):
    write_fits(tmp_path / "fits", subjects=())
    with caplog.at_level(logging.WARNING):
        read_answers([tmp_path])
    assert f"{tmp_path / 'fits'}: no subject could be tested." in caplog.text


def test_a_file_that_is_no_prediction_is_named(tmp_path):
    write_fits(tmp_path / "fits")
    (tmp_path / "fits" / FITS_FILE).write_text("{}")
    with pytest.raises(ArtifactError, match=r"about\.json.*misses the keys task"):
        read_answers([tmp_path])
    FITS.write({**CELL.names(), "told": "", "prior": ""}, tmp_path / "fits" / FITS_FILE)
    file = tmp_path / "fits" / "folder_0" / "predictions.nc"
    import xarray as xr

    with xr.open_dataset(file, engine="h5netcdf") as data:
        loaded = data.load()
    loaded.drop_vars("predicted").to_netcdf(file, engine="h5netcdf")
    with pytest.raises(ArtifactError, match=r"folder_0/predictions\.nc: .*'predicted' is missing"):
        read_answers([tmp_path])


def test_channels_that_were_hidden_are_read_one_after_the_other(tmp_path):
    """The recording is that of the fits, whatever the folder is called."""
    for channel in ("vas", "ham"):
        write_fits(tmp_path / "anywhere" / channel / "fits")
    muscles = {"lab": {"ham": ["ham"], "vas": ["vas_lat", "vas_med"]}, "other": {}}
    found = list(read_answers_without_channels([tmp_path / "anywhere"], muscles))
    assert [hidden for _, hidden in found] == [["ham"], ["vas_lat", "vas_med"]]
    assert all([own.cell for own in answers] == [CELL] for answers, _ in found)
