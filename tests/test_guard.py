"""What fails on one trial leaves that trial out; what is wrong with more ends the step."""

import errno
import logging

import pytest

from myopinn.errors import ChecksumError, ConfigError, TrialError
from myopinn.files.layouts.quality import QUALITY, write_quality
from myopinn.formats.whole import ArtifactError
from myopinn.records.quality import QualityLog


@pytest.fixture
def log():
    return QualityLog("lab", "ann", "convert_signals")


def _fail(log, trial, error):
    with log.guard(trial, session="1", file=f"raw/{trial}.c3d"):
        raise error


def test_what_nobody_foresaw_is_recorded_by_name_and_the_others_go_on(log, tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        _fail(log, "walk", UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"))
    with log.guard("run"):
        pass
    write_quality(log, tmp_path / "quality.csv")
    (row,) = QUALITY.read(tmp_path / "quality.csv").itertuples()
    assert (row.trial, row.session, row.accepted) == ("walk", "1", False)
    assert row.reason.startswith("walk: raw/walk.c3d: convert_signals failed on it")
    assert "UnicodeDecodeError: 'utf-8' codec can't decode" in row.reason
    assert "the log of this step has the traceback" in row.reason
    # One line for the reader; where it was raised is in the log alone.
    assert "Traceback" not in row.reason
    assert "\n" not in row.reason
    assert "in _fail" in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        ConfigError("no such muscle"),
        ChecksumError("another file"),
        ArtifactError("no such variable"),
        MemoryError(),
        ModuleNotFoundError("No module named 'ezc3d'"),
        OSError(errno.ENOSPC, "No space left on device"),
        KeyboardInterrupt(),
        SystemExit(1),
    ],
)
def test_what_is_not_about_one_trial_ends_the_step(log, error):
    with pytest.raises(type(error)) as caught:
        _fail(log, "walk", error)
    assert caught.value is error
    assert not log.rows


def test_an_unforeseen_failure_that_all_trials_share_ends_the_step(log, tmp_path):
    for trial in ("walk", "run"):
        _fail(log, trial, KeyError("labels"))
    with pytest.raises(KeyError, match="labels"):
        write_quality(log, tmp_path / "quality.csv")
    assert not (tmp_path / "quality.csv").exists()


def test_trials_that_fail_in_ways_of_their_own_are_all_left_out(log, tmp_path):
    _fail(log, "walk", KeyError("labels"))
    _fail(log, "run", ZeroDivisionError())
    _fail(log, "hop", TrialError("the marker is hidden."))
    write_quality(log, tmp_path / "quality.csv")
    assert list(QUALITY.read(tmp_path / "quality.csv").trial) == ["walk", "run", "hop"]


def test_a_model_or_a_fold_forgives_refusals_alone(log):
    with log.refusals("model"):
        raise TrialError("the model has no muscle.")
    assert log.rejected("model")
    with pytest.raises(KeyError), log.refusals("fold 1"):
        raise KeyError("labels")


def test_a_name_that_is_no_text_can_be_written(log, tmp_path):
    log.reject("walk", TrialError("it is not there.", file="raw/\udcc9paule.c3d"))
    write_quality(log, tmp_path / "quality.csv")
    assert r"raw/\udcc9paule.c3d" in QUALITY.read(tmp_path / "quality.csv").reason[0]
