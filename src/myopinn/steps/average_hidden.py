"""Mean cycles of measured muscles that were hidden in turn, predicted and recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from myopinn.files.fits import read_answers_without_channels
from myopinn.files.layouts.envelope_curves import ENVELOPE_CURVES
from myopinn.measures.envelope_curves import tabulate_curves
from myopinn.measures.hidden_muscles import join_hidden


def average_hidden(
    *,
    predictions: Sequence[str | Path],
    muscles: Mapping[str, Mapping[str, Sequence[str]]],
    curves: str | Path,
) -> None:
    """Write the mean cycles of hidden muscles.

    Parameters
    ----------
    predictions, muscles
        As :func:`myopinn.steps.compute_hidden_errors.compute_hidden_errors` has them.
    curves : path
        Output, as :func:`myopinn.steps.average_envelopes.average_envelopes` writes it.
    """
    found = read_answers_without_channels(predictions, muscles)
    tables = [(tabulate_curves(answers, {}), hidden) for answers, hidden in found]
    ENVELOPE_CURVES.write(join_hidden(tables), curves)
