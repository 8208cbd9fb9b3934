"""Running OpenSim safely: each tool in a process of its own, each model checked when it is read."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from myopinn.errors import TrialError
from myopinn.processes.apart import call_apart

# The wheel brings no bone meshes; that they are missing says nothing about the model.
_NOISE = re.compile(r"^\[warning\] Couldn't find file '.*'\.\n", re.MULTILINE)
_TAIL_LINES = 6
DEFAULT_TIMEOUT_S = 600.0


def load_libraries() -> None:
    """Load what calls need, in the process that they are copies of, and have OpenSim tell more."""
    import opensim
    import pandas  # noqa: F401
    import scipy.interpolate
    import scipy.optimize
    import scipy.signal  # noqa: F401

    opensim.Logger.removeFileSink()
    opensim.Logger.setLevelString("Info")


def run(
    function: Callable[..., Any], *, timeout_s: float, log: Path, label: str, **arguments: Any
) -> Any:
    """Call ``function(**arguments)`` in a process of its own and wait for its answer.

    See :func:`myopinn.processes.apart.call_apart`. The process starts with none of OpenSim's static
    state (the activation constants of the first DeGrooteFregly2016Muscle hold for every later one
    in the process). What OpenSim prints is appended to ``log``.

    Parameters
    ----------
    function : callable
        A function of a module; it, its arguments and its answer must be picklable.
    timeout_s : float
        After so long the process is killed.
    log : Path
    label : str
        Heads this call's part of the log; the trial's name.

    Raises
    ------
    TrialError
        Where OpenSim fails, crashes or hangs, with the end of what it printed; or the one that
        ``function`` raised.
    Exception
        What else ``function`` raised.
    """
    outcome = call_apart(function, arguments, load=load_libraries, timeout_s=timeout_s)
    printed = _NOISE.sub("", outcome.printed)
    _append(log, f"==== {label}: {function.__name__}, {outcome.seconds:.1f} s\n")
    _append(log, printed)
    if not outcome.in_time:
        raise TrialError(
            f"OpenSim did not finish {function.__name__} in {timeout_s:g} s. {_tail(printed)}",
            remedy="Raise timeout_s, or look for what keeps the solver from converging.",
        )
    if outcome.died:
        raise TrialError(
            f"OpenSim crashed in {function.__name__} ({outcome.died}). {_tail(printed)}",
            remedy=f"See {log.name} of this step.",
        )
    if isinstance(outcome.error, RuntimeError):
        # The wrappers turn every C++ exception into RuntimeError.
        raise TrialError(
            f"OpenSim failed: {' '.join(str(outcome.error).split())}",
            remedy=f"See {log.name} of this step.",
        )
    if outcome.error is not None:
        raise outcome.error
    return outcome.returned


def runner(settings: Mapping[str, Any], folder: Path, label: str) -> Callable[..., Any]:
    """Give :func:`run` bound to the settings' ``timeout_s``, a folder's opensim.log and a label."""
    return partial(
        run,
        timeout_s=settings.get("timeout_s", DEFAULT_TIMEOUT_S),
        log=folder / "opensim.log",
        label=label,
    )


def _append(log: Path, text: str) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(text)


def _tail(printed: str) -> str:
    """Give the end of what OpenSim printed, on one line."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    return (
        f"It last printed: {' | '.join(lines[-_TAIL_LINES:])}" if lines else "It printed nothing."
    )


def load_model(path: Path | str) -> Any:
    """Read a model and build its system, after checking what OpenSim does not.

    Call it inside :func:`run` only. Keep the model for as long as anything of it is in use.

    Parameters
    ----------
    path : path to an .osim file

    Returns
    -------
    opensim.Model
        With ``initSystem`` done.

    Raises
    ------
    TrialError
        Where the file is missing, is no model, or holds a muscle that cannot exist.
    """
    import opensim

    path = Path(path)
    check_model_file(path)
    try:
        model = opensim.Model(str(path))
        model.initSystem()
    except RuntimeError as error:
        raise TrialError(
            f"OpenSim cannot build this model: {' '.join(str(error).split())}",
            remedy="Open the model in the OpenSim application and mend it.",
            file=path,
        ) from error
    for index in range(model.getMuscles().getSize()):
        muscle = model.getMuscles().get(index)
        for quantity in ("optimal_fiber_length", "tendon_slack_length", "max_isometric_force"):
            value = getattr(muscle, f"get_{quantity}")()
            if not (math.isfinite(value) and value > 0):
                raise TrialError(
                    f"muscle '{muscle.getName()}' has {quantity} {value:g}.",
                    remedy="Give the muscle a positive value.",
                    file=path,
                )
    return model


def check_model_file(path: Path) -> None:
    """Make sure that a file is there and is an OpenSim model (OpenSim's tools may crash else).

    Raises
    ------
    TrialError
        Naming the file and what to do.
    """
    if not path.is_file():
        raise TrialError(
            "the model file does not exist.",
            remedy="Check the path of the generic model in the laboratory's settings.",
            file=path,
        )
    remedy = "Give an OpenSim model (.osim, written by OpenSim 4)."
    try:
        root = ET.parse(path).getroot()
    except ET.ParseError as error:
        raise TrialError(f"this is no model: {error}.", remedy=remedy, file=path) from error
    if root.tag != "OpenSimDocument" or root.find("Model") is None:
        raise TrialError(
            f"this is no model: its XML holds <{root.tag}> without <Model>.",
            remedy=remedy,
            file=path,
        )


def load_skeleton(path: Path | str) -> Any:
    """Read a model without its muscles and other forces, for tools that only move it.

    Muscle paths are realized with every pose: a whole-body model without them is solved many
    times faster.
    """
    model = load_model(path)
    model.updForceSet().clearAndDestroy()
    model.finalizeConnections()
    model.initSystem()
    return model


def marker_names(path: Path) -> list[str]:
    """List a model's markers without starting OpenSim."""
    return [m.attrib["name"] for m in ET.parse(path).getroot().iter("Marker") if "name" in m.attrib]
