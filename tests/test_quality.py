"""A number is inside its bound or its trial is out, and who is out is known by name."""

import logging
import math

import pytest

from myopinn.errors import TrialError
from myopinn.files.layouts.quality import QUALITY, write_quality
from myopinn.records.quality import QualityLog

BOUNDS = [{"at_most": 2.0}, {"at_least": -2.0}, {"at_least": -2.0, "at_most": 2.0}]
INFINITE = [math.nan, math.inf, -math.inf]


def _log():
    return QualityLog("lab", "ann", "solve_inverse_kinematics")


@pytest.mark.parametrize("bounds", BOUNDS)
@pytest.mark.parametrize("value", INFINITE)
def test_what_is_no_finite_number_meets_no_bound(bounds, value):
    """Neither does infinity meet a lower bound, nor minus infinity an upper one."""
    log = _log()
    with pytest.raises(TrialError, match=rf"w1: marker_rms is {value:.4g} m, allowed is"):
        log.measure("w1", "marker_rms", value, "m", **bounds)
    assert log.rejected("w1")
    assert [row["accepted"] for row in log.rows] == [False]


@pytest.mark.parametrize("value", [*INFINITE, -3.0, 0.0])
def test_without_a_bound_everything_is_recorded_and_nothing_rejected(value):
    log = _log()
    log.measure("w1", "marker_rms", value, "m")
    assert not log.rejected("w1")
    assert log.rows[0]["bound"] == "" and log.rows[0]["reason"] == ""


@pytest.mark.parametrize("bounds", BOUNDS)
@pytest.mark.parametrize("value", [-2.0, 0.0, 2.0])
def test_a_value_inside_and_on_its_bound_is_accepted(bounds, value):
    log = _log()
    log.measure("w1", "marker_rms", value, "m", **bounds)
    assert log.rows[0]["accepted"] and log.rows[0]["value"] == value


@pytest.mark.parametrize(
    ("value", "bounds", "sentence"),
    [
        (2.001, {"at_most": 2.0}, "marker_rms is 2.001 m, allowed is <= 2 m."),
        (-2.001, {"at_least": -2.0}, "marker_rms is -2.001 m, allowed is >= -2 m."),
        (5.0, BOUNDS[2], "marker_rms is 5 m, allowed is >= -2 and <= 2 m."),
        (-5.0, BOUNDS[2], "marker_rms is -5 m, allowed is >= -2 and <= 2 m."),
        (0.1, {"at_most": 0.0}, "marker_rms is 0.1 m, allowed is <= 0 m."),
    ],
)
def test_a_value_outside_rejects_its_trial_and_says_what_is_allowed(value, bounds, sentence):
    log = _log()
    with pytest.raises(TrialError) as caught:
        log.measure("w1", "marker_rms", value, "m", session="2", remedy="look at it.", **bounds)
    assert str(caught.value) == f"w1: {sentence} Remedy: look at it."
    assert log.rows[0]["reason"] == sentence
    assert (log.rows[0]["session"], log.rows[0]["accepted"]) == ("2", False)


def test_a_bound_that_rejects_inside_a_guard_is_recorded_once(caplog):
    """The measurement is the reason; the guard adds no second row, and other trials go on."""
    log = _log()
    log.measure("w0", "marker_rms", 0.01, "m", at_most=0.04)
    with caplog.at_level(logging.WARNING):
        for trial, value in (("w1", 0.05), ("w2", 0.06), ("w3", 0.02)):
            with log.guard(trial):
                log.measure(trial, "marker_rms", value, "m", at_most=0.04)
    assert [log.rejected(f"w{k}") for k in range(5)] == [False, True, True, False, False]
    assert [row["trial"] for row in log.rows] == ["w0", "w1", "w2", "w3"]
    assert sum("left out" in line and "ann" in line for line in caplog.messages) == 2


def test_an_error_that_names_no_trial_gets_that_of_its_guard():
    """A trial that was measured well before is rejected all the same, with the error as reason."""
    log = _log()
    log.measure("w1", "frames", 90, "", at_least=1)
    with log.guard("w1", session="2"):
        raise TrialError("marker 'R_FCC' is missing.")
    with log.guard("w2"):
        raise TrialError("no frames.", trial="static")
    rejected = [row for row in log.rows if not row["accepted"]]
    assert [row["trial"] for row in rejected] == ["w1", "w2"]
    assert rejected[0]["reason"] == "w1: marker 'R_FCC' is missing."
    assert rejected[1]["reason"] == "static: no frames."
    assert (rejected[0]["quantity"], rejected[0]["value"]) == ("usable", 0.0)
    assert rejected[0]["session"] == "2"


def test_a_note_is_kept_and_said_and_rejects_nobody(tmp_path, caplog):
    log = _log()
    with caplog.at_level(logging.WARNING):
        log.note("w1", "emg", "channel 'soleus' is weak.", session="2")
    assert not log.rejected("w1")
    assert caplog.messages == ["ann w1: channel 'soleus' is weak."]
    write_quality(log, tmp_path / "quality.csv")
    table = QUALITY.read(tmp_path / "quality.csv")
    assert list(table.columns) == list(QUALITY.columns)
    assert table.loc[0, "reason"] == "channel 'soleus' is weak."
    assert table.loc[0, ["recording", "subject", "step"]].tolist() == [
        "lab", "ann", "solve_inverse_kinematics",
    ]  # fmt: skip
