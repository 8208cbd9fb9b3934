"""Simulating a virtual person, whose truth is kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myopinn.files.layouts.quality import write_quality
from myopinn.formats.whole import whole_directory
from myopinn.recordings import SimulatingLaboratory, laboratory
from myopinn.records.quality import QualityLog


def simulate_person(
    *,
    recording: str,
    subject: str,
    settings: Mapping[str, Any],
    seed: int,
    recordings: Path | str,
    truth: Path | str,
) -> None:
    """Simulate and record one person, as their laboratory does.

    Parameters
    ----------
    recording, subject : str
        Laboratory's entry and person, for the quality record.
    settings : mapping
        The laboratory's slice of the configuration.
    recordings : path
        Folder to write: a C3D file per trial, quality.csv.
    truth : path
        Folder to write: <trial>.nc per trial and model.osim, for the evaluation alone.

    Raises
    ------
    ConfigError
        Where there is no such person.
    """
    source = laboratory(settings["name"])
    assert isinstance(source, SimulatingLaboratory)
    log = QualityLog(recording, subject, "simulate_person")
    with whole_directory(recordings) as files, whole_directory(truth) as hidden:
        source.simulate_person(
            settings=settings, subject=subject, seed=seed, recordings=files, truth=hidden, log=log
        )
        write_quality(log, files / "quality.csv")
