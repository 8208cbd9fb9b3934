"""Measured muscles that were hidden in turn, held against their own recorded envelopes.

Every channel is hidden once from every variant, which then answers the muscle under it as it
answers a deep one. What no real recording has, a reference for a muscle without an electrode, each
measured muscle so has of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.evaluation.envelope_curves import COLUMNS, tabulate_curves
from myopinn.evaluation.envelope_errors import tabulate_errors
from myopinn.files.fits import fit_folders
from myopinn.files.tables import write_table
from myopinn.measures.prediction_errors import read_answers

if TYPE_CHECKING:
    import pandas as pd


def compute_hidden_errors(
    *,
    predictions: Sequence[str | Path],
    geometries: Sequence[str | Path],
    task: str,
    coordinates: Mapping[str, str],
    muscles: Mapping[str, Mapping[str, Sequence[str]]],
    rivals: Sequence[str],
    order: Sequence[str],
    errors: str | Path,
    by_condition: str | Path,
) -> None:
    """Write the errors of hidden muscles, one row per subject, variant and muscle.

    Parameters
    ----------
    predictions : sequence of path
        Folders ``<recording>`` with ``<channel>/<variant>/<recording>/<split>`` of the fits from
        which that channel was hidden.
    geometries : sequence of path
        ``<recording>/<subject>/muscle_geometry.nc`` of everybody, which tells agonists.
    coordinates : mapping of recording to coordinate
        The joint of the moment.
    muscles : mapping of recording to channel to muscles
        Over which muscles each channel lies.
    rivals : sequence of str
        Variants against each of which a skill is measured; the same channel was hidden from them.
    order : sequence of str
        In which the variants are listed.
    errors, by_condition : path
        Outputs, as :func:`myopinn.evaluation.envelope_errors.compute_envelope_errors` writes them.

    Raises
    ------
    ConfigError
        Where a rival is not among the variants.
    """
    found = [
        [
            _of(table, hidden)
            for table in tabulate_errors(
                [folder], [], geometries, task, coordinates, rivals, order, {}
            )
        ]
        for folder, hidden in _hidden(predictions, muscles)
    ]
    for tables, path in zip(zip(*found, strict=True), (errors, by_condition), strict=True):
        write_table(_joined(tables), path)


def average_hidden(
    *,
    predictions: Sequence[str | Path],
    muscles: Mapping[str, Mapping[str, Sequence[str]]],
    curves: str | Path,
) -> None:
    """Write the mean cycles of hidden muscles, predicted and recorded.

    Parameters
    ----------
    predictions, muscles
        As :func:`compute_hidden_errors` has them.
    curves : path
        Output, as :func:`myopinn.evaluation.envelope_curves.average_envelopes` writes it.
    """
    tables = [
        _of(tabulate_curves([read_answers(path) for path in fit_folders([folder])], {}), hidden)
        for folder, hidden in _hidden(predictions, muscles)
    ]
    write_table(_joined(tables)[list(COLUMNS)], curves)


def _hidden(
    predictions: Sequence[str | Path], muscles: Mapping[str, Mapping[str, Sequence[str]]]
) -> Iterator[tuple[Path, Sequence[str]]]:
    """Give each channel's folder of fits with the muscles that were hidden from them."""
    for folder in map(Path, predictions):
        for channel, hidden in muscles[folder.name].items():
            yield folder / channel, hidden


def _of(table: pd.DataFrame, hidden: Sequence[str]) -> pd.DataFrame:
    return table[table["target"].isin(list(hidden))]


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
