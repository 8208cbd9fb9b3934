"""Calling libraries that may crash or hang: each call in a process of its own."""

from __future__ import annotations

import functools
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myopinn.processes import worker


@dataclass(frozen=True)
class Outcome:
    """What became of a call.

    Attributes
    ----------
    returned : object
        What the function returned.
    error : Exception or None
        What it raised; where that is not of this package, with the traceback in its notes.
    died : str
        The signal or exit status by which the process ended without an answer; else empty.
    in_time : bool
        Whether it ended by itself.
    printed : str
        What was written to standard output and standard error.
    seconds : float
        How long it took.
    """

    returned: Any
    error: Exception | None
    died: str
    in_time: bool
    printed: str
    seconds: float


def call_apart(
    function: Callable[..., Any],
    arguments: dict[str, Any],
    *,
    load: Callable[[], None],
    timeout_s: float,
    memory_bytes: int | None = None,
) -> Outcome:
    """Call ``function(**arguments)`` in a process of its own and wait for what becomes of it.

    The process works in a scratch folder of its own; paths (:class:`pathlib.Path`) among the
    arguments are made absolute first.

    Parameters
    ----------
    function : callable
        A function of a module; it, its arguments and its answer must be picklable.
    load : callable
        A function of a module that loads the libraries that calls need; it runs once, in the
        server that all calls with this ``load`` are copies of.
    timeout_s : float
        After so long the process is killed.
    memory_bytes : int, optional
        What it may allocate beside what the libraries take; asking for more raises MemoryError in
        it. On Linux alone; macOS does not keep to such a bound.

    Raises
    ------
    ImportError
        Where the libraries cannot be loaded.
    """
    with tempfile.TemporaryDirectory(prefix="myopinn-call-") as scratch:
        answer, console = Path(scratch, "answer.pickle"), Path(scratch, "console.txt")
        console.touch()
        absolute = {
            key: value.absolute() if isinstance(value, Path) else value
            for key, value in arguments.items()
        }
        call = (function.__module__, function.__name__, absolute, memory_bytes)
        Path(scratch, "call.pickle").write_bytes(pickle.dumps(call))
        started = time.monotonic()
        status = _work_in(scratch, (load.__module__, load.__name__), timeout_s)
        seconds = time.monotonic() - started
        printed = console.read_text(encoding="utf-8", errors="replace")
        if status is not None and answer.exists():
            returned, error, told = pickle.loads(answer.read_bytes())
            if told:
                error.add_note(f"It was raised in a process of its own:\n{told}")
            return Outcome(returned, error, "", True, printed, seconds)
    if status is None:
        return Outcome(None, None, "", False, printed, seconds)
    died = signal.Signals(-status).name if status < 0 else f"exit status {status}"
    return Outcome(None, None, died, True, printed, seconds)


def _work_in(folder: str, load: tuple[str, str], timeout_s: float) -> int | None:
    """Have a folder's call worked off; give the exit status, or None where it took too long."""
    server = _server(*load)
    if server.poll() is not None:
        _server.cache_clear()
        server = _server(*load)
    assert server.stdin
    assert server.stdout
    server.stdin.write(f"{folder}\n".encode())
    process = server.stdout.readline()
    in_time = process and select.select([server.stdout], [], [], timeout_s)[0]
    if process and not in_time:
        os.kill(int(process), signal.SIGKILL)
    status = server.stdout.readline()
    if not status:
        # The server itself is gone, and with it the process that it had forked.
        _server.cache_clear()
        return server.wait()
    return int(status) if in_time else None


@functools.cache
def _server(module: str, function: str) -> subprocess.Popen[bytes]:
    """Start the process that loads libraries once and forks for each call; it ends with this one.

    Raises
    ------
    ImportError
        Where it ends before it is ready; it has said why on standard error.
    """
    server = subprocess.Popen(
        [sys.executable, "-m", worker.__name__, module, function],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Answers are read as they come: what is buffered here, select would not see.
        bufsize=0,
    )
    assert server.stdout
    if not server.stdout.readline():
        raise ImportError(
            f"the process for {module}.{function} ended with status {server.wait()} before it was "
            "ready; what it wrote to standard error says why."
        )
    return server
