"""Tables as CSV, each held to a layout that names its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.formats.whole import ArtifactError, reading, whole_file

if TYPE_CHECKING:
    import pandas as pd

# Kinds of columns. Text stays text: levels of a question stand for variants and may be numbers,
# which must not become 4.0. A number may be missing; a whole number and a truth may not.
TEXT, NUMBER, WHOLE, TRUE_FALSE = "text", "number", "whole number", "true or false"
# Numbers or text, whichever all of a column are.
ANY = "number or text"


@dataclass(frozen=True)
class Column:
    """A column of a table: its kind, its unit where it has one, and its meaning.

    ``optional`` is one that the table may lack, or hold for some of its rows alone.
    """

    kind: str
    meaning: str
    units: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """The columns that a table holds, in order.

    Attributes
    ----------
    name : str
        What the table is, for messages and the docs.
    columns : mapping of str to Column
        A name with a part in angle brackets, such as ``skill_<rival>``, stands for any number of
        columns, which differ in that part.
    """

    name: str
    columns: Mapping[str, Column]

    def check(self, table: pd.DataFrame, path: Path | str = "") -> None:
        """Hold a table to this layout.

        Raises
        ------
        ArtifactError
            Naming the columns that are missing and those that nobody knows.
        """
        where = f"{path}: {self.name}" if path else self.name
        missing = [
            name
            for name, column in self.columns.items()
            if not column.optional and "<" not in name and name not in table.columns
        ]
        known = self._columns_of(table)
        strange = [str(name) for name in table.columns if name not in known]
        for what, names in (("misses the columns", missing), ("has the unknown columns", strange)):
            if names:
                raise ArtifactError(f"{where} {what} {', '.join(names)}.")

    def write(self, table: pd.DataFrame, path: Path | str) -> None:
        """Write a table, its columns in this layout's order, without its index.

        Raises
        ------
        ArtifactError
            Where the table does not hold what the layout says.
        """
        self.check(table)
        with whole_file(path) as temporary:
            table[list(self._columns_of(table))].to_csv(temporary, index=False)

    def write_rows(self, rows: Sequence[Mapping[str, Any]], path: Path | str) -> None:
        """Write a table by its rows; without any it has its columns alone."""
        import pandas as pd

        self.write(pd.DataFrame(rows) if rows else self.empty(), path)

    def read(self, path: Path | str) -> pd.DataFrame:
        """Read a table; text that is missing is empty, a number that is missing is NaN.

        Raises
        ------
        ArtifactError
            Where the file cannot be read, or does not hold what the layout says.
        """
        import pandas as pd

        kinds: dict[str, Any] = {TEXT: str, NUMBER: float, WHOLE: int, TRUE_FALSE: bool}
        with reading(path):
            head = pd.read_csv(path, nrows=0)
        self.check(head, path)
        columns = self._columns_of(head)
        types = {n: kinds[column.kind] for n, column in columns.items() if column.kind != ANY}
        with reading(path):
            table = pd.read_csv(path, keep_default_na=False, na_values=["", "nan"], dtype=types)
        texts = [name for name, column in columns.items() if column.kind == TEXT]
        return table.fillna(dict.fromkeys(texts, ""))

    def _columns_of(self, table: pd.DataFrame) -> dict[str, Column]:
        """Give the columns of a table that this layout knows, in its order."""
        names = [str(name) for name in table.columns]
        found: dict[str, Column] = {}
        for key, column in self.columns.items():
            if "<" not in key:
                own = [key] if key in names else []
            else:
                pattern = re.sub("<[^>]*>", ".+", re.escape(key))
                further = [n for n in names if n not in self.columns and n not in found]
                own = [name for name in further if re.fullmatch(pattern, name)]
            found |= dict.fromkeys(own, column)
        return found

    def empty(self) -> pd.DataFrame:
        """Make a table of this layout without a row."""
        import pandas as pd

        return pd.DataFrame(columns=[name for name in self.columns if "<" not in name])
