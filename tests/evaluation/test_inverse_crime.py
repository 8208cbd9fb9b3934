"""The analysis never sees the truth and never uses the model that made it."""

import ast
from pathlib import Path

import opensim as osim
import pytest

from myopinn.files.layouts.quality import QUALITY
from myopinn.files.layouts.truth import TRUTH

# What all of these rest on costs seconds and is made once, in one process.
pytestmark = pytest.mark.xdist_group("inverse_crime")

ROOT = Path(__file__).parents[2]
PARAMETERS = ("max_isometric_force", "optimal_fiber_length", "tendon_slack_length")


def muscles(path):
    model = osim.Model(str(path))
    model.initSystem()
    return model, [model.getMuscles().get(i) for i in range(model.getMuscles().getSize())]


def test_everything_is_analysed_with_the_truth_out_of_reach(study):
    """The fixture moves the folder away before the first step and back after the last."""
    for step in ("signals", "model", "inverse_kinematics", "inverse_dynamics", "muscle_forces"):
        quality = QUALITY.read(study.paths[step] / "quality.csv")
        assert len(quality) and quality["accepted"].all()
    assert (study.paths["muscle_forces"] / "session_1_fast_1_force.sto").is_file()


@pytest.mark.parametrize("file", ["model/scaled.osim", "muscle_forces/reduced.osim"])
def test_the_analysis_uses_the_generic_model_and_another_muscle(study, file):
    step, name = file.split("/")
    used_model, used = muscles(study.paths[step] / name)
    true_model, true = muscles(study.paths["truth"] / "model.osim")
    generic_model, generic = muscles(study.paths["generic_model"])
    assert {m.getConcreteClassName() for m in used} == {"DeGrooteFregly2016Muscle"}
    assert {m.getConcreteClassName() for m in true} == {"Millard2012EquilibriumMuscle"}
    for own, hidden, published in zip(used, true, generic, strict=True):
        assert own.get_ignore_tendon_compliance() and not hidden.get_ignore_tendon_compliance()
        values, truth, start = (
            [getattr(m, f"get_{p}")() for p in PARAMETERS] for m in (own, hidden, published)
        )
        # Scaling stretches fibre and tendon by one factor and leaves the strength as published.
        assert values[0] == pytest.approx(start[0], rel=1e-9)
        assert values[1] / values[2] == pytest.approx(start[1] / start[2], rel=1e-9)
        for value, hidden_value in zip(values, truth, strict=True):
            assert abs(value / hidden_value - 1.0) > 1e-3
    assert all((used_model, true_model, generic_model))


PACKAGE = ROOT / "src" / "myopinn"
LAYOUT = "myopinn.files.layouts.truth"
# Who writes it, the steps of the evaluation, and the stick figure, which shows a virtual person's
# truth and feeds nothing.
MAY_OPEN_THE_TRUTH = {
    "recordings/simulating/truth.py",
    "steps/compare_parameters.py",
    "steps/compare_with_truth.py",
    "steps/compute_true_errors.py",
    "steps/group_by_law.py",
    "steps/reveal_calibration.py",
    "steps/reveal_excitations.py",
    "figures/stick_figure.py",
}


def opens_truth(source):
    """Tell whether a module takes anything from the layout of the truth, however it does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and LAYOUT in {name.name for name in node.names}:
            return True
        if isinstance(node, ast.ImportFrom):
            package = bool(node.level) or (node.module or "").split(".")[0] == "myopinn"
            module = (node.module or "").split(".")
            names = {name.name for name in node.names}
            if package and (module[-2:] == ["layouts", "truth"] or {"TRUTH", "*"} & names):
                return True
            if package and module[-1] == "layouts" and "truth" in names:
                return True
        if isinstance(node, ast.Attribute) and node.attr == "TRUTH":
            return True
        # As in getattr(layouts, "TRUTH"), or for importlib.
        if isinstance(node, ast.Constant) and node.value in ("TRUTH", LAYOUT):
            return True
    return False


@pytest.mark.parametrize(
    "source",
    [
        "from myopinn.files.layouts.truth import TRUTH",
        "from myopinn.files.layouts.truth import LAYOUT, TRUTH as WHAT_HAPPENED",
        "from myopinn.steps.compare_with_truth import TRUTH",
        "from myopinn.files.layouts.truth import read_truth",
        "from myopinn.files.layouts import truth",
        "import myopinn.files.layouts.truth as kept",
        "import importlib\nimportlib.import_module('myopinn.files.layouts.truth')",
        "from ..files.layouts.truth import TRUTH",
        "from myopinn.files.layouts.truth import *",
        "import myopinn.files.layouts.truth\nmyopinn.files.layouts.truth.TRUTH",
        "def late():\n    from myopinn.files.layouts import truth as kept\n    return kept.TRUTH",
        "from myopinn.files.layouts import truth\ngetattr(truth, 'TRUTH')",
    ],
)
def test_whoever_opens_the_truth_is_seen(source):
    assert opens_truth(source)


def test_no_room_but_the_evaluation_knows_the_layout_of_the_truth():
    found = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if opens_truth(file.read_text(encoding="utf-8"))
    }
    # Nobody else, and all of them: the layout has not moved elsewhere.
    assert found == MAY_OPEN_THE_TRUTH
    assert TRUTH.name.startswith("truth of a virtual person")
