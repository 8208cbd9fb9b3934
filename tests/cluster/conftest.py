"""The services, started once for all tests of this folder."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import services
from study import REDUCED, REPRODUCE, ROOT, TARGETS, Run, snakemake

from myopinn.tracking.run_record import waiting_runs

PAGE = "test_page.py"
# Minutes where the machine does nothing else; a run that fails is seen at once in any case.
LONGEST_S = 3600
# A browser is more to install than all the rest.
collect_ignore = [PAGE] if REDUCED and not services.has_browser() else []


@pytest.fixture(scope="session")
def folder():
    """A folder that PostgreSQL's user may enter as well."""
    made = Path(tempfile.mkdtemp(prefix="myopinn-cluster-"))
    made.chmod(0o755)
    yield made
    if not os.environ.get("MYOPINN_KEEP"):
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def nothing_missing(request):
    # Said at once, and not after the ten minutes that precede the browser's tests.
    browser = any(item.path.name == PAGE for item in request.session.items)
    lacking = services.missing(browser=browser)
    if lacking:
        pytest.exit("; ".join(["the tests of the cluster cannot run here", *lacking]), 1)


@pytest.fixture(scope="session")
def slurm(folder):
    (folder / "slurm").mkdir()
    with services.Slurm(folder / "slurm").up() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def database(folder):
    with services.postgres(folder) as uri:
        yield uri


class Switch:
    """A server that a test may stop and start again."""

    def __init__(self, server):
        self.server, self._stack = server, ExitStack()

    def start(self):
        self._stack.enter_context(self.server.up())

    def stop(self):
        self._stack.close()


@pytest.fixture(scope="session")
def tracking(database, folder):
    """The tracking server of the group, up."""
    server = services.Server(database, folder)
    server.upgrade()
    switch = Switch(server)
    switch.start()
    yield switch
    switch.stop()


@pytest.fixture(scope="session")
def environment(folder):
    """What a user's shell has: this checkout, one thread for each job, bytecode allowed."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    return kept | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1", "PATH": path}


@pytest.fixture(scope="session")
def retried(slurm, folder, environment):
    """The two jobs, started before everything else: they mostly wait."""
    place = folder / "retries"
    place.mkdir()
    shutil.copy(Path(__file__).with_name("Snakefile"), place)
    profile = ROOT / "profiles" / "slurm"
    arguments = [
        *("-m", "snakemake", "--profile", profile, "--directory", place),
        *("--snakefile", place / "Snakefile", "--slurm-status-command", "squeue"),
        *("--slurm-init-seconds-before-status-checks", "3", "--slurm-no-account"),
    ]
    return place, snakemake(arguments, environment, place / "said.txt")


@pytest.fixture(scope="session")
def local(folder, environment):
    """The study on this machine: MYOPINN_LOCAL_STUDY, run before, or made now."""
    if "MYOPINN_LOCAL_STUDY" in os.environ:
        return ROOT / os.environ["MYOPINN_LOCAL_STUDY"]
    study = folder / "local"
    study.mkdir()
    (study / "config.yaml").write_text(Run.CONFIG.read_text())
    own = {k: v for k, v in environment.items() if k != "MLFLOW_TRACKING_URI"}
    command = [sys.executable, str(REPRODUCE), str(study), "--cores", "2", *TARGETS]
    done = subprocess.run(
        ["nice", "-n", "10", *command], env=own, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return study


def alive(run, process):
    assert process.poll() is None, run.said()[-3000:]


def until(run, process, patterns, what):
    """Wait until a run that is under way has made a file."""

    def found():
        made = run.files(*patterns)
        if not made:
            alive(run, process)
        return made

    services.wait_for(found, LONGEST_S, what)


def three_starts(run, slurm, tracking, facts):
    """Run the study: a drained node ends the first start, a signal the second.

    The tracking server goes away while the second one fits.
    """
    first = run.start()
    until(run, first, ["results/opensim/*/*/model"], "a scaled model")
    slurm.drain()
    # The node ends what it does; then the user goes home.
    services.wait_for(lambda: slurm.state() == "drained", LONGEST_S, "a drained node")
    alive(run, first)
    # Interrupted, Snakemake takes what still waits out of the queue.
    os.killpg(first.pid, signal.SIGINT)
    first.wait(LONGEST_S)
    facts["stood"].append(run.results())
    slurm.resume()

    second = run.start()
    until(run, second, ["results/training/*/*/*"], "a first variant's fits")
    # The server goes while other fits are under way.
    tracking.stop()
    # Terminated, as at a logout, Snakemake lets the jobs that it has sent come to their ends.
    os.killpg(second.pid, signal.SIGTERM)
    second.wait(LONGEST_S)
    facts["meanwhile"] = run.once()
    services.wait_for(lambda: not run.locked(), LONGEST_S, "the end of what was under way")
    facts["stood"].append(run.results())

    facts["status"] = run.start().wait(LONGEST_S)
    tracking.start()


@pytest.fixture(scope="session")
def through_slurm(retried, slurm, tracking, folder, environment):
    """The study, run through Slurm to its end, and what was seen on the way."""
    run = Run(folder / "study", environment | {"MLFLOW_TRACKING_URI": tracking.server.uri})
    facts = {"start": time.monotonic(), "stood": []}
    try:
        three_starts(run, slurm, tracking, facts)
        facts["end"] = time.monotonic()
        yield run, facts
    finally:
        run.end()


@pytest.fixture(scope="session")
def uploaded(through_slurm):
    """Bring in what waited, twice."""
    run, _ = through_slurm
    waiting = len(waiting_runs(run.store))
    script = ROOT / "workflow" / "scripts" / "upload_runs.py"
    said = [
        subprocess.run(
            [sys.executable, str(script), str(run.study)],
            env=run.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    return run, waiting, said
