"""What became of trials, from records that were never written."""

import pandas as pd
import pytest

from myopinn.measures.trial_verdicts import MOST_DETAILS, judge_trials, widen

WALK = {"recording": "lab", "subject": "01", "session": "one", "kind": "dynamic"}
WALK |= {"condition": "fast", "name": "w1"}


def record(*rows):
    """Rows of step, trial, quantity, value and, where it was rejected, the reason."""
    names = ["step", "trial", "quantity", "value", "reason"]
    table = pd.DataFrame([(*row, *[""] * (5 - len(row))) for row in rows], columns=names)
    table["accepted"] = table["reason"] == ""
    return table.assign(recording="lab", subject="01", session="one", unit="m", bound="")


def test_a_trial_that_reached_the_dataset_is_accepted_with_what_was_measured():
    (row,) = judge_trials([WALK], record(("build_dataset", "w1", "length", 2.0))).to_dict("records")
    assert (row["status"], row["step"], row["reason"]) == ("accepted", "", "")
    assert row["trial"] == "w1" and row["length (m)"] == 2.0


def test_a_person_who_was_rejected_explains_what_no_step_rejected():
    measured = record(
        ("convert_signals", "w1", "length", 2.0), ("scale_model", "", "usable", 0, "!")
    )
    (row,) = judge_trials([WALK], measured).to_dict("records")
    assert row["status"] == "rejected" and row["step"] == "scale_model"
    assert row["reason"] == (
        "nothing was written after convert_signals; scale_model rejected the person: !"
    )


@pytest.mark.parametrize(("details", "kept"), [(MOST_DETAILS, True), (MOST_DETAILS + 1, False)])
def test_what_is_measured_on_too_many_things_stays_out_of_the_wide_table(details, kept):
    rows = [("step", "w1", f"factor:{k}", 1.0) for k in range(details)]
    wide = widen(record(("step", "w1", "length", 2.0), *rows))
    assert "length (m)" in wide and ("factor:0 (m)" in wide) == kept


def test_a_repeated_measurement_counts_with_its_last_value():
    wide = widen(record(("step", "w1", "length", 2.0), ("step", "w1", "length", 3.0)))
    assert wide["length (m)"].tolist() == [3.0]
