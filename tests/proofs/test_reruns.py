"""What a finished study runs again: nothing, or just what an edit touches."""

import re
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.proof

RULES = Path(__file__).parents[2] / "workflow" / "rules"
# What is made of recordings before anything is learned.
UPSTREAM = {
    rule
    for room in ("recordings", "signals", "given", "opensim", "dataset")
    for rule in re.findall(
        r"^use rule \w+ as (\w+)", (RULES / f"{room}.smk").read_text(), flags=re.M
    )
}
# Fits, and the fits of the search.
TRAINING = {"train_variant", "tune_variant"}


def edit(file):
    """Change every function of a file that returns something, and what they come to not at all."""
    text = file.read_text()
    file.write_text(text.replace("\n    return ", "\n    edited = True\n    return "))
    assert file.read_text() != text


def test_a_second_run_says_that_nothing_is_to_be_done(finished):
    assert "Nothing to be done" in finished.run()


def test_an_edit_of_the_physics_reruns_the_fits_that_use_it_and_nothing_upstream(study):
    edit(study.project / "src" / "myopinn" / "physics" / "motion.py")
    planned = study.planned()
    assert not UPSTREAM & {rule for rule, _ in planned}
    fitted = [w for rule, w in planned if rule in TRAINING and w["task"] == "muscle_force"]
    known = {"cnn", "pi_cnn", "gru", "cnn_without_time", "emg_driven"}
    assert {w["variant"] for w in fitted} == known


def test_adding_a_variant_runs_that_variant_alone(study):
    variants = study.project / "src" / "myopinn" / "variants"
    shutil.copy2(variants / "mean_cycle.py", variants / "another_mean_cycle.py")
    config, entry = study.folder / "config.yaml", "mean_cycle: {}\n"
    config.write_text(config.read_text().replace(entry, f"{entry}      another_{entry}"))
    planned = study.planned()
    assert not UPSTREAM & {rule for rule, _ in planned}
    assert {w["variant"] for rule, w in planned if rule in TRAINING} == {"another_mean_cycle"}
    study.run()
    errors = study.folder / "results" / "statistics" / "muscle_force" / "errors.csv"
    assert "another_mean_cycle" in errors.read_text()


def test_an_edit_of_a_figure_redraws_it_and_nothing_else(study):
    edit(study.project / "src" / "myopinn" / "figures" / "motion.py")
    assert {rule for rule, _ in study.planned()} <= {"draw_motion", "write_report", "all"}


def test_a_comment_reruns_nothing(study):
    file = study.project / "src" / "myopinn" / "steps" / "scale_model.py"
    file.write_text(file.read_text() + "\n# Said once more.\n")
    assert study.planned() == []
