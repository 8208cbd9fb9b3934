"""Compare the entries of a task over subjects: means, differences, intervals and tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myopinn.files.layouts.comparison import COMPARISON
from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.measures.comparison import compare_entries


def compare_variants(
    *, errors: str | Path, settings: Mapping[str, Any], comparison: str | Path
) -> None:
    """Write what can be said about the differences between the entries of a task.

    Parameters
    ----------
    errors : path
        Table of errors.
    settings : mapping
        See :func:`myopinn.measures.comparison.compare_entries`.
    comparison : path
        Output table.

    Raises
    ------
    ConfigError
        Where alpha or the number of samples cannot be used.
    """
    import pandas as pd

    rows = compare_entries(ANY_ERRORS.read(errors), settings)
    COMPARISON.write(pd.DataFrame(rows, columns=list(COMPARISON.columns)), comparison)
