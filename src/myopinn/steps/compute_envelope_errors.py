"""Errors of predicted envelopes and moments of every variant, one row per subject and target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from myopinn.dataset.agonists import agonists_by_person
from myopinn.files.fits import read_answers
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.envelope_errors import BY_CONDITION, ENVELOPE_ERRORS
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.netcdf import read_by_person
from myopinn.measures.envelope_errors import tabulate_envelope_errors


def compute_envelope_errors(
    *,
    predictions: Sequence[str | Path],
    revealed: Sequence[str | Path],
    geometries: Sequence[str | Path],
    coordinates: Mapping[str, str],
    rivals: Sequence[str],
    order: Sequence[str],
    errors: str | Path,
    by_condition: str | Path,
    truth_shown: Mapping[str, str] | None = None,
) -> None:
    """Write the errors of all variants of a task.

    Parameters
    ----------
    predictions : sequence of path
        Folders that hold fits, each with ``<subject>/predictions.nc`` and what it says of itself.
    revealed : sequence of path
        Datasets of virtual people with what electrodes over deep muscles would have recorded.
    geometries : sequence of path
        Muscle geometry of everybody, which tells agonists.
    coordinates : mapping of recording to coordinate
        The joint of the moment.
    rivals, order, truth_shown
        See :func:`myopinn.measures.envelope_errors.tabulate_envelope_errors`.
    errors, by_condition : path
        Outputs: over all conditions of the tested trials, and for each of them.

    Raises
    ------
    ConfigError
        Where a rival is not among the variants.
    """
    whole, of_each = tabulate_envelope_errors(
        read_answers(predictions),
        read_by_person(revealed, DATASET),
        agonists_by_person(read_by_person(geometries, GEOMETRY), coordinates),
        rivals,
        order,
        truth_shown,
    )
    ENVELOPE_ERRORS.write(whole, errors)
    BY_CONDITION.write(of_each, by_condition)
