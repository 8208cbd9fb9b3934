"""The process that calls run apart in: it loads the libraries once, each call is a copy of it.

A process for each call keeps a crash or a hang of a library away from the study, gives back the
memory that it leaks, and starts with none of its static state. Loading the libraries takes longer
than most calls; so a server loads them once and forks.

:func:`myopinn.processes.apart.call_apart` starts ``python -m myopinn.processes.worker MODULE
FUNCTION``, the function that loads the libraries, and writes a line for each call to the server's
standard input: the folder that holds ``call.pickle``. The server says when it is ready; each call
it answers with two lines, the number of the process at work and, once that has ended, its exit
status.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import pickle
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import NoReturn

from myopinn.errors import MyopinnError


def serve(module: str, function: str) -> None:
    """Load the libraries, then fork a process for each folder named on standard input."""
    _end_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Libraries print to standard output, which is for answers alone.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    getattr(importlib.import_module(module), function)()
    answers.write("ready\n")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _work(Path(line.rstrip("\n")))
        answers.write(f"{child}\n")
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")


def _end_with_parent() -> None:
    """Ask Linux to end this process when the one that waits for it is killed."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def _work(folder: Path) -> NoReturn:
    """Run the folder's call, write its answer beside it, and end."""
    status = 1
    try:
        _end_with_parent()
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDONLY)
        console = os.open("console.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for source, target in ((nothing, 0), (console, 1), (console, 2)):
            os.dup2(source, target)
        answer = _answer(Path("call.pickle"))
        temporary = Path(folder, "answer.part")
        temporary.write_bytes(answer)
        temporary.replace(Path(folder, "answer.pickle"))
        status = 0
    finally:
        # A copy of the server must not go on as one: neither return nor raise.
        sys.stdout.flush()
        sys.stderr.flush()
        ctypes.CDLL(None).fflush(None)
        os._exit(status)


def _hold_memory(more_bytes: int) -> None:
    """Let this process allocate so much more and nothing beyond."""
    if sys.platform == "linux":
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        limit = int(pages) * resource.getpagesize() + more_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _answer(call: Path) -> bytes:
    """Run the call; give pickled what it returned, what it raised and the traceback of that."""
    module, name, arguments, memory_bytes = pickle.loads(call.read_bytes())
    try:
        if memory_bytes is not None:
            _hold_memory(memory_bytes)
        result = getattr(importlib.import_module(module), name)(**arguments)
        return pickle.dumps((result, None, ""))
    except MyopinnError as error:
        return pickle.dumps((None, error, ""))
    except Exception as error:
        traceback.print_exc()
        told = traceback.format_exc()
        try:
            pickled = pickle.dumps((None, error, told))
            pickle.loads(pickled)
        except Exception:
            # Not every exception can travel.
            said = pickle.PicklingError(f"{type(error).__name__}: {error}")
            return pickle.dumps((None, said, told))
        return pickled


if __name__ == "__main__":
    serve(*sys.argv[1:])
