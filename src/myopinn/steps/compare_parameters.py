"""Identified parameters of people against the true ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from myopinn.files.fits import fit_folders
from myopinn.files.layouts.compared_parameters import COMPARED_PARAMETERS
from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.layouts.identified_parameters import IDENTIFIED_PARAMETERS
from myopinn.files.layouts.truth import first_truths
from myopinn.files.netcdf import read_by_person
from myopinn.measures.identified_parameters import judge_parameter
from myopinn.records.cells import Cell

# Attributes of the truth for parameters that no model file holds.
IN_TRUTH = {
    "activation_time_constant": "activation_s",
    "deactivation_time_constant": "deactivation_s",
    "electromechanical_delay": "electromechanical_delay_s",
}


def compare_parameters(
    *,
    predictions: Sequence[str | Path],
    true_geometries: Sequence[str | Path],
    truth: Sequence[str | Path],
    parameters: str | Path,
) -> None:
    """Write each identified parameter beside the true and the generic one.

    Parameters
    ----------
    predictions : sequence of path
        Folders that hold fits, with ``parameters.csv`` in each.
    true_geometries : sequence of path
        Muscle geometries fitted to the true models.
    truth : sequence of path
        Folders of the people's truth.
    parameters : path
        Output table.
    """
    import pandas as pd

    known = _true_values(true_geometries, truth)
    rows: list[dict[str, Any]] = []
    for folder in fit_folders(predictions):
        cell = Cell.of(FITS.read(folder / FITS_FILE))
        table = IDENTIFIED_PARAMETERS.read(folder / "parameters.csv")
        keys = ["subject", "muscle", "parameter", "unit"]
        for key, own in table.groupby(keys, sort=False):
            subject, muscle, parameter, unit = map(str, key)
            names = {"muscle": muscle, "parameter": parameter, "unit": unit}
            true = known.get((cell.recording, subject), {}).get((muscle, parameter))
            rows.append({**cell.person(subject).names(), **names, **judge_parameter(own, true)})
    columns = list(COMPARED_PARAMETERS.columns)
    COMPARED_PARAMETERS.write(pd.DataFrame(rows, columns=columns), parameters)


def _true_values(
    geometries: Sequence[str | Path], truth: Sequence[str | Path]
) -> dict[tuple[str, str], dict[tuple[str, str], float]]:
    """Give by recording and subject the true value of each muscle and parameter."""
    known: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
    for person, shape in read_by_person(geometries, GEOMETRY).items():
        own = known.setdefault(person, {})
        for name in (n for n in shape.data_vars if shape[n].dims == ("muscle",)):
            for muscle, value in zip(shape["muscle"].values, shape[name].values, strict=True):
                own[str(muscle), str(name)] = float(value)
    for person, (_, true) in first_truths(truth).items():
        own = known.setdefault(person, {})
        # All muscles of a person share them, so they hold of each and of all.
        for muscle in ["", *(str(name) for name in true["muscle"].values)]:
            for parameter, attribute in IN_TRUTH.items():
                own[muscle, parameter] = float(true.attrs[attribute])
    return known
