"""Each thing of docs/how_to_add.md is added to a copy of the project, from the page, and used."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from additions import PAGE, examples
from myopinn import recordings, variants

ROOT = Path(__file__).parents[1]
# Of src and workflow; configuration, docs and tests do not count.
MOST_FILES = {
    **{"variant": 1, "laboratory": 1},
    **{"figure": 2, "constraint": 2, "solver": 2, "split": 2},
}


class Copy:
    """A copy of the project with one thing more."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        for part in ("src", "workflow", "profiles", "studies/tiny"):
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        shutil.copy(ROOT / "Snakefile", folder)
        for example in examples(kind):
            if example.file:
                example.apply(folder)

    def run(self, *command: str, beside: str = "") -> str:
        """Run Python in the copy; give what it prints."""
        path = os.pathsep.join([str(self.folder / "src"), str(ROOT / "tests" / beside)])
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture
def copy(request, tmp_path):
    """Add one thing."""
    return Copy(tmp_path, request.param)


def of(kind):
    return pytest.mark.parametrize("copy", [kind], indirect=True)


@pytest.mark.parametrize(("kind", "most"), MOST_FILES.items())
def test_few_files_are_touched(kind, most):
    touched = {example.file for example in examples(kind)} - {""}
    code = {file for file in touched if file.startswith(("src/", "workflow/"))}
    assert 1 <= len(code) <= most
    assert touched - code <= {"profiles/slurm/config.yaml"}
    # The page's table says the same.
    assert re.search(rf"^\| \[{kind}[^|]*\| {len(code)}: ", PAGE.read_text(), flags=re.M)


def test_whatever_the_page_names_is_there():
    made = {example.file for kind in MOST_FILES for example in examples(kind)}
    named = set(re.findall(r"(?<![./\w])\w[\w./]*/[\w./]+\.(?:py|md|smk|yaml)", PAGE.read_text()))
    known = {
        file
        for base in ("", "src/myopinn/", "docs/")
        for file in named
        if (ROOT / base / file).is_file()
    }
    assert named - known - made == set()


@of("variant")
def test_a_variant_is_found_and_answers(copy):
    copy.run(
        "-c",
        """
import numpy as np
from myopinn.variants import load_variant, variant_names
assert "final_cycle" in variant_names("muscle_force")
found = load_variant("final_cycle", {"gain": 0.5}, "muscle_force").build(None)
found.fit_arrays(np.zeros((2, 3, 1)), np.arange(12.0).reshape(2, 3, 2), 0)
assert found.predict_arrays(np.zeros((1, 3, 1))).tolist() == [[[3, 3.5], [4, 4.5], [5, 5.5]]]
""",
    )


@of("laboratory")
def test_a_laboratory_is_found_and_fetches_its_files(copy):
    copy.run(
        "-c",
        """
from pathlib import Path
from myopinn.recordings import laboratory
from myopinn.steps.fetch_recordings import fetch_recordings
from myopinn.steps.provide_model import provide_model
Path("drive/P01").mkdir(parents=True)
for name in ("P01/standing.c3d", "P01/walk.c3d", "generic.osim"):
    Path("drive", name).touch()
settings = {"name": "tower", "drive": "drive"}
assert [t.kind for t in laboratory("tower").list_trials(settings)] == ["static", "dynamic"]
fetch_recordings(recording="r", subject="P01", settings=settings, recordings="data")
provide_model(settings=settings, model="generic.osim")
there = {file.name for file in Path("data").iterdir()}
assert there == {"standing.c3d", "walk.c3d", "quality.csv"} and Path("generic.osim").exists()
""",
    )


def test_both_come_from_another_package_as_well(tmp_path):
    """As it is installed, the entry points are those of its pyproject.toml."""
    blocks = [example for kind in ("variant", "laboratory") for example in examples(kind)]
    (offered,) = [tomllib.loads(e.text) for e in blocks if e.language == "toml"]
    groups = offered["project"]["entry-points"]
    assert set(groups) == {variants.ENTRY_POINTS, recordings.GROUP}
    package, about = tmp_path / "tower_lab", tmp_path / "tower_lab-1.0.dist-info"
    package.mkdir()
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tower_lab\nVersion: 1.0\n")
    lines = [f"[{g}]\n" + "".join(f"{n} = {m}\n" for n, m in p.items()) for g, p in groups.items()]
    (about / "entry_points.txt").write_text("".join(lines))
    for example in blocks:
        if example.language == "python":
            (package / Path(example.file).name).write_text(example.text)
    code = """
from myopinn.recordings import laboratory
from myopinn.variants import load_variant
assert laboratory("tower").__name__ == "tower_lab.tower"
assert load_variant("final_cycle").build(None).__module__ == "tower_lab.final_cycle"
"""
    path = os.pathsep.join([str(ROOT / "src"), str(tmp_path)])
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, check=True)


@of("figure")
def test_a_figure_is_drawn_and_a_study_makes_it(copy):
    copy.run(
        "-c",
        """
import csv
from pathlib import Path
from test_folds import DATASET, _dataset, write_netcdf
from myopinn.figures.cycles import draw_cycles
for subject in ("p1", "p2"):
    write_netcdf(_dataset(subject), f"{subject}.nc", DATASET)
files = {kind: f"cycles.{kind}" for kind in ("pdf", "png", "csv")}
draw_cycles(datasets=["p1.nc", "p2.nc"], recording="r", **files)
assert all(Path(file).stat().st_size for file in files.values())
drawn = [(row["subject"], float(row["n_cycles"])) for row in csv.DictReader(open("cycles.csv"))]
assert drawn == [("p1", 12), ("p2", 12)]
""",
        beside="dataset",
    )
    asked = ["-n", "results/report.html"]
    study = ["--snakefile", "Snakefile", "--directory", "studies/tiny", "--cores", "1"]
    planned = copy.run("-m", "snakemake", *study, *asked)
    # Of the wrists and of the elbows.
    assert re.search(r"^draw_cycles +2$", planned, flags=re.M), planned


@of("constraint")
def test_a_constraint_is_in_the_loss_by_its_weight(copy):
    copy.run(
        "-c",
        """
from test_constraints import RANGE_N, cycles_of, outputs_of, problem_of
from myopinn.variants import load_variant
problem, cycles, outputs = problem_of(), cycles_of(), outputs_of(50.0)
def losses(**weights):
    model = load_variant("cnn", weights).build(problem)
    terms = model.loss_terms(cycles, outputs)
    return terms, float(model.loss(terms).detach())
without, least = losses()
terms, total = losses(effort_weight=2.0)
assert set(terms) - set(without) == {"effort"}
assert abs(float(terms["effort"]) - (50 / RANGE_N) ** 2) < 1e-6
assert abs(total - least - 2 * (50 / RANGE_N) ** 2) < 1e-6
""",
        beside="training",
    )


@of("solver")
def test_a_solver_is_accepted_and_called(copy):
    copy.run(
        "-c",
        """
from pathlib import Path
import conftest
import numpy as np
from elbow_laboratory import Laboratory, build_elbow
from test_muscle_forces import ROOM, _prepare, _solve
from myopinn.formats.opensim_files import read_storage
from myopinn.steps.read_study import read_study
config = Path("studies/tiny/config.yaml")
asked = "full_force_n: 600\\n        solver: equal_forces"
config.write_text(config.read_text().replace("solver: static_optimization", asked))
forces = read_study(config)["recordings"]["virtual_wrist"]["opensim"]["muscle_forces"]
assert (forces["solver"], forces["full_force_n"]) == ("equal_forces", 600)

elbow = Laboratory(Path.cwd(), build_elbow(Path("generic.osim")))
_prepare(elbow, tuple(part[:41] for part in conftest.swing.__wrapped__()))
settings = conftest.settings.__wrapped__()
settings["muscle_forces"] |= {"solver": "equal_forces", "full_force_n": 600.0}
_solve(elbow, settings)
assert elbow.refusal(ROOM, "swing") == ""
force, _ = read_storage(Path(ROOM, "swing_force.sto"))
activation, _ = read_storage(Path(ROOM, "swing_activation.sto"))
assert force["flexor"].min() > 1 and (force["extensor"] == 0).all()
np.testing.assert_allclose(activation, force / 600, atol=1e-6)
""",
        beside="opensim",
    )


@of("split")
def test_a_split_is_accepted_and_makes_folds(copy):
    copy.run(
        "-c",
        """
from pathlib import Path
from test_folds import folds_of
from myopinn.errors import ConfigError
from myopinn.steps.read_study import read_study
made = folds_of(Path.cwd(), "later_trials")
assert not made["dropped"]
assert [sorted(fold["test"]) for fold in made["folds"]] == [
    [f"{subject}/t{k}" for k in (1, 3, 5)] for subject in ("p1", "p2")
]
config = Path("studies/tiny/config.yaml")
text = config.read_text().replace("[unseen_load]", "[later_trials]")
config.write_text(text)
splits = read_study(config)["tasks"]["deep_emg"]["recordings"]["virtual_elbow"]["splits"]
assert splits == ["later_trials"]
for there, instead in (("_session: 3", "_session: 1"), ("across_people]", "later_trials]")):
    text = text.replace(there, instead, 1).replace("sessions: 2", "sessions: 1", 1)
config.write_text(text)
try:
    read_study(config)
except ConfigError as error:
    assert "later_trials, but there are 1 trials of a person; expected 3" in str(error), error
else:
    raise AssertionError("two trials were enough")
""",
        beside="dataset",
    )
