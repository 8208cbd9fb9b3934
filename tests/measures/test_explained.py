"""What a design can show: who explains how much, in the order of what they are told."""

import numpy as np
import pandas as pd
import pytest

from myopinn.measures.findings.explained import (
    CEILINGS,
    EMG_ALONE,
    ESTIMATE,
    OF_LABEL,
    OF_TRUTH,
    OTHERS,
    RIVALS,
    state_explained,
)
from myopinn.measures.findings.told import tell_told
from myopinn.measures.true_references import LABELS
from myopinn.records.told import OF_LABELS

SETTINGS = {"alpha": 0.05, "bootstrap_samples": 400, "seed": 0}
# In another order than that of the groups, and with names that say the contrary.
TOLD = {
    "rival": "EMG of the whole cycle, position in the cycle; own trials",
    "network": "position in the cycle; own trials",
    "mean_cycle": "EMG up to now; own trials",
    "constant": "nothing; other people's trials",
    LABELS: OF_LABELS,
}


def errors_of(told, **columns):
    rows = [
        {"variant": v, "told": t, "subject": f"s{s}", "target": "knee", "explained": 0.5 + 0.1 * s}
        for v, t in told.items()
        for s in range(4)
    ]
    return pd.DataFrame(rows).assign(recording="lab", split="x", **columns)


def test_entries_are_told_in_the_order_of_what_they_are_told():
    rows = state_explained(errors_of(TOLD), SETTINGS, ["none"], OF_TRUTH)
    assert [(row["entry"], row["note"]) for row in rows] == [
        ("network", RIVALS),
        ("constant", RIVALS),
        ("mean_cycle", EMG_ALONE),
        ("rival", OTHERS),
        (LABELS, ESTIMATE),
    ]
    row = rows[0]
    assert row["measure"] == "explained of truth" and row["unit"] == "%" and row["n"] == 4
    assert row["estimate"] == pytest.approx(65)
    assert row["sd"] == pytest.approx(np.std([50, 60, 70, 80], ddof=1))
    assert 50 <= row["ci_low"] < 65 < row["ci_high"] <= 80


def test_where_envelopes_are_the_answer_the_rivals_are_those_of_the_study():
    told = {"network": "motion of the whole cycle, load; own trials", "copy": "EMG up to now; x"}
    told |= {"ceiling": told["copy"], "b": "EMG up to now; x"}
    errors = errors_of(told, held_against="inverse dynamics")
    errors["truth"] = ["excitation" if v == "ceiling" else "" for v in errors["variant"]]
    rows = state_explained(errors, SETTINGS, ["copy"], OF_LABEL)
    assert [(row["entry"], row["note"]) for row in rows] == [
        ("copy", RIVALS),
        ("b", EMG_ALONE),
        ("network", OTHERS),
        ("ceiling", CEILINGS),
    ]
    assert {row["measure"] for row in rows} == {"explained of inverse dynamics"}


def test_what_nobody_could_be_measured_at_has_no_row_and_one_person_no_interval():
    errors = errors_of({"a": "EMG up to now; x"})
    assert state_explained(errors.assign(explained=np.nan), SETTINGS, [], OF_LABEL) == []
    (row,) = state_explained(errors[errors["subject"] == "s1"], SETTINGS, [], OF_LABEL)
    assert np.isnan(row["ci_low"]) and np.isnan(row["sd"]) and row["estimate"] == 60


def test_both_sides_of_a_finding_say_what_they_were_told():
    table = errors_of(TOLD)
    levels = errors_of({"a": "load; own trials"})
    place = {"recording": "lab", "split": "x"}
    rows = [
        {**place, "entry": "rival", "versus": "network"},
        {**place, "entry": "rival", "versus": "generic value"},
        {**place, "entry": "a", "question": "how much?"},
        {"recording": "lab", "entry": "a", "question": "how much?"},
    ]
    found = tell_told(rows, [("", table), ("how much?", levels)])
    assert [(row["told"], row["versus_told"]) for row in found] == [
        (TOLD["rival"], TOLD["network"]),
        (TOLD["rival"], ""),
        ("load; own trials", ""),
        ("", ""),
    ]
