"""Many processes write at once, and a store may be away: no run is lost and no fit fails.

Jobs may be killed and results made again: what the results name is finished, and nothing else.
"""

import json
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import killed_fit
import pytest
import synthetic_study as synthetic
import write_runs
from mlflow import MlflowClient

from myopinn.files.layouts.runs import RUNS
from myopinn.steps.create_store import create_store
from myopinn.steps.train_variant import train_variant
from myopinn.tracking import store as tracking
from myopinn.tracking.diary import Diary, runs_of
from myopinn.tracking.run_record import waiting_runs
from myopinn.tracking.store import find_runs, tracking_uri, upload_runs

PROCESSES, RUNS_EACH = 8, 4
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def store(tmp_path, made_study):
    """A store of its own; copying a new database is quicker than making one."""
    path = tmp_path / "mlflow" / "store.json"
    path.parent.mkdir()
    for name in ("store.json", "study_id", "mlflow.db"):
        shutil.copy(Path(made_study.store).with_name(name), path.parent)
    client = MlflowClient(tracking_uri(path))
    for run in runs_in(path):
        client.delete_run(run.info.run_id)
    return path


def runs_in(store):
    client = MlflowClient(tracking_uri(store))
    return client.search_runs([client.get_experiment_by_name("muscle_force").experiment_id])


@contextmanager
def recorded(store, *names, experiment="muscle_force", result="result"):
    """Make a result whose fits have these names; give their runs once they have ended."""
    with runs_of(Path(store).with_name(result), store) as folder:
        diary, made = Diary(folder, experiment, {"a": 1}, {}), []
        for name in names:
            with diary.run(name, {}) as run:
                run.metrics["error"] = 2.0
                (run.folder / "file.txt").write_text("text")
            made.append(run)
        yield made


def test_eight_processes_write_at_once_and_nothing_is_lost(store):
    script = [sys.executable, write_runs.__file__, str(store)]
    writers = [
        subprocess.Popen([*script, str(k), str(RUNS_EACH)], stdout=subprocess.PIPE, text=True)
        for k in range(PROCESSES)
    ]
    written = {line for writer in writers for line in writer.communicate()[0].split()}
    assert [writer.returncode for writer in writers] == [0] * PROCESSES
    assert not waiting_runs(store)
    runs = runs_in(store)
    assert {run.data.tags["run_id"] for run in runs} == written
    assert len(runs) == PROCESSES * RUNS_EACH
    assert {run.info.status for run in runs} == {"FINISHED"}
    client = MlflowClient(tracking_uri(store))
    for run in runs:
        assert len(client.get_metric_history(run.info.run_id, "stop/loss")) == 50
        assert [f.path for f in client.list_artifacts(run.info.run_id)] == ["loss_curve.csv"]


@pytest.fixture
def two_fits(study):
    folds = [synthetic.fold("ada", [0, 1, 2, 3], [4], [5]), synthetic.mixed_fold()]
    synthetic.write_folds(Path(study.folds), folds)
    return study


def files_of(folder):
    """What a fit has written, without the names of its runs and the seconds it took."""
    content = {
        str(f.relative_to(folder)): f.read_bytes()
        for f in sorted(folder.rglob("*"))
        if f.is_file() and f.name != "runs.csv"
    }
    runs = RUNS.read(folder / "runs.csv").drop(columns=["run_id", "train_s"])
    return content | {"runs.csv": runs.to_csv()}


def test_a_fit_without_its_server_gives_the_same_and_its_runs_arrive_later(
    two_fits, tmp_path, monkeypatch, caplog
):
    store = tmp_path / "own" / "store.json"
    train_variant(**two_fits.arguments("pi_cnn", "with"))
    with monkeypatch.context() as away:
        away.setenv("MLFLOW_TRACKING_URI", NOBODY)
        create_store(experiments=["muscle_force"], server=NOBODY, store=store)
        train_variant(**two_fits.arguments("pi_cnn", "without", store=str(store)))
        with pytest.raises(tracking.TrackingError, match="cannot be reached"):
            upload_runs(store)
    assert "make upload-runs" in caplog.text
    assert files_of(two_fits.folder / "with" / synthetic.SPLIT) == files_of(
        two_fits.folder / "without" / synthetic.SPLIT
    )
    assert len(waiting_runs(store)) == 2
    assert not (store.parent / "mlflow.db").exists()

    assert upload_runs(store) == 2
    assert upload_runs(store) == 0
    assert not waiting_runs(store)
    ids = RUNS.read(two_fits.folder / "without" / synthetic.SPLIT / "runs.csv")["run_id"]
    client, experiment = MlflowClient(tracking_uri(store)), runs_in(store)[0].info.experiment_id
    reference = MlflowClient(tracking_uri(two_fits.store))
    of_reference = reference.get_experiment_by_name("muscle_force").experiment_id
    for late, at_once in zip(
        ids,
        RUNS.read(two_fits.folder / "with" / synthetic.SPLIT / "runs.csv")["run_id"],
        strict=True,
    ):
        (found,), (other,) = (
            find_runs(client, experiment, late),
            find_runs(reference, of_reference, at_once),
        )
        assert found.info.status == "FINISHED"
        assert found.info.run_name == other.info.run_name
        assert found.data.params == other.data.params
        timed = "fit/train_s"
        values = [{k: v for k, v in r.data.metrics.items() if k != timed} for r in (found, other)]
        assert values[0] == values[1]
        names = {f.path for f in client.list_artifacts(found.info.run_id)}
        assert names == {"fit.png", "loss_curve.csv", "model"}


@pytest.mark.parametrize("at", ["create_run", "log_batch", "log_artifacts", "set_terminated"])
def test_a_store_that_goes_in_the_middle_of_a_run_gets_it_once(store, monkeypatch, at):
    with monkeypatch.context() as broken:
        original = getattr(MlflowClient, at)

        def gone(*arguments, **named):
            # The worst moment: the store has done it, and the answer is lost.
            original(*arguments, **named)
            raise ConnectionError("gone")

        broken.setattr(MlflowClient, at, gone)
        with recorded(store, "x") as (run,):
            pass
    assert len(waiting_runs(store)) == 1
    assert upload_runs(store) == 1
    (found,) = runs_in(store)
    assert found.data.tags["run_id"] == run.id
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"error": 2.0})
    client = MlflowClient(tracking_uri(store))
    assert len(client.get_metric_history(found.info.run_id, "error")) == 1
    assert [f.path for f in client.list_artifacts(found.info.run_id)] == ["file.txt"]


def test_after_a_failure_a_job_rests_before_it_tries_again(store, monkeypatch):
    tries = []

    def refuse(*_, **__):
        tries.append(1)
        raise ConnectionError("gone")

    monkeypatch.setattr(tracking, "check_reachable", refuse)
    with recorded(store, *"abc"):
        pass
    assert len(tries) == 1
    assert len(waiting_runs(store)) == 3


def test_an_unknown_experiment_waits_and_is_made_by_the_upload(store, caplog):
    with recorded(store, "x", experiment="other"):
        pass
    assert "no experiment 'other'" in caplog.text
    assert upload_runs(store) == 1
    client = MlflowClient(tracking_uri(store))
    experiment = client.get_experiment_by_name("other").experiment_id
    assert len(client.search_runs([experiment])) == 1


def test_a_disk_that_is_full_as_well_does_not_stop_a_fit(store, monkeypatch, caplog):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr("myopinn.tracking.run_record.Run.write", full)
    with recorded(store, "x", experiment="other"):
        pass
    assert "lost to the diary" in caplog.text


def test_no_password_is_written_or_said(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://ada:secret@127.0.0.1:9")
    store = tmp_path / "store.json"
    server = tracking.without_password("http://ada:secret@127.0.0.1:9")
    create_store(experiments=["one"], server=server, store=store)
    assert server == NOBODY
    assert "secret" not in store.read_text() + caplog.text
    assert NOBODY in caplog.text


def states_of(store):
    """The status of every run by its id."""
    return {run.data.tags["run_id"]: run.info.status for run in runs_in(store)}


def tags_of(store, ids, tag):
    return {run.data.tags.get(tag) for run in runs_in(store) if run.data.tags["run_id"] in ids}


def named_by_results(folder):
    return set(RUNS.read(folder / synthetic.SPLIT / "runs.csv")["run_id"])


@pytest.mark.parametrize("away", [False, True])
def test_a_killed_job_leaves_no_finished_run_and_the_next_one_says_so(
    two_fits, store, monkeypatch, away
):
    """Killed in its second fit; the store is there all the time, or not before the upload."""
    arguments = two_fits.arguments("cnn", "out", store=str(store))
    job = [sys.executable, killed_fit.__file__, json.dumps(arguments, default=str)]
    with monkeypatch.context() as gone:
        if away:
            gone.setenv("MLFLOW_TRACKING_URI", NOBODY)
        assert subprocess.run(job, check=False).returncode == -signal.SIGKILL
        assert not (two_fits.folder / "out").exists()
        train_variant(**arguments)
    assert upload_runs(store) == (3 if away else 0)
    states, named = states_of(store), named_by_results(two_fits.folder / "out")
    assert {run for run, status in states.items() if status == "FINISHED"} == named
    (killed,) = set(states) - named
    assert states[killed] == "KILLED"
    assert tags_of(store, {killed}, "ended_because") == {"its job was killed"}


def test_a_job_killed_while_it_sends_its_runs_leaves_none_finished_for_long(store, monkeypatch):
    class Killed(BaseException):
        """Nothing of the job runs any more."""

    with monkeypatch.context() as middle:
        sent = []

        def send(run, *arguments, **named):
            if sent:
                raise Killed
            sent.append(tracking.send(run, *arguments, **named))

        middle.setattr("myopinn.tracking.diary.send", send)
        with pytest.raises(Killed), recorded(store, "x", "y") as first:
            pass
    # Another one of its runs was only half written.
    half = store.with_name(".runs-of-result") / ".half"
    half.mkdir()
    (half / "run.json").write_text('{"name":')
    with recorded(store, "x", "y") as second:
        pass
    expected = dict.fromkeys([run.id for run in first], "KILLED")
    assert states_of(store) == expected | {run.id: "FINISHED" for run in second}


def test_a_result_made_again_takes_the_place_of_the_first(two_fits, store):
    arguments = two_fits.arguments("cnn", "out", store=str(store))
    train_variant(**arguments)
    first = named_by_results(two_fits.folder / "out")
    train_variant(**two_fits.arguments("cnn", "beside", store=str(store)))
    beside = named_by_results(two_fits.folder / "beside")
    train_variant(**arguments)
    second = named_by_results(two_fits.folder / "out")
    killed, finished = dict.fromkeys(first, "KILLED"), dict.fromkeys(second | beside, "FINISHED")
    assert states_of(store) == killed | finished
    assert tags_of(store, first, "superseded_by") == tags_of(store, second, "job")
    assert tags_of(store, second | beside, "superseded_by") == {None}


def test_another_study_at_the_same_server_keeps_its_runs(store, tmp_path, monkeypatch):
    """Also one that was copied with its results, so that only its path tells it apart."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_uri(store))
    other, copied = tmp_path / "other" / "store.json", tmp_path / "copied" / "store.json"
    create_store(experiments=["muscle_force"], server="", store=other)
    shutil.copytree(store.parent, copied.parent)
    with recorded(store, "x") as (first,):
        pass
    for beside in (other, copied):
        with recorded(beside, "x"):
            pass
    assert states_of(store)[first.id] == "FINISHED"
    assert len(set(states_of(store).values())) == 1
    assert other.with_name("study_id").read_text() != store.with_name("study_id").read_text()


def test_what_waited_while_its_result_was_made_again_arrives_as_superseded(store, monkeypatch):
    with monkeypatch.context() as away:
        away.setenv("MLFLOW_TRACKING_URI", NOBODY)
        with recorded(store, "x", "y") as late:
            pass
    with recorded(store, "x", "y") as newer:
        pass
    assert upload_runs(store) == 2
    expected = dict.fromkeys([run.id for run in late], "KILLED")
    assert states_of(store) == expected | {run.id: "FINISHED" for run in newer}
    job = tags_of(store, {run.id for run in newer}, "job")
    assert tags_of(store, {run.id for run in late}, "superseded_by") == job


def test_the_fits_of_a_job_that_fails_are_marked(store):
    with pytest.raises(RuntimeError), recorded(store, "x") as (run,):
        raise RuntimeError("the disk is gone")
    assert states_of(store) == {run.id: "KILLED"}
    reason = "its job failed: the disk is gone"
    assert tags_of(store, {run.id}, "ended_because") == {reason}
