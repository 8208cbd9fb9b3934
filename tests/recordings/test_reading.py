"""What laboratories share in reading: names of files, tables of spreadsheets, links."""

from pathlib import Path

import pytest

from myopinn.errors import ConfigError
from myopinn.recordings.reading.file_names import check_name, match_fields, match_files
from myopinn.recordings.reading.links import link_file
from myopinn.recordings.reading.spreadsheets import read_table_rows


def lay(folder, *files):
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(file)


def test_fields_are_read_off_names_and_the_first_pattern_that_fits_counts(tmp_path):
    lay(tmp_path, "P01/day1/walk_slow.c3d", "P01/day1/static.c3d", "P02/day1/._walk_slow.c3d")
    patterns = ["{subject}/{session}/{trial}_{condition}.c3d", "{subject}/{session}/*.c3d"]
    found = match_files(tmp_path, patterns)
    # A Mac's hidden twin is no trial; a trial is named as its file, after its session.
    assert [(t.subject, t.session, t.name, t.condition) for t in found] == [
        ("P01", "day1", "day1_static", ""),
        ("P01", "day1", "day1_walk_slow", "slow"),
    ]


def test_a_field_named_twice_is_the_same_text(tmp_path):
    lay(tmp_path, "P01/P01_walk.c3d", "P02/P01_walk.c3d")
    found = match_fields(tmp_path, "{subject}/{subject}_{trial}.c3d")
    assert found == {"P01/P01_walk.c3d": {"subject": "P01", "trial": "walk"}}


def test_signs_that_patterns_of_the_shell_know_are_letters(tmp_path):
    lay(tmp_path, "P[1]/walk?.c3d", "P1/walk1.c3d")
    assert list(match_fields(tmp_path, "{subject}/walk?.c3d")) == ["P[1]/walk?.c3d"]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("/{subject}.c3d", "start below 'folder'"),
        ("{person}/walk.c3d", "'{person}' is not a field"),
        ("{trial}.c3d", "the field {subject} is missing"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(tmp_path, pattern, said):
    with pytest.raises(ConfigError) as refused:
        match_fields(tmp_path, pattern)
    assert said in str(refused.value)


def test_a_trial_cannot_have_the_name_of_a_file_that_lies_beside_its_own():
    check_name("walk", "trial", "here")
    for name, what in (("quality.csv", "trial"), ("scaled", "session"), ("a/b", "subject")):
        with pytest.raises(ConfigError, match=r"here: the .*Remedy"):
            check_name(name, what, "here")


def rows(tmp_path, raw):
    path = tmp_path / "trials.csv"
    path.write_bytes(raw)
    return read_table_rows(path, "table of trials", needed=("name",), numbers=("mass_kg",))


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_reads_alike_however_a_spreadsheet_saved_it(tmp_path, sign, encoding):
    text = sign.join(("name", "mass_kg")) + "\r\n" + sign.join(("Jürgen", "71.5")) + "\r\n"
    columns, found = rows(tmp_path, text.encode(encoding))
    assert columns == ["name", "mass_kg"]
    assert found == {2: {"name": "Jürgen", "mass_kg": "71.5"}}


def test_a_comma_is_decimal_where_it_can_be_nothing_else(tmp_path):
    assert rows(tmp_path, b"name;mass_kg\na;1,250\n")[1][2]["mass_kg"] == "1.250"
    assert rows(tmp_path, b'name,mass_kg\na,"71,5"\n')[1][2]["mass_kg"] == "71.5"
    with pytest.raises(ConfigError, match=r"line 2: mass_kg is '1,250'.*Remedy"):
        rows(tmp_path, b'name,mass_kg\na,"1,250"\n')
    with pytest.raises(ConfigError, match="workbook"):
        rows(tmp_path, b"PK\x03\x04\0\0")


@pytest.mark.parametrize("links", [True, False])
def test_a_file_is_linked_or_copied_where_there_are_no_links(tmp_path, monkeypatch, links):
    def refuse(*_):
        raise OSError("no links here")

    lay(tmp_path, "own/walk.c3d")
    if not links:
        monkeypatch.setattr(Path, "symlink_to", refuse)
    link = tmp_path / "study" / "P01" / "walk.c3d"
    link_file(tmp_path / "own/walk.c3d", link)
    assert link.is_symlink() == links
    assert link.read_text() == "own/walk.c3d"
