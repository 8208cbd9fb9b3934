"""A run of a study: what earlier runs left is noticed, and what failed is said once."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from myopinn.formats.whole import UNFINISHED

ROOT = Path(__file__).parents[2]
NOTHING = "Nothing to be done"


def jobs(said):
    """List the jobs that a run began."""
    return re.findall(r"^\[\d\d:\d\d:\d\d\] (\S+)$", said, flags=re.MULTILINE)


def cut_short(file):
    """Take the second half of a file away, and let its time stay."""
    times = file.stat()
    file.write_bytes(file.read_bytes()[: times.st_size // 2])
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_an_untouched_study_is_left_alone_and_names_its_report(small_study):
    first = small_study.run()
    assert set(jobs(first)) == {"first/P1", "first/P2", "second/P1", "second/P2", "third"}
    again = small_study.run()
    assert NOTHING in again
    for said in (first, again):
        assert f"The report: {small_study.file('report.html')}\n" in said
        assert "trials.csv (1 of 3 left out)" in said


def test_a_spoilt_intermediate_file_is_named_and_made_again(small_study):
    small_study.run()
    short, gone = small_study.file("first/P1/values.txt"), small_study.file("second/P2.txt")
    whole = short.read_text(), gone.read_text()
    cut_short(short)
    gone.unlink()
    said = small_study.run()
    assert re.search(r"results/first/P1/values.txt has \d+ bytes instead of \d+; it and what", said)
    assert "results/second/P2.txt is missing; it and what follows" in said
    assert (short.read_text(), gone.read_text()) == whole
    assert {"first/P1", "second/P2"} <= set(jobs(said))
    assert "first/P2" not in jobs(said)
    # A plan shows Snakemake's own account of each job.
    plan = small_study.run("--dry-run", "--forceall")
    assert "rule first:\n" in plan
    assert "The report" not in plan
    assert NOTHING in small_study.run()


def test_what_a_study_no_longer_asks_for_is_nobodys_loss(small_study):
    small_study.run()
    small_study.set("right", people=("P1",))
    small_study.run()
    shutil.rmtree(small_study.file("first", "P2"))
    small_study.file("second", "P2.txt").unlink()
    said = small_study.run()
    assert NOTHING in said
    assert "P2" not in said


def test_a_failed_step_is_taken_up_again_though_old_results_stand(small_study):
    """Snakemake removes what the failed step had made, and forgets that it was to be made anew."""
    small_study.run()
    small_study.set("wrong")
    small_study.run(status=1)
    assert "right" in small_study.report()
    # Not by a setting, a change of which Snakemake would notice.
    (small_study.folder / "mended").touch()
    said = small_study.run()
    assert {"first/P1", "first/P2", "third"} <= set(jobs(said))
    assert "wrong" in small_study.report()
    assert "right" not in small_study.report()


def test_a_reason_is_said_once_with_all_that_it_concerns(small_study):
    small_study.set("wrong")
    said = small_study.run(status=1)
    assert said.count("Marker 'ELX' is in no file. Remedy: name it in markers.labels.") == 1
    assert "    first: P1, P2\n" in said
    assert "2 jobs failed" in said
    assert "Traceback" not in said
    assert "The report" not in said
    assert "Traceback" in (small_study.folder / "logs" / "first" / "P1.log").read_text()


def test_an_unexpected_error_is_one_line_that_names_job_and_log(small_study):
    small_study.set("odd", people=("P1",))
    said = small_study.run(status=1)
    assert "  Unexpected ZeroDivisionError: no time passes (where, says the log)\n" in said
    assert "first/P1 failed; its log is logs/first/P1.log\n" in said
    assert "Traceback" not in said
    assert "in this recording" in (small_study.folder / "logs" / "first" / "P1.log").read_text()


def test_a_killed_job_is_told_and_its_leftovers_go_with_the_next_start(small_study):
    small_study.set("killed", people=("P1",))
    said = small_study.run(status=1)
    assert "The job ended without a word" in said
    assert "    first: P1\n" in said
    left = list(small_study.file("first").iterdir())
    assert [path.name.startswith(UNFINISHED) for path in left] == [True]
    # What the user keeps there is no leftover.
    kept = small_study.file("first", ".notes")
    kept.write_text("mine")
    small_study.set("right", people=("P1",))
    small_study.run()
    assert sorted(p.name for p in small_study.file("first").iterdir()) == [".notes", "P1"]


def test_a_job_at_work_keeps_its_unfinished_files(small_study):
    """Where Snakemake itself was started, its lock tells."""
    locks = small_study.folder / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text("results/first/P1\n")
    unfinished = small_study.file("first", f"{UNFINISHED}P1-abcdefgh")
    unfinished.mkdir(parents=True)
    said = small_study.run(status=1)
    assert "LockException" in said
    assert unfinished.is_dir()


@pytest.mark.parametrize("place", ["OneDrive - Uni"])
def test_everything_may_lie_in_a_folder_with_a_space(small_study):
    # The environment lies in the project.
    environment = small_study.project / ".venv"
    environment.symlink_to(sys.prefix)
    small_study.python = environment / "bin" / "python"
    assert f"The report: {small_study.file('report.html')}" in small_study.run()


@pytest.mark.parametrize(
    ("target", "script"),
    [
        ("reproduce", "workflow/scripts/reproduce.py"),
        ("upload-runs", "workflow/scripts/upload_runs.py"),
    ],
)
def test_make_passes_names_with_spaces_on_whole(tmp_path, target, script):
    """A program in the environment's place says what make gave it."""
    place = tmp_path / "OneDrive - Uni"
    (place / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, place)
    python = place / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\nprintf "<%s>\\n" "$@" "$MYOPINN_MIRROR"\n')
    python.chmod(0o755)
    (place / ".venv" / ".ready").touch()
    done = subprocess.run(
        ["make", "--silent", target, "STUDY=studies/my own  study", "MYOPINN_MIRROR=my data"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    given = done.stdout.splitlines()
    assert given[:2] == [f"<{script}>", "<studies/my own  study>"], done.stdout + done.stderr
    assert given[-1] == "<my data>"


def test_a_relative_mirror_is_the_folder_that_it_is_where_the_run_is_started(small_study):
    """Jobs run in the study's folder; a space in the name does no harm."""
    steps = small_study.project / "three_steps.py"
    steps.write_text(steps.read_text().replace("{setting} ", "{os.environ['MYOPINN_MIRROR']} "))
    small_study.environment["MYOPINN_MIRROR"] = "my data"
    small_study.run()
    written = small_study.file("first/P1/values.txt").read_text()
    assert written.startswith(f"{Path.cwd() / 'my data'} ")


@pytest.mark.parametrize(
    "argument", ["--configfile=other.yaml", "--configfiles", "--config=a=1", "-C"]
)
def test_nothing_is_laid_over_a_configuration(small_study, argument):
    """Not even looked at: Snakemake evaluates what such a file asks it to."""
    mark = small_study.folder / "ran"
    asking = f"__use_yte__: true\na: ?open({str(mark)!r}, 'w').close()\n"
    other = small_study.folder / "other.yaml"
    other.write_text(asking)
    said = small_study.run(argument, str(other), status=1)
    assert "takes nothing from --configfile or --config. Remedy" in said
    assert not mark.exists()
