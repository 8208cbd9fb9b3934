"""Run a study, and pick it up where it stood if an earlier run was killed outright.

A killed run leaves Snakemake's lock behind, which then refuses every further run. This script holds
a lock of its own that the operating system frees with the process; so it knows whether the lock it
finds is a dead run's, and takes only that one away.

    python workflow/scripts/reproduce.py STUDY [--profile NAME] [arguments of snakemake]
"""

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from job_records import read_records
from messages import say_altered, say_end, say_failed

from myopinn.formats.whole import UNFINISHED

PROJECT = Path(__file__).resolve().parents[2]


def jobs_left_behind(study):
    """List the jobs of Slurm that are still to work in the study's folder."""
    command = ["squeue", "--me", "--noheader", "--format", "%i %Z"]
    try:
        queue = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        # There is no Slurm here, or none that answers.
        return []
    jobs = [line.split(maxsplit=1) for line in queue.splitlines()]
    return [number for number, *folder in jobs if folder == [str(study)]]


def remove_leftovers(study):
    """Remove what killed jobs left half-written, where no job can be at work."""
    locks = study / ".snakemake" / "locks"
    if locks.is_dir() and any(locks.iterdir()):
        # Somebody started Snakemake itself; it will say so.
        return
    for top in (study / "data", study / "results", study / ".snakemake" / "jobs"):
        for folder, folders, files in os.walk(top):
            for name in [n for n in folders if n.startswith(UNFINISHED)]:
                shutil.rmtree(Path(folder, name))
                folders.remove(name)
            for name in [n for n in files if n.startswith(UNFINISHED)]:
                Path(folder, name).unlink()
    # Snakemake's copies of call.py, one for each job.
    shutil.rmtree(study / ".snakemake" / "scripts", ignore_errors=True)


def lost_outputs(study, records, command, arguments):
    """List the outputs that are to be made again though Snakemake sees no reason to.

    They are those that are not as their job left them, which is said, and those whose job did not
    end well: Snakemake removed them, and forgets why as long as what was made of them stands.
    """
    altered = {name: damages for name, r in records.items() if (damages := r.damages(study))}
    lost = {o for r in records.values() if not r.ended_well for o in r.outputs}
    lost |= {output for damages in altered.values() for output, *_ in damages}
    if not lost:
        return []
    # What the study no longer asks for is nobody's loss.
    plan = subprocess.run(
        [*command, *arguments, "--summary"], capture_output=True, text=True, check=False
    )
    asked = {line.partition("\t")[0] for line in plan.stdout.splitlines()} & lost
    say_altered(study, [d for damages in altered.values() for d in damages if d[0] in asked])
    return sorted(asked)


def run_snakemake(command, lock):
    """Run Snakemake to its end; return its exit status and whether it was interrupted."""
    # Snakemake holds the lock as well: terminated, it stays until its jobs on a cluster end.
    child = subprocess.Popen(command, pass_fds=[lock.fileno()])
    interrupted = False
    while True:
        try:
            return child.wait(), interrupted
        except KeyboardInterrupt:
            # Snakemake got it as well; it ends its jobs and says so.
            interrupted = True


def pick_up(study, running, command):
    """Free a study from what a run left that was killed outright, unless its jobs go on."""
    # Killed, Snakemake leaves its jobs in the queue: they would write beside the new ones.
    left = " ".join(jobs_left_behind(study))
    if left:
        sys.exit(
            f"{study}: an earlier run was killed, and its jobs {left} are still in Slurm's "
            f"queue. Remedy: wait for them, or `scancel {left}`; then start again."
        )
    print(f"{study}: an earlier run was killed; going on where it stood.", flush=True)
    subprocess.run([*command, "--unlock"], check=True)
    scratch = running.read_text(encoding="utf-8")
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)


def main(study, profile, arguments):
    """Run Snakemake in the study's folder; return its exit status."""
    if not (study / "config.yaml").is_file():
        sys.exit(f"{study}: no config.yaml, so this is no study. Remedy: STUDY=studies/... .")
    if os.environ.get("MYOPINN_MIRROR"):
        # Jobs run in the study's folder.
        os.environ["MYOPINN_MIRROR"] = str(Path(os.environ["MYOPINN_MIRROR"]).absolute())
    command = [
        *(sys.executable, "-m", "snakemake"),
        *("--snakefile", str(PROJECT / "Snakefile"), "--directory", str(study)),
    ]
    chosen = ["--profile", str(PROJECT / "profiles" / profile)]
    state = study / ".snakemake"
    state.mkdir(exist_ok=True)
    running = state / "running"
    with (state / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"{study}: another run of this study is under way.")
        if running.exists():
            pick_up(study, running, [*command, *chosen])
        remove_leftovers(study)
        before = read_records(study)
        records = {name: record for name, (record, _) in before.items()}
        lost = lost_outputs(study, records, [*command, *chosen], arguments)
        forced = ["--forcerun", *lost] if lost else []
        with tempfile.TemporaryDirectory(prefix="myopinn-", ignore_cleanup_errors=True) as scratch:
            if profile == "default":
                # What killed jobs leave there goes with it. Jobs elsewhere have their node's own.
                os.environ["TMPDIR"] = scratch
                running.write_text(scratch, encoding="utf-8")
            else:
                running.touch()
            status, interrupted = run_snakemake([*command, *forced, *chosen, *arguments], lock)
        running.unlink()
        after = read_records(study)
    new = [r for name, (r, at) in after.items() if name not in before or before[name][1] != at]
    if status and not interrupted:
        say_failed(study, [record for record in new if not record.ended_well])
    say_end(study, status, arguments)
    return status


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("study", type=Path)
    parser.add_argument("--profile", default="default", help="a folder of profiles/")
    known, others = parser.parse_known_args()
    if any(argument.startswith(("--config", "-C")) for argument in others):
        # Snakemake would evaluate expressions of such a file before anybody has looked at them.
        sys.exit(
            "A study takes nothing from --configfile or --config. Remedy: edit its config.yaml."
        )
    sys.exit(main(known.study.resolve(), known.profile, others))
