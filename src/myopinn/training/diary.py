"""The diary of all fits: what was fitted, with what, and how it went. It never stops a fit."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from myopinn.training.run_record import WAITING, Run, flattened
from myopinn.training.tracking import TrackingError, send

log = logging.getLogger(__name__)

# Once the store was away, so many seconds pass before a process tries again.
REST_S = 60


class Diary:
    """Writes the runs of one experiment. Nothing that it cannot do stops a fit.

    Parameters
    ----------
    store : path
        What :func:`create_store` has written.
    experiment : str
        The task, question or search.
    params : mapping
        The slice of the configuration, nested; keys are joined by dots.
    tags : mapping of str to str
        Such as digests of code and data.
    """

    def __init__(
        self,
        store: str | Path,
        experiment: str,
        params: Mapping[str, Any],
        tags: Mapping[str, str],
    ) -> None:
        self._store = Path(store)
        self._experiment = experiment
        self._params = flattened(params)
        self._tags = {**tags, "mlflow.source.name": "myopinn", "git_commit": git_commit()}
        self._rest_until = 0.0

    @contextmanager
    def run(self, name: str, params: Mapping[str, Any]) -> Iterator[Run]:
        """Open a run; it is sent when the block ends, as failed where the block raises.

        Parameters
        ----------
        name : str
        params : mapping
            What distinguishes this run from the others of the diary.
        """
        with TemporaryDirectory() as folder:
            every = {**self._params, **flattened(params)}
            run = Run(name, self._experiment, every, self._tags, Path(folder))
            try:
                yield run
            except BaseException:
                run.end("FAILED")
                self._keep(run)
                raise
            run.end("FINISHED")
            self._keep(run)

    def _keep(self, run: Run) -> None:
        """Send a run, or have it wait on disk where the store does not take it."""
        try:
            if time.monotonic() < self._rest_until:
                raise TrackingError("the store was away a moment ago")
            send(run, self._store)
        except Exception as error:
            # Whatever it is, the fit is sound. One that waits in vain for each run would be slow.
            if time.monotonic() >= self._rest_until:
                self._rest_until = time.monotonic() + REST_S
                log.warning("run %s waits for 'make upload-runs': %s", run.id, error)
            try:
                run.write(self._store.parent / WAITING)
            except OSError as full:
                log.error("run %s is lost to the diary, not to the results: %s", run.id, full)


def file_digest(path: str | Path) -> str:
    """Return the first 16 hexadecimal digits of a file's SHA-256."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


@cache
def git_commit() -> str:
    """Return the commit of the code, ``-dirty`` where files differ from it, or ``unknown``."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
