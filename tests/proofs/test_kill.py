"""A run that is killed outright goes on where it stood."""

import os
import signal
import subprocess
import time

import pytest

pytestmark = pytest.mark.proof

FINISHED_FIRST = ("data/*/*", "results/signals/*/*", "results/opensim/*/*/model")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_finished_job_is_lost(untouched, how):
    run = subprocess.Popen(
        untouched.command(),
        env=untouched.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Once the first muscle forces stand, much is done and much is under way.
    folder = untouched.folder
    while not list(folder.glob("results/opensim/*/*/muscle_forces")):
        assert run.poll() is None
        time.sleep(0.2)
    os.killpg(run.pid, how)
    run.wait()
    done = {
        path: path.stat().st_mtime_ns for pattern in FINISHED_FIRST for path in folder.glob(pattern)
    }
    assert done
    untouched.run()
    assert (folder / "results" / "report.html").exists()
    under_way = 2  # as many jobs as there were cores
    assert sum(path.stat().st_mtime_ns != at for path, at in done.items()) <= under_way
