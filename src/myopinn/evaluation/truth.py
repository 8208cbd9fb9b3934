"""Truth against what the analysis recovered: angles, moments, excitations and muscle forces.

No laboratory of living people can be judged like this. The truth of virtual people lies apart from
their recordings and is read here alone; nothing that a method sees is made from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.evaluation.series import RecoveredFiles, Series, trial_series
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.netcdf import read_netcdf
from myopinn.files.tables import write_table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import xarray as xr

COLUMNS = (
    "recording",
    "subject",
    "session",
    "trial",
    "condition",
    "quantity",
    "name",
    "unit",
    "n_samples",
    "r",
    "rmse",
    "nrmse",
    "range",
)
CURVE_COLUMNS = (
    "recording",
    "subject",
    "condition",
    "quantity",
    "name",
    "unit",
    "cycle_percent",
    "truth",
    "recovered",
    "n_cycles",
)
# The trial's name in the rows over all dynamic trials of a person.
ALL_TRIALS = "all"
# Relative to the largest value: below this a curve is constant to the accuracy of the files.
CONSTANT = 1e-9


def compare_with_truth(
    *,
    truth: Sequence[str | Path],
    signals: Sequence[str | Path],
    inverse_dynamics: Sequence[str | Path],
    muscle_forces: Sequence[str | Path],
    datasets: Sequence[str | Path],
    recording: str,
    trials: Sequence[Mapping[str, Any]],
    table: str | Path,
    curves: str | Path,
) -> None:
    """Hold what the analysis recovered of every person and dynamic trial against the truth.

    A trial that a step left out is compared as far as it came.

    Parameters
    ----------
    truth, signals, inverse_dynamics, muscle_forces, datasets : sequence of path
        The folders (of ``datasets``: files) of the recording's people, in the same order.
    recording : str
    trials : sequence of mapping
        The recording's trials (see :class:`myopinn.records.trials.Trial`).
    table : path
        Output, :data:`COLUMNS`: per person, trial and quantity Pearson's ``r``, ``rmse`` in
        ``unit``, the range of the truth and ``nrmse`` = rmse / range. Angles are in degrees.
        An envelope is divided by the session's largest in maximal contractions and held against
        the excitation. The rows of trial ``all`` put the trials of a person together.
    curves : path
        Output, :data:`CURVE_COLUMNS`: mean over the cycles of each person and condition.

    Raises
    ------
    ArtifactError
        Where the lists do not name the same people, or an EMG channel is no muscle of the truth.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    means: list[pd.DataFrame] = []
    for paths in zip(truth, signals, inverse_dynamics, muscle_forces, datasets, strict=True):
        files = RecoveredFiles(*(Path(path) for path in paths))
        dataset = read_netcdf(files.dataset, DATASET)
        compared = [
            (
                trial,
                list(trial_series(files, trial["name"], trial["session"], dataset)),
            )
            for trial in trials
            if trial["subject"] == files.subject and trial["kind"] == "dynamic"
        ]
        rows += [row | {"subject": files.subject} for row in _tabulate(compared)]
        curve = mean_curves(dataset, {trial["name"]: series for trial, series in compared})
        means.append(curve.assign(subject=files.subject))
    measured = pd.DataFrame(rows, columns=list(COLUMNS)).assign(recording=recording)
    write_table(measured[list(COLUMNS)], table)
    drawn = pd.concat(means, ignore_index=True).assign(recording=recording)
    write_table(drawn[list(CURVE_COLUMNS)], curves)


def measure(truth: np.ndarray, recovered: np.ndarray, *, scaled: bool = True) -> dict[str, float]:
    """Compare two curves; what is not defined is NaN.

    Returns
    -------
    dict
        ``r``, ``rmse``, ``nrmse`` (by the truth's range) and ``range``.
    """
    import numpy as np

    undefined = float("nan")
    if len(truth) < 2 or not np.isfinite(recovered).all():
        return dict.fromkeys(("r", "rmse", "nrmse", "range"), undefined)
    width = float(np.ptp(truth))
    rmse = float(np.sqrt(np.mean((recovered - truth) ** 2))) if scaled else undefined
    flat = any(np.ptp(v) <= CONSTANT * np.abs(v).max() for v in (truth, recovered))
    return {
        "r": undefined if flat else float(np.corrcoef(truth, recovered)[0, 1]),
        "rmse": rmse,
        "nrmse": rmse / width if width else undefined,
        "range": width,
    }


def _tabulate(
    compared: Sequence[tuple[Mapping[str, Any], Sequence[Series]]],
) -> Iterator[dict[str, Any]]:
    """Measure every series of a person's trials, then all trials together."""
    import numpy as np

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
        Of :data:`CURVE_COLUMNS` without recording and subject; no rows where there is no cycle.
    """
    import numpy as np
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
        return pd.DataFrame(columns=list(CURVE_COLUMNS[2:]))
    return pd.concat(tables, ignore_index=True)
