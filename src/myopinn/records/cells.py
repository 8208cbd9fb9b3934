"""Whose answer it is: what a file of a fit says of itself, wherever the file lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace


@dataclass(frozen=True)
class Cell:
    """The cell of a study that an answer belongs to.

    Attributes
    ----------
    task : str
    variant : str
        The entry, or the level of a question, that was fitted.
    recording : str
    split : str
    subject : str
        Who was tested; empty where it is about everybody.
    """

    task: str
    variant: str
    recording: str
    split: str
    subject: str = ""

    @classmethod
    def of(cls, written: Mapping[str, object]) -> Cell:
        """Read a cell from attributes of a dataset or keys of a document; others may stand there.

        What a layout demands is there once the file is read.
        """
        return cls(**{f.name: str(written[f.name]) for f in fields(cls) if f.name in written})

    def names(self) -> dict[str, str]:
        """Give the names to be written; the subject only where the cell is of one."""
        return {key: value for key, value in asdict(self).items() if value or key != "subject"}

    def person(self, subject: str) -> Cell:
        """Return the cell of one person."""
        return replace(self, subject=subject)
