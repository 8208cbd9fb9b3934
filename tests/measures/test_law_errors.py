"""Each method under each law of sharing: who is counted where, and what is said of it."""

import pandas as pd
import pytest

from myopinn.figures.laws import law_tables
from myopinn.files.layouts.findings import FINDINGS
from myopinn.files.layouts.law_errors import LAW_ERRORS
from myopinn.measures.findings.laws import state_laws
from myopinn.measures.law_errors import tabulate_by_law

PLACE = {"task": "muscle_force", "recording": "wrist", "split": "across_sessions"}
# Two people follow one law, one another; of the fourth, who lives, nobody knows.
LAWS = {("wrist", "P01"): "synergies", ("wrist", "P02"): "least_effort"}
LAWS |= {("wrist", "P03"): "synergies"}
RMSE = {"P01": 2.0, "P02": 5.0, "P03": 4.0, "P04": 100.0}


@pytest.fixture
def errors():
    rows = [
        {"variant": variant, "subject": subject, "target": target, "unit": unit}
        | {"rmse": factor * rmse, "nrmse": 0.1 * rmse, "r": 0.9, "skill_copy": 0.5}
        for variant, factor in (("cnn", 1.0), ("elm", 3.0))
        for target, unit in (("FCR", "N"), ("wrist_flexion", "rad"))
        for subject, rmse in RMSE.items()
    ]
    return pd.DataFrame(rows).assign(**PLACE)


def test_errors_are_averaged_over_the_people_of_a_law(errors):
    table = tabulate_by_law(errors, LAWS)
    LAW_ERRORS.check(table)
    assert set(table["measure"]) == {"rmse", "nrmse", "r", "skill_copy"}
    own = table[(table["measure"] == "rmse") & (table["target"] == "FCR")]
    found = {(r["variant"], r["law"]): (r["mean"], r["people"]) for r in own.to_dict("records")}
    assert found == {
        ("cnn", "synergies"): (3.0, 2),
        ("cnn", "least_effort"): (5.0, 1),
        ("elm", "synergies"): (9.0, 2),
        ("elm", "least_effort"): (15.0, 1),
    }
    alone = own[own["law"] == "least_effort"]
    assert alone["sd"].isna().all()
    assert own[own["law"] == "synergies"]["sd"].tolist() == pytest.approx([2**0.5, 3 * 2**0.5])


def test_of_living_people_there_is_nothing_to_tell(errors):
    table = tabulate_by_law(errors, {})
    LAW_ERRORS.check(table)
    assert table.empty


def test_laws_are_findings_only_where_there_are_several(errors):
    table = tabulate_by_law(errors, LAWS)
    rows = state_laws(table)
    (row,) = (
        r
        for r in rows
        if (r["entry"], r["law"], r["target"], r["measure"])
        == ("elm", "synergies", "wrist_flexion", "rmse")
    )
    # As readers see angles.
    assert row["unit"] == "deg" and row["estimate"] == pytest.approx(9.0 * 57.29578)
    assert row["n"] == 2 and row["claim"] == "by law"
    assert state_laws(table[table["law"] == "synergies"]) == []


def test_the_report_has_a_column_for_each_law_and_a_row_for_each_method(errors):
    stated = pd.DataFrame(state_laws(tabulate_by_law(errors, LAWS)))
    found = stated.reindex(columns=list(FINDINGS.columns))
    force, angle = law_tables(found)
    assert force["target"] == "FCR, N" and angle["target"] == "wrist_flexion, deg"
    assert force["laws"] == ["synergies", "least effort"]
    assert [row["entry"] for row in force["rows"]] == ["cnn", "elm"]
    assert force["rows"][0]["cells"] == ["3 ± 1.41 (n = 2)", "5 (n = 1)"]
    assert law_tables(found[found["claim"] == "pair"]) == []
