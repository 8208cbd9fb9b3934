"""The reference of all kinds of files, made of their layouts."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from functools import singledispatch
from pathlib import Path
from types import ModuleType

from myopinn.files import layouts
from myopinn.files.documents import Document
from myopinn.files.netcdf import Layout, Quantity
from myopinn.files.storages import Storage
from myopinn.files.tables import Table

HEAD = """# What the files hold

Every kind of file that a step of a study writes and another reads, made of the layouts that writer
and reader share (`make docs` writes this page anew). Motions, forces and markers in OpenSim's own
formats open in its application. A name with a part in angle brackets stands for any number of
columns.
"""


def files_page() -> str:
    """Write the page, in Markdown."""
    parts = [HEAD]
    for module in _modules():
        parts += [f"## {(module.__doc__ or '').strip().splitlines()[0].rstrip('.')}", ""]
        for kind in _kinds(module):
            parts += [*tell(kind), ""]
    return "\n".join(parts).rstrip() + "\n"


def _modules() -> Iterator[ModuleType]:
    for file in sorted(Path(layouts.__path__[0]).glob("[!_]*.py")):
        yield importlib.import_module(f"{layouts.__name__}.{file.stem}")


def _kinds(module: ModuleType) -> Iterator[object]:
    """Give what a module describes itself, not what it takes of another; each once."""
    seen: set[int] = set()
    for name, value in vars(module).items():
        known = isinstance(value, Layout | Table | Document | Storage)
        if known and name.isupper() and id(value) not in seen and _made_in(module, name):
            seen.add(id(value))
            yield value


def _made_in(module: ModuleType, name: str) -> bool:
    """Tell whether a module assigns a name, rather than imports it."""
    assert module.__file__ is not None
    text = Path(module.__file__).read_text(encoding="utf-8")
    return any(line.startswith(f"{name} =") for line in text.splitlines())


def _rows(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines]


@singledispatch
def tell(kind: object) -> list[str]:
    """Tell of a kind of file, line by line.

    Raises
    ------
    TypeError
        Where nobody has said how.
    """
    raise TypeError(f"{type(kind).__name__} is no kind of file.")


@tell.register
def _(kind: Table) -> list[str]:
    named = {
        f"`{name}`" + (" (where known)" if column.optional else ""): column
        for name, column in kind.columns.items()
    }
    rows = ([name, c.kind, c.units, c.meaning] for name, c in named.items())
    return [f"### CSV: {kind.name}", "", *_rows(["column", "holds", "unit", "meaning"], rows)]


@tell.register
def _(kind: Layout) -> list[str]:
    def row(name: str, quantity: Quantity) -> list[str]:
        units = " or ".join([quantity.units, *quantity.or_units])
        meaning = quantity.meaning + " (not in every file)" * quantity.optional
        return [f"`{name}`", ", ".join(quantity.dims), units, meaning]

    rows = [row(n, q) for n, q in {**kind.variables, **kind.coordinates}.items()]
    rows += [[f"`{name}`", "attribute", "", says] for name, says in kind.attributes.items()]
    head = ["variable", "dimensions", "unit", "meaning"]
    return [f"### NetCDF: {kind.name}", "", *_rows(head, rows)]


@tell.register
def _(kind: Document) -> list[str]:
    rows = ([f"`{name}`", says] for name, says in kind.keys.items())
    return [f"### JSON: {kind.name}", "", *_rows(["key", "meaning"], rows)]


@tell.register
def _(kind: Storage) -> list[str]:
    says = f"one column for each {kind.column}: {kind.meaning}, {kind.units}"
    return [f"### `<trial>{kind.ending}`: {kind.title}", "", f"`time` in s, and {says}."]
