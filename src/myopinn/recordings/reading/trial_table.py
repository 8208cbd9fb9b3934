"""A table of trials, for files whose names do not say what they hold."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path

from myopinn.checks.masses import check_body_mass, check_load
from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError
from myopinn.recordings.reading.file_names import ONE_SESSION, check_name
from myopinn.recordings.reading.spreadsheets import read_table_rows
from myopinn.records.trials import Trial

REQUIRED = ("subject", "name", "kind", "file")
_NUMBERS = ("mass_kg", "load_kg", "held_angle_deg")
KINDS = ("static", "dynamic", "mvc")
# A C3D file is a trial as a whole.
_COLUMNS = tuple(f.name for f in fields(Trial) if f.name not in ("start_s", "end_s"))


def read_trial_table(path: Path) -> dict[int, Trial]:
    """Read a CSV table whose columns are the attributes of :class:`myopinn.records.trials.Trial`.

    ``subject``, ``name``, ``kind`` and ``file`` are needed; an empty cell of the others means one
    session, no condition, a mass that the C3D file holds, no load, no joint that is held. How
    spreadsheets save such a table is known to :mod:`myopinn.recordings.reading.spreadsheets`.

    Returns
    -------
    dict of line to trial

    Raises
    ------
    ConfigError
        Naming the table, the row and what is wrong with it.
    """
    columns, rows = read_table_rows(path, "table of trials", needed=REQUIRED, numbers=_NUMBERS)
    _check_columns(path, columns)
    trials = {line: _row(path, line, row) for line, row in rows.items()}
    if not trials:
        raise ConfigError(f"the table of trials '{path}' holds no trial.")
    return trials


def _check_columns(path: Path, columns: list[str]) -> None:
    for column in columns:
        if column not in _COLUMNS:
            raise ConfigError(
                f"{path}: column '{column}' is not known.{meant(column, _COLUMNS)} "
                f"Columns are {', '.join(_COLUMNS)}, separated by commas."
            )
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise ConfigError(f"{path}: column '{missing[0]}' is missing.")


def _row(path: Path, number: int, row: dict[str, str]) -> Trial:
    where = f"{path}, line {number}"
    if None in row or None in row.values():
        raise ConfigError(f"{where}: has not as many cells as there are columns.")
    cells = {key: value.strip() for key, value in row.items()}
    for column in REQUIRED:
        if not cells[column]:
            raise ConfigError(f"{where}: '{column}' is empty.")
    if cells["kind"] not in KINDS:
        raise ConfigError(f"{where}: kind is '{cells['kind']}', allowed are {', '.join(KINDS)}.")
    session = cells.get("session") or ONE_SESSION
    remedy = "write another name into the table; the file keeps its own."
    for what, name in (
        ("subject", cells["subject"]),
        ("session", session),
        ("trial", cells["name"]),
    ):
        check_name(name, what, where, remedy)
    mass = _number(where, "mass_kg", cells.get("mass_kg", ""), "kg")
    load = _number(where, "load_kg", cells.get("load_kg") or "0", "kg")
    return Trial(
        subject=cells["subject"],
        session=session,
        name=cells["name"],
        kind=cells["kind"],
        condition=cells.get("condition", ""),
        file=cells["file"],
        mass_kg=mass if math.isnan(mass) else check_body_mass(mass, f"{where}: mass_kg"),
        load_kg=check_load(load, f"{where}: load_kg"),
        held_angle_deg=_number(where, "held_angle_deg", cells.get("held_angle_deg", ""), "deg"),
    )


def _number(where: str, column: str, cell: str, unit: str) -> float:
    """Read a cell, NaN where it is empty."""
    if not cell:
        return float("nan")
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not math.isfinite(value):
        raise ConfigError(
            f"{where}: {column} is '{cell}', expected a number in {unit}, or nothing where it is "
            "not known."
        )
    return value
