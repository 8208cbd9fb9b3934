"""The diary of all fits: what was fitted, with what, and how it went. It never stops a fit.

A run reaches the store once the result that it stands behind is complete. So the store shows as
finished what the results name and nothing else, whenever and however a job is killed.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from myopinn.tracking.run_record import JOB, OUTPUT, WAITING, Run, flattened, kept_runs
from myopinn.tracking.store import TrackingError, output_id, send

log = logging.getLogger(__name__)

# Once the store was away, so many seconds pass before a job tries again.
REST_S = 60


class Diary:
    """Keeps the runs of one experiment on disk. Nothing that it cannot do stops a fit.

    Parameters
    ----------
    runs : path
        Where they are kept until their result stands (:func:`runs_of`).
    experiment : str
        The task, question or search.
    params : mapping
        The slice of the configuration, nested; keys are joined by dots.
    tags : mapping of str to str
        Such as digests of code and data.
    """

    def __init__(
        self,
        runs: Path,
        experiment: str,
        params: Mapping[str, Any],
        tags: Mapping[str, str],
    ) -> None:
        self._runs = runs
        self._experiment = experiment
        self._params = flattened(params)
        self._tags = {**tags, "mlflow.source.name": "myopinn", "git_commit": git_commit()}

    @contextmanager
    def run(self, name: str, params: Mapping[str, Any]) -> Iterator[Run]:
        """Open a run; it is kept when the block ends, as failed where the block raises.

        Parameters
        ----------
        name : str
        params : mapping
            What distinguishes this run from the others of the diary.
        """
        with TemporaryDirectory() as folder:
            every = {**self._params, **flattened(params)}
            run = Run(name, self._experiment, every, dict(self._tags), Path(folder))
            try:
                yield run
            except BaseException:
                run.end("FAILED")
                _write(run, self._runs)
                raise
            run.end("FINISHED")
            _write(run, self._runs)


@contextmanager
def runs_of(output: str | Path, store: str | Path) -> Iterator[Path]:
    """Give a folder for the runs behind a result; they go to the store when the block ends.

    Where the block raises they arrive as killed, and so do those that a job left behind that was
    killed outright: the next one for the same result finds them.

    Parameters
    ----------
    output : path
        The result: no two jobs make the same one at once.
    store : path
        What :func:`myopinn.steps.create_store.create_store` has written.
    """
    output = Path(output)
    folder = output.with_name(f".runs-of-{output.name}")
    if folder.exists():
        _hand_over(folder, store, output, lost="its job was killed")
    folder.mkdir(parents=True)
    try:
        yield folder
    except Exception as error:
        _hand_over(folder, store, output, lost=f"its job failed: {error}")
        raise
    _hand_over(folder, store, output)


def _hand_over(folder: Path, store: str | Path, output: Path, *, lost: str = "") -> None:
    """Send the runs of a result; those that the store does not take wait on disk."""
    of_job = {OUTPUT: output_id(store, output), JOB: uuid.uuid4().hex}
    rest_until = 0.0
    for kept in kept_runs(folder):
        run = Run.read(kept)
        run.tags.update(of_job)
        if lost:
            run.lose(lost)
        try:
            if time.monotonic() < rest_until:
                raise TrackingError("the store was away a moment ago")
            # A job that was killed may have sent the last one in part.
            send(run, store, again=bool(lost))
        except Exception as error:
            # Whatever it is, the fit is sound. One that waits in vain for each run would be slow.
            if time.monotonic() >= rest_until:
                rest_until = time.monotonic() + REST_S
                log.warning("run %s waits for 'make upload-runs': %s", run.id, error)
            _write(run, Path(store).parent / WAITING)
        shutil.rmtree(kept)
    shutil.rmtree(folder)


def _write(run: Run, folder: Path) -> None:
    try:
        run.write(folder)
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
