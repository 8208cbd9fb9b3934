"""The diary of all fits in MLflow. Nothing else in the package imports it, and nothing reads it.

Results are read from prediction files; the store serves people who want to look at a fit, compare
parameters, or take a model out again.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from myopinn.artifacts import whole_file
from myopinn.errors import MyopinnError

# MLflow would report its use to its makers.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

MAX_EPOCHS_SHOWN = 100
MAX_METRICS_PER_CALL, MAX_PARAMS_PER_CALL, MAX_PARAM_LENGTH = 1000, 100, 6000


class TrackingError(MyopinnError):
    """The MLflow store cannot be made or found."""


def create_store(*, experiments: Sequence[str], store: str | Path) -> None:
    """Make the MLflow store and one experiment for each task; what is there already stays.

    Parameters
    ----------
    experiments : sequence of str
        Names, one for each task.
    store : path
        Output, JSON: ``uri`` of the database and ``artifact_location``, the folder of all runs'
        files. Both lie in the folder of ``store``; the uri is relative where ``store`` is.

    Raises
    ------
    TrackingError
        Where the database cannot be made or brought to the version of MLflow in use.
    """
    from mlflow import MlflowClient
    from mlflow.db import upgrade
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    folder = Path(store).parent
    folder.mkdir(parents=True, exist_ok=True)
    uri = f"sqlite:///{(folder / 'mlflow.db').as_posix()}"
    try:
        # What `mlflow db upgrade` does: it makes a database, or brings one to this MLflow's tables.
        upgrade.main([uri], standalone_mode=False)
    except (MlflowException, SQLAlchemyError) as error:
        raise TrackingError(
            f"{uri}: no MLflow database can be made of this: {error}; move the file away."
        ) from error
    client = MlflowClient(uri)
    for name in experiments:
        location = (folder / "artifacts" / name).resolve().as_uri()
        known = client.get_experiment_by_name(name)
        if known is None:
            client.create_experiment(name, artifact_location=location)
        elif known.lifecycle_stage == "deleted":
            client.restore_experiment(known.experiment_id)
    content = {"uri": uri, "artifact_location": (folder / "artifacts").as_posix()}
    with whole_file(store) as temporary:
        temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


@dataclass
class Run:
    """What one fit leaves in the store; everything is sent when the fit has ended well.

    Attributes
    ----------
    id : str
        MLflow's name of the run.
    folder : Path
        Files written here become the run's artifacts.
    metrics : dict of str to float
    curve : list of dict of str to float
        Of each epoch: ``epoch`` and values by name.
    """

    id: str
    folder: Path
    metrics: dict[str, float] = field(default_factory=dict)
    curve: Sequence[Mapping[str, float]] = ()


class Diary:
    """Writes the runs of one experiment.

    Parameters
    ----------
    store : path
        What :func:`create_store` has written.
    experiment : str
        The task.
    params : mapping
        The slice of the configuration, nested; keys are joined by dots.
    tags : mapping of str to str
        Such as digests of code and data.

    Raises
    ------
    TrackingError
        Where the store has no such experiment.
    """

    def __init__(
        self,
        store: str | Path,
        experiment: str,
        params: Mapping[str, Any],
        tags: Mapping[str, str],
    ) -> None:
        from mlflow import MlflowClient

        uri = json.loads(Path(store).read_text(encoding="utf-8"))["uri"]
        self._client = MlflowClient(uri)
        known = self._client.get_experiment_by_name(experiment)
        if known is None:
            raise TrackingError(f"{store}: the store has no experiment '{experiment}'.")
        self._experiment = known.experiment_id
        self._params = flattened(params)
        self._tags = {**tags, "mlflow.source.name": "myopinn", "git_commit": git_commit()}

    @contextmanager
    def run(self, name: str, params: Mapping[str, Any]) -> Iterator[Run]:
        """Open a run; it is marked as failed where the block raises.

        Parameters
        ----------
        name : str
        params : mapping
            What distinguishes this run from the others of the diary.
        """
        client = self._client
        made = client.create_run(self._experiment, run_name=name, tags=self._tags)
        with TemporaryDirectory() as folder:
            run = Run(made.info.run_id, Path(folder))
            try:
                yield run
                self._send(run, {**self._params, **flattened(params)})
            except BaseException:
                client.set_terminated(run.id, status="FAILED")
                raise
        client.set_terminated(run.id)

    def _send(self, run: Run, params: Mapping[str, str]) -> None:
        """Send everything of a run in few calls; one call for each value takes far longer."""
        from mlflow.entities import Metric, Param

        now = int(time.time() * 1000)
        metrics = [Metric(key, value, now, 0) for key, value in run.metrics.items()]
        # The whole curve is in the run's files; the store shows it at so many epochs.
        stride = -(-len(run.curve) // MAX_EPOCHS_SHOWN) or 1
        for row in run.curve[::stride]:
            epoch = int(row["epoch"])
            metrics += [Metric(k, v, now, epoch) for k, v in row.items() if k != "epoch"]
        entries = [Param(key, value) for key, value in params.items()]
        for start in range(0, len(entries), MAX_PARAMS_PER_CALL):
            part = entries[start : start + MAX_PARAMS_PER_CALL]
            self._client.log_batch(run.id, params=part)
        for start in range(0, len(metrics), MAX_METRICS_PER_CALL):
            self._client.log_batch(run.id, metrics=metrics[start : start + MAX_METRICS_PER_CALL])
        self._client.log_artifacts(run.id, str(run.folder))


def flattened(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Join nested keys by dots and write every value as text."""
    flat: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat.update(flattened(value, f"{prefix}{key}."))
        else:
            text = value if isinstance(value, str) else json.dumps(value)
            flat[f"{prefix}{key}"] = text[:MAX_PARAM_LENGTH]
    return flat


def file_digest(path: str | Path) -> str:
    """Return the first 16 hexadecimal digits of a file's SHA-256."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


@cache
def git_commit() -> str:
    """Return the commit of the code, ``-dirty`` where files differ from it, or ``unknown``."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
