"""The tracking server of a group, started as docs/cluster.md says, met by name from elsewhere."""

import json
import shutil
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import services
from mlflow import MlflowClient

from myopinn.steps.create_store import create_store
from myopinn.tracking.diary import Diary, runs_of
from myopinn.tracking.run_record import waiting_runs
from myopinn.tracking.store import TrackingError, upload_runs

NAME = "server"


@pytest.fixture(scope="module")
def server(tmp_path_factory, made_study):
    folder = tmp_path_factory.mktemp("server")
    # Copying a new database is quicker than making one.
    database = shutil.copy(Path(made_study.store).with_name("mlflow.db"), folder)
    with services.Server(f"sqlite:///{database}", folder, NAME).up() as up:
        yield up


@pytest.fixture
def known_by_name(monkeypatch):
    """Have this machine known by the server's name, as a group's network would."""
    look_up = socket.getaddrinfo

    def found(host, *arguments, **named):
        return look_up("127.0.0.1" if host == NAME else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", found)


def answer(server, **headers):
    """Ask for the experiments as the page does; return the status."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/ajax-api/2.0/mlflow/experiments/search",
        data=json.dumps({"max_results": 1}).encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    try:
        with urllib.request.urlopen(request) as given:
            return given.status
    except urllib.error.HTTPError as refused:
        return refused.code


def test_users_are_answered_by_the_name_that_they_call_the_server(server):
    name = f"{NAME}:{server.port}"
    assert answer(server, Host=name) == 200
    assert answer(server, Host=name, Origin=f"http://{name}") == 200
    assert answer(server, Host="elsewhere:80") == 403
    assert answer(server, Host=name, Origin="http://elsewhere") == 403


def record(store):
    """Make a result of one fit."""
    with (
        runs_of(store.with_name("result"), store) as runs,
        Diary(runs, "muscle_force", {}, {}).run("x", {}) as run,
    ):
        (run.folder / "file.txt").write_text("text")
    return run.id


def test_a_server_that_refuses_says_how_it_would_not_and_the_runs_arrive(
    server, known_by_name, tmp_path, monkeypatch, caplog
):
    """And there, too, a result that was made again takes the place of the first."""
    store = tmp_path / "store.json"
    remedy = f"start it with '--allowed-hosts 127.0.0.1:{server.port}'"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{server.port}")
    create_store(experiments=["muscle_force"], server="a group's", store=store)
    assert remedy in caplog.text
    first = record(store)
    assert len(waiting_runs(store)) == 1
    with pytest.raises(TrackingError, match=remedy):
        upload_runs(store)

    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    assert upload_runs(store) == 1
    second = record(store)
    client = MlflowClient(server.uri)
    experiment = client.get_experiment_by_name("muscle_force").experiment_id
    runs = {run.data.tags["run_id"]: run for run in client.search_runs([experiment])}
    assert (runs[first].info.status, runs[second].info.status) == ("KILLED", "FINISHED")
    (file,) = client.list_artifacts(runs[first].info.run_id)
    assert file.path == "file.txt"
