"""Who is part of the study, who is not, and why: by name."""

from dataclasses import asdict

import pandas as pd
import pytest

from myopinn.errors import MyopinnError, TrialError
from myopinn.files.layouts.quality import QUALITY, write_quality
from myopinn.files.layouts.trials import TRIALS
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.steps.collect_quality import collect_quality

STEPS = (
    "convert_signals",
    "scale_model",
    "solve_inverse_kinematics",
    "solve_inverse_dynamics",
    "estimate_muscle_forces",
    "build_dataset",
)


def trial(subject, name, kind="dynamic", session="one"):
    return {
        "recording": "walk",
        **asdict(Trial(subject, session, name, kind, "fast", f"{name}.c3d")),
    }


def collect(tmp_path, trials, logs):
    files = []
    for log in logs:
        file = tmp_path / log.subject / log.step / "quality.csv"
        write_quality(log, file)
        # Rules deliver folders for most steps and a file for the others.
        files.append(file if log.step == "build_dataset" else file.parent)
    collect_quality(
        logs=files,
        trials=trials,
        table=tmp_path / "trials.csv",
        quantities=tmp_path / "quantities.csv",
    )
    table = TRIALS.read(tmp_path / "trials.csv").set_index(["subject", "trial"])
    return table, QUALITY.read(tmp_path / "quantities.csv")


def logs_of(subject):
    return {step: QualityLog("walk", subject, step) for step in STEPS}


def test_accepted_trials_carry_what_was_measured(tmp_path):
    logs = logs_of("01")
    logs["solve_inverse_kinematics"].measure("w1", "marker_rms", 0.016, "m", at_most=0.04)
    logs["solve_inverse_kinematics"].measure("w1", "frames", 90, "")
    logs["solve_inverse_dynamics"].measure("w1", "frames", 88, "")
    logs["build_dataset"].measure("w1", "cycles", 1, "", at_least=1)
    table, quantities = collect(tmp_path, [trial("01", "w1")], logs.values())
    row = table.loc[("01", "w1")]
    assert row["status"] == "accepted"
    assert row["marker_rms (m)"] == 0.016
    assert row["cycles"] == 1
    assert row["solve_inverse_kinematics: frames"] == 90
    assert row["solve_inverse_dynamics: frames"] == 88
    assert len(quantities) == 4
    assert quantities.loc[0, "bound"] == "<= 0.04"


def test_a_rejected_trial_is_named_with_step_and_reason(tmp_path):
    logs = logs_of("01")
    log = logs["solve_inverse_kinematics"]
    with log.guard("w1"):
        log.measure("w1", "marker_rms", 0.09, "m", at_most=0.04, remedy="check the labels.")
    with logs["convert_signals"].guard("w2"):
        raise TrialError("EMG channel 'recfem' is flat.", file="w2.c3d")
    trials = [trial("01", "w1"), trial("01", "w2")]
    table, _ = collect(tmp_path, trials, logs.values())
    assert table.loc[("01", "w1"), "status"] == "rejected"
    assert table.loc[("01", "w1"), "step"] == "solve_inverse_kinematics"
    assert "marker_rms is 0.09 m" in table.loc[("01", "w1"), "reason"]
    assert table.loc[("01", "w2"), "step"] == "convert_signals"
    assert "recfem" in table.loc[("01", "w2"), "reason"]


def test_a_bad_static_trial_explains_why_the_walks_are_missing(tmp_path):
    logs = logs_of("01")
    logs["convert_signals"].measure("w1", "duration", 1.2, "s")
    logs["scale_model"].reject("static", TrialError("marker 'R_FCC' is missing."), session="one")
    # Another walk's own rejection must not be taken for the cause.
    logs["convert_signals"].reject("w2", TrialError("truncated file."), session="one")
    logs["convert_signals"].reject("muscle geometry", TrialError("no path."))
    trials = [trial("01", "static", "static"), trial("01", "w1"), trial("01", "w2")]
    table, _ = collect(tmp_path, trials, logs.values())
    row = table.loc[("01", "w1")]
    assert row["status"] == "rejected"
    assert row["step"] == "scale_model"
    assert "'static'" in row["reason"]
    assert "R_FCC" in row["reason"]
    assert "truncated" not in row["reason"]
    assert table.loc[("01", "static"), "status"] == "rejected"


def test_a_trial_that_vanished_without_a_word_is_not_accepted(tmp_path):
    logs = logs_of("01")
    logs["convert_signals"].measure("w1", "duration", 1.2, "s")
    table, _ = collect(tmp_path, [trial("01", "w1"), trial("02", "w9")], logs.values())
    assert table.loc[("01", "w1"), "status"] == "rejected"
    assert "after convert_signals" in table.loc[("01", "w1"), "reason"]
    assert "no step has a record" in table.loc[("02", "w9"), "reason"]


def test_the_worst_marker_of_each_trial_is_one_column(tmp_path):
    logs = logs_of("01")
    for name, marker, error in (("w1", "R_FCC", 0.03), ("w2", "L_IAS", 0.02)):
        logs["solve_inverse_kinematics"].measure(name, f"marker_error_max:{marker}", error, "m")
        for joint in ("knee", "hip"):
            logs["solve_inverse_kinematics"].measure(name, f"angle_max:{joint}", 60.0, "deg")
        for body in range(20):
            logs["scale_model"].measure(name, f"scale_factor:body{body}", 1.0, "")
    table, quantities = collect(tmp_path, [trial("01", "w1"), trial("01", "w2")], logs.values())
    measured = list(table.columns[table.columns.get_loc("reason") + 1 :])
    assert measured == ["marker_error_max (m)", "angle_max:knee (deg)", "angle_max:hip (deg)"]
    assert table["marker_error_max (m)"].tolist() == [0.03, 0.02]
    assert quantities["quantity"].str.startswith("scale_factor").sum() == 40


def test_notes_of_accepted_trials_are_kept(tmp_path):
    logs = logs_of("01")
    logs["convert_signals"].note("w1", "emg", "channel 'soleus' is weak.")
    logs["build_dataset"].measure("w1", "cycles", 2, "", at_least=1)
    table, _ = collect(tmp_path, [trial("01", "w1")], logs.values())
    assert table.loc[("01", "w1"), "status"] == "accepted"
    assert "soleus" in table.loc[("01", "w1"), "reason"]


def test_a_log_that_is_none_is_refused_by_its_name(tmp_path):
    bad = tmp_path / "quality.csv"
    pd.DataFrame({"subject": ["01"]}).to_csv(bad, index=False)
    with pytest.raises(MyopinnError, match=r"quality\.csv"):
        collect_quality(
            logs=[bad], trials=[], table=tmp_path / "t.csv", quantities=tmp_path / "q.csv"
        )


def test_nothing_measured_at_all_still_lists_every_trial(tmp_path):
    table, quantities = collect(tmp_path, [trial("01", "w1")], logs_of("01").values())
    assert table["status"].tolist() == ["rejected"]
    assert len(quantities) == 0
