"""Identified parameters of people against the true ones, and which of them the data identify.

A parameter that the data say nothing of ends wherever a fit has started or a prior draws it: either
fits that differ in their seed and in their trials disagree about it, or all of them stay at the
generic value. Both are told: the spread over fits as a share of what the bounds allow, and the
error before and after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.files.fits import fit_folders
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import read_netcdf
from myopinn.files.tables import read_table, write_table

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *("task", "recording", "split", "variant", "subject", "muscle", "parameter", "unit"),
    *("true", "generic", "low", "high", "value", "spread", "n_fits"),
    *("error_generic", "error", "spread_share"),
)
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
    task: str,
    parameters: str | Path,
) -> None:
    """Write each identified parameter beside the true and the generic one.

    Parameters
    ----------
    predictions : sequence of path
        Folders that hold ``<variant>/<recording>/<split>`` with ``parameters.csv`` in each.
    true_geometries : sequence of path
        ``<recording>/true_geometry/<subject>.nc``, fitted to the true models.
    truth : sequence of path
        Folders ``<recording>/<subject>`` of the truth.
    parameters : path
        Output. ``value`` is the geometric mean over fits (seeds and folds), ``spread`` the SD of
        its logarithm; ``error_generic`` and ``error`` are log(generic / true) and
        log(value / true); ``spread_share`` is ``spread`` divided by the SD of a value that is
        anywhere between the bounds alike. A parameter whose truth is not known has no errors.
    """
    import pandas as pd

    known = _true_values(true_geometries, truth)
    rows: list[dict[str, Any]] = []
    for folder in fit_folders(predictions):
        variant, recording, split = folder.parts[-3:]
        place = {"task": task, "recording": recording, "split": split, "variant": variant}
        # Without a name of a muscle, all muscles of the person share the parameter.
        table = read_table(folder / "parameters.csv", dtype=_texts()).fillna({"muscle": ""})
        keys = ["subject", "muscle", "parameter", "unit"]
        for key, own in table.groupby(keys, sort=False):
            names = dict(zip(keys, map(str, key), strict=True))
            true = known.get((recording, names["subject"], names["muscle"], names["parameter"]))
            rows.append({**place, **names, **judge_parameter(own, true)})
    write_table(pd.DataFrame(rows, columns=list(COLUMNS)), parameters)


def judge_parameter(fits: pd.DataFrame, true: float | None) -> dict[str, float]:
    """Sum up what several fits say of one parameter.

    Parameters
    ----------
    fits : DataFrame
        ``value``, ``generic``, ``low`` and ``high`` of each fit, positive.
    true : float or None
    """
    generic, low, high = (float(fits[name].iloc[0]) for name in ("generic", "low", "high"))
    values = fits["value"].to_numpy(dtype=float)
    nothing = float("nan")
    if min(low, generic, values.min()) <= 0:
        # A share of nothing has no logarithm, such as a shape factor around zero.
        value, spread, prior = float(values.mean()), float(values.std()), (high - low) / 12**0.5
        errors = {"error_generic": nothing, "error": nothing}
    else:
        logs = np.log(values)
        value, spread = float(np.exp(logs.mean())), float(logs.std())
        prior = float(np.log(high / low)) / 12**0.5
        errors = {
            "error_generic": float(np.log(generic / true)) if true else nothing,
            "error": float(np.log(value / true)) if true else nothing,
        }
    return {
        "true": nothing if true is None else true,
        "generic": generic,
        "low": low,
        "high": high,
        "value": value,
        "spread": spread if len(values) > 1 else nothing,
        "n_fits": len(values),
        **errors,
        "spread_share": spread / prior if prior > 0 and len(values) > 1 else nothing,
    }


def _true_values(
    geometries: Sequence[str | Path], truth: Sequence[str | Path]
) -> dict[tuple[str, str, str, str], float]:
    """Give the true value by recording, subject, muscle and parameter."""
    known: dict[tuple[str, str, str, str], float] = {}
    for path in map(Path, geometries):
        data = read_netcdf(path, GEOMETRY)
        own = [name for name in data.data_vars if data[name].dims == ("muscle",)]
        for name in own:
            for muscle, value in zip(data["muscle"].values, data[name].values, strict=True):
                known[path.parts[-3], path.stem, str(muscle), str(name)] = float(value)
    for folder in map(Path, truth):
        for file in sorted(folder.glob("*.nc"))[:1]:
            true = read_netcdf(file, TRUTH)
            # All muscles of a person share them, so they hold of each and of all.
            muscles = ["", *(str(name) for name in true["muscle"].values)]
            known |= {
                (folder.parent.name, folder.name, muscle, parameter): float(true.attrs[attribute])
                for parameter, attribute in IN_TRUTH.items()
                for muscle in muscles
            }
    return known


def _texts() -> Mapping[str, type]:
    return dict.fromkeys(("fold", "subject", "muscle", "parameter", "unit"), str)
