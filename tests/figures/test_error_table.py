"""The table of errors: what stands in bold, what is undecided, and over whom each cell goes."""

import numpy as np
import pandas as pd
import pytest
from conftest import state

from myopinn.figures.error_table import error_table

SETTINGS = {
    "alpha": 0.05,
    "bootstrap_samples": 400,
    "seed": 0,
    "test": "signed_rank",
    "smallest_effect": {},
}


def errors_of(means, people=10, targets=("knee", "recfem"), missing=(), without=()):
    rng = np.random.default_rng(0)
    rows = [
        {"variant": v, "target": t, "subject": f"s{s:02d}", "rmse": m + 0.2 * rng.random()}
        for v, m in means.items()
        for t in targets
        for s in range(people)
        if (v, s) not in missing and (v, t) not in without
    ]
    table = pd.DataFrame(rows)
    table["unit"] = ["rad" if t == "knee" else "N" for t in table["target"]]
    rest = {"nrmse": 0.1, "note": "", "told": "EMG up to now; own trials"}
    return table.assign(task="t", recording="w", split="x", **rest)


def table_of(tmp_path, errors):
    return error_table(errors, state(tmp_path, errors, SETTINGS))


def rows_of(table, metric="RMSE", block=0):
    (found,) = [m for m in table["blocks"][block]["metrics"] if m["title"] == metric]
    return {row["variant"]: row["cells"] for row in found["rows"]}


def test_only_what_is_better_than_the_next_best_is_marked(tmp_path):
    clear = table_of(tmp_path, errors_of({"cnn": 3.0, "pi_cnn": 1.0, "svr": 9.0}))
    assert [c["best"] for c in rows_of(clear)["pi_cnn"]] == [True, True]
    assert not any(c["best"] for name in ("cnn", "svr") for c in rows_of(clear)[name])
    assert clear["blocks"][0]["lowest"] == ["pi_cnn", "pi_cnn"]
    first, *others = clear["blocks"][0]["metrics"]
    assert {row["told"] for row in first["rows"]} == {"EMG up to now; own trials"}
    assert {row["told"] for metric in others for row in metric["rows"]} == {""}
    close = table_of(tmp_path, errors_of({"cnn": 1.0, "pi_cnn": 1.0, "svr": 9.0}))
    assert not any(c["best"] for cells in rows_of(close).values() for c in cells)
    for text in close["blocks"][0]["lowest"]:
        assert "undecided against" in text
        assert "svr" not in text


def test_too_few_people_make_nobody_the_best(tmp_path):
    table = table_of(tmp_path, errors_of({"cnn": 3.0, "pi_cnn": 1.0, "svr": 9.0}, people=4))
    assert not any(c["best"] for cells in rows_of(table).values() for c in cells)
    text = "undecided (lowest mean: pi_cnn)"
    assert table["blocks"][0]["lowest"] == [text, text]


def test_a_cell_over_fewer_people_says_so_and_a_missing_target_is_a_dash(tmp_path):
    errors = errors_of(
        {"cnn": 1.0, "emg_driven": 2.0},
        missing=[("cnn", 3)],
        without=[("emg_driven", "knee")],
    )
    table = table_of(tmp_path, errors)
    assert table["people"] == 10
    assert [c["fewer"] for c in rows_of(table)["cnn"]] == ["n = 9 of 10"] * 2
    knee, recfem = rows_of(table)["emg_driven"]
    assert (knee["text"], recfem["fewer"]) == ("–", "")
    assert "emg_driven does not predict knee." in table["notes"]
    assert "cnn has no prediction for s03." in table["notes"]


def test_numbers_are_means_and_sd_over_subjects_in_shown_units(tmp_path):
    table = table_of(tmp_path, errors_of({"cnn": 1.0, "pi_cnn": 2.0}))
    errors = errors_of({"cnn": 1.0, "pi_cnn": 2.0})
    own = np.rad2deg(errors[(errors["variant"] == "cnn") & (errors["target"] == "knee")]["rmse"])
    mean, sd = (float(part) for part in rows_of(table)["cnn"][0]["text"].split(" ± "))
    assert mean == pytest.approx(own.mean(), abs=0.05)
    assert sd == pytest.approx(own.std(), abs=0.05)
    assert table["blocks"][0]["targets"] == ["knee (deg)", "recfem (N)"]
    assert rows_of(table, "NRMSE (%)")["cnn"][0]["text"] == "10"


def test_many_targets_go_into_several_tables_of_about_equal_width():
    errors = errors_of({"cnn": 1.0}, people=2, targets=[f"m{k}" for k in range(10)])
    blocks = error_table(errors)["blocks"]
    assert [len(b["targets"]) for b in blocks] == [5, 5]
    assert [len(rows_of(error_table(errors), block=k)["cnn"]) for k in (0, 1)] == [5, 5]
