"""A digest of the code that a step runs, so that an edit of the code reruns that step and no other.

Snakemake notices an edit of a workflow file but not of an installed package. Every rule therefore
carries, as a parameter, the digest of the module it calls and of all modules of this package that
this module imports, directly or through others. Comments, formatting and docstrings do not count.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = "myopinn"
ROOT = Path(__file__).parent


def code_digest(*modules: str) -> str:
    """Digest the modules and everything of the package that they import.

    Parameters
    ----------
    modules : str
        Dotted names such as ``myopinn.opensim.scaling``.

    Returns
    -------
    str
        16 hexadecimal digits.

    Raises
    ------
    ModuleNotFoundError
        Where a named module does not stand in the package.
    """
    reached: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        waiting.extend(_imports(name))
    digest = hashlib.sha256()
    for name in sorted(reached):
        digest.update(f"{name}:{_structure(name)}\n".encode())
    return digest.hexdigest()[:16]


def _file(name: str) -> Path | None:
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return None
    base = ROOT.joinpath(*parts[1:])
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def _tree(name: str) -> ast.Module:
    file = _file(name)
    if file is None:
        raise ModuleNotFoundError(f"No module '{name}' in the package.")
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def _structure(name: str) -> str:
    tree = _tree(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
    # Files beside the module that it reads (lists, templates) are part of what it does.
    file = _file(name)
    assert file is not None
    texts = [
        beside.read_text(encoding="utf-8")
        for beside in sorted(file.parent.glob(f"{file.stem}.*"))
        if beside.suffix in {".csv", ".yaml", ".html"}
    ]
    return hashlib.sha256("\n".join([ast.dump(tree), *texts]).encode()).hexdigest()


@cache
def _imports(name: str) -> tuple[str, ...]:
    """Modules of the package that this one imports anywhere, also inside its functions."""
    found: set[str] = set()
    for node in ast.walk(_tree(name)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(sorted(module for module in found if _file(module) is not None))
