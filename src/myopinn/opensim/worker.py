"""The processes in which OpenSim runs: one starts it up, each call is a copy of that one's own.

A process for each call keeps a crash or a hang of OpenSim away from the study, gives back the
memory that its tools leak, and starts with none of its static state (the activation constants of
the first DeGrooteFregly2016Muscle hold for every later one in the process). Loading the libraries
takes longer than most calls; so a server loads them once and forks.

:func:`myopinn.opensim.tool.run` starts ``python -m myopinn.opensim.worker`` and writes a line for
each call to its standard input: the folder that holds ``call.pickle``. The server answers with two
lines, the number of the process at work and, once that has ended, its exit status.
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


def serve() -> None:
    """Load OpenSim, then fork a process for each folder named on standard input."""
    _end_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # OpenSim prints to standard output, which is for answers alone.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # What calls need, loaded before the first one forks: each import here is one less in each call.
    import opensim
    import pandas  # noqa: F401
    import scipy.interpolate
    import scipy.optimize
    import scipy.signal  # noqa: F401

    opensim.Logger.removeFileSink()
    opensim.Logger.setLevelString("Info")
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
        result = _answer(Path("call.pickle"))
        try:
            written = pickle.dumps(result)
        except TypeError:
            written = pickle.dumps(("wrong", traceback.format_exc()))
        temporary = Path(folder, "answer.part")
        temporary.write_bytes(written)
        temporary.replace(Path(folder, "answer.pickle"))
        status = 0
    finally:
        # A copy of the server must not go on as one: neither return nor raise.
        sys.stdout.flush()
        sys.stderr.flush()
        ctypes.CDLL(None).fflush(None)
        os._exit(status)


def _answer(call: Path) -> tuple[str, object]:
    """Run the call; tell whether it returned, refused its input, failed in OpenSim, or is wrong."""
    module, name, arguments = pickle.loads(call.read_bytes())
    try:
        return "returned", getattr(importlib.import_module(module), name)(**arguments)
    except MyopinnError as error:
        return "refused", error
    except RuntimeError as error:
        # The wrappers turn every C++ exception into RuntimeError.
        traceback.print_exc()
        return "failed", str(error)
    except Exception:
        return "wrong", traceback.format_exc()


if __name__ == "__main__":
    serve()
