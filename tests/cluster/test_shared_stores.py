"""Eight processes write to a new store at once, PostgreSQL by itself and behind MLflow's server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient
from study import ROOT

from myopinn.steps.create_store import create_store
from myopinn.tracking.run_record import waiting_runs

pytestmark = pytest.mark.cluster
PROCESSES, RUNS = 8, 4
WRITER = ROOT / "tests" / "training" / "write_runs.py"


@pytest.fixture
def new_database(database):
    """A database in which nothing is yet."""
    # Of the cluster's tests alone: `make test` collects this file without it.
    import psycopg2

    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE fresh")
    connection.close()
    return database.rpartition("/")[0] + "/fresh"


def write_at_once(store, uri):
    """Let eight processes write to a store, and return the ids that they report."""
    environment = os.environ | {"MLFLOW_TRACKING_URI": uri, "PYTHONPATH": str(ROOT / "src")}
    writers = [
        subprocess.Popen(
            ["nice", "-n", "10", sys.executable, str(WRITER), str(store), str(k), str(RUNS)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for k in range(PROCESSES)
    ]
    written = [line for writer in writers for line in writer.communicate()[0].split()]
    assert [writer.returncode for writer in writers] == [0] * PROCESSES
    return written


@pytest.mark.parametrize("kind", ["database", "server"])
def test_eight_processes_write_at_once_and_nothing_is_lost(kind, request, tmp_path, monkeypatch):
    if kind == "database":
        uri = request.getfixturevalue("new_database")
    else:
        uri = request.getfixturevalue("tracking").server.uri
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    store = Path(tmp_path) / "store.json"
    create_store(experiments=["muscle_force"], server=uri, store=store)
    before = runs_in(uri)
    written = write_at_once(store, uri)
    assert len(set(written)) == PROCESSES * RUNS
    assert not waiting_runs(store)
    client = MlflowClient(uri)
    runs = [run for run in runs_in(uri) if run.info.run_id not in {r.info.run_id for r in before}]
    assert sorted(run.data.tags["run_id"] for run in runs) == sorted(written)
    assert {run.info.status for run in runs} == {"FINISHED"}
    for run in runs:
        assert len(client.get_metric_history(run.info.run_id, "stop/loss")) == 50
        assert [f.path for f in client.list_artifacts(run.info.run_id)] == ["loss_curve.csv"]


def runs_in(uri):
    """List every run of the experiment."""
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("muscle_force").experiment_id
    return list(client.search_runs([experiment]))
