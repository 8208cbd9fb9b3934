"""The store of all runs in MLflow. Nothing else in the package imports it, and no result needs it.

Results are read from prediction files; the store serves people who want to look at a fit, compare
parameters, or take a model out again. It is the study's own SQLite database, or the server that
``MLFLOW_TRACKING_URI`` names. Where it cannot be reached a fit goes on, and its run waits on disk
until :func:`upload_runs` brings it in.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from myopinn.errors import MyopinnError
from myopinn.tracking.run_record import (
    JOB,
    OUTPUT,
    SUPERSEDED_BY,
    WAITING,
    Run,
    parts,
    waiting_runs,
)

# MLflow would report its use to its makers.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
# Two lines for each fit would bury what a log has to say.
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
# A fit must not wait for minutes for a server that has gone.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")

CONNECT_S = 5
MAX_METRICS_PER_CALL, MAX_PARAMS_PER_CALL, MAX_RUNS_PER_CALL = 1000, 100, 50_000
RUN_ID = "run_id"
# Beside the store: tells this study's results from those of another on the same server.
STUDY_ID = "study_id"
# The study's configuration with all defaults filled in.
CONFIG = "config.yaml"
PORTS = {"http": 80, "https": 443, "postgresql": 5432, "mysql": 3306}


class TrackingError(MyopinnError):
    """The MLflow store cannot be made, found or reached."""


def tracking_uri(store: str | Path) -> str:
    """Say where a study's runs are kept: ``MLFLOW_TRACKING_URI``, or a database beside its store.

    The address is not written into any file, as it may hold a password.
    """
    own = f"sqlite:///{(Path(store).parent / 'mlflow.db').as_posix()}"
    return os.environ.get("MLFLOW_TRACKING_URI") or own


def prepare(store: str | Path, experiments: Sequence[str]) -> None:
    """Make or upgrade the database and make the experiments that are missing.

    Raises
    ------
    TrackingError
        Where the database cannot be made, or the server cannot be reached.
    """
    from mlflow import MlflowClient
    from mlflow.db import upgrade
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    uri = tracking_uri(store)
    if urlsplit(uri).hostname:
        check_reachable(uri)
    served = uri.startswith("http")
    if not served:
        try:
            # What `mlflow db upgrade` does: it makes a database, or brings one up to date.
            upgrade.main([uri], standalone_mode=False)
        except (MlflowException, SQLAlchemyError) as error:
            raise TrackingError(
                f"{without_password(uri)}: no MLflow database can be made of this: {error}; "
                "move the file away."
            ) from error
    client = MlflowClient(uri)
    for name in experiments:
        # A server keeps files itself; without one they lie in the study's folder.
        own = (Path(store).parent / "artifacts" / name).resolve().as_uri()
        known = experiment_called(name, client, uri)
        if known is None:
            client.create_experiment(name, artifact_location=None if served else own)
        elif known.lifecycle_stage == "deleted":
            client.restore_experiment(known.experiment_id)


def check_reachable(uri: str) -> None:
    """Raise at once where a store is not there; MLflow would try for long, or make a new one.

    Raises
    ------
    TrackingError
        Naming the store.
    """
    address = urlsplit(uri)
    if address.hostname is None:
        if address.scheme == "sqlite" and not Path(uri.removeprefix("sqlite:///")).exists():
            raise TrackingError(f"{uri}: there is no such database.")
        return
    port = address.port or PORTS.get(address.scheme.split("+")[0], 80)
    try:
        socket.create_connection((address.hostname, port), timeout=CONNECT_S).close()
    except OSError as error:
        raise TrackingError(
            f"{without_password(uri)}: the tracking server cannot be reached ({error}); "
            "start it, or correct MLFLOW_TRACKING_URI"
        ) from error


def experiment_called(name: str, client: Any, uri: str) -> Any:
    """Look an experiment up: the first that a store is asked, and None where it has none such.

    Raises
    ------
    TrackingError
        Where the server refuses whoever calls it by this address.
    """
    from mlflow.exceptions import MlflowException

    try:
        return client.get_experiment_by_name(name)
    except MlflowException as error:
        if "Invalid Host header" not in str(error):
            raise
        server = without_password(uri)
        raise TrackingError(
            f"{server}: the tracking server refuses everybody who calls it by this address (403); "
            f"start it with '--allowed-hosts {urlsplit(server).netloc}' as docs/cluster.md says."
        ) from error


def without_password(uri: str) -> str:
    """Take user and password out of an address."""
    address = urlsplit(uri)
    return address._replace(netloc=address.netloc.rpartition("@")[2]).geturl()


def send(run: Run, store: str | Path, *, again: bool = False) -> None:
    """Send a run in few calls; one call for each value takes far longer.

    A finished run ends those of earlier jobs for the same result, which it takes the place of.

    Parameters
    ----------
    run : Run
    store : path
    again : bool
        Whether the store may hold it already, whole or in part; it is then completed, not doubled.

    Raises
    ------
    TrackingError
        Where the store cannot be reached or has no such experiment.
    """
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param

    uri = tracking_uri(store)
    check_reachable(uri)
    client = MlflowClient(uri)
    experiment = experiment_called(run.experiment, client, uri)
    if experiment is None:
        raise TrackingError(f"{store}: the store has no experiment '{run.experiment}'.")
    known = find_runs(client, experiment.experiment_id, run.id) if again else []
    if known and known[0].info.status == run.status:
        return
    made = known[0] if known else client.create_run(
        experiment.experiment_id,
        run_name=run.name,
        tags={**run.tags, RUN_ID: run.id},
        start_time=run.start_ms,
    )  # fmt: skip
    key = made.info.run_id
    for part in parts(run.params.items(), MAX_PARAMS_PER_CALL):
        client.log_batch(key, params=[Param(*entry) for entry in part])
    for part in parts(run.values(), MAX_METRICS_PER_CALL):
        metrics = [Metric(name, value, run.end_ms, epoch) for name, value, epoch in part]
        client.log_batch(key, metrics=metrics)
    client.log_artifacts(key, str(run.folder))
    if (config := Path(store).with_name(CONFIG)).is_file():
        client.log_artifact(key, str(config))
    status, tags = run.status, run.tags if known else {}
    newer = newer_job(client, experiment.experiment_id, run) if status == "FINISHED" else ""
    if newer:
        status, tags = "KILLED", {**tags, SUPERSEDED_BY: newer}
    for tag, value in tags.items():
        client.set_tag(key, tag, value)
    # The status comes last: a run that has it is whole.
    client.set_terminated(key, status=status, end_time=run.end_ms)


def newer_job(client: Any, experiment_id: str, run: Run) -> str:
    """End the runs that older jobs sent for the same result, and name a newer job if there is one.

    Jobs for one result follow one another, so all fits of one start after all those of another. A
    newer one is there already where a run has waited on disk.
    """
    if OUTPUT not in run.tags:
        return ""
    query = (
        f"tags.{OUTPUT} = '{run.tags[OUTPUT]}' and tags.{JOB} != '{run.tags[JOB]}' "
        "and attributes.status = 'FINISHED'"
    )
    for other in client.search_runs([experiment_id], query, max_results=MAX_RUNS_PER_CALL):
        if other.info.start_time > run.start_ms:
            return str(other.data.tags[JOB])
        client.set_tag(other.info.run_id, SUPERSEDED_BY, run.tags[JOB])
        client.set_terminated(other.info.run_id, "KILLED", end_time=other.info.end_time)
    return ""


def output_id(store: str | Path, output: Path) -> str:
    """Name a result so that no other has the name, whichever study sends runs to the same server.

    A study that was copied with its results has the same ``study_id`` and another path.
    """
    identity = Path(store).with_name(STUDY_ID)
    # Stores made before there was one, and those whose file was deleted, go by the path alone.
    study = identity.read_text(encoding="utf-8") if identity.exists() else ""
    return hashlib.sha256(f"{study} {output.resolve()}".encode()).hexdigest()[:16]


def find_runs(client: Any, experiment_id: str, run_id: str) -> list[Any]:
    """Look up a run by the id that is written beside its predictions."""
    found: list[Any] = client.search_runs([experiment_id], f"tags.{RUN_ID} = '{run_id}'")
    return found


def upload_runs(store: str | Path) -> int:
    """Bring runs that waited into the store; return how many. Doing it twice changes nothing.

    Parameters
    ----------
    store : path
        What :func:`myopinn.steps.create_store.create_store` has written.

    Raises
    ------
    TrackingError
        Where the store cannot be reached; the runs go on waiting.
    """
    if not waiting_runs(store):
        return 0
    with (Path(store).parent / WAITING / ".lock").open("w") as lock:
        # Two uploads at once would each find that a run is not there yet.
        fcntl.flock(lock, fcntl.LOCK_EX)
        folders = waiting_runs(store)
        runs = [Run.read(folder) for folder in folders]
        prepare(store, sorted({run.experiment for run in runs}))
        for folder, run in zip(folders, runs, strict=True):
            send(run, store, again=True)
            shutil.rmtree(folder)
    return len(runs)


def fetch_files(store: str | Path, experiment: str, run_id: str, folder: str | Path) -> Path:
    """Copy the files of a run out of the store, such as its model; return where they lie.

    Parameters
    ----------
    store : path
        What :func:`myopinn.steps.create_store.create_store` has written.
    experiment, run_id : str
        The task, and the id as ``runs.csv`` has it.
    folder : path
        Where to.

    Raises
    ------
    TrackingError
        Where the store has no such run.
    """
    from mlflow import MlflowClient

    uri = tracking_uri(store)
    check_reachable(uri)
    client = MlflowClient(uri)
    known = experiment_called(experiment, client, uri)
    found = find_runs(client, known.experiment_id, run_id) if known else []
    if not found:
        raise TrackingError(
            f"{store}: no run '{run_id}' of '{experiment}'; if it waits, run 'make upload-runs'."
        )
    return Path(client.download_artifacts(found[0].info.run_id, "", str(folder)))
