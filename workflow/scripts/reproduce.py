"""Run a study, and pick it up where it stood if an earlier run was killed outright.

A killed run leaves Snakemake's lock behind, which then refuses every further run. This script holds
a lock of its own that the operating system frees with the process; so it knows whether the lock it
finds is a dead run's, and takes only that one away.

    python workflow/scripts/reproduce.py STUDY [--profile NAME] [arguments of snakemake]
"""

import argparse
import fcntl
import os
import subprocess
import sys
from pathlib import Path

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


def main(study, profile, arguments):
    """Run Snakemake in the study's folder; return its exit status."""
    if not (study / "config.yaml").is_file():
        sys.exit(f"{study}: no config.yaml, so this is no study. Remedy: STUDY=studies/... .")
    command = [
        *(sys.executable, "-m", "snakemake"),
        *("--snakefile", str(PROJECT / "Snakefile"), "--directory", str(study)),
        *("--profile", str(PROJECT / "profiles" / profile)),
    ]
    state = study / ".snakemake"
    state.mkdir(exist_ok=True)
    running = state / "running"
    with (state / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"{study}: another run of this study is under way.")
        if running.exists():
            # Killed, Snakemake leaves its jobs in the queue: they would write beside the new ones.
            left = " ".join(jobs_left_behind(study))
            if left:
                sys.exit(
                    f"{study}: an earlier run was killed, and its jobs {left} are still in Slurm's "
                    f"queue. Remedy: wait for them, or `scancel {left}`; then start again."
                )
            print(f"{study}: an earlier run was killed; going on where it stood.", flush=True)
            subprocess.run([*command, "--unlock"], check=True)
        running.touch()
        # Snakemake holds the lock as well: terminated, it stays until its jobs on a cluster end.
        child = subprocess.Popen([*command, *arguments], pass_fds=[lock.fileno()])
        while True:
            try:
                status = child.wait()
                break
            except KeyboardInterrupt:
                # Snakemake got it as well; it ends its jobs and says so.
                continue
        running.unlink()
    waiting = len(list((study / "results" / "mlflow" / "waiting").glob("*/run.json")))
    if waiting:
        print(
            f"{study}: {waiting} runs wait on disk because the tracking store was away; results "
            "are complete without them. `make upload-runs` with the same STUDY brings them in.",
            flush=True,
        )
    return status


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("study", type=Path)
    parser.add_argument("--profile", default="default", help="a folder of profiles/")
    known, others = parser.parse_known_args()
    sys.exit(main(known.study.resolve(), known.profile, others))
