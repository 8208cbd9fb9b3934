"""The digest changes with the code that a step runs, and with nothing else."""

import importlib
import sys

import pytest

from myopinn import digest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package in which `a` uses `b`, and `c` stands alone."""
    root = tmp_path / "myopinn"
    root.mkdir()
    (root / "__init__.py").write_text("")
    (root / "a.py").write_text("def f():\n    from myopinn.b import g\n    return g()\n")
    (root / "b.py").write_text('"""Says what."""\n\ndef g():\n    return 1\n')
    (root / "c.py").write_text("x = 1\n")
    monkeypatch.setattr(digest, "ROOT", root)

    def fresh(*modules):
        for function in (digest._tree, digest._structure, digest._imports):
            function.cache_clear()
        return digest.code_digest(*modules)

    yield root, fresh
    for function in (digest._tree, digest._structure, digest._imports):
        function.cache_clear()


def test_edit_of_an_imported_module_changes_the_digest(package):
    root, fresh = package
    before = fresh("myopinn.a"), fresh("myopinn.c")
    (root / "b.py").write_text("def g():\n    return 2\n")
    assert fresh("myopinn.a") != before[0]
    assert fresh("myopinn.c") == before[1]


def test_comments_docstrings_and_layout_do_not_count(package):
    root, fresh = package
    before = fresh("myopinn.a")
    (root / "b.py").write_text(
        '"""Says it otherwise."""\n\n\ndef g():\n    # why\n    return (1)\n'
    )
    assert fresh("myopinn.a") == before


def test_a_table_beside_the_module_counts(package):
    root, fresh = package
    (root / "c.csv").write_text("a,b\n")
    before = fresh("myopinn.c")
    (root / "c.csv").write_text("a,c\n")
    assert fresh("myopinn.c") != before


def test_an_unknown_module_is_refused():
    with pytest.raises(ModuleNotFoundError, match="no_such_room"):
        digest.code_digest("myopinn.no_such_room")


def test_upstream_steps_do_not_depend_on_physics_or_training():
    """An edit of the physics must rerun the fits that use it and nothing upstream."""
    for module in (
        "myopinn.steps.scale_model",
        "myopinn.steps.solve_inverse_kinematics",
        "myopinn.steps.solve_inverse_dynamics",
        "myopinn.steps.estimate_muscle_forces",
        "myopinn.steps.fit_muscle_geometry",
        "myopinn.steps.build_dataset",
        "myopinn.steps.convert_signals",
        "myopinn.steps.make_folds",
    ):
        reached = _closure(module)
        assert not [m for m in reached if m.startswith(("myopinn.physics", "myopinn.training"))]
    assert any(m.startswith("myopinn.physics") for m in _closure("myopinn.variants.cnn"))
    assert not any(
        m.startswith("myopinn.physics")
        for m in _closure("myopinn.steps.train_variant") | _closure("myopinn.variants.svr")
    )


def _closure(module):
    reached, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(digest._imports(name))
    return reached


def test_the_package_itself_is_digested_without_importing_it():
    heavy = {"torch", "opensim", "mlflow"}
    code = (
        "import sys; from myopinn.digest import code_digest;"
        "code_digest('myopinn.steps.train_variant', 'myopinn.steps.scale_model');"
        f"sys.exit(bool({heavy!r} & set(sys.modules)))"
    )
    import subprocess

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert importlib.util.find_spec("torch") is not None
