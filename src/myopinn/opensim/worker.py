"""The child process in which OpenSim runs: one call, one answer, then it ends.

A process of its own keeps a crash or a hang of OpenSim away from the study, gives back the memory
that its tools leak, and starts with none of its static state (the activation constants of the
first DeGrooteFregly2016Muscle hold for every later one in the process).

Called as ``python -m myopinn.opensim.worker CALL ANSWER`` by :func:`myopinn.opensim.tool.run`.
"""

from __future__ import annotations

import ctypes
import importlib
import pickle
import resource
import signal
import sys
import traceback
from pathlib import Path

from myopinn.errors import MyopinnError


def _end_with_parent() -> None:
    """Ask Linux to end this process when the step that waits for it is killed."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


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


def main(call: Path, answer: Path) -> None:
    """Run the pickled call and write the pickled answer."""
    _end_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import opensim

    opensim.Logger.removeFileSink()
    opensim.Logger.setLevelString("Info")
    result = _answer(call)
    try:
        written = pickle.dumps(result)
    except TypeError:
        written = pickle.dumps(("wrong", traceback.format_exc()))
    temporary = answer.with_suffix(".part")
    temporary.write_bytes(written)
    temporary.replace(answer)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
