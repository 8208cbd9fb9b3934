"""Truth against what the analysis recovered: angles, moments, excitations and muscle forces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.formats.whole import ArtifactError
from myopinn.measures.trial_errors import is_constant

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

# The trial's name in the rows over all dynamic trials of a person.
ALL_TRIALS = "all"
ANGLE, MOMENT, EXCITATION, FORCE = "joint_angle", "joint_moment", "excitation", "muscle_force"


@dataclass(frozen=True)
class Series:
    """One quantity of a trial, true and recovered, at the times of the recovered one.

    Attributes
    ----------
    quantity, name, unit : str
    time_s, truth, recovered : array, shape (time,)
        The recovered one is NaN where the analysis knows nothing of it.
    scaled : bool
        Whether both have the same unit; an envelope without a maximal contraction has not.
    """

    quantity: str
    name: str
    unit: str
    time_s: np.ndarray
    truth: np.ndarray
    recovered: np.ndarray
    scaled: bool = True


def series_of_table(
    true: xr.DataArray, table: pd.DataFrame, in_degrees: bool, quantity: str, ending: str
) -> Iterator[Series]:
    """Hold the columns of a motion or of forces against the truth; those it does not know are left.

    Parameters
    ----------
    true : DataArray, dims (time_s, name)
    table : DataFrame, index time in s
        With a column ``<name><ending>`` for each joint or muscle.
    in_degrees : bool
        Whether angles of the table are in degrees.
    quantity : str
        :data:`ANGLE`, :data:`MOMENT` or :data:`FORCE`.
    """
    table = table[table.index <= true["time_s"].values[-1]]
    time = table.index.to_numpy()
    for name in (str(n) for n in true[true.dims[1]].values):
        if name + ending not in table:
            continue
        recovered, known = table[name + ending].to_numpy(), _at(time, true, name)
        if quantity == ANGLE:
            recovered = recovered if in_degrees else np.degrees(recovered)
            yield Series(quantity, name, "deg", time, np.degrees(known), recovered)
        else:
            yield Series(quantity, name, true.attrs["units"], time, known, recovered)


def series_of_envelopes(
    true: xr.DataArray, envelopes: xr.DataArray, maximum: xr.DataArray
) -> Iterator[Series]:
    """Hold envelopes against the excitations; muscles without an electrode have the truth alone.

    No delay lies between the two: electrodes see what the nerves send.

    Parameters
    ----------
    true : DataArray, dims (time_s, muscle)
    envelopes : DataArray, dims (time_s, channel)
    maximum : DataArray, dims (session, channel)
        What envelopes are divided by, of the trial's session; none where it is not known.

    Raises
    ------
    ArtifactError
        Where an EMG channel is no muscle of the truth.
    """
    muscles = [str(m) for m in true["muscle"].values]
    channels = [str(c) for c in envelopes["channel"].values]
    for channel in channels:
        if channel not in muscles:
            where = envelopes.encoding.get("source", "envelopes")
            raise ArtifactError(f"{where}: channel '{channel}' is no muscle, there are {muscles}.")
    time = envelopes["time_s"].values
    time = time[time <= true["time_s"].values[-1]]
    for muscle in muscles:
        seen, scale = np.full(len(time), np.nan), np.nan
        if muscle in channels:
            seen = envelopes.sel(channel=muscle).values[: len(time)]
            if maximum.sizes["session"] and muscle in maximum["channel"].values:
                scale = float(maximum.sel(channel=muscle).values[0])
        scaled = bool(np.isfinite(scale))
        known = _at(time, true, muscle)
        yield Series(EXCITATION, muscle, "1", time, known, seen / scale if scaled else seen, scaled)


def _at(time_s: np.ndarray, true: xr.DataArray, name: str) -> np.ndarray:
    """Give the truth of one coordinate or muscle at other times, shape (time,)."""
    return np.interp(time_s, true["time_s"].values, true.sel({true.dims[1]: name}).values)


def measure(truth: np.ndarray, recovered: np.ndarray, *, scaled: bool = True) -> dict[str, float]:
    """Compare two curves; what is not defined is NaN.

    Returns
    -------
    dict
        ``r``, ``rmse``, ``nrmse`` (by the truth's range) and ``range``.
    """
    undefined = float("nan")
    if len(truth) < 2 or not np.isfinite(recovered).all():
        return dict.fromkeys(("r", "rmse", "nrmse", "range"), undefined)
    width = float(np.ptp(truth))
    rmse = float(np.sqrt(np.mean((recovered - truth) ** 2))) if scaled else undefined
    flat = is_constant(truth) or is_constant(recovered)
    return {
        "r": undefined if flat else float(np.corrcoef(truth, recovered)[0, 1]),
        "rmse": rmse,
        "nrmse": rmse / width if width else undefined,
        "range": width,
    }


def tabulate_series(
    compared: Sequence[tuple[Mapping[str, Any], Sequence[Series]]],
) -> Iterator[dict[str, Any]]:
    """Measure every series of a person's trials, then all trials together."""
    together: dict[tuple[str, str], list[Series]] = {}
    for trial, found in compared:
        for series in found:
            if np.isnan(series.recovered).all():
                continue
            names = {key: trial[key] for key in ("session", "condition")}
            yield _row(series, trial["name"]) | names
            together.setdefault((series.quantity, series.name), []).append(series)
    for parts in together.values():
        # Envelopes in V of different sessions have different gains and cannot be put together.
        if all(part.scaled for part in parts):
            truth, recovered, time_s = (
                np.concatenate([getattr(part, key) for part in parts])
                for key in ("truth", "recovered", "time_s")
            )
            whole = replace(parts[0], truth=truth, recovered=recovered, time_s=time_s)
            yield _row(whole, ALL_TRIALS) | {"session": "", "condition": ""}


def _row(series: Series, trial: str) -> dict[str, Any]:
    return {
        "trial": trial,
        "quantity": series.quantity,
        "name": series.name,
        "unit": series.unit,
        "n_samples": len(series.time_s),
        **measure(series.truth, series.recovered, scaled=series.scaled),
    }


def mean_curves(dataset: xr.Dataset, compared: Mapping[str, Sequence[Series]]) -> pd.DataFrame:
    """Average truth and recovered values over the cycles of each condition.

    Parameters
    ----------
    dataset : Dataset
        The person's cycles: their times.
    compared : mapping of trial to series

    Returns
    -------
    DataFrame
        ``condition``, ``quantity``, ``name``, ``unit``, ``cycle_percent``, ``truth``,
        ``recovered`` and ``n_cycles``; no rows where there is no cycle.
    """
    import pandas as pd

    values: dict[tuple[str, str, str, str], list[np.ndarray]] = {}
    for cycle in range(dataset.sizes["cycle"]):
        time = dataset["time_s"].values[cycle]
        condition = str(dataset["condition"].values[cycle])
        for series in compared.get(str(dataset["trial"].values[cycle]), ()):
            recovered = series.recovered if series.scaled else np.full(len(series.time_s), np.nan)
            pair = [np.interp(time, series.time_s, v) for v in (series.truth, recovered)]
            key = (condition, series.quantity, series.name, series.unit)
            values.setdefault(key, []).append(np.array(pair))
    tables = []
    for (condition, quantity, name, unit), pairs in values.items():
        true, recovered = np.mean(pairs, axis=0)
        columns = {"condition": condition, "quantity": quantity, "name": name, "unit": unit}
        percent = 100.0 * np.arange(len(true)) / len(true)
        curve = {"cycle_percent": percent, "truth": true, "recovered": recovered}
        tables.append(pd.DataFrame(columns | curve | {"n_cycles": len(pairs)}))
    if not tables:
        return pd.DataFrame()
    return pd.concat(tables, ignore_index=True)
