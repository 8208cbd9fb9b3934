"""The quality record that every step on the trials of a person writes beside its outputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.files.tables import NUMBER, TEXT, TRUE_FALSE, Column, Table

if TYPE_CHECKING:
    from myopinn.records.quality import QualityLog

QUALITY = Table(
    "quality record of a step",
    {
        "recording": Column(TEXT, "laboratory's entry in the configuration"),
        "subject": Column(TEXT, "person"),
        "session": Column(TEXT, "session of the trial; empty where the row is of the person"),
        "trial": Column(TEXT, "trial, or what else was measured, such as the model"),
        "step": Column(TEXT, "rule of the workflow"),
        "quantity": Column(TEXT, "what was measured"),
        "value": Column(NUMBER, "what it is, in the unit of the row"),
        "unit": Column(TEXT, "unit of the value"),
        "bound": Column(TEXT, "what the value was held to; empty where to nothing"),
        "accepted": Column(TRUE_FALSE, "whether the trial goes on"),
        "reason": Column(TEXT, "why not, and the remedy; or what a reader must know"),
    },
)


def write_quality(log: QualityLog, path: Path | str) -> None:
    """Write the record of a step that has ended.

    Raises
    ------
    Exception
        As :meth:`myopinn.records.quality.QualityLog.finished`.
    """
    QUALITY.write_rows(log.finished(), path)
