"""What a file of a fit says of itself, and documents that lack a key."""

import json

import pytest
import xarray as xr

from myopinn.files.documents import Document
from myopinn.files.netcdf import Layout, read_netcdf, write_netcdf
from myopinn.formats.whole import ArtifactError
from myopinn.records.cells import Cell

CELL = Cell("muscle_force", "cnn", "walk", "within_session")
NOTE = Document("note", {"text": "what is noted", "by": "who noted it"})


def test_a_cell_comes_back_from_what_it_wrote_beside_other_attributes():
    assert Cell.of({**CELL.names(), "title": "x"}) == CELL
    person = CELL.person("P01")
    assert Cell.of(person.names()) == person
    assert "subject" not in CELL.names() and person.names()["subject"] == "P01"


def test_a_dataset_that_does_not_say_whose_it_is_is_refused(tmp_path):
    layout = Layout("answers", {}, {}, {"variant": "entry", "subject": "person"})
    named = xr.Dataset(attrs={"variant": "cnn", "subject": "P01"})
    write_netcdf(named, tmp_path / "a.nc", layout)
    assert read_netcdf(tmp_path / "a.nc", layout).attrs["subject"] == "P01"
    with pytest.raises(ArtifactError, match="answers: misses the attributes subject"):
        write_netcdf(xr.Dataset(attrs={"variant": "cnn"}), tmp_path / "b.nc", layout)


def test_a_document_is_written_and_read_whole(tmp_path):
    NOTE.write({"text": "µ", "by": "me"}, tmp_path / "note.json")
    assert NOTE.read(tmp_path / "note.json") == {"text": "µ", "by": "me"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"text": "x"}, r"note\.json: note misses the keys by"),
        ({"text": "x", "by": "me", "bye": 1}, r"note\.json: note has the unknown keys bye"),
    ],
)
def test_a_document_with_other_keys_is_refused_by_name(tmp_path, content, message):
    file = tmp_path / "note.json"
    file.write_text(json.dumps(content))
    with pytest.raises(ArtifactError, match=message):
        NOTE.read(file)
    file.write_text(json.dumps(content)[:5])
    with pytest.raises(ArtifactError, match=r"note\.json: the file cannot be read"):
        NOTE.read(file)
