"""What Snakemake shows on the screen, as much as a researcher needs: one line for each job.

Snakemake finds this package by its name (``logger: myopinn`` in a profile). Its own account of the
run, with every file and reason, stays in ``.snakemake/log``. A dry run is shown as Snakemake does.
"""

import sys
import time
from logging import INFO, LogRecord
from pathlib import Path

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

SILENT = (
    LogEvent.WORKFLOW_STARTED,
    LogEvent.RESOURCES_INFO,
    LogEvent.RUN_INFO,
    LogEvent.JOB_STARTED,
    LogEvent.JOB_FINISHED,
    LogEvent.SHELLCMD,
)
# Of what Snakemake says besides.
CHATTER = (
    "Assuming unrestricted shared filesystem",
    "Using shell:",
    "Conda environments: ignored",
    "Select jobs to execute",
    "Removing output files of failed job",
    "Elapsed time",
)
# What the line of the failed job says already, and what follows from there being one.
REPEATED = ("CalledProcessError", "Exiting because a job execution failed", "At least one job did")


class LogHandler(LogHandlerBase):
    """Writes to the screen."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = False
    has_formatter = False
    needs_rulegraph = False

    def emit(self, record: LogRecord) -> None:
        """Write the line of an event, where it has one."""
        text = self.format(record) if self.common_settings.dryrun else self._line(record)
        if text:
            print(text, file=sys.stdout if self.common_settings.stdout else sys.stderr, flush=True)

    def _line(self, record: LogRecord) -> str:
        event = getattr(record, "event", None)
        if event in (LogEvent.JOB_INFO, LogEvent.JOB_ERROR):
            # Every rule has a log of its own, but for those that only ask for files.
            return "".join(self._line_of_job(log, event) for log in record.__dict__["log"][:1])
        if event in SILENT:
            return ""
        text = self.format(record)
        if record.levelno <= INFO and text.startswith(CHATTER):
            return ""
        return "" if any(part in text for part in REPEATED) else text

    def _line_of_job(self, log: str, event: LogEvent) -> str:
        job = "/".join(Path(log).with_suffix("").parts[1:])
        failed = f" failed; its log is {log}" if event == LogEvent.JOB_ERROR else ""
        return f"[{time.strftime('%H:%M:%S')}] {job}{failed}"
