"""What became of every trial of a study, and everything that was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.files.layouts.quality import QUALITY
from myopinn.files.layouts.trials import TRIALS
from myopinn.measures.trial_verdicts import judge_trials


def collect_quality(
    *,
    logs: Sequence[str | Path],
    trials: Sequence[Mapping[str, Any]],
    table: str | Path,
    quantities: str | Path,
) -> None:
    """Write the table of trials and the table of everything that was measured.

    Parameters
    ----------
    logs : sequence of path
        ``quality.csv`` files, or the folders that hold them, of all steps and people.
    trials
        See :func:`myopinn.measures.trial_verdicts.judge_trials`.
    table : path
        Output, one row per trial.
    quantities : path
        Output, all rows of all logs in one table.

    Raises
    ------
    ArtifactError
        Where a log lacks a column.
    """
    import pandas as pd

    files = [log / "quality.csv" if log.is_dir() else log for log in map(Path, logs)]
    records = [QUALITY.read(file) for file in files]
    measured = pd.concat(records, ignore_index=True) if records else QUALITY.empty()
    TRIALS.write(judge_trials(trials, measured), table)
    QUALITY.write(measured, quantities)
