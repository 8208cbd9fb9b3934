"""An edit of the code reruns what depends on it, and nothing upstream."""

import ast
import shutil
from pathlib import Path

import pytest
from code_digest import Source

ROOT = Path(__file__).parents[2]
# What is made of recordings before anything is learned, and what is learned, by files of rules.
UPSTREAM = {"recordings", "signals", "given", "opensim", "dataset"}
LEARNED = {"training", "tuning", "questions", "deep_truth", "deep_hidden", "deep_protocols"}
FITS = ("train_variant", "train_ceiling", "tune_variant", "hide_channels", "answer_question")
VARIANTS = ("cnn", "gru", "emg_driven", "mean_cycle")
SOLVERS = ("static_optimization", "cmc")
# The module and name that is edited, rules that it must rerun, and rooms that it must leave alone.
EDITS = {
    "a column of the table of errors": (
        "files.layouts.errors",
        "METRICS",
        {"compute_errors", "compare_variants", "state_findings", "draw_errors", "write_report"},
        UPSTREAM | {"training", "tuning", "deep_truth", "deep_protocols"},
    ),
    # The report says in words what figures show.
    "a figure": (
        "figures.motion",
        "draw_motion",
        {"draw_motion", "write_report"},
        UPSTREAM | LEARNED | {"statistics", "evaluation", "deep_errors"},
    ),
    "the physics": (
        "physics.motion",
        "inverse_dynamics",
        {"train_variant with cnn", "train_variant with emg_driven", "tune_variant with cnn"},
        UPSTREAM | {"statistics", "evaluation", "deep_errors", "figures"},
    ),
    "a default of one variant": (
        "variants.gru",
        "Settings",
        {"resolve_entries with gru", *(f"{fit} with gru" for fit in FITS)},
        UPSTREAM | {"statistics", "evaluation", "deep_errors", "figures"},
    ),
    "a solver of muscle forces": (
        "opensim.solvers.cmc",
        "solve_cmc",
        {"estimate_muscle_forces with cmc"},
        LEARNED | {"signals", "dataset", "statistics", "evaluation", "deep_errors", "figures"},
    ),
    "the quality record": (
        "files.layouts.quality",
        "QUALITY",
        {"convert_signals", "estimate_muscle_forces with cmc", "collect_quality"},
        {"tuning", "deep_errors", "deep_protocols"},
    ),
    "what folds are": (
        "files.layouts.folds",
        "FOLDS",
        {"make_folds", *(f"{fit} with gru" for fit in FITS)},
        UPSTREAM - {"dataset"} | {"statistics", "evaluation", "deep_errors", "deep_protocols"},
    ),
}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Copy the package, to be edited."""
    folder = tmp_path_factory.mktemp("edited") / "myopinn"
    shutil.copytree(ROOT / "src" / "myopinn", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def digests(package, rules):
    """Digest every rule, those that run plug-ins with each that it may run."""
    source = Source({"myopinn": package})
    found = {}
    for rule in rules.values():
        plug_ins = {}
        if "variant" in rule.plug_ins or rule.plug_ins == "lambda":
            plug_ins = {name: f"myopinn.variants.{name}" for name in VARIANTS}
        elif rule.plug_ins == "solver_of":
            plug_ins = {name: f"myopinn.opensim.solvers.{name}" for name in SOLVERS}
        for name, module in plug_ins.items():
            found[f"{rule.name} with {name}"] = source.digest(rule.function, module)
        if not plug_ins:
            found[rule.name] = source.digest(rule.function)
    return found


def edit(file, name):
    """Change what a name of a module is; the rest says what it said."""
    tree = ast.parse(file.read_text())
    for node in tree.body:
        if getattr(node, "name", "") == name:
            node.body.insert(1, ast.parse("edited = True").body[0])
            break
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            node.value = ast.List([node.value], ast.Load())
            break
    else:
        raise AssertionError(f"{file} has no {name}")
    file.write_text(ast.unparse(tree))


@pytest.fixture(scope="module")
def before(package, rules):
    """Digest the package as it is."""
    return digests(package, rules)


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_reruns_what_depends_on_it_and_nothing_else(what, package, before, rules):
    module, name, needed, spared = EDITS[what]
    file = package.joinpath(*module.split(".")).with_suffix(".py")
    kept = file.read_text()
    edit(file, name)
    after = digests(package, rules)
    file.write_text(kept)
    changed = [label for label in before if before[label] != after[label]]
    of_rules = sorted({label.partition(" ")[0] for label in changed})
    # Shown by `pytest -rP`.
    print(f"{what} ({module}.{name}): {len(of_rules)} of {len(rules)} rules: {', '.join(of_rules)}")
    assert needed <= set(changed)
    if module.startswith(("variants.", "opensim.solvers.")):
        plug_in = module.rpartition(".")[2]
        assert {label.partition(" with ")[2] for label in changed} == {plug_in}
    assert not {rules[rule].file for rule in of_rules} & spared


def test_nothing_upstream_knows_physics_or_training(rules):
    source = Source({"myopinn": ROOT / "src" / "myopinn"})
    for rule in rules.values():
        if rule.file in UPSTREAM:
            reached = {module for module, _ in source.reached(rule.function)}
            assert not [m for m in reached if m.startswith(("myopinn.physics", "myopinn.training"))]
