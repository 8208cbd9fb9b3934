"""What a finished study runs again: nothing, or just what an edit touches."""

import shutil

import pytest

pytestmark = pytest.mark.proof

AFTER_TRAINING = {
    "compute_errors",
    "compute_true_errors",
    "compare_variants",
    "state_findings",
    "draw_predictions",
    "draw_errors",
    "draw_true_errors",
    "draw_critical_difference",
    "draw_losses",
    # Drawn from the findings of its task, with those of the other entries.
    "draw_question",
    "write_report",
    "all",
}
# Fits, and the fits of the search.
TRAINING = {"train_variant", "tune_variant"}


def test_a_second_run_says_that_nothing_is_to_be_done(finished):
    assert "Nothing to be done" in finished.run()


def test_an_edit_of_the_physics_reruns_the_fits_that_use_it_and_nothing_upstream(study):
    file = study.project / "src" / "myopinn" / "physics" / "motion.py"
    file.write_text(file.read_text() + "\nEDITED = True\n")
    planned = study.planned()
    assert {rule for rule, _ in planned} <= AFTER_TRAINING | TRAINING
    known = {"cnn", "pi_cnn", "gru", "cnn_without_time", "emg_driven"}
    assert {w["variant"] for rule, w in planned if rule in TRAINING} == known


def test_adding_a_variant_runs_that_variant_alone(study):
    variants = study.project / "src" / "myopinn" / "variants"
    shutil.copy2(variants / "mean_cycle.py", variants / "another_mean_cycle.py")
    config, entry = study.folder / "config.yaml", "mean_cycle: {}\n"
    config.write_text(config.read_text().replace(entry, f"{entry}      another_{entry}"))
    planned = study.planned()
    assert {rule for rule, _ in planned} <= AFTER_TRAINING | TRAINING
    assert {w["variant"] for rule, w in planned if rule in TRAINING} == {"another_mean_cycle"}
    study.run()
    errors = study.folder / "results" / "statistics" / "muscle_force" / "errors.csv"
    assert "another_mean_cycle" in errors.read_text()


def test_an_edit_of_a_figure_redraws_it_and_nothing_else(study):
    file = study.project / "src" / "myopinn" / "figures" / "motion.py"
    file.write_text(file.read_text() + "\nEDITED = True\n")
    assert {rule for rule, _ in study.planned()} <= {"draw_motion", "write_report", "all"}


def test_a_comment_reruns_nothing(study):
    file = study.project / "src" / "myopinn" / "opensim" / "scaling.py"
    file.write_text(file.read_text() + "\n# Said once more.\n")
    assert study.planned() == []
