"""The flow as Snakemake sees it: what stops it at once, and what may read the truth."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

# What all of these rest on costs seconds and is made once, in one process.
pytestmark = pytest.mark.xdist_group("flow")

ROOT = Path(__file__).parents[2]


def snakemake(folder, *arguments):
    """Run Snakemake on a study's folder and return its status and what it said."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")),
            *("--directory", str(folder), "--cores", "1", *arguments),
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def study(tmp_path):
    """A folder with the config of the tiny study, to be edited."""
    config = tmp_path / "config.yaml"
    config.write_text((ROOT / "studies" / "tiny" / "config.yaml").read_text())
    return config


def jobs(output):
    """Read rule, inputs and outputs of every job from a dry run."""
    found = []
    for block in re.split(r"\n(?:local)?rule ", output)[1:]:
        lines = block.splitlines()
        named = {
            key: value.split(", ")
            for key, _, value in (line.strip().partition(": ") for line in lines[1:])
            if key in {"input", "output"}
        }
        found.append((lines[0].rstrip(":"), named.get("input", []), named.get("output", [])))
    return found


def test_truth_is_read_by_evaluation_alone(plan):
    made = [job for job in jobs(plan) if any("truth" in o for o in job[2])]
    assert {rule for rule, _, _ in made} >= {"simulate_person"}
    readers = {rule for rule, inputs, _ in jobs(plan) if any("truth" in i for i in inputs)}
    assert readers <= {
        *("compare_with_truth", "draw_truth", "draw_stick_figure", "write_report"),
        *("compute_true_errors", "draw_true_errors", "group_by_law"),
        *("reveal_excitations", "reveal_calibration", "reveal_model"),
        *("train_ceiling", "compare_parameters", "compare_parameters_of_answers"),
    }
    # What was made of the truth is as locked as the truth: it reaches no fit but that of a ceiling.
    revealed = ("revealed", "true_geometry", "true_model")
    seen = {r for r, inputs, _ in jobs(plan) for i in inputs if any(w in i for w in revealed)}
    assert seen <= {
        *("fit_true_geometry", "train_ceiling", "average_envelopes"),
        *("compute_envelope_errors", "compute_envelope_answers"),
        *("compare_parameters", "compare_parameters_of_answers"),
    }
    assert not readers & {"train_variant", "build_dataset", "convert_signals", "make_folds"}


def test_a_level_that_is_an_entry_of_the_task_is_taken_from_its_fits(plan):
    """In both tasks; a question of such levels alone is fitted nothing for."""
    planned = [(rule, inputs, made[0]) for rule, inputs, made in jobs(plan) if made]
    force = "results/questions/muscle_force/training_cycles"
    deep = "results/questions/deep_emg/against_copying"
    taken = {made: inputs for rule, inputs, made in planned if rule == "take_entries"}
    assert taken == {
        f"{force}/_entries/virtual_wrist": ["results/training/muscle_force/elm/virtual_wrist"],
        f"{deep}/_entries/virtual_elbow": [
            "results/training/deep_emg/nmm/virtual_elbow",
            "results/training/deep_emg/copy_agonists/virtual_elbow",
        ],
    }
    fits = [made for rule, _, made in planned if rule == "answer_question"]
    assert sorted(fits) == [
        "results/questions/deep_emg/new_person/virtual_elbow",
        f"{force}/virtual_wrist",
    ]
    read = {made: inputs for _, inputs, made in planned if made.endswith("errors.csv")}
    answers = [f"{force}/virtual_wrist", f"{force}/_entries/virtual_wrist"]
    assert read[f"{force}/errors.csv"] == answers
    assert f"{deep}/_entries/virtual_elbow" in read[f"{deep}/envelope_errors.csv"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("prominence_degg: 30", "prominence_deg"),
        ("time_inptu: true", "time_input"),
        ("trial_ss: 6", "trial_s"),
        ("physics_wieght: 1.0", "physics_weight"),
    ],
)
def test_a_misspelt_key_stops_at_once_and_says_what_was_meant(study, wrong, right):
    text = study.read_text()
    key, value = wrong.split(": ")
    edited = re.sub(rf"\b{right}: {re.escape(value)}", wrong, text, count=1)
    assert edited != text
    study.write_text(edited)
    status, output = snakemake(study.parent, "--dry-run")
    assert status != 0
    assert key in output
    assert f"did you mean '{right}'" in output.replace("Did", "did")
    assert not (study.parent / "results").exists()


def test_a_configuration_cannot_run_anything(study):
    mark = study.parent / "ran"
    name = f"name: ?str(__import__('pathlib').Path('{mark}').touch())"
    text = study.read_text().replace("name: Tiny", name, 1)
    assert name in text
    study.write_text(f"__use_yte__: true\n{text}")
    status, output = snakemake(study.parent, "--dry-run")
    assert status != 0
    assert "config.yaml, line 1: '__use_yte__' asks for expressions to be evaluated" in output
    # Without being asked to, nothing evaluates them either: what stands there is a name.
    study.write_text(text)
    assert snakemake(study.parent, "--dry-run", "--quiet", "all")[0] == 0
    assert not mark.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--configfile", str(ROOT / "studies/real_gait/config.yaml")),
        ("--config", "study={seed: 7}"),
    ],
)
def test_a_study_is_not_mixed_with_another(study, arguments):
    status, output = snakemake(study.parent, "--dry-run", *arguments)
    assert status != 0
    assert "takes nothing from --configfile or --config. Remedy: `make reproduce" in output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("study: {seed: 1, seed: 2}\n", "config.yaml, line 1: the key 'seed' is given a second"),
        ("study:\n\tseed: 1\n", "config.yaml, line 2: this is not YAML"),
    ],
)
def test_a_broken_configuration_is_one_line_and_no_traceback(study, text, said):
    study.write_text(text)
    status, output = snakemake(study.parent, "--dry-run")
    assert status != 0
    assert said in output
    assert "src/myopinn" not in output


def priorities_of(output):
    """Read the priorities of each rule's jobs from a dry run."""
    priorities = {}
    for block in re.split(r"\n(?:local)?rule ", output)[1:]:
        found = re.search(r"^ +priority: (\d+)$", block, flags=re.MULTILINE)
        rule = block.partition(":")[0]
        priorities.setdefault(rule, set()).add(int(found[1]) if found else 0)
    return priorities


def test_jobs_that_take_longest_go_first(plan):
    priorities = priorities_of(plan)
    longest = ["simulate_person", "estimate_muscle_forces", "hide_channels", "train_variant"]
    for longer, shorter in zip(longest, [*longest[1:], "build_dataset"], strict=True):
        assert min(priorities[longer]) > max(priorities[shorter])


def test_hidden_channels_can_be_trained_in_their_own_way(study):
    """A job's priority counts its fits: three entries without one channel, with two seeds each."""
    own = "    hidden_channels:\n      training: {seeds: [0, 1]}\n"
    study.write_text(study.read_text().replace("    hidden_channels:\n", own))
    _, output = snakemake(study.parent, "--dry-run", "--forceall")
    assert priorities_of(output)["hide_channels"] == {6}


def test_every_figure_and_table_of_the_study_is_in_the_plan(plan, rules):
    planned = {rule for rule, _, _ in jobs(plan)}
    given = {name for name, rule in rules.items() if rule.file == "given"}
    # Only recordings that are not simulated are fetched, or come processed by others, and only by a
    # clock are traces drawn.
    assert set(rules) - planned == {"fetch_recordings", "draw_traces"} | given
