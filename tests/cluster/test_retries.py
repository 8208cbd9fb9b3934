"""A job that Slurm kills for its memory or its time is tried again with more."""

import re

import pytest

pytestmark = pytest.mark.cluster


def test_a_killed_job_is_tried_again_with_more(retried, slurm):
    place, run = retried
    assert run.wait(1200) == 0, (place / "said.txt").read_text()[-3000:]
    assert (place / "hungry.txt").read_text() == (place / "slow.txt").read_text() == "done\n"
    ended = [job for job in slurm.jobs() if job["WorkDir"] == str(place)]
    # How each job ended, its time limit in minutes and its memory.
    found = {
        (job["JobState"], job["TimeLimit"], re.search(r"mem=(\w+)", job["Tres"]).group(1))
        for job in ended
    }
    assert found == {
        ("FAILED", "5", "800M"),
        ("COMPLETED", "5", "3000M"),
        ("TIMEOUT", "1", "1000M"),
        ("COMPLETED", "5", "1000M"),
    }
    assert len(ended) == len(found)
    kept = "".join(log.read_text() for log in (place / "logs" / "slurm").rglob("*.log"))
    assert "exceeded memory limit" in kept
    assert "DUE TO TIME LIMIT" in kept
