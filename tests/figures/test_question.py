"""A question's levels: their order and axis, means, intervals and paired differences."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import (
    assert_nothing_is_cut_off,
    read_csv,
    state,
    write_errors,
    write_resolved,
    written,
)

from myopinn.figures.answers import tell_levels
from myopinn.figures.question import draw_question
from myopinn.measures.findings.differences import level_amounts
from myopinn.measures.findings.levels import introduce_levels

SETTINGS = {
    "alpha": 0.05,
    "bootstrap_samples": 400,
    "seed": 0,
    "test": "signed_rank",
    "smallest_effect": {},
}
PLACE = {"recording": "walk", "split": "x"}
UNITS = {"knee": "rad", "recfem": "N"}


def errors_of(levels: dict[str, float], people: int, missing=()) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = [
        {"variant": v, "target": t, "unit": u, "subject": f"s{s}", "rmse": m + rng.random() / 9}
        for v, m in levels.items()
        for t, u in UNITS.items()
        for s in range(people)
        if (v, s) not in missing
    ]
    return pd.DataFrame(rows).assign(task="force", **PLACE)


def draw(tmp_path, table, question="training_cycles", setting="train_cycles"):
    """Draw levels that differ in a setting whose value is the level's name, if it is a number."""
    answers = write_errors(table, tmp_path / "answers.csv")
    levels = dict.fromkeys(table["variant"])
    values = {k: {setting: json.loads(k)} if k[0].isdigit() else {} for k in levels}
    entries = {k: {"variant": "emg_driven", **value} for k, value in values.items()}
    resolved = tmp_path / "resolved.json"
    write_resolved(resolved, {"cnn": {}}, **{question: entries})
    whole = errors_of({"cnn": 1.0}, 2)
    state(tmp_path, whole, SETTINGS, resolved, questions=[question], answers=[answers])
    paths = {k: tmp_path / f"q.{k}" for k in ("pdf", "png", "csv")}
    tables = {"errors": answers, "findings": tmp_path / "findings.csv"}
    draw_question(**tables, question=question, **PLACE, **paths)
    return read_csv(paths["csv"])


def test_levels_keep_their_order_and_numbers_alone_get_a_logarithmic_axis(tmp_path, drawn):
    levels = {"8": 3.0, "16": 2.0, "4": 4.0}
    draw(tmp_path, errors_of(levels, 3))
    assert drawn[0].axes[0].get_xscale() == "log"
    draw(tmp_path, errors_of({**levels, "all": 1.0}, 3))
    axes = drawn[1].axes[0]
    assert axes.get_xscale() == "linear"
    assert [t.get_text() for t in axes.get_xticklabels()] == ["8", "16", "4", "all"]
    assert axes.get_ylabel() == "RMSE (deg)"
    for figure in drawn:
        assert_nothing_is_cut_off(figure)
    weights = {"0": 3.0, "1": 2.0, "10": 2.5}
    table = draw(tmp_path, errors_of(weights, 3), "weights", "physics_weight")
    assert drawn[2].axes[0].get_xscale() == "linear"
    mean = table[(table["target"] == "knee") & (table["row"] == "mean")]
    assert list(mean["amount"]) == [0, 1, 10]


def test_means_and_paired_differences_are_those_of_the_subjects(tmp_path, drawn):
    source = errors_of({"4": 4.0, "all": 1.0}, 8, missing=[("4", 0)])
    table = draw(tmp_path, source)
    recfem = table[table["target"] == "recfem"]
    mean = recfem[recfem["row"] == "mean"].set_index("level")
    wide = source[source["target"] == "recfem"].pivot(
        index="subject", columns="variant", values="rmse"
    )
    assert mean.loc["4", "value"] == pytest.approx(wide["4"].mean())
    assert list(mean["n_subjects"]) == [7, 8]
    (pair,) = recfem[recfem["row"] == "pair"].to_dict("records")
    assert pair["value"] == pytest.approx((wide["4"] - wide["all"]).mean())
    assert pair["ci_low"] < pair["value"] < pair["ci_high"]
    assert pair["p"] == pytest.approx(2 * 2.0**-7)
    assert "n = 8 subjects (level 4: 7)" in drawn[0].legends[0].get_title().get_text()


def test_names_are_not_joined_as_if_they_were_amounts(tmp_path, drawn):
    names = {"emg_and_time": 1.0, "emg": 2.0, "no_constraint_at_all": 3.0}
    draw(tmp_path, errors_of(names, 2), "inputs")
    assert_nothing_is_cut_off(drawn[0])
    (container,) = drawn[0].axes[0].containers
    assert container.lines[0].get_linestyle() == "None"
    draw(tmp_path, errors_of(names, 2).query("target == 'knee'"), "inputs")
    assert_nothing_is_cut_off(drawn[1])


def test_a_level_is_the_number_that_its_setting_has_whatever_it_is_called():
    """Names that look like numbers are none, and other names may stand for some."""
    weights = {"low": {"weight": 0.1, "on": True}, "high": {"weight": 2, "on": True}}
    assert level_amounts(weights) == {"low": 0.1, "high": 2.0}
    assert level_amounts({"4": {"on": True}, "8": {"on": False}}) is None
    assert level_amounts({"4": {"kind": "a"}, "8": {"kind": "b"}}) is None
    assert level_amounts({"4": {"a": 4, "b": 1}, "8": {"a": 8, "b": 2}}) is None
    assert level_amounts({"few": {"a": 4}, "many": {"a": "all"}}) == {"few": 4, "many": np.inf}


def test_all_that_levels_differ_in_is_told(tmp_path):
    meanings = {"x": {"a": "of the loss"}, "y": {}}

    def told(levels):
        return tell_levels(written(introduce_levels(levels, meanings), tmp_path / "findings.csv"))

    levels = {"p": {"variant": "x", "a": 0.5, "b": [1]}, "q": {"variant": "x", "a": 0.5, "b": [1]}}
    assert told(levels) == "All levels have the same settings."
    levels["q"]["a"] = 1e-6
    assert told(levels) == ("The levels differ in a alone (p: 0.5, q: 0.000001). a: of the loss.")
    levels["q"]["b"] = [1, 2]
    assert told(levels) == (
        "The levels differ in a (p: 0.5, q: 0.000001); b (p: [1], q: [1, 2]). a: of the loss."
    )
    other = {"variant": "y", "b": [1], "c": 3}
    assert told({"p": levels["p"], "o": other}) == (
        "The levels differ in variant (p: x, o: y); settings that only some of these variants have."
    )


def test_nobody_tested_is_drawn_as_such(tmp_path, drawn):
    draw(tmp_path, errors_of({"4": 1.0}, 2).iloc[:0])
    assert "no subject could be tested" in drawn[0].texts[0].get_text()
