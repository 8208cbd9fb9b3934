"""Errors of measured muscles that were hidden in turn, against their own recorded envelopes.

Every channel is hidden once from every variant, which then answers the muscle under it as it
answers a deep one. What no real recording has, a reference for a muscle without an electrode, each
measured muscle so has of itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from myopinn.dataset.agonists import agonists_by_person
from myopinn.files.fits import read_answers_without_channels
from myopinn.files.layouts.envelope_errors import BY_CONDITION, ENVELOPE_ERRORS
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.netcdf import read_by_person
from myopinn.measures.envelope_errors import tabulate_envelope_errors
from myopinn.measures.hidden_muscles import join_hidden


def compute_hidden_errors(
    *,
    predictions: Sequence[str | Path],
    geometries: Sequence[str | Path],
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
        Folders with ``<channel>`` each, which hold the fits from which that channel was hidden.
    geometries : sequence of path
        Muscle geometry of everybody, which tells agonists.
    coordinates : mapping of recording to coordinate
        The joint of the moment.
    muscles : mapping of recording to channel to muscles
        Over which muscles each channel lies.
    rivals : sequence of str
        Variants against each of which a skill is measured; the same channel was hidden from them.
    order : sequence of str
        In which the variants are listed.
    errors, by_condition : path
        Outputs, as :func:`myopinn.steps.compute_envelope_errors.compute_envelope_errors` writes
        them.

    Raises
    ------
    ConfigError
        Where a rival is not among the variants.
    """
    agonists = agonists_by_person(read_by_person(geometries, GEOMETRY), coordinates)
    found = [
        (tabulate_envelope_errors(answers, {}, agonists, rivals, order), hidden)
        for answers, hidden in read_answers_without_channels(predictions, muscles)
    ]
    ENVELOPE_ERRORS.write(join_hidden((whole, hidden) for (whole, _), hidden in found), errors)
    BY_CONDITION.write(join_hidden((each, hidden) for (_, each), hidden in found), by_condition)
