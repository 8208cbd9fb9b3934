"""Ranks within subjects, the differences that they allow, and the diagram that shows them."""

import numpy as np
import pandas as pd
import pytest
from conftest import assert_nothing_is_cut_off, read_csv, state

from myopinn.figures.critical_difference import draw_critical_difference
from myopinn.measures.findings.ranks import (
    compare_ranks,
    fewest_subjects,
    joined_groups,
    rank_variants,
)

SETTINGS = {
    "alpha": 0.05,
    "bootstrap_samples": 400,
    "seed": 0,
    "test": "signed_rank",
    "smallest_effect": {},
}
PLACE = {"recording": "walk", "split": "x"}
UNITS = {"knee": "rad", "recfem": "N", "soleus": "N"}


def errors_of(values: dict[str, dict[str, list[float]]]) -> pd.DataFrame:
    """Make a table from variant to target to one error per subject; NaN has no row."""
    rows = [
        {"variant": v, "target": t, "unit": UNITS[t], "subject": f"s{s}", "rmse": e}
        for v, targets in values.items()
        for t, errors in targets.items()
        for s, e in enumerate(errors)
        if not np.isnan(e)
    ]
    return pd.DataFrame(rows).assign(task="force", **PLACE)


def steps(people: int, factors: dict[str, float], noise: float = 0.02) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return errors_of(
        {
            v: {t: list(f * rng.lognormal(0, noise, people)) for t in ("knee", "recfem")}
            for v, f in factors.items()
        }
    )


def draw(tmp_path, table, place=PLACE) -> dict[str, object]:
    state(tmp_path, table, SETTINGS)
    tables = {name: tmp_path / f"{name}.csv" for name in ("errors", "findings")}
    paths = {k: tmp_path / f"cd.{k}" for k in ("pdf", "png", "csv")}
    draw_critical_difference(**tables, **place, **paths)
    return paths


def test_ranks_are_those_of_a_table_worked_by_hand():
    table = errors_of(
        {
            # s0: ranks over targets (1, 1, 2), (2, 3, 1), (3, 2, 3); s1: (3, 3, 3), ...
            "a": {"knee": [0.1, 0.9], "recfem": [10, 50], "soleus": [22, 90]},
            "b": {"knee": [0.2, 0.2], "recfem": [30, 40], "soleus": [21, 80]},
            "c": {"knee": [0.3, 0.1], "recfem": [20, 40], "soleus": [23, 70]},
        }
    )
    ranking = rank_variants(table)
    # s1's tie on recfem gives 1.5 each: b (2 + 1.5 + 2) / 3, c (1 + 1.5 + 1) / 3.
    expected = pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, 2.0], "c": [3.0, 1.0]})
    np.testing.assert_array_equal(ranking.ranks.to_numpy(), expected.to_numpy())
    ratio = (ranking.log_errors["a"] - ranking.log_errors["b"])["s0"]
    assert ratio == pytest.approx(np.log((1 / 2) * (1 / 3) * (22 / 21)) / 3)


def test_a_unit_that_is_a_thousand_times_larger_does_not_outweigh_another_target():
    table = steps(6, {"a": 1, "b": 2, "c": 3})
    scaled = table.assign(rmse=table["rmse"].where(table["target"] == "knee", 1e3 * table["rmse"]))
    pd.testing.assert_frame_equal(rank_variants(table).ranks, rank_variants(scaled).ranks)


def test_targets_and_subjects_that_not_every_variant_has_are_left_out_by_name():
    nan = float("nan")
    ranking = rank_variants(
        errors_of(
            {
                "cnn": {"knee": [1, 1, 1], "recfem": [1, 2, 3]},
                "emg_driven": {"recfem": [3, nan, 1]},
            }
        )
    )
    assert ranking.targets == ["recfem"]
    assert ranking.left_out == ["knee", "s1"]
    assert list(ranking.ranks.index) == ["s0", "s2"]


def test_critical_difference_agrees_with_nemenyi_s_table_for_many_subjects():
    rng = np.random.default_rng(0)
    table = errors_of({v: {"recfem": list(rng.random(60))} for v in "abcde"})
    critical, _ = compare_ranks(rank_variants(table), 0.05, 10_000, 0)
    # Demsar 2006, table 5: q is 2.728 for five classifiers.
    assert critical == pytest.approx(2.728 * np.sqrt(5 * 6 / (6 * 60)), rel=0.05)


def test_two_variants_are_tested_as_by_the_sign_test():
    _, pairs = compare_ranks(rank_variants(steps(8, {"a": 1, "b": 9})), 0.05, 50_000, 0)
    assert pairs[0].p == pytest.approx(2 * 2.0**-8, rel=0.25)


def test_variants_that_differ_much_are_not_joined_and_equal_ones_are():
    table = steps(10, {"a": 1, "same": 1, "b": 4, "c": 8})
    ranking = rank_variants(table)
    _, pairs = compare_ranks(ranking, 0.05, 10_000, 0)
    apart = {frozenset(pair.names) for pair in pairs if pair.p < 0.05}
    groups = joined_groups(ranking.ranks.mean().sort_values(), apart)
    assert {"a", "same"} in [set(g) for g in groups]
    assert not any({"a", "c"} <= set(g) for g in groups)


def test_groups_are_the_longest_runs_without_a_difference():
    means = pd.Series({"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0})
    apart = {frozenset("ac"), frozenset("ad")}
    assert joined_groups(means, apart) == [["a", "b"], ["b", "c", "d"]]


@pytest.mark.parametrize(("people", "tested"), [(4, False), (6, True)])
def test_too_few_people_are_said_to_be_too_few_and_nothing_is_joined(
    tmp_path, drawn, people, tested
):
    assert fewest_subjects(0.05) == 6
    names = ["pi_cnn", "cnn", "emg_driven_without_time", "mean_cycle"]
    table = steps(people, {v: 1.0 + k for k, v in enumerate(names)})
    paths = draw(tmp_path, table)
    title = drawn[0].get_suptitle().replace("\n", " ")
    assert_nothing_is_cut_off(drawn[0])
    rows = read_csv(paths["csv"])
    assert f"n = {people} subjects" in title
    assert ("Too few subjects: all pairs are undecided" in title) is not tested
    assert rows[rows["row"] == "pair"]["p"].notna().all() == tested
    joined = [t.get_text() for t in drawn[0].legends[0].get_texts()]
    assert any("undecided (less than" in text for text in joined) is tested
    means = rows[rows["row"] == "mean"].set_index("variant")["value"]
    assert list(means) == [1, 2, 3, 4]
    assert list(means.index) == names
    people_drawn = rows[rows["row"] == "subject"]
    assert len(people_drawn) == people * len(names)


def test_a_cell_with_one_variant_has_no_ranks_and_says_so(tmp_path, drawn):
    for place in (PLACE, {"recording": "nobody", "split": "x"}):
        draw(tmp_path, steps(6, {"cnn": 1}), place)
        assert "there are no ranks" in drawn[-1].texts[0].get_text()
