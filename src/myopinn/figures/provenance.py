"""Where the numbers of a report come from: fits, software, seeds and configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.figures.wording import number
from myopinn.files.layouts.runs import RUNS
from myopinn.files.layouts.tuning import TUNING
from myopinn.records.cells import Cell

PACKAGES = (
    "myopinn",
    "opensim",
    "torch",
    "pytorch-lightning",
    "scikit-learn",
    "scipy",
    "statsmodels",
    "numpy",
    "pandas",
    "xarray",
    "ezc3d",
    "mlflow",
    "snakemake",
    "matplotlib",
)


def sum_up_fits(fits: Sequence[tuple[Path, Cell]]) -> list[dict[str, Any]]:
    """Sum up the fits of each task, variant, recording and split."""
    rows = []
    for folder, cell in fits:
        table = RUNS.read(folder / "runs.csv")
        rows.append(
            {
                "names": [cell.task, cell.variant, cell.recording, cell.split],
                "fits": len(table),
                "epochs": number(table["epochs"].astype(float).median()),
                "seconds": number(table["train_s"].astype(float).sum()),
            }
        )
    return rows


def sum_up_search(names: Mapping[str, str], record: Path) -> dict[str, Any]:
    """Sum up the search over a variant's settings: where it began, where it ended, and how.

    Parameters
    ----------
    names : mapping
        Task, recording, split and variant.
    record : path
        Every setting that was tried.
    """
    table = TUNING.read(record)
    best = table.iloc[int(table["value"].to_numpy().argmin())]
    settings = {k: v for k, v in best.items() if k not in ("number", "value", "fit_s")}
    return {
        "names": [names[k] for k in ("task", "recording", "split", "variant")],
        "tries": len(table),
        "start": number(float(table["value"].iloc[0])),
        "best": number(float(best["value"])),
        "settings": ", ".join(
            f"{key} {number(value) if isinstance(value, float) else value}"
            for key, value in settings.items()
        )
        or "nothing to set",
        "minutes": number(table["fit_s"].sum() / 60),
    }


def list_versions() -> list[tuple[str, str]]:
    """Give the version of Python and of each package that the numbers depend on."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found = [("Python", platform.python_version())]
    for package in PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            found.append((package, "not installed"))
    return found


def list_seeds(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the seed of the study and those of each task's fits."""
    seeds = [("study", str(config["study"].get("seed", "–")))]
    for name, task in config.get("tasks", {}).items():
        of_task = task.get("training", {}).get("seeds", [])
        seeds.append((name, ", ".join(map(str, of_task)) or "–"))
    return seeds


def write_yaml(config: Mapping[str, Any]) -> str:
    """Write the configuration as the user would have."""
    import yaml

    return yaml.safe_dump(json.loads(json.dumps(config)), sort_keys=False, allow_unicode=True)
