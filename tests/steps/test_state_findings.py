"""The table of findings: what each row claims, of whom, and on what it rests."""

import json

import numpy as np
import pandas as pd
import pytest

from myopinn.files.layouts.compared_parameters import COMPARED_PARAMETERS
from myopinn.files.layouts.envelope_errors import ANY_ERRORS, ENVELOPE_ERRORS
from myopinn.files.layouts.findings import FINDINGS, at
from myopinn.files.layouts.law_errors import LAW_ERRORS
from myopinn.files.tables import NUMBER, WHOLE
from myopinn.measures.findings.claims import (
    BEST,
    HIDDEN,
    LAW,
    LEVEL,
    LEVELS,
    ONE_SETTING,
    PAIR,
    PARAMETER,
    PLANNED,
    RATIO,
    RIVAL,
    SKILL,
)
from myopinn.measures.findings.deep import IDENTIFIED, LOG_ERROR, NOT_IDENTIFIED
from myopinn.measures.findings.differences import SAME_SETTINGS
from myopinn.measures.verdicts import BETTER, EQUIVALENT, UNDECIDED, VERDICTS, WORSE
from myopinn.steps.compare_variants import compare_variants
from myopinn.steps.state_findings import state_findings

PLACE = {"recording": "walk", "split": "x"}
SETTINGS = {"alpha": 0.05, "bootstrap_samples": 400, "seed": 0, "rival": "mean"}
SETTINGS |= {"test": "signed_rank", "margin_set_afterwards": False}
# Errors of the knee are about 57 degrees, and differ by their noise of 2 %; their "range" is 1 N.
SETTINGS |= {"smallest_effect": {"angle_deg": 3.0, "force_percent_of_range": 5, "error_percent": 5}}
PLANNED_OF = {"recording": "walk", "split": "x", "against": "reference", "family": "planned"}
KNEE = PLANNED_OF | {"target": "knee", "effect": "angle_deg"}
TESTS = [
    KNEE | {"entry": "physics", "versus": "plain"},
    KNEE | {"entry": "wide", "versus": "plain"},
]
ENTRIES = {
    "plain": {"variant": "cnn", "weight": 0.0, "width": 8},
    "physics": {"variant": "cnn", "weight": 1.0, "width": 16},
    "wide": {"variant": "cnn", "weight": 0.0, "width": 16},
    "mean": {"variant": "mean_cycle"},
}
MEANINGS = {"cnn": {"weight": "of physics", "width": "of a layer"}, "mean_cycle": {}}
FACTORS = {"plain": 1.0, "physics": 0.5, "wide": 1.0, "mean": 2.0}


def fill(table: pd.DataFrame, layout) -> pd.DataFrame:
    """Fill in what a test does not ask for."""
    filling = {NUMBER: 1.0, WHOLE: 1}
    columns = {k: c for k, c in layout.columns.items() if "<" not in k and not c.optional}
    missing = {k: filling.get(c.kind, "") for k, c in columns.items() if k not in table}
    return table.assign(**missing)


def errors_of(factors, people=8, targets=("knee", "recfem")) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = [
        {"variant": v, "target": t, "unit": "rad" if t == "knee" else "N", "subject": f"s{s}"}
        | {"rmse": f * rng.lognormal(0, 0.02), "skill": 1 - (f / factors.get("mean", 1)) ** 2}
        for v, f in factors.items()
        for t in targets
        for s in range(people)
    ]
    return fill(pd.DataFrame(rows).assign(task="t", **PLACE), ANY_ERRORS)


def stated(root, people=8, settings=SETTINGS, levels=None, **tables) -> pd.DataFrame:
    """State the findings of four entries, and of a question where there are levels."""
    files = {name: root / f"{name}.csv" for name in ("errors", "comparison", "findings")}
    ANY_ERRORS.write(errors_of(FACTORS, people), files["errors"])
    compare_variants(errors=files["errors"], comparison=files["comparison"], settings=settings)
    places = {"": {"walk": ENTRIES}}
    if levels:
        places["weights"] = {"walk": levels}
        ANY_ERRORS.write(errors_of({k: 1.0 + n for n, k in enumerate(levels)}), root / "q.csv")
        tables |= {"questions": ["weights"], "answers": [root / "q.csv"]}
    resolved = root / "t.json"
    resolved.write_text(json.dumps({"task": "t", "settings": places, "meanings": MEANINGS}))
    tables = {"planned": TESTS} | tables
    state_findings(task="t", resolved=resolved, settings=settings, **files, **tables)
    return FINDINGS.read(files["findings"])


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return stated(tmp_path_factory.mktemp("study"))


def rows(found, **names) -> list[dict]:
    return at(found, **names).to_dict("records")


def test_a_planned_test_says_in_what_its_settings_differ_and_what_that_comes_to(found):
    physics, wide = rows(found, claim=PLANNED)
    assert (physics["entry"], physics["versus"], physics["against"]) == (
        *("physics", "plain"),
        "reference",
    )
    assert physics["settings"] == "weight 1 against 0\nwidth 16 against 8"
    assert physics["meanings"] == "of physics\nof a layer"
    assert (physics["measure"], physics["unit"], physics["n"]) == ("rmse", "deg", 8)
    assert physics["difference"] == pytest.approx(np.rad2deg(-0.5), rel=0.05)
    assert physics["estimate"] - physics["versus_estimate"] == pytest.approx(physics["difference"])
    assert physics["ci_low"] < physics["difference"] < physics["ci_high"] < 0
    assert physics["p"] == pytest.approx(2 * 2.0**-8)
    assert physics["p_corrected"] == pytest.approx(4 * 2.0**-8)
    assert physics["correction"] == "Holm over 2 tests of the family 'planned'"
    assert (physics["verdict"], wide["verdict"]) == (BETTER, EQUIVALENT)
    assert (wide["margin"], wide["margin_set"]) == (3.0, "before the study")
    assert -3 < wide["equivalence_low"] < wide["equivalence_high"] < 3
    assert wide["detectable"] > 0 and wide["people_to_decide"] > 1


def test_a_planned_test_that_nobody_has_stays_in_its_family(tmp_path):
    missing = KNEE | {"entry": "physics", "versus": "plain", "against": "truth"}
    two = [*TESTS[:1], missing | {"family": "planned"}]
    alone, absent = rows(stated(tmp_path, planned=two), claim=PLANNED)
    assert alone["p_corrected"] == 2 * alone["p"]
    assert (absent["n"], absent["verdict"]) == (0, UNDECIDED)
    assert absent["note"] == "nobody has an error of both there"


def test_a_margin_that_was_set_afterwards_is_marked_in_every_planned_test(tmp_path):
    settings = SETTINGS | {"margin_set_afterwards": True}
    found = rows(stated(tmp_path, settings=settings), claim=PLANNED)
    assert {row["margin_set"] for row in found} == {"afterwards"}


def test_no_verdict_on_a_difference_has_another_word(found):
    held = found[(found["versus"] != "") & (found["measure"] != SKILL)]
    assert set(held["verdict"]) <= set(VERDICTS)


def test_pairs_are_corrected_for_their_own_family_by_name(found):
    corrections = {r["correction"] for r in rows(found, claim=PAIR)}
    assert corrections == {"Holm over 6 pairs"}


def test_entries_that_differ_in_one_setting_alone_are_a_family_of_it(found):
    overall = [r for r in rows(found, claim=ONE_SETTING) if r["measure"] == RATIO]
    assert [(r["entry"], r["versus"], r["settings"]) for r in overall] == [
        ("plain", "wide", "width 8 against 16"),
        ("physics", "wide", "weight 1 against 0"),
    ]
    assert [r["verdict"] for r in overall] == [EQUIVALENT, BETTER]
    assert [r["correction"] for r in overall] == ["", ""]


def test_the_rival_stands_beside_everybody_with_the_skill_over_it(found):
    overall = [r for r in rows(found, claim=RIVAL) if r["measure"] == RATIO]
    assert [r["entry"] for r in overall] == ["plain", "physics", "wide"]
    assert {r["versus"] for r in overall} == {"mean"}
    assert {r["correction"] for r in overall} == {"Holm over 3 pairs"}
    assert overall[0]["settings"].startswith("variant cnn against mean_cycle\n")
    skills = [r for r in rows(found, claim=RIVAL, entry="physics") if r["measure"] == SKILL]
    assert [r["target"] for r in skills] == ["knee", "recfem"]
    assert skills[0]["estimate"] == pytest.approx(1 - 0.25**2)


def test_the_lowest_of_all_is_held_against_every_other(found):
    mean, *others = rows(found, claim=BEST, target="knee")
    assert (mean["entry"], mean["versus"], mean["n"]) == ("physics", "", 8)
    assert mean["ci_low"] < mean["estimate"] < mean["ci_high"]
    assert [r["versus"] for r in others] == ["plain", "wide", "mean"]
    assert {r["verdict"] for r in others} == {BETTER} == {mean["verdict"]}


def test_with_few_people_nothing_is_claimed(tmp_path):
    few = stated(tmp_path, people=3)
    assert set(few["verdict"]) == {UNDECIDED, ""}
    assert (few["p_corrected"].isna() | (few["p_corrected"] > SETTINGS["alpha"])).all()


def test_levels_of_a_question_say_what_they_are_and_how_they_compare(tmp_path):
    levels = {k: {"variant": "cnn", "weight": w, "width": 8} for k, w in {"a": 0.5, "b": 2}.items()}
    found = at(stated(tmp_path, levels=levels), "weights")
    what = [
        (r["entry"], r["settings"], r["amount"]) for r in rows(found, question="weights", split="")
    ]
    assert what == [("a", "weight 0.5", 0.5), ("b", "weight 2", 2)]
    means = rows(found, question="weights", claim=LEVEL, target="knee")
    assert [r["estimate"] for r in means] == pytest.approx(np.rad2deg([1, 2]), rel=0.05)
    (pair,) = rows(found, question="weights", claim=LEVELS, target="recfem")
    assert (pair["entry"], pair["versus"], pair["verdict"]) == ("a", "b", BETTER)
    assert pair["settings"] == "weight 0.5 against 2"


def test_entries_of_the_same_settings_are_said_to_have_them(tmp_path, monkeypatch):
    monkeypatch.setitem(ENTRIES, "wide", ENTRIES["plain"])
    found = stated(tmp_path)
    (overall,) = [r for r in rows(found, claim=ONE_SETTING, entry="plain") if r["measure"] == RATIO]
    assert (overall["versus"], overall["settings"]) == ("wide", SAME_SETTINGS)


def test_hidden_muscles_and_parameters_have_their_verdicts(tmp_path):
    hidden = pd.DataFrame(
        {"variant": v, "subject": f"s{s}", "target": t, "skill_copy": 0.1, "r": 0.5}
        | {"rmse": error if v == "nmm" else 1.0 + s / 10, "unit": "1"}
        for v in ("nmm", "copy")
        for t, error in {"BRA": 0.5, "TRI": 2.5}.items()
        for s in range(6)
    ).assign(task="t", **PLACE)
    ENVELOPE_ERRORS.write(fill(hidden, ENVELOPE_ERRORS), tmp_path / "hidden.csv")
    learned = pd.DataFrame(
        {"variant": "nmm", "subject": "s0", "muscle": "BRA", "parameter": p, "spread_share": share}
        | {"error_generic": 0.2, "error": error}
        for p, (error, share) in {"a": (0.1, 0.1), "b": (0.1, 0.5), "c": (0.3, 0.1)}.items()
    ).assign(task="t", **PLACE)
    COMPARED_PARAMETERS.write(fill(learned, COMPARED_PARAMETERS), tmp_path / "parameters.csv")
    found = stated(
        tmp_path,
        hidden=[tmp_path / "hidden.csv"],
        identified=["weights"],
        parameters=[tmp_path / "parameters.csv"],
    )
    skills = rows(found, question="hidden_channels", claim=HIDDEN, measure=SKILL)
    # A rival has none over itself.
    assert {(r["entry"], r["target"]): r["verdict"] for r in skills} == {
        ("nmm", "BRA"): BETTER,
        ("nmm", "TRI"): WORSE,
    }
    told = rows(found, question="weights", claim=PARAMETER, measure=LOG_ERROR)
    verdicts = {r["target"]: r["verdict"] for r in told}
    assert verdicts == {"a": IDENTIFIED, "b": NOT_IDENTIFIED, "c": NOT_IDENTIFIED}


def test_every_method_is_told_under_each_law_where_people_follow_several(tmp_path):
    people = [("s0", "synergies"), ("s1", "least_effort")]
    means = [
        {"variant": v, "law": law, "target": "recfem", "unit": "N", "mean": 3.0 + n, "people": 1}
        for v in ("plain", "physics")
        for n, (_, law) in enumerate(people)
    ]
    table = pd.DataFrame(means).assign(task="t", measure="rmse", sd=float("nan"), **PLACE)
    LAW_ERRORS.write(table, tmp_path / "by_law.csv")
    told = rows(stated(tmp_path, by_law=[tmp_path / "by_law.csv"]), claim=LAW)
    assert [(r["entry"], r["law"], r["estimate"], r["n"]) for r in told] == [
        ("plain", "synergies", 3.0, 1),
        ("plain", "least_effort", 4.0, 1),
        ("physics", "synergies", 3.0, 1),
        ("physics", "least_effort", 4.0, 1),
    ]
    assert {r["recording"] for r in told} == {"walk"}
