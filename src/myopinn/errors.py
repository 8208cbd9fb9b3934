"""What goes wrong, said so that the person at the recording can mend it."""

from __future__ import annotations

from pathlib import Path


class MyopinnError(Exception):
    """Base of every error that the package raises on purpose."""


class ConfigError(MyopinnError):
    """The configuration says something that cannot be done."""


class ChecksumError(MyopinnError):
    """A fetched file is not the file that the project lists."""


class TrialError(MyopinnError):
    """A trial (or what a whole person's trials need) cannot be used.

    Parameters
    ----------
    reason : str
        What is wrong, naming the thing (marker, channel, coordinate, plate).
    remedy : str
        What the user can do about it.
    file : path or str
        The file in which it was seen; empty where no file is concerned.
    trial : str
        The trial; filled in by :class:`myopinn.records.quality.QualityLog` where left empty.
    """

    def __init__(
        self, reason: str, *, remedy: str = "", file: Path | str = "", trial: str = ""
    ) -> None:
        self.reason = reason
        self.remedy = remedy
        self.file = str(file)
        self.trial = trial
        super().__init__(reason)

    def __str__(self) -> str:
        """Return trial, file, reason and remedy as one line."""
        where = ": ".join(part for part in (self.trial, self.file) if part)
        text = f"{where}: {self.reason}" if where else self.reason
        return f"{text} Remedy: {self.remedy}" if self.remedy else text
