"""Fetching a person's recordings into the study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.files.layouts.quality import write_quality
from myopinn.formats.whole import whole_directory
from myopinn.recordings import MeasuringLaboratory, laboratory
from myopinn.records.quality import QualityLog


def fetch_recordings(
    *,
    recording: str,
    subject: str,
    settings: Mapping[str, Any],
    recordings: Path | str,
    sources: Sequence[str] = (),
) -> None:
    """Put a person's recordings in place, as their laboratory does.

    Parameters
    ----------
    recording, subject : str
        Laboratory's entry and person, for the quality record.
    settings : mapping
        The laboratory's slice of the configuration.
    recordings : path
        Folder to write, with a ``quality.csv``.
    sources : sequence of str
        A user's own files, inputs of the rule only so that a replaced file is noticed.
    """
    source = laboratory(settings["name"])
    assert isinstance(source, MeasuringLaboratory)
    log = QualityLog(recording, subject, "fetch_recordings")
    with whole_directory(recordings) as folder:
        source.fetch_recordings(settings=settings, subject=subject, recordings=folder, log=log)
        write_quality(log, folder / "quality.csv")
