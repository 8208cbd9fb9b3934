"""Findings and answers: gains, null results and too few people, with the numbers they rest on."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import state, write_resolved, written

from myopinn.figures.answers import tell_question, tell_ranks, tell_true_errors
from myopinn.figures.findings import tell_findings
from myopinn.files.layouts.findings import at
from myopinn.measures.findings.claims import RANK, RATIO
from myopinn.measures.findings.levels import compare_levels
from myopinn.measures.findings.ranks import CRITICAL
from myopinn.measures.findings.truth import state_against_truth

SETTINGS = {
    "alpha": 0.05,
    "bootstrap_samples": 400,
    "seed": 0,
    "test": "signed_rank",
    "smallest_effect": {"angle_deg": 30.0, "error_percent": 10},
    "rival": "mean_cycle",
}
TARGETS = {"knee": "rad", "recfem": "N"}


def errors_of(factors: dict[str, float], people: int, noise: float = 0.01) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = []
    for s in range(people):
        for t, unit in TARGETS.items():
            errors = {v: 10 * f * rng.lognormal(0, noise) for v, f in factors.items()}
            rows += [
                {"variant": v, "target": t, "unit": unit, "subject": f"s{s}", "rmse": e}
                | {"skill": 1 - (e / errors.get("mean_cycle", 1)) ** 2}
                for v, e in errors.items()
            ]
    return pd.DataFrame(rows).assign(task="t", recording="walk", split="x", note="")


# Hill muscles whose loss holds the joint's equation with a weight, and a network.
PLAIN, PHYSICS = ({"variant": "emg_driven", "physics_weight": weight} for weight in (0.0, 1.0))
NETWORK, BLIND = {"variant": "cnn"}, {"variant": "cnn", "time_input": False}
BOTH = PHYSICS | {"time_input": False}
MEAN = {"variant": "mean_cycle"}


def told(tmp_path, errors, entries, **settings) -> list[str]:
    write_resolved(tmp_path / "t.json", entries)
    stated = state(tmp_path, errors, SETTINGS | settings, tmp_path / "t.json")
    found = tell_findings(at(stated, recording="walk", split="x"))
    return [line for finding in found for line in (finding.text, *finding.details)]


def told_of(tmp_path, entries, factors, people=8, noise=0.01, **settings) -> list[str]:
    """Tell of entries whose errors are these factors, in their order."""
    errors = errors_of(dict(zip(entries, factors, strict=True)), people, noise)
    return told(tmp_path, errors, entries, **settings)


@pytest.mark.parametrize(("physics", "verdict"), [(0.5, "better"), (2.0, "worse")])
def test_what_one_setting_does_is_told_whichever_way_it_goes(tmp_path, physics, verdict):
    entries = {"b": PHYSICS, "a": PLAIN}
    overall, means, targets, knee, recfem = told_of(tmp_path, entries, (physics, 1))
    assert re.fullmatch(
        rf"physics_weight 1 against 0, all other settings the same \(b against a\): over 2 targets "
        rf"together the RMSE of b is (0\.50|2\.0\d|1\.99) times that of a "
        rf"\(95 % interval \d\.\d+ to \d\.\d+, n = 8, p = 0\.0078, for equivalence 90 % interval "
        rf"\d\.\d+ to \d\.\d+, Wilcoxon signed-rank\): {verdict}\.",
        overall,
    )
    assert means == "physics_weight: lambda; the residual is divided by the moment's range."
    assert f"{verdict} at all 2 targets" in targets
    # 10 rad is 573 degrees.
    change = r"−2\d\d deg, −50 %" if physics < 1 else r"5\d\d deg, (99|100|101) %"
    assert re.match(rf"knee: {verdict}, {change} \(95 % interval .* n = 8, p = 0\.0078", knee)
    assert re.match(rf"recfem: {verdict}, (−4\.9\d|−5\.0\d|9\.\d\d|10\.\d) N", recfem)


@pytest.mark.parametrize(("noise", "verdict"), [(0.2, "undecided"), (0.01, "equivalent")])
def test_what_is_not_seen_to_differ_is_equivalent_only_inside_the_margin(tmp_path, noise, verdict):
    lines = told_of(tmp_path, {"a": PLAIN, "b": PHYSICS}, (1, 1), 10, noise=noise)
    assert lines[0].endswith(f"{verdict}.")
    # The margin of forces is named in percent of their range, not in N.
    knee = "undecided at all 2" if verdict == "undecided" else "equivalent at 1 of 2 targets (knee)"
    assert knee in lines[2]


def test_too_few_people_get_intervals_and_no_verdict(tmp_path):
    entries = {"a": PLAIN, "b": PHYSICS, "mean_cycle": MEAN}
    lines = told_of(tmp_path, entries, (1, 0.2, 2), people=4)
    assert lines[0].endswith("undecided.") and "n = 4" in lines[0]
    assert not any("better" in line or "worse" in line for line in lines)


NAMES = [
    ("cnn", "pi_cnn", "cnn_without_time"),
    ("cnn_8", "physics_informed", "cnn_no_time"),
    ("lot", "pi_lot", "lot_x"),
    ("pi_b", "b", "pi_b_without_b"),
]


@pytest.mark.parametrize("names", NAMES)
def test_what_is_told_of_entries_does_not_hang_on_their_names(tmp_path, names):
    """The same numbers under other names give the same sentences up to the names."""

    def told_as(names) -> list[str]:
        entries = dict(zip(names, (PLAIN, PHYSICS, BOTH), strict=True))
        lines = told_of(tmp_path, entries, (1, 0.5, 2))
        for k, name in enumerate(names):
            lines = [re.sub(rf"\b{name}\b", f"<{k}>", line) for line in lines]
        return lines

    lines = told_as(names)
    assert lines == told_as(("x1", "x2", "x3"))
    heads = [line.partition(":")[0] for line in lines if "together" in line]
    assert heads == [
        "physics_weight 0 against 1, all other settings the same (<0> against <1>)",
        "time_input true against false, all other settings the same (<1> against <2>)",
    ]


def test_an_entry_that_differs_in_nothing_is_said_to_have_the_same_settings(tmp_path):
    """Whatever it is called, and though one of them writes a default that the other leaves out."""
    entries = {"x": {"variant": "cnn"}, "pi_x": {"variant": "cnn", "time_input": True}}
    overall, *_ = told_of(tmp_path, entries, (1, 0.5))
    assert overall.startswith("the same settings (x against pi_x): over 2 targets together")


def test_settings_that_one_variant_has_alone_are_told_as_such(tmp_path):
    entries = {"mean_cycle": MEAN, "b": {"variant": "svr", "gamma": 0.25}}
    overall = "\n".join(told_of(tmp_path, entries, (1, 0.5)))
    assert "variant svr against mean_cycle" in overall
    assert "gamma 0.25 of b alone" in overall


def test_one_setting_in_several_entries_is_one_family_of_tests(tmp_path):
    small = {"variant": "cnn", "kernel_frames": 3}
    entries = {"a": NETWORK, "b": BLIND, "c": small, "d": small | {"time_input": False}}
    lines = told_of(tmp_path, entries, (0.5, 1.5, 0.6, 1.6), 12)
    told_pairs = [re.match(r"(\w+) .*\((.*) against (.*)\): over", line) for line in lines]
    assert [m.groups() for m in told_pairs if m] == [
        ("time_input", "a", "b"),
        ("time_input", "c", "d"),
        ("kernel_frames", "a", "c"),
        ("kernel_frames", "b", "d"),
    ]
    text = "\n".join(lines)
    assert text.count("time_input: whether the position in the cycle is an input.") == 1
    assert text.count("Holm over 2 pairs") == 4


def test_the_rival_is_told_with_skill_and_what_it_differs_in(tmp_path):
    entries = {"a": NETWORK, "b": BLIND, "mean_cycle": MEAN}
    lines = told_of(tmp_path, entries, (0.5, 1.5, 1.0), 12)
    text = "\n".join(lines)
    assert re.search(
        r"time_input true against false, .* \(a against b\): .* 0\.33 .* better\.", text
    )
    assert re.search(r"^a against the rival mean_cycle: .* 0\.50 .*2 pairs.*better", text, re.M)
    assert re.search(r"^b against the rival mean_cycle: .* 1\.\d+ .*worse", text, re.M)
    assert "variant cnn against mean_cycle" in lines
    assert "time_input false against true (whether the position in the cycle is an input)" in lines
    assert re.search(r"Skill of a over mean_cycle: 0\.7\d \(\w+\) to 0\.7\d \(\w+\), median", text)
    assert re.search(r"Skill of b .*: −1\.\d\d .* worse at all 2 targets", text)
    # What the rival is, its name does not say.
    assert "EMG, " not in text


def question_of(path, levels: dict[str, float], people: int, noise=0.01, settings=None):
    """Tell of levels whose errors are these; ``settings`` are what they stand for."""
    entries = {k: {"variant": "cnn", "train_cycles": k} for k in levels} | (settings or {})
    rows = compare_levels(errors_of(levels, people, noise), list(levels), SETTINGS, entries)
    return tell_question(written(rows, path / "findings.csv"))


def cycles(*numbers) -> dict[str, dict[str, object]]:
    return {str(n): {"variant": "cnn", "train_cycles": n} for n in numbers}


def test_the_fall_with_training_cycles_is_told_and_tested(tmp_path):
    levels, known = {"4": 2.0, "8": 1.0, "all": 1.0}, cycles(4, 8, "all")
    lines = question_of(tmp_path, levels, 10, noise=0.05, settings=known)
    assert lines[0] == "From the first to the last level the error falls at 2 of 2 targets."
    assert re.match(r"knee: RMSE \d+ deg at 4, \d+ deg at all \(−5\d %,", lines[1])
    assert "n = 10, p = 0.0059" in lines[1]
    assert re.search(
        r"lowest mean at (8|all), .*better than 4, undecided against (8|all)", lines[1]
    )


def test_levels_that_too_few_people_saw_are_not_told_apart(tmp_path):
    lines = question_of(tmp_path, {"4": 9.0, "all": 1.0}, 4, settings=cycles(4, "all"))
    assert lines[0] == (
        "From the first to the last level the error is undecided at 2 of 2 targets."
    )
    assert "undecided against 4" in lines[1]


def test_levels_in_which_no_subject_differs_are_equivalent_where_there_is_a_margin(tmp_path):
    entries = cycles(4, "all")
    errors = errors_of({"4": 1.0}, 8)
    both = pd.concat([errors, errors.assign(variant="all")])
    rows = compare_levels(both, list(entries), SETTINGS, entries)
    lines = tell_question(written(rows, tmp_path / "findings.csv"))
    assert lines[0] == (
        "From the first to the last level the error stays equivalent at 1 and is undecided at 1 of "
        "2 targets."
    )
    assert "(0 %, paired difference 0 deg, " in lines[1]
    assert "equivalent to all" in lines[1]


def test_names_have_no_first_and_last_though_they_look_like_numbers(tmp_path):
    lines = question_of(tmp_path, {"4": 2.0, "8": 1.0}, 8)
    assert len(lines) == 2
    assert all(re.match(r"\w+: lowest mean at 8, .* better than 4\.", x) for x in lines)


def told_of_truth(path, reference: dict[str, float], truth: dict[str, float], label: float):
    """Tell of eight people's errors against reference and truth, and of the label's own."""
    sides = [
        pd.DataFrame(
            {"target": t, "unit": "N", "variant": v, "subject": f"s{s}", "rmse": m + s}
            for t in ("recfem", "soleus")
            for v, m in means.items()
            for s in range(8)
        )
        for means in (reference, {**truth, "reference": label})
    ]
    return tell_true_errors(written(state_against_truth(*sides, SETTINGS), path / "findings.csv"))


def test_whether_reference_and_truth_agree_is_told_with_the_label_s_own_error(tmp_path):
    reference = {"cnn": 1.0, "pi_cnn": 2.0, "svr": 3.0}
    same = told_of_truth(tmp_path, reference, {"cnn": 4, "pi_cnn": 5, "svr": 6}, 3.0)
    assert "at 2 of 2 targets." in same[0]
    assert "Kendall's τ: 1 (1 to 1)" in same[1]
    assert same[2].endswith("truth: recfem 6.50 N and soleus 6.50 N.")
    assert same[3].endswith("estimate: worse than it every variant at every target.")
    other = told_of_truth(tmp_path, reference, {"cnn": 6, "pi_cnn": 5, "svr": 4}, 4.5)
    assert "at 0 of 2 targets; not at recfem (cnn and svr) and soleus (cnn and svr)." in other[0]
    assert "Kendall's τ: −1" in other[1]
    assert "better than it svr at recfem and svr at soleus; worse than it cnn at re" in other[3]


def test_ranks_of_too_few_people_describe_these_people_only(tmp_path):
    about = {"claim": RANK, "n": 4, "n_targets": 6, "alpha": 0.05}
    rows = [
        {**about, "measure": "rank", "entry": v, "estimate": m}
        for v, m in {"a": 1.0, "b": 2.0}.items()
    ]
    lines = tell_ranks(written(rows, tmp_path / "few.csv"))
    assert lines[0] == "Mean ranks over n = 4 subjects, each over 6 targets: a 1.0 and b 2.0."
    assert "With n = 4 all are undecided, 6 subjects" in lines[1]
    pair = {"entry": "a", "versus": "b", "verdict": "better"}
    rows += [
        {**about, **pair, "measure": "rank", "difference": -1.0, "p_corrected": 0.01},
        {**about, **pair, "measure": RATIO, "difference": 0.5, "p_corrected": 0.02},
        {**about, "measure": CRITICAL, "difference": 0.7},
    ]
    lines = tell_ranks(written([row | {"n": 8} for row in rows], tmp_path / "more.csv"))
    assert lines[1] == "Better, by more than 0.70 ranks: a than b."
    assert lines[2].endswith("confirm 1 of these 1 pairs.")
