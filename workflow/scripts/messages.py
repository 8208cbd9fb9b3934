"""What a run of a study says at its start and at its end."""

import csv
from collections import defaultdict
from pathlib import Path

# More of one kind are counted.
SHOWN = 10
UNHEARD = (
    "The job ended without a word, as one does that is killed for its memory. Remedy: fewer CORES, "
    "or more memory."
)


def say_altered(study, damages):
    """Say which files are not as they were written.

    Parameters
    ----------
    study : path
    damages : list of (output, file, bytes, bytes now or None)
    """
    for _, file, size, now in damages[:SHOWN]:
        what = "is missing" if now is None else f"has {now:,} bytes instead of {size:,}"
        print(f"{study}: {file} {what}; it and what follows from it are made again.", flush=True)
    if len(damages) > SHOWN:
        print(f"{study}: the same holds for {len(damages) - SHOWN} more files.", flush=True)


def say_failed(study, records):
    """Say why jobs failed: every reason once, with the jobs that it concerns.

    Parameters
    ----------
    study : path
    records : list of JobRecord
        Of the jobs that did not end well.
    """
    if not records:
        return
    concerned = defaultdict(lambda: defaultdict(list))
    for record in records:
        # An unexpected error names its log, which is each job's own.
        reason = record.reason.replace(str(record.log), "the log") or UNHEARD
        rule, _, whose = record.name.partition("/")
        concerned[reason][rule].append(whose)
    print(f"\n{study}: {len(records)} jobs failed. Their logs: logs/JOB/OF WHAT.log.")
    for reason, rules in concerned.items():
        print(f"  {reason}")
        for rule, whose in sorted(rules.items()):
            print(f"    {rule}: {', '.join(sorted(w for w in whose if w)) or 'the study'}")
    print(
        "  What does not depend on them is done; started again, the run goes on from here.",
        flush=True,
    )


def say_end(study, status, arguments):
    """Name the report, the trials that were left out, and runs that wait for the tracking store."""
    waiting = len(list((study / "results" / "mlflow" / "waiting").glob("*/run.json")))
    if waiting:
        print(
            f"{study}: {waiting} runs wait on disk because the tracking store was away; results "
            "are complete without them. `make upload-runs` with the same STUDY brings them in.",
            flush=True,
        )
    report, trials = study / "results" / "report.html", study / "results" / "quality" / "trials.csv"
    if status or {"-n", "--dry-run", "--dryrun"} & set(arguments) or not report.is_file():
        return
    print(f"The report: {report}", flush=True)
    if trials.is_file():
        with Path(trials).open(encoding="utf-8", newline="") as file:
            every = [row["status"] for row in csv.DictReader(file)]
        left_out = every.count("rejected")
        print(f"Every trial: {trials} ({left_out} of {len(every)} left out)", flush=True)
