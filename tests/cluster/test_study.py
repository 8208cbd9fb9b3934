"""The tiny study through Slurm, with a drained node and a lost server on the way.

Its results are to be those of the local run to the last bit, and every run is to arrive. See
study.py for how much of it is run.
"""

import pytest
from mlflow import MlflowClient
from study import REDUCED, VARIANTS

from myopinn.files.layouts.runs import RUNS
from myopinn.files.layouts.trials import TRIALS
from myopinn.tracking.run_record import waiting_runs

pytestmark = pytest.mark.cluster

# Times and names of runs differ between any two runs, and figures and reports hold the time.
DIFFER = {"runs.csv", "report.html", "store.json"}
TIMED = {"tuning"}
COMPARED = {".csv", ".nc", ".json", ".mot", ".sto", ".trc", ".osim", ".c3d"}


def test_the_run_ends_well_and_nothing_that_stood_was_made_again(through_slurm):
    run, facts = through_slurm
    assert facts["status"] == 0, run.said()[-3000:]
    drained, terminated = facts["stood"]
    assert drained and len(terminated) > len(drained)
    for stood in (drained, terminated):
        assert {p: p.stat().st_mtime_ns for p in stood} == stood
    assert REDUCED or (run.study / "results" / "report.html").exists()
    print(f"{facts['end'] - facts['start']:.0f} s")


def test_a_run_is_refused_while_jobs_of_a_terminated_one_go_on(through_slurm):
    _, facts = through_slurm
    status, said = facts["meanwhile"]
    assert status
    assert "another run of this study is under way" in said


def test_every_job_is_completed(through_slurm, slurm):
    run, _ = through_slurm
    ended = [job for job in slurm.jobs() if job["WorkDir"] == str(run.study)]
    assert ended
    # Those that waited for the drained node when the user went home were taken out of the queue.
    states = {job["JobState"] for job in ended if job["StartTime"] != "Unknown"}
    for job in ended:
        print(job["JobId"], job["JobState"], job["StartTime"], job["EndTime"], job["Tres"])
    assert states - {"CANCELLED"} == {"COMPLETED"}
    # Grouping: far fewer jobs of Slurm than rules were run.
    rules = len(list((run.study / ".snakemake" / "jobs").rglob("*.json")))
    completed = sum(job["JobState"] == "COMPLETED" for job in ended)
    assert completed < rules / 3


def compared(study):
    """List the files whose every byte is to be the same."""
    return {
        str(p.relative_to(study)): p
        for top in ("data", "results")
        for p in (study / top).rglob("*")
        if p.suffix in COMPARED
        and p.name not in DIFFER
        and not TIMED & set(p.relative_to(study).parts)
        and "mlflow" not in p.parts
    }


def content(path):
    """Read a file; how long the solvers took is no result."""
    if path.name == "trials.csv":
        table = TRIALS.read(path)
        return table.drop(columns=table.filter(like="cpu_time_per_second")).to_csv()
    lines = path.read_bytes().splitlines(keepends=True)
    return [line for line in lines if b",cpu_time_per_second," not in line]


def test_results_are_those_of_the_local_run_to_the_last_bit(through_slurm, local):
    run, _ = through_slurm
    ours, theirs = compared(run.study), compared(local)
    if REDUCED:
        assert set(ours) <= set(theirs)
    else:
        assert set(ours) == set(theirs)
        assert any("statistics" in name for name in ours)
        assert any("questions" in name for name in ours)
    assert sum(name.endswith("predictions.nc") for name in ours) >= 3 * len(VARIANTS)
    different = [n for n in ours if content(ours[n]) != content(theirs[n])]
    assert not different
    print(f"{len(ours)} files are the same")
    for name in run.study.glob("results/training/**/runs.csv"):
        columns = ["run_id", "train_s"]
        other = RUNS.read(local / name.relative_to(run.study)).drop(columns=columns)
        assert RUNS.read(name).drop(columns=columns).equals(other)


def test_runs_written_without_the_server_arrive_later(uploaded, tracking):
    run, waiting, said = uploaded
    assert waiting
    assert f"{waiting} runs wait on disk" in run.said()
    assert f"{waiting} runs brought into {tracking.server.uri}" in said[0]
    assert " 0 runs brought" in said[1]
    assert not waiting_runs(run.store)
    tables = run.study.glob("results/training/muscle_force/**/runs.csv")
    written = [i for table in tables for i in RUNS.read(table)["run_id"]]
    client = MlflowClient(tracking.server.uri)
    experiment = client.get_experiment_by_name("muscle_force")
    runs = client.search_runs([experiment.experiment_id], max_results=5000)
    kept = [r.data.tags["run_id"] for r in runs if r.info.run_name.split()[0] in VARIANTS]
    assert experiment.artifact_location.startswith("mlflow-artifacts:")
    assert sorted(kept) == sorted(written)
    print(f"{len(written)} runs, of which {waiting} arrived later")


def test_no_run_is_doubled_and_all_are_whole(uploaded, tracking):
    client = MlflowClient(tracking.server.uri)
    experiment = client.get_experiment_by_name("muscle_force")
    for run in client.search_runs([experiment.experiment_id], max_results=5000):
        if run.info.run_name.split()[0] in VARIANTS:
            assert run.info.status == "FINISHED"
            assert {"fit.png", "model"} <= {f.path for f in client.list_artifacts(run.info.run_id)}
