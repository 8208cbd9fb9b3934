"""The digest changes with the code that a step reaches, and with nothing else."""

import ast
import inspect
import sys
import tempfile
from pathlib import Path

import pytest
from code_digest import Source, code_digest
from hypothesis import given, settings
from hypothesis import strategies as st

from myopinn.steps.provide_model import provide_model
from myopinn.steps.resolve_entries import resolve_entries

ROOT = Path(__file__).parents[2]


@pytest.fixture
def package(tmp_path):
    """Write modules of a package; give a function that digests names of it as they then stand."""

    class Package:
        root = tmp_path / "pkg"

        def write(self, **files):
            for name, text in files.items():
                file = self.root.joinpath(*name.split("__dot__")).with_suffix(".py")
                file.parent.mkdir(parents=True, exist_ok=True)
                for folder in [file.parent, *file.parent.parents]:
                    if folder == tmp_path:
                        break
                    if file.name != "__init__.py":
                        (folder / "__init__.py").touch()
                file.write_text(text)

        def digest(self, *names):
            return Source({"pkg": self.root}).digest(*names)

        def changes(self, entry="pkg.a.f", **files):
            """Tell whether the digest changes with an edit; the edit stays."""
            before = self.digest(entry)
            self.write(**files)
            return self.digest(entry) != before

    return Package()


# --- any package that can be thought of -----------------------------------------------------------

MODULES = ("a", "b", "sub.c", "sub.deep.d")
# How a function or class may use the value that a name gives, seen from inside its body.
PLACES = {
    "call": "def {own}(x=0):\n    {local}\n    return {use} + {mark}\n",
    "default": "def {own}(x={use}):\n    return x + {mark}\n",
    "annotation": "def {own}(x: {use} = 0) -> int:\n    return {mark}\n",
    "text annotation": "def {own}(x: 'list[{use}]' = 0) -> int:\n    return {mark}\n",
    "nested": "def {own}():\n    def g():\n        {local}\n        return {use}, {mark}\n",
    "lambda": "def {own}():\n    {local}\n    return (lambda: {use})() + {mark}\n",
    "comprehension": "def {own}():\n    {local}\n    return [{use} + i for i in range({mark})]\n",
    "keyword": "def {own}():\n    {local}\n    return dict(value={use}, mark={mark})\n",
    "f-string": "def {own}():\n    {local}\n    return f'{{{use}}} {mark}'\n",
    "set attribute": "def {own}():\n    {local}\n    {use}.seen = {mark}\n",
    "async": "async def {own}():\n    {local}\n    async with {use}:\n        return {mark}\n",
    "base": "class {own}({use}):\n    value = {mark}\n",
    "method": "class {own}:\n    def go(self):\n        {local}\n        return {use} + {mark}\n",
    "field": "class {own}:\n    value: {use} = {mark}\n",
    "constant": "{own} = [{use}, {mark}]\n",
    "typed constant": "{own}: object = ({use}, {mark})\n",
}
# Where the import itself may stand inside.
WITH_LOCAL = [place for place, text in PLACES.items() if "{local}" in text]
WAYS = (
    "name",
    "alias",
    "module",
    "module alias",
    "dotted",
    "dotted alias",
    "relative",
    "re-export",
)


def reference(way, here, there, own, alias):
    """Write an import of a name of a module, and how it is then used."""
    parent, _, last = f"pkg.{there}".rpartition(".")
    up = "." * (here.count(".") + 1)
    return {
        "name": (f"from pkg.{there} import {own}", own),
        "alias": (f"from pkg.{there} import {own} as {alias}", alias),
        "module": (f"from {parent} import {last}", f"{last}.{own}"),
        "module alias": (f"from {parent} import {last} as {alias}", f"{alias}.{own}"),
        "dotted": (f"import pkg.{there}", f"pkg.{there}.{own}"),
        "dotted alias": (f"import pkg.{there} as {alias}", f"{alias}.{own}"),
        "relative": (f"from {up}{there} import {own} as {alias}", alias),
        "re-export": (f"from pkg import {own}_again as {alias}", alias),
    }[way]


@st.composite
def packages(draw):
    """Draw names of modules, and what each of them uses."""
    count = draw(st.integers(2, 7))
    homes = [draw(st.sampled_from(MODULES)) for _ in range(count)]
    edges = {}
    for one in range(count):
        others = [o for o in range(count) if o != one]
        used = draw(st.lists(st.sampled_from(others), max_size=2, unique=True))
        place = draw(st.sampled_from(list(PLACES)))
        local = place in WITH_LOCAL and draw(st.booleans())
        edges[one] = (place, [(o, draw(st.sampled_from(WAYS)), local) for o in used])
    return homes, edges


def source_of(homes, edges, marks):
    """Write the modules; ``marks`` is what stands in the body of each name."""
    heads = {module: [] for module in MODULES}
    bodies = {module: [] for module in MODULES}
    top = []
    for one, (place, used) in edges.items():
        home, local, uses = homes[one], "pass", []
        for other, way, is_local in used:
            if homes[other] == home and way != "re-export":
                uses.append(f"s{other}")
                continue
            line, use = reference(way, home, homes[other], f"s{other}", f"n{one}_{other}")
            if way == "re-export":
                top.append(f"from pkg.{homes[other]} import s{other} as s{other}_again")
            uses.append(use)
            if is_local:
                local += f"; {line}"
            else:
                heads[home].append(line)
        use = f"({', '.join(uses)})" if uses[1:] else "".join(uses) or "os"
        text = PLACES[place].format(own=f"s{one}", use=use, local=local, mark=marks[one])
        bodies[home].append(text)
    files = {m: "\n".join(["import os", *heads[m], "\n\n".join(bodies[m])]) for m in MODULES}
    return files | {"__init__": "\n".join(sorted(set(top)))}


def reached_from(first, edges):
    found, waiting = set(), [first]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [other for other, *_ in edges[one][1]]
    return found


def digest_of(files, entry):
    with tempfile.TemporaryDirectory() as place:
        for name, text in files.items():
            file = Path(place, "pkg", *name.split(".")).with_suffix(".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            compile(text, str(file), "exec")
        return Source({"pkg": Path(place, "pkg")}).digest(entry)


@settings(max_examples=150, deadline=None)
@given(packages(), st.data())
def test_an_edit_of_a_name_counts_exactly_where_it_is_reached(package, data):
    homes, edges = package
    edited = data.draw(st.sampled_from(sorted(edges)), label="edited")
    entry = f"pkg.{homes[0]}.s0"
    marks = {one: 1000 + one for one in edges}
    before = source_of(homes, edges, marks)
    after = source_of(homes, edges, marks | {edited: 99})
    changed = digest_of(before, entry) != digest_of(after, entry)
    assert changed == (edited in reached_from(0, edges)), (before, edited)
    said = {name: f"'''Says.'''\n{text}\n# more\n" for name, text in before.items()}
    assert digest_of(said, entry) == digest_of(before, entry)


# --- what each of the harder cases is -------------------------------------------------------------


def test_comments_docstrings_and_layout_do_not_count(package):
    package.write(
        a="def f():\n    'Says.'\n    return g(1, 2)\n\nclass G:\n    '''S.'''\n    x = 1\n"
    )
    before = package.digest("pkg.a.f"), package.digest("pkg.a.G")
    package.write(
        a="'''Says.'''\n\n\nclass G:\n\n    x = (1)  # why\n\n\ndef f():\n    return g(\n  1, 2)\n"
    )
    assert (package.digest("pkg.a.f"), package.digest("pkg.a.G")) == before
    assert package.changes(a="def f():\n    return g(2, 1)\n")


def test_what_runs_on_import_counts_with_any_name_of_the_module(package):
    package.write(a="from pkg import b\nimport pkg.c\ndef f(): return b.g()\n", c="")
    package.write(b="def g(): return 1\ndef h(): return 2\n")
    assert not package.changes(b="def g(): return 1\ndef h(): return 3\n")
    assert package.changes(b="def g(): return 1\nprint(1)\n")
    assert package.changes(b="def g(): return 1\nprint(h())\ndef h(): return 2\n")
    assert package.changes(b="def g(): return 1\nprint(h())\ndef h(): return 3\n")
    # A module of which no name is used runs as well, and so do the packages around each.
    assert package.changes(c="TABLE = {}\nTABLE['a'] = 1\n")
    assert package.changes(__init__="print(2)\n")
    assert not package.changes(c="TABLE = {}\nTABLE['a'] = 1\ndef unused(): return 1\n")
    package.write(a="from pkg.sub.d import g\ndef f(): return g()\n")
    package.write(sub__dot__d="def g(): return 1\n")
    assert package.changes(sub__dot____init__="print(1)\n")


@pytest.mark.parametrize(
    "statement",
    [
        "if {0}:\n    X = 1\nelse:\n    X = 2",
        "try:\n    import fast as X\nexcept ImportError:\n    X = {0}",
        "for X in range({0}):\n    pass",
        "with open({0}) as X:\n    pass",
        "Y = [X := {0}]",
        "X, Y.z = 1, {0}",
        "_ = register({0})\nX = 1",
        "X = 1\nX += {0}",
        "X = 1\nX = {0}",
        "X, Y = 1, {0}",
        "@register\ndef other():\n    return {0}\nX = 1",
        "@table.add('x')\nclass Other:\n    y = {0}\nX = 1",
        "def X():\n    import pkg.c\n    return {0}",
    ],
)
def test_a_name_may_be_made_in_any_way(package, statement):
    around = "def register(g): return g\ntable = list()\n{0}\ndef f(): return X\n"
    package.write(a="from pkg.b import X\ndef f(): return X\n")
    package.write(b=around.format(statement.format(1)))
    before = package.digest("pkg.b.f")
    assert package.changes(b=around.format(statement.format(2)))
    assert package.digest("pkg.b.f") != before


@pytest.mark.parametrize(
    "use",
    [
        "from pkg import b\ndef f(name): return getattr(b, name)",
        "import pkg.b as b\ndef f(name): return [b, name]",
        "import pkg.b\ndef f(name): return vars(pkg.b)[name]",
        "import pkg.b\ndef f(name): return pkg.b.__dict__[name]",
        "from pkg.b import *\ndef f(): return g()",
        "def f():\n    from pkg.b import unknown\n    return unknown",
        "import importlib\ndef f(name): return getattr(importlib.import_module('pkg.b'), name)",
        "import subprocess\ndef f(): subprocess.run(['python', '-m', 'pkg.b'])",
        "COMMAND = 'pkg.b.g'\ndef f(name): return COMMAND",
        "import pkg\ndef f(name): return getattr(pkg, name)",
        "from pkg import c\ndef f(): return c.g()",
    ],
)
def test_what_cannot_be_followed_counts_as_a_whole(package, use):
    package.write(a=use, b="def g(): return h()\ndef h(): return 1\n", c="from pkg.b import *\n")
    assert package.changes(b="def g(): return h()\ndef h(): return 2\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from pkg.b import g, h", "from pkg.b import g as h, h as g"),
        ("import one as g, one as h", "import two as g, one as h"),
        ("from one import g, h", "from one import h as g, g as h"),
        ("from pkg.b import g, h", "from pkg.b import g, g as h"),
    ],
)
def test_a_name_that_comes_from_elsewhere_counts(package, before, after):
    use = "\ndef f(): return g() - h()\n"
    package.write(a=before + use, b="def g(): return 1\ndef h(): return 2\n")
    assert package.changes(a=after + use)


def test_what_is_imported_for_types_alone_does_not_count(package):
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg.b import B\n"
    package.write(a=text + "def f(x: B): return 1\n", b="class B:\n    y = 1\n")
    assert not package.changes(b="class B:\n    y = 2\n")


def test_a_package_that_a_text_names_is_a_group_of_plug_ins(package):
    """Such as that of entry points: which plug-in runs is for the rule to say."""
    package.write(a="GROUP = 'pkg.plug_ins'\ndef f(): return GROUP\n")
    package.write(plug_ins__dot____init__="A = 1\n", plug_ins__dot__one="B = 1\n")
    assert package.changes(plug_ins__dot____init__="A = 2\n")
    assert not package.changes(plug_ins__dot__one="B = 2\n")


def test_imports_in_a_circle_end(package):
    package.write(a="from pkg.b import g\nfrom pkg.b import f as k\ndef h(): return g(), k()\n")
    package.write(b="from pkg.a import g\nfrom pkg.a import f\n")
    assert package.digest("pkg.a.h")


def test_files_beside_a_module_count_when_it_is_reached(package):
    package.write(a="from pkg import b, c\ndef f(): return b.g()\n", b="def g(): return 1\n", c="")
    (package.root / "b.csv").write_text("1")
    (package.root / "c.csv").write_text("1")
    (package.root / "list.yaml").write_text("1")
    for name, counts in (("b.csv", True), ("c.csv", False), ("list.yaml", True)):
        before = package.digest("pkg.a.f")
        (package.root / name).write_text("2")
        assert (package.digest("pkg.a.f") != before) == counts


def test_a_plug_in_of_another_package_brings_all_that_it_imports(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    alone, folder = tmp_path / "their_variant.py", tmp_path / "their_package"
    folder.mkdir()
    (folder / "__init__.py").touch()
    helper = folder / "helper.py"
    helper.write_text("def k(): return 1\n")
    (folder / "variant.py").write_text("from .helper import k\ndef build(): return k()\n")
    alone.write_text("from myopinn.errors import ConfigError\nTASKS = (ConfigError,)\n")

    def digests():
        source = Source({"myopinn": ROOT / "src" / "myopinn"})
        return [
            source.digest("myopinn.errors", m) for m in ("their_variant", "their_package.variant")
        ]

    before = digests()
    helper.write_text("def k(): return 2\n")
    assert [a == b for a, b in zip(before, digests(), strict=True)] == [True, False]
    alone.write_text("from myopinn.errors import ConfigError\nTASKS = ()\n")
    assert [a == b for a, b in zip(before, digests(), strict=True)] == [False, False]
    source = Source({"myopinn": ROOT / "src" / "myopinn"})
    assert ("myopinn.errors", "ConfigError") in source.reached("their_variant") | source.reached(
        "myopinn.errors.ConfigError"
    )
    assert "their_variant" not in sys.modules


@pytest.mark.parametrize(
    "name", ["myopinn.no_such_room", "myopinn.errors.NoSuch", "no_such_package"]
)
def test_what_does_not_exist_is_refused(name):
    with pytest.raises(ModuleNotFoundError, match=name):
        code_digest(name)


# --- what the package itself does -----------------------------------------------------------------

# By what code may reach code that it does not name.
UNNAMED = {
    *("import_module", "__import__", "eval", "exec", "globals", "locals", "entry_points"),
    *("__subclasses__", "__init_subclass__", "getmembers", "iter_modules", "sys.modules"),
}
# Where it does so, and why the digest misses nothing.
KNOWN = {
    # Plug-ins: the rules say themselves which they run.
    ("myopinn.recordings", "laboratory"),
    ("myopinn.recordings", "_offered"),
    ("myopinn.variants", "variant_modules"),
    ("myopinn.variants", "_definition"),
    ("myopinn.opensim.solvers", "find_solver"),
    # All modules of the room that is handed on there.
    ("myopinn.figures.registry", "figure_kinds"),
    ("myopinn.figures.registry", "figure_modules"),
    # The page of all files, which is no step's.
    ("myopinn.files.reference", "_modules"),
    # Functions that whoever calls apart names.
    ("myopinn.processes.worker", "serve"),
    ("myopinn.processes.worker", "_answer"),
}


def test_the_package_reaches_nothing_by_other_means_than_names():
    """Whoever adds a place shows first how its edits are noticed."""
    found = set()
    root = ROOT / "src" / "myopinn"
    for file in root.rglob("*.py"):
        module = ".".join(file.relative_to(root.parent).with_suffix("").parts)
        for top in ast.parse(file.read_text()).body:
            for node in ast.walk(top):
                # torch's own `eval` is an attribute of a model.
                names = {getattr(node, "name", None), getattr(node, "id", None)}
                names |= {getattr(node, "attr", None)} - {"eval", "exec"}
                if getattr(node, "attr", "") == "modules":
                    names.add(ast.unparse(node))
                if names & UNNAMED and not isinstance(node, ast.alias):
                    found.add((module.removesuffix(".__init__"), getattr(top, "name", "")))
    assert found == KNOWN


def called(step, **arguments):
    """Call a step; list the functions and classes of the package that run, as module and name."""
    found = set()

    def look(frame, event, _):
        code, module = frame.f_code, frame.f_globals.get("__name__", "")
        name = code.co_qualname.partition(".")[0]
        # Bodies of classes are not functions, and what runs on import is no part of the step.
        if event != "call" or not code.co_flags & inspect.CO_OPTIMIZED or (module, name) in found:
            return
        if module.startswith("myopinn.") and not imports(frame):
            found.add((module, name))

    def imports(frame):
        while frame := frame.f_back:
            module = frame.f_globals.get("__name__", "")
            if frame.f_code.co_name == "<module>" and module.startswith("myopinn."):
                return True
        return False

    sys.setprofile(look)
    try:
        step(**arguments)
    finally:
        sys.setprofile(None)
    return found


@pytest.mark.parametrize(
    ("step", "arguments", "plug_ins"),
    [
        (
            resolve_entries,
            {
                "task": "muscle_force",
                "entries": {"": {"svr": {}, "mean": {"variant": "mean_cycle"}}},
                "recordings": {
                    "wrist": {
                        **{"channels": ["FCR"], "coordinates": ["flexion"], "muscles": ["FCR"]},
                        "emg_normalisation": "mvc",
                    }
                },
                "training": {"seeds": [0], "max_epochs": 5, "learning_rate": 0.01},
                "resolved": "resolved.json",
            },
            ["myopinn.variants.svr", "myopinn.variants.mean_cycle"],
        ),
        (
            provide_model,
            {"settings": {"name": "virtual_wrist"}, "model": "generic.osim"},
            ["myopinn.recordings.virtual_wrist.provide_model"],
        ),
    ],
    ids=["resolve_entries", "provide_model"],
)
def test_all_that_a_step_calls_is_reached(step, arguments, plug_ins, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = called(step, **arguments)
    source = Source({"myopinn": ROOT / "src" / "myopinn"})
    reached = source.reached(f"{step.__module__}.{step.__name__}", *plug_ins)
    modules = {module for module, _ in reached}
    # What dataclasses write has no name of its own.
    assert {(m, n) for m, n in ran if not n.startswith(("<", "__create_fn__"))} <= reached
    assert {module for module, _ in ran} <= modules
    # It sees what runs in plug-ins too.
    assert not ran <= source.reached(f"{step.__module__}.{step.__name__}")
