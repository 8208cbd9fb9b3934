"""Solvers of muscle forces, one per file, found by file name.

A solver is a module that says what it is under the name ``SOLVER`` (:class:`Solver`). What a study
may set of it is the section of its name among the ``SOLVERS`` of ``config/muscle_forces.py``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from myopinn.errors import ConfigError
from myopinn.opensim.muscle_solution import MuscleSolution


@dataclass(frozen=True)
class Solver:
    """What a solver's module says of itself.

    Attributes
    ----------
    solve : callable
        From the keyword arguments ``model_file`` (the cut-down model), ``coordinates`` (filtered
        angles, degrees and m), ``external_loads`` (None where there are none), ``start_s``,
        ``end_s`` and ``settings`` (the ``muscle_forces`` slice) to a :class:`MuscleSolution`.
        Called inside :func:`myopinn.opensim.tool.run`.
    given_moments : bool
        Whether it balances the moments as they are given, and does not compute them anew: it is
        called with ``moments`` as well (N.m, columns ``<coordinate>_moment``), and its equations
        are the moment balance itself.
    muscle_model : str
        The ``muscle_model`` that it needs; empty where any will do.
    """

    solve: Callable[..., MuscleSolution]
    given_moments: bool = False
    muscle_model: str = ""


def find_solver(name: str) -> Solver:
    """Find a solver by the name of its file.

    Raises
    ------
    ConfigError
        Where there is none.
    """
    names = sorted(file.stem for file in Path(__file__).parent.glob("[!_]*.py"))
    if name not in names:
        raise ConfigError(f"muscle_forces: solver '{name}' is none of {', '.join(names)}.")
    found: Solver = importlib.import_module(f"{__name__}.{name}").SOLVER
    return found
