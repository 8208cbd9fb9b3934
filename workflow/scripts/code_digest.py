"""A digest of the code that a step runs, so that an edit of the code reruns that step and no other.

Snakemake notices an edit of a workflow file but not of an installed package. Every rule therefore
carries, as a parameter, the digest of what its function reaches: not of modules, but of each
function, class and constant at the top of a module, followed from name to name through the source.
Nothing is imported. Comments, docstrings and formatting do not count.

What cannot be followed counts as a whole: a module that is handed on (to ``getattr``, say) instead
of being asked for a name, one whose every name is imported (``*``), one that is named in a text.
What runs when a module is imported counts with anything of it, and so does a file that lies beside
it. What no text of the source names (a plug-in that is found by its file) the rule names itself.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import importlib.util
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PACKAGE = "myopinn"
# Of a module: what runs when it is imported, the files beside it, every name of it, and that with
# all that lies beneath it.
EFFECTS, FILES, OWN, ALL = "<effects>", "<files>", "<own>", "<all>"
# A name of a module, or one of the four above.
Symbol = tuple[str, str]
Imported = ast.Import | ast.ImportFrom
_DEFINED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def code_digest(*names: str) -> str:
    """Digest what functions, or whole modules, of this environment reach.

    Parameters
    ----------
    names : str
        Dotted: ``myopinn.steps.train_variant.train_variant``, or a whole module such as
        ``myopinn.variants.cnn``. A module of another package brings all of that package that it
        imports.

    Returns
    -------
    str
        16 hexadecimal digits.

    Raises
    ------
    ModuleNotFoundError
        Where there is no such module, or no such name in it.
    """
    return _installed().digest(*names)


@cache
def _installed() -> Source:
    return Source({PACKAGE: _place_of(PACKAGE)})


def _place_of(package: str) -> Path:
    """Find the folder, or the only file, of a package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"No package '{package}' is installed.")
    folders = spec.submodule_search_locations
    return Path(next(iter(folders))) if folders else Path(str(spec.origin))


class Source:
    """The source of packages, followed from name to name.

    Parameters
    ----------
    places : mapping of str to Path
        The folder of each package; those of others are found when one of their names is asked for.
    """

    def __init__(self, places: Mapping[str, Path]) -> None:
        self._places = dict(places)
        self._modules: dict[str, Module | None] = {}
        self._read: dict[Symbol, tuple[str, frozenset[Symbol]]] = {}

    def digest(self, *names: str) -> str:
        """Digest what these names reach; see :func:`code_digest`."""
        told = hashlib.sha256()
        for symbol in sorted(self.reached(*names)):
            if text := self._reading_of(symbol)[0]:
                told.update(f"{'.'.join(symbol)}:{text}\n".encode())
        return told.hexdigest()[:16]

    def reached(self, *names: str) -> set[Symbol]:
        """List what these names reach, as modules and names in them."""
        found: set[Symbol] = set()
        waiting = [symbol for name in names for symbol in self._asked_for(name)]
        while waiting:
            symbol = waiting.pop()
            if symbol not in found:
                found.add(symbol)
                waiting.extend(self._reading_of(symbol)[1] - found)
        return found

    def _asked_for(self, name: str) -> set[Symbol]:
        package = name.partition(".")[0]
        if package not in self._places:
            self._places[package] = _place_of(package)
            # Imports of it may have been taken for those of a library.
            self._modules.clear()
            self._read.clear()
        found = self._named(name)
        if not found:
            raise ModuleNotFoundError(f"No module or function '{name}' in {package}.")
        return found

    def _named(self, name: str) -> set[Symbol]:
        """Find a module by its dotted name, or a name in it."""
        if self._module(name) is not None:
            return {(name, ALL)}
        module, _, own = name.rpartition(".")
        known = self._module(module)
        return self._of_module(known, own, ()) if known is not None else set()

    def _module(self, name: str) -> Module | None:
        """Read a module of the packages; None for what is none of them."""
        if name not in self._modules:
            package, *parts = name.split(".")
            base = self._places.get(package)
            file = _file_of(base.joinpath(*parts)) if base is not None else None
            self._modules[name] = Module.read(name, file) if file is not None else None
        return self._modules[name]

    def _reading_of(self, symbol: Symbol) -> tuple[str, frozenset[Symbol]]:
        """Give the digest of a symbol's own text, empty where it has none, and what it reaches."""
        if symbol not in self._read:
            text, reached = self._follow(*symbol)
            short = hashlib.sha256(text.encode()).hexdigest() if text else ""
            self._read[symbol] = short, frozenset(reached)
        return self._read[symbol]

    def _follow(self, name: str, own: str) -> tuple[str, set[Symbol]]:
        module = self._module(name)
        assert module is not None
        if own == FILES:
            return module.files_beside(), set()
        if own == EFFECTS:
            text, reached = self._uses(module, module.effects)
            return text, reached | self._run(module, module.imports)
        reached = {(name, EFFECTS), (name, FILES)}
        if own == ALL:
            return "", {(name, OWN), *((beneath, ALL) for beneath in module.beneath())}
        if own == OWN:
            return "", reached | self._whole(module)
        if own.startswith("import "):
            return " ".join(sorted(map(str, module.bound[own.removeprefix("import ")]))), reached
        text, used = self._uses(module, module.defined[own])
        return text, reached | used

    def _whole(self, module: Module) -> set[Symbol]:
        """Reach all of a module: what it defines and what it passes on."""
        reached = {(module.name, own) for own in module.defined}
        for own, bindings in module.bound.items():
            reached.add((module.name, f"import {own}"))
            for binding in bindings:
                if binding.name and self._module(f"{binding.module}.{binding.name}") is None:
                    reached |= self._member(binding.module, binding.name, ())
        return reached

    def _uses(self, module: Module, statements: list[ast.stmt]) -> tuple[str, set[Symbol]]:
        """Read statements of a module: their text, and what the names in them reach."""
        said = Said()
        for statement in statements:
            said.read(statement)
        within = _bindings(module, said.imports)
        reached = self._run(module, said.imports)
        for own, *further in said.names:
            reached |= self._own(module, own, tuple(further), within.get(own, set()))
        for word in said.words:
            if word.partition(".")[0] in self._places and _DOTTED.fullmatch(word):
                # A package is named as a group of plug-ins, which are for the rules to name.
                reached |= {(m, OWN if n == ALL else n) for m, n in self._named(word)}
        return "".join(said.text), reached

    def _own(
        self,
        module: Module,
        own: str,
        further: tuple[str, ...],
        within: Iterable[Binding] = (),
        passed: frozenset[Symbol] = frozenset(),
    ) -> set[Symbol]:
        """Find what a name means in a module; nothing for one of Python's or a local one."""
        found = {(module.name, own)} if own in module.defined else set()
        if own in module.bound:
            found.add((module.name, f"import {own}"))
        for binding in [*module.bound.get(own, ()), *within]:
            if binding.name:
                found |= self._member(binding.module, binding.name, further, passed)
            else:
                found |= self._asked(binding.module, further, passed)
        return found

    def _asked(
        self, name: str, further: tuple[str, ...], passed: frozenset[Symbol] = frozenset()
    ) -> set[Symbol]:
        """Find what is asked of a module; all of it where it is handed on as such."""
        if self._module(name) is None:
            return set()
        return self._member(name, further[0], further[1:], passed) if further else {(name, ALL)}

    def _member(
        self,
        name: str,
        own: str,
        further: tuple[str, ...],
        passed: frozenset[Symbol] = frozenset(),
    ) -> set[Symbol]:
        module = self._module(name)
        if module is None or (name, own) in passed:
            return set()
        # All of it where the name is made in a way that cannot be followed.
        return self._of_module(module, own, further, passed) or {(name, ALL)}

    def _of_module(
        self,
        module: Module,
        own: str,
        further: tuple[str, ...],
        passed: frozenset[Symbol] = frozenset(),
    ) -> set[Symbol]:
        """Find a name of a module, and the module of that name beneath it."""
        passed |= {(module.name, own)}
        found = self._own(module, own, further, passed=passed)
        return found | self._asked(f"{module.name}.{own}", further, passed)

    def _run(self, module: Module, imports: list[Imported]) -> set[Symbol]:
        """List what runs when these imports do: modules, and the packages that they lie in."""
        reached = set()
        for name, own in _imported(module, imports):
            if own == "*":
                reached |= {(name, ALL)} if self._module(name) is not None else set()
            for whole in (name, f"{name}.{own}"):
                parts = whole.split(".")
                names = (".".join(parts[: n + 1]) for n in range(len(parts)))
                reached |= {(n, EFFECTS) for n in names if self._module(n) is not None}
        return reached


def _file_of(base: Path) -> Path | None:
    """Find a module's file; the folder itself for a package that has none."""
    for candidate in (base.with_name(f"{base.name}.py"), base / "__init__.py", base):
        if candidate.is_file():
            return candidate
    return base if base.is_dir() else None


@dataclass(frozen=True, order=True)
class Binding:
    """What an import gives a name to: a module, or a name of it."""

    module: str
    name: str


@dataclass
class Module:
    """The statements of a module, by what they define.

    Attributes
    ----------
    name : str
    file : Path
        A folder where there is no file.
    defined : dict of str to list of statement
        Functions, classes and constants.
    bound : dict of str to set of Binding
        What imports give names to.
    imports : list of statement
        Those that run with the module.
    effects : list of statement
        What runs with the module beside definitions and imports.
    """

    name: str
    file: Path
    defined: dict[str, list[ast.stmt]] = field(default_factory=lambda: defaultdict(list))
    bound: dict[str, set[Binding]] = field(default_factory=dict)
    imports: list[Imported] = field(default_factory=list)
    effects: list[ast.stmt] = field(default_factory=list)

    @classmethod
    def read(cls, name: str, file: Path) -> Module:
        """Read a file of Python."""
        module = cls(name, file)
        if file.is_file():
            for statement in ast.parse(file.read_bytes()).body:
                module._sort(statement)
        said = Said()
        for statement in module.effects:
            said.read(statement)
        module.imports += said.imports
        module.bound = _bindings(module, module.imports)
        module.effects += [
            statement
            for statements in module.defined.values()
            for statement in statements
            if isinstance(statement, _DEFINED) and module._is_registered(statement)
        ]
        return module

    def _sort(self, statement: ast.stmt) -> None:
        names = _names_defined(statement)
        if names:
            for name in names:
                self.defined[name].append(statement)
        elif isinstance(statement, Imported):
            self.imports.append(statement)
        elif isinstance(statement, ast.If) and _is_for_types(statement.test):
            for other in statement.orelse:
                self._sort(other)
        elif not _is_text(statement):
            self.effects.append(statement)

    def _is_registered(self, statement: _DEFINED) -> bool:
        """Tell whether a decorator that is no library's may keep what it decorates."""
        for decorator in statement.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            own = (_chain(called) or [""])[0]
            package = self.name.partition(".")[0]
            libraries = all(
                b.module.partition(".")[0] not in (package, PACKAGE)
                for b in self.bound.get(own, ())
            )
            if not (libraries and (own in self.bound or hasattr(builtins, own))):
                return True
        return False

    def files_beside(self) -> str:
        """Digest the files (lists, templates) of the module's name, and those of no module's."""
        if not self.file.is_file():
            return ""
        here = sorted(f for f in self.file.parent.iterdir() if f.is_file())
        modules = {f.stem for f in here if f.suffix == ".py"}
        texts = [
            f"{file.name}:{hashlib.sha256(file.read_bytes()).hexdigest()}"
            for file in here
            if file.suffix not in {".py", ".pyc", ".pyi"}
            and (file.stem == self.file.stem or file.stem not in modules)
        ]
        return "\n".join(texts)

    def beneath(self) -> Iterator[str]:
        """Name the modules of a package."""
        folder = self.file.parent if self.file.name == "__init__.py" else self.file
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if file.suffix == ".py" and file.stem != "__init__":
                yield f"{self.name}.{file.stem}"
            elif (file / "__init__.py").is_file():
                yield f"{self.name}.{file.name}"


class Said:
    """The text of statements without layout and docstrings, and what they name.

    Attributes
    ----------
    text : list of str
    names : set of tuple of str
        Each name with the attributes that are asked of it: ``tool.read.path`` as three.
    words : set of str
        Constant texts.
    imports : list of statement
    """

    def __init__(self) -> None:
        self.text: list[str] = []
        self.names: set[tuple[str, ...]] = set()
        self.words: set[str] = set()
        self.imports: list[Imported] = []

    def read(self, node: object, of_type: bool = False) -> None:
        """Take in a part of a statement; ``of_type`` in annotations, where texts are code."""
        if isinstance(node, ast.AST):
            self._read_node(node, of_type)
        elif isinstance(node, list):
            self.text.append("[")
            for item in node:
                self.read(item, of_type)
            self.text.append("]")
        else:
            self.text.append(f"{node!r},")

    def _read_node(self, node: ast.AST, of_type: bool) -> None:
        self.text.append(type(node).__name__)
        chain = _chain(node)
        if chain:
            self.names.add(chain)
            self.text.append(f"{chain}{type(node.ctx).__name__}")  # type: ignore[attr-defined]
            return
        if isinstance(node, Imported):
            self.imports.append(node)
        elif isinstance(node, ast.Constant):
            self._read_constant(node.value, of_type)
            return
        skipped = isinstance(node, _DEFINED) and _is_text(node.body[0])
        for name in node._fields:
            value = getattr(node, name, None)
            if value is not None:
                self.text.append(f"({name}:")
                if name == "body" and skipped:
                    value = value[1:]
                self.read(value, of_type or name in ("annotation", "returns"))
                self.text.append(")")

    def _read_constant(self, value: object, of_type: bool) -> None:
        self.text.append(f"{value!r},")
        if not isinstance(value, str):
            return
        self.words.add(value)
        if of_type:
            # A sentence inside Annotated is none.
            with suppress(SyntaxError):
                self.read(ast.parse(value, mode="eval").body, of_type)


def _names_defined(statement: ast.stmt) -> list[str]:
    """Name what a statement defines; nothing where it does more than that."""
    if isinstance(statement, _DEFINED):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    else:
        return []
    if any(isinstance(node, ast.NamedExpr) for node in ast.walk(statement)):
        return []
    parts = [p for t in targets for p in (t.elts if isinstance(t, ast.Tuple | ast.List) else [t])]
    names = [p.id for p in parts if isinstance(p, ast.Name)]
    return names if len(names) == len(parts) and set(names) != {"_"} else []


def _is_text(statement: ast.stmt) -> bool:
    """Tell whether a statement is a docstring, or a text that stands for itself."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _is_for_types(test: ast.expr) -> bool:
    """Tell whether a condition holds for type checkers alone."""
    return (_chain(test) or ("",))[-1] == "TYPE_CHECKING"


def _chain(node: ast.AST) -> tuple[str, ...]:
    """Give a name with the attributes that are asked of it; empty for anything else."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return (node.id, *reversed(attributes)) if isinstance(node, ast.Name) else ()


def _imported(module: Module, imports: list[Imported]) -> Iterator[tuple[str, str]]:
    """List what imports ask for: a module and a name, which is empty for the module itself."""
    for statement in imports:
        for alias in statement.names:
            if isinstance(statement, ast.Import):
                yield alias.name, ""
            else:
                yield _origin(module, statement), alias.name


def _origin(module: Module, statement: ast.ImportFrom) -> str:
    """Write out the module that names are imported from."""
    if not statement.level:
        return statement.module or ""
    is_package = module.file.name == "__init__.py" or module.file.is_dir()
    parts = module.name.split(".")
    up = statement.level - is_package
    return ".".join([*parts[: len(parts) - up], *filter(None, [statement.module])])


def _bindings(module: Module, imports: list[Imported]) -> dict[str, set[Binding]]:
    """Give the names that imports bind."""
    found: dict[str, set[Binding]] = defaultdict(set)
    for statement in imports:
        for alias in statement.names:
            if isinstance(statement, ast.ImportFrom):
                bound = Binding(_origin(module, statement), alias.name)
                found[alias.asname or alias.name].add(bound)
            elif alias.asname:
                found[alias.asname].add(Binding(alias.name, ""))
            else:
                first = alias.name.partition(".")[0]
                found[first].add(Binding(first, ""))
    return dict(found)
