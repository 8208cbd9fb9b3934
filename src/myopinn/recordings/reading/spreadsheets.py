"""Tables as spreadsheets save them: in several encodings, parted by commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection
from pathlib import Path

from myopinn.errors import ConfigError
from myopinn.formats.encodings import decoded

_SAVE_AS = "Remedy: save it from the spreadsheet as 'CSV UTF-8'."
# Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


def read_table_rows(
    path: Path, what: str, *, needed: Collection[str], numbers: Collection[str]
) -> tuple[list[str], dict[int, dict[str, str]]]:
    """Read a table with a line of column names, in whatever way a spreadsheet saved it.

    A byte-order mark tells the encoding; without one it is UTF-8 or, where it is not that, the
    Windows code page of the West. The columns are parted by the sign that gives all needed ones.

    Parameters
    ----------
    what : str
        What the table is, such as ``table of trials``, for messages.
    needed : collection of str
        Columns without which it is no such table.
    numbers : collection of str
        Columns of numbers; a decimal comma in them becomes a point. Where semicolons part the
        columns a comma is decimal; elsewhere one before three digits may part thousands.

    Returns
    -------
    columns : list of str
    rows : dict of line to dict of column to cell
        Each as :class:`csv.DictReader` gives it, by the line of the file on which it ends.

    Raises
    ------
    ConfigError
        Where the table cannot be read, is no text, or holds a number that can be read in two ways.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the {what} '{path}' cannot be read as seen from {Path.cwd()} ({error})."
        ) from error
    text = _text(raw, f"the {what} '{path}'")
    sign = _sign(text, needed)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=sign)
    try:
        columns = list(reader.fieldnames or [])
        rows: dict[int, dict[str, str]] = {}
        for row in reader:
            rows[reader.line_num] = row
    except csv.Error as error:
        raise ConfigError(f"the {what} '{path}' is no table ({error}). {_SAVE_AS}") from error
    for line, row in rows.items():
        for column in numbers:
            cell = (row.get(column) or "").strip()
            if not _DECIMAL_COMMA.fullmatch(cell):
                continue
            if sign != ";" and _THOUSANDS.fullmatch(cell):
                raise ConfigError(
                    f"{path}, line {line}: {column} is '{cell}', whose comma may be decimal or "
                    "part thousands. Remedy: write it with a decimal point."
                )
            row[column] = cell.replace(",", ".")
    return columns, rows


def _text(raw: bytes, what: str) -> str:
    """Decode a table by its mark; refuse what is no text, such as a workbook."""
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    try:
        text = raw.decode(encoding) if encoding else decoded(raw)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{what} is cut short or damaged ({error}). {_SAVE_AS}") from error
    if "\0" in text:
        raise ConfigError(
            f"{what} is no text that can be read: it is a workbook, or in UTF-16 without a mark. "
            f"{_SAVE_AS}"
        )
    return text


def _sign(text: str, needed: Collection[str]) -> str:
    """Give the sign that parts the columns: the one that gives all needed ones, else a comma."""
    header = re.split(r"[\r\n]", text, maxsplit=1)[0]
    for sign in ",;\t":
        if set(needed) <= set(next(csv.reader([header], delimiter=sign), [])):
            return sign
    return ","
