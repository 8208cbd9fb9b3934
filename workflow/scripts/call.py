"""Call the function of the package that a rule names, with the rule's own files and parameters.

The names of the rule's inputs, outputs and params are the keyword arguments of the function. The
params ``function`` (which one), ``plugins`` (what else of the code runs) and ``code`` (the digest
that makes an edit of them rerun the rule) are the workflow's own; ``code`` is passed on to a
function that asks for it.
"""

import importlib
import inspect
import logging
import os
import sys
from pathlib import Path

from job_records import JobRecord

from myopinn.errors import MyopinnError

snakemake = snakemake  # noqa: F821, PLW0127 - injected by the workflow


def named(entries):
    """Give the named entries of a rule as plain text and lists of text."""
    return {
        key: str(value) if isinstance(value, str) else [str(v) for v in value]
        for key, value in entries.items()
    }


class OneLine(logging.Formatter):
    """What is said, without the traceback that it may carry to the log."""

    def format(self, record):
        """Return the message alone."""
        return record.getMessage()


def start_logs(log):
    """Let what is said go to the screen and to the job's log; return one for the log alone."""
    kept = logging.FileHandler(log, mode="w", encoding="utf-8")
    kept.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
    screen = logging.StreamHandler(sys.stderr)
    screen.setFormatter(OneLine())
    logging.basicConfig(handlers=[screen, kept])
    # Of other packages only what is wrong; MLflow sets its own level.
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger("myopinn").setLevel(logging.INFO)
    alone = logging.getLogger("call")
    alone.addHandler(kept)
    alone.propagate = False
    return alone


def reason_of(error, log):
    """Say in one line why a job failed."""
    if isinstance(error, MyopinnError):
        return " ".join(str(error).split())
    first, *_ = f"{error}".strip().splitlines() or [""]
    said = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return f"Unexpected {said} (where, says {log})"


def main():
    """Call the function; a failure's traceback goes to the job's log alone."""
    log = str(snakemake.log[0])
    log_alone = start_logs(log)
    record = JobRecord.of_log(log, snakemake.output)
    record.write()
    params = dict(snakemake.params.items())
    params.pop("plugins", None)
    module, _, function = params.pop("function").rpartition(".")
    try:
        call = getattr(importlib.import_module(module), function)
        if "code" not in inspect.signature(call).parameters:
            params.pop("code")
        call(**named(snakemake.input), **named(snakemake.output), **params)
    except Exception as error:
        log_alone.exception("%s.%s failed", module, function)
        record.end_badly(reason_of(error, Path(log)))
        sys.exit(1)
    record.end_well()


main()
