"""A crash, a hang or a file that is no model reaches the study as an error of that trial."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from myopinn.errors import TrialError
from myopinn.opensim.tool import load_model, run


def test_crash_is_isolated_and_named(tmp_path: Path) -> None:
    with pytest.raises(TrialError, match=r"crashed in abort \(SIGABRT\)"):
        run(os.abort, timeout_s=30, log=tmp_path / "log", label="walk")
    assert "walk" in (tmp_path / "log").read_text()


def test_hang_ends_at_the_timeout(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(TrialError, match="did not finish pause in 2 s"):
        run(signal.pause, timeout_s=2, log=tmp_path / "log", label="walk")
    assert time.monotonic() - started < 10


def test_fault_of_the_package_is_not_blamed_on_the_trial(tmp_path: Path) -> None:
    with pytest.raises(json.JSONDecodeError, match="Expecting property name") as caught:
        run(json.loads, timeout_s=30, log=tmp_path / "log", label="walk", s="{")
    # Its own traceback ended with its process; the notes are printed with that of this one.
    assert "raw_decode" in "".join(caught.value.__notes__)


@pytest.mark.parametrize(
    "content", [None, "not XML", "<OpenSimDocument><ScaleTool/></OpenSimDocument>"]
)
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "generic.osim"
    if content is not None:
        file.write_text(content)
    with pytest.raises(TrialError) as caught:
        run(load_model, timeout_s=30, log=tmp_path / "log", label="walk", path=file)
    assert str(file) in str(caught.value)
    assert caught.value.remedy


def test_impossible_muscle_is_refused(tmp_path: Path, generic_elbow: Path) -> None:
    # OpenSim itself accepts a negative fibre length.
    broken = tmp_path / "broken.osim"
    text = generic_elbow.read_text()
    broken.write_text(text.replace("<optimal_fiber_length>", "<optimal_fiber_length>-", 1))
    with pytest.raises(TrialError, match="optimal_fiber_length"):
        run(load_model, timeout_s=30, log=tmp_path / "log", label="walk", path=broken)


def test_answer_that_cannot_leave_its_process_is_a_fault_of_the_package(
    tmp_path: Path, generic_elbow: Path
) -> None:
    with pytest.raises(TypeError, match="cannot pickle"):
        run(load_model, timeout_s=30, log=tmp_path / "log", label="walk", path=generic_elbow)
