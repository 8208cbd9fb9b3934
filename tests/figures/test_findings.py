"""Findings and answers: gains, null results and too few people, with the numbers they rest on."""

import re

import numpy as np
import pandas as pd
import pytest

from myopinn.artifacts import read_table, write_table
from myopinn.figures.answers import tell_question, tell_ranks, tell_true_errors
from myopinn.figures.findings import tell_findings
from myopinn.figures.question import tabulate_levels
from myopinn.statistics.comparison import compare_variants

SETTINGS = {"alpha": 0.05, "bootstrap_samples": 400, "rival": "mean_cycle"}
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
    return pd.DataFrame(rows).assign(task="t", recording="w", split="x", note="")


def told(tmp_path, errors) -> list[str]:
    write_table(errors, tmp_path / "errors.csv")
    paths = {"errors": tmp_path / "errors.csv", "comparison": tmp_path / "comparison.csv"}
    compare_variants(settings=SETTINGS, **paths)
    texts = ("variant", "versus", "favours", "note")
    comparison = read_table(paths["comparison"]).fillna(dict.fromkeys(texts, ""))
    found = tell_findings(errors, comparison, SETTINGS)
    return [line for finding in found for line in (finding.text, *finding.details)]


@pytest.mark.parametrize(("physics", "verdict"), [(0.5, "lower"), (2.0, "higher")])
def test_what_physics_adds_is_told_whichever_way_it_goes(tmp_path, physics, verdict):
    overall, targets, knee, recfem = told(tmp_path, errors_of({"cnn": 1, "pi_cnn": physics}, 8))
    assert re.fullmatch(
        rf"Physics in the loss, pi_cnn against cnn: over 2 targets together its RMSE is "
        rf"(0\.50|2\.0\d|1\.99) times the other's \(95 % interval \d\.\d\d to \d\.\d\d, n = 8, "
        rf"Wilcoxon p = 0\.0078\): significantly {verdict}\.",
        overall,
    )
    assert f"{verdict} RMSE at all 2 targets" in targets
    # 10 rad is 573 degrees.
    change = r"−2\d\d deg, −50 %" if physics < 1 else r"5\d\d deg, (99|100|101) %"
    assert re.match(rf"knee: {change} \(95 % interval .* n = 8, p = 0\.0078\)", knee)
    assert re.match(r"recfem: (−4\.9\d|−5\.0\d|9\.\d\d|10\.\d) N", recfem)


def test_a_null_result_is_told_as_no_significant_difference(tmp_path):
    lines = told(tmp_path, errors_of({"cnn": 1, "pi_cnn": 1}, 10, noise=0.2))
    assert lines[0].endswith("no significant difference.")
    assert "no significant difference at all 2 targets" in lines[1]


def test_too_few_people_get_intervals_and_no_verdict(tmp_path):
    lines = told(tmp_path, errors_of({"cnn": 1, "pi_cnn": 0.2, "mean_cycle": 2}, 4))
    assert lines[0].endswith("n = 4): too few subjects to test.")
    assert not any("significantly" in line or "lower" in line for line in lines)


def test_the_input_and_the_emg_are_told_with_and_without_time(tmp_path):
    factors = {"cnn": 0.5, "cnn_without_time": 1.5, "mean_cycle": 1.0}
    lines = told(tmp_path, errors_of(factors, 12))
    text = "\n".join(lines)
    assert re.search(r"The input, cnn against cnn_without_time: .* 0\.33 times .* lower\.", text)
    assert re.search(
        r"The EMG, cnn against mean_cycle: .* 0\.50 times .*2 planned pairs.*lower", text
    )
    assert re.search(
        r"The EMG, cnn_without_time against mean_cycle: .* 1\.\d+ times .*higher", text
    )
    assert re.search(
        r"Skill of cnn over mean_cycle: 0\.7\d \(\w+\) to 0\.7\d \(\w+\), median", text
    )
    assert re.search(
        r"Skill of cnn_without_time .*: −1\.\d\d .* higher RMSE at all 2 targets", text
    )


def question_of(levels: dict[str, float], people: int, noise=0.01) -> list[str]:
    errors = errors_of(levels, people, noise)
    points = errors.assign(level=errors["variant"], value=errors["rmse"])
    kept = points[["target", "unit", "subject", "level", "value"]]
    return tell_question(tabulate_levels(kept, list(levels), SETTINGS))


def test_the_fall_with_training_cycles_is_told_and_tested():
    lines = question_of({"4": 2.0, "8": 1.0, "all": 1.0}, 10, noise=0.05)
    assert lines[0] == "From the first to the last level the error falls at 2 of 2 targets."
    assert re.match(r"knee: RMSE 2\d\.?\d* rad at 4, \d+\.?\d* rad at all \(−5\d %,", lines[1])
    assert "n = 10, p = 0.0059" in lines[1]
    assert "distinguishable from 4, not distinguishable from" in lines[1]


def test_levels_that_too_few_people_saw_are_not_told_apart():
    lines = question_of({"4": 9.0, "all": 1.0}, 4)
    assert lines[0] == (
        "From the first to the last level the error cannot be tested at 2 of 2 targets."
    )
    assert "too few subjects to test it against 4" in lines[1]


def test_names_have_no_first_and_last():
    lines = question_of({"emg": 2.0, "emg_and_time": 1.0}, 8)
    assert len(lines) == 2
    assert all(re.match(r"\w+: lowest mean at emg_and_time, .* from emg\.", x) for x in lines)


def true_errors(reference: dict[str, float], truth: dict[str, float], label: float):
    rows = [
        {
            "target": t,
            "unit": "N",
            "variant": v,
            "subject": f"s{s}",
            "against": side,
            "value": m + s,
        }
        for t in ("recfem", "soleus")
        for side, means in {"reference": reference, "truth": {**truth, "reference": label}}.items()
        for v, m in means.items()
        for s in range(3)
    ]
    return pd.DataFrame(rows)


def test_whether_reference_and_truth_agree_is_told_with_the_label_s_own_error():
    reference = {"cnn": 1.0, "pi_cnn": 2.0, "svr": 3.0}
    same = tell_true_errors(true_errors(reference, {"cnn": 4, "pi_cnn": 5, "svr": 6}, 3.0))
    assert "at 2 of 2 targets." in same[0]
    assert "Kendall's τ: 1 (1 to 1)" in same[1]
    assert same[2].endswith("truth: recfem 4 N and soleus 4 N.")
    assert same[3].startswith("No variant is closer to the truth")
    other = tell_true_errors(true_errors(reference, {"cnn": 6, "pi_cnn": 5, "svr": 4}, 4.5))
    assert "at 0 of 2 targets; not at recfem (cnn and svr) and soleus (cnn and svr)." in other[0]
    assert "Kendall's τ: −1" in other[1]
    assert other[3].endswith("estimate itself: svr at recfem and svr at soleus.")


def test_ranks_of_too_few_people_describe_these_people_only():
    rows = [
        {"row": "mean", "variant": v, "value": m, "n_subjects": 4, "n_targets": 6, "alpha": 0.05}
        for v, m in {"a": 1.0, "b": 2.0}.items()
    ]
    lines = tell_ranks(pd.DataFrame(rows))
    assert lines[0] == "Mean ranks over n = 4 subjects, each over 6 targets: a 1.0 and b 2.0."
    assert "With n = 4 no two variants could differ significantly, 6 subjects" in lines[1]
    table = pd.DataFrame(rows).assign(n_subjects=8)
    pair = {"row": "pair", "variant": "a", "versus": "b", "value": -1.0, "p": 0.01}
    both = pd.DataFrame([pair | {"p_wilcoxon": 0.02}, {"row": "critical_difference", "value": 0.7}])
    lines = tell_ranks(pd.concat([table, both], ignore_index=True))
    assert lines[1] == "Significantly apart, by more than 0.70: a before b."
    assert lines[2].endswith("confirm 1 of these 1 pairs.")
