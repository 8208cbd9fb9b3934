"""All figures, found by the modules that draw them."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any

import myopinn.figures
from myopinn.figures.kinds import FigureKind, Place


@cache
def figure_kinds() -> dict[str, FigureKind]:
    """Give every kind of figure by its name, in the order of the report.

    A module that draws figures has them in ``FIGURES``, by name.
    """
    found = {
        name: kind
        for module in figure_modules()
        for name, kind in getattr(import_module(module), "FIGURES", {}).items()
    }
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def figure_modules() -> list[str]:
    """Name the modules of this room."""
    room = myopinn.figures
    return [f"{room.__name__}.{m.name}" for m in pkgutil.iter_modules(room.__path__)]


def list_figures(place: Place) -> list[dict[str, Any]]:
    """List the figures that a study wants at a place, as the report is told of them.

    Returns
    -------
    list of dict
        ``kind``, ``name`` (of the file), ``apart`` (what tells it from others of its kind),
        ``recording``, ``task``, ``split`` and ``question``.
    """
    names = {k: getattr(place, k) for k in ("recording", "task", "split", "question")}
    return [
        {"kind": name, "name": file, "apart": apart, **names}
        for name, kind in figure_kinds().items()
        if kind.wanted(place)
        for file, apart in kind.names(place, name).items()
    ]
