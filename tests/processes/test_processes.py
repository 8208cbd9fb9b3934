"""A call that crashes or hangs in a process of its own leaves this one and the next call alone."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from myopinn.processes import apart as processes
from myopinn.processes.apart import call_apart


def load_nothing() -> None:
    """Load what these calls need."""


def load_what_is_not_there() -> None:
    raise ImportError("no such library")


def die(sent: signal.Signals) -> None:
    os.kill(os.getpid(), sent)


class StubbornError(Exception):
    """An exception that cannot be pickled back: it is made from two things."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} because of {why}")


def object_to() -> None:
    raise StubbornError("no", "this")


def _call(function, load=load_nothing, timeout_s=30.0, memory_bytes=None, **arguments):
    return call_apart(
        function, arguments, load=load, timeout_s=timeout_s, memory_bytes=memory_bytes
    )


@pytest.fixture(autouse=True)
def here_is_found(monkeypatch):
    """Let the server import this file."""
    monkeypatch.setenv("PYTHONPATH", f"{os.environ.get('PYTHONPATH', '')}:{Path(__file__).parent}")
    yield
    processes._server.cache_clear()


def test_a_crash_is_told_by_its_signal_and_the_next_call_works():
    crashed = _call(die, sent=signal.SIGSEGV)
    assert (crashed.died, crashed.in_time, crashed.error) == ("SIGSEGV", True, None)
    assert _call(os.getpid).returned != os.getpid()


def test_a_call_that_hangs_is_killed():
    assert not _call(signal.pause, timeout_s=0.2).in_time


def test_what_is_raised_comes_back_as_it_was():
    error = _call(os.stat, path="/no/such/file").error
    assert isinstance(error, FileNotFoundError)
    assert error.filename == "/no/such/file"


def test_an_exception_that_cannot_travel_is_told_in_words():
    error = _call(object_to).error
    assert "StubbornError: no because of this" in str(error)


def test_libraries_that_cannot_be_loaded_are_no_fault_of_the_call():
    with pytest.raises(ImportError, match="load_what_is_not_there"):
        _call(os.getpid, load=load_what_is_not_there)


def test_a_killed_server_is_started_again():
    _call(os.getpid)
    server = processes._server(load_nothing.__module__, load_nothing.__name__)
    server.kill()
    server.wait()
    assert _call(os.getpid).returned != os.getpid()
    assert processes._server(load_nothing.__module__, load_nothing.__name__).pid != server.pid


def fill(size: int) -> int:
    return len(bytearray(size))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to a bound of memory")
def test_a_call_gets_no_more_memory_than_it_may_have():
    one_gb = 10**9
    assert _call(fill, size=one_gb // 4, memory_bytes=one_gb).returned == one_gb // 4
    assert isinstance(_call(fill, size=2 * one_gb, memory_bytes=one_gb).error, MemoryError)
