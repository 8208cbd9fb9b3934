"""A table of trials reads the same however a spreadsheet saved it, or says how to save it."""

import pytest

from myopinn.errors import ConfigError
from myopinn.recordings.reading.trial_table import read_trial_table
from myopinn.records.trials import Trial

ROWS = [
    ["subject", "name", "kind", "file", "mass_kg", "load_kg"],
    ["P01", "walk", "dynamic", "P01/š–é.c3d", "72.5", "1.250"],
]
READ = [Trial("P01", "session_1", "walk", "dynamic", "", "P01/š–é.c3d", 72.5, 1.25)]


def _saved(path, *, sign=",", encoding="utf-8", decimal=".", newline="\n"):
    cells = [
        [cell.replace(".", decimal) if cell[0].isdigit() else cell for cell in r] for r in ROWS
    ]
    text = newline.join(sign.join(row) for row in cells) + newline
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("saved", "program"),
    [
        ({}, "plain"),
        ({"encoding": "utf-8-sig", "newline": "\r\n"}, "CSV UTF-8 of Excel"),
        ({"encoding": "utf-8-sig", "sign": ";", "decimal": ","}, "the same in German"),
        ({"encoding": "cp1252", "sign": ";", "decimal": ",", "newline": "\r\n"}, "CSV of Excel"),
        ({"encoding": "utf-16", "sign": "\t", "newline": "\r\n"}, "Unicode text of Excel"),
        ({"encoding": "utf-16"}, "CSV of LibreOffice in UTF-16"),
        ({"newline": "\r"}, "CSV of an old Mac"),
    ],
)
def test_a_table_reads_the_same_however_it_was_saved(tmp_path, saved, program):
    trials = read_trial_table(_saved(tmp_path / "trials.csv", **saved))
    # A Trial without a held angle holds NaN, which equals nothing.
    assert [repr(t) for t in trials.values()] == [repr(t) for t in READ], program
    assert list(trials) == list(range(2, 2 + len(READ)))


def test_a_comma_that_may_part_thousands_is_refused(tmp_path):
    file = _saved(tmp_path / "trials.csv", encoding="utf-16", sign="\t", decimal=",")
    with pytest.raises(
        ConfigError, match=r"trials\.csv, line 2: load_kg is '1,250'.*decimal point"
    ):
        read_trial_table(file)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04\x14\x00\x06\x00" + bytes(64),
        "subject,name,kind,file\n".encode("utf-16-le"),
        "subject".encode("utf-16")[:-1],
    ],
    ids=["workbook", "UTF-16 without a mark", "cut short"],
)
def test_what_is_no_text_says_what_to_save_it_as(tmp_path, content):
    file = tmp_path / "trials.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"table of trials '.*trials\.csv'.*'CSV UTF-8'"):
        read_trial_table(file)
