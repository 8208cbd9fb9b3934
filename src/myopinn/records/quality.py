"""The quality record of a step: what was measured, which bound it met, what was rejected and why.

Every step that works on the trials of a person writes one ``quality.csv`` beside its outputs. A
trial that fails is recorded by name with its reason and leaves no output, so that later steps pass
over it and the rest of the study goes on.

What ends a step all the same is what is wrong with more than a trial: an error that the package
raises on purpose about something else (a configuration, a download), a machine that lacks memory,
disk or a library, and an unforeseen failure that all trials of the step share.
"""

from __future__ import annotations

import errno
import logging
import math
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from myopinn.errors import MyopinnError, TrialError

logger = logging.getLogger(__name__)

# Of the machine, whatever the trial: no room, a quota, a file system or a limit that refuses.
_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


@dataclass
class QualityLog:
    """Collects the quality of one step for one person.

    Parameters
    ----------
    recording, subject : str
        Whose trials these are.
    step : str
        The name of the rule, such as ``solve_inverse_kinematics``.
    """

    recording: str
    subject: str
    step: str
    rows: list[dict[str, object]] = field(default_factory=list)
    _passed: int = field(default=0, repr=False)
    _unforeseen: list[Exception] = field(default_factory=list, repr=False)

    def measure(
        self,
        trial: str,
        quantity: str,
        value: float,
        unit: str,
        *,
        session: str = "",
        at_most: float | None = None,
        at_least: float | None = None,
        remedy: str = "",
    ) -> None:
        """Record a measured quantity and hold it to its bound.

        Raises
        ------
        TrialError
            Where the value is outside the bound or not finite while a bound is set.
        """
        bounds = []
        if at_least is not None:
            bounds.append(f">= {at_least:g}")
        if at_most is not None:
            bounds.append(f"<= {at_most:g}")
        inside = not bounds or (
            # Neither NaN nor infinity meets any bound, not even the one that it is beyond.
            math.isfinite(value)
            and (at_most is None or value <= at_most)
            and (at_least is None or value >= at_least)
        )
        reason = ""
        if not inside:
            reason = f"{quantity} is {value:.4g} {unit}, allowed is {' and '.join(bounds)} {unit}."
        self._add(trial, session, quantity, value, unit, " and ".join(bounds), inside, reason)
        if not inside:
            raise TrialError(reason, remedy=remedy, trial=trial)

    def note(self, trial: str, quantity: str, reason: str, *, session: str = "") -> None:
        """Record something a reader must know that does not reject the trial."""
        self._add(trial, session, quantity, float("nan"), "", "", True, reason)
        logger.warning("%s %s: %s", self.subject, trial, _printable(reason))

    def reject(
        self, trial: str, error: TrialError, *, session: str = "", cause: Exception | None = None
    ) -> None:
        """Record that a trial is left out of everything that follows, and why.

        Of the ``cause``, where there is one, the log has the traceback.
        """
        error.trial = error.trial or trial
        already = any(r["trial"] == trial and not r["accepted"] for r in self.rows)
        if not already:
            self._add(trial, session, "usable", 0.0, "", "", False, str(error))
        logger.warning("%s: left out: %s", self.subject, _printable(str(error)), exc_info=cause)

    @contextmanager
    def guard(self, trial: str, *, session: str = "", file: Path | str = "") -> Iterator[None]:
        """Run the work on one trial of several; whatever fails rejects it and the others go on.

        A :class:`TrialError` says itself what is wrong. Of an exception that nobody foresaw the
        record has type and text, and the log has the traceback.

        Parameters
        ----------
        file : path or str
            What the trial is read from, named where something unforeseen fails.

        Raises
        ------
        MyopinnError
            Any other than a :class:`TrialError`: it is not about a trial.
        MemoryError, ImportError, OSError
            Where the machine lacks memory, disk space, rights to write or a library.
        """
        try:
            yield
        except TrialError as error:
            self.reject(trial, error, session=session)
        except MyopinnError:
            raise
        except Exception as error:
            if _is_the_machine(error):
                raise
            self._unforeseen.append(error)
            what = f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")
            refused = TrialError(
                f"{self.step} failed on it for a reason that nobody foresaw ({what}).",
                remedy="the log of this step has the traceback; open the file in the program that "
                "wrote it and export it again, or leave the trial out.",
                file=file,
            )
            self.reject(trial, refused, session=session, cause=error)
        else:
            self._passed += 1

    @contextmanager
    def refusals(self, thing: str, *, session: str = "") -> Iterator[None]:
        """Run work that is not a measured trial's (a model, a fold); a TrialError rejects it.

        Nothing odd is read there: what else fails is a fault of the package and ends the step.
        """
        try:
            yield
        except TrialError as error:
            self.reject(thing, error, session=session)

    def rejected(self, trial: str) -> bool:
        """Tell whether this step rejected the trial."""
        return any(r["trial"] == trial and not r["accepted"] for r in self.rows)

    def finished(self) -> list[dict[str, object]]:
        """Return the rows, as the layout :mod:`myopinn.files.layouts.quality` has them.

        Raises
        ------
        Exception
            What failed, where no guarded trial passed and two or more failed unforeseen by the same
            exception at the same line: that is a fault of the package or of the whole person.
        """
        origins = {_origin(error) for error in self._unforeseen}
        if not self._passed and len(self._unforeseen) > 1 == len(origins):
            raise self._unforeseen[0]
        return self.rows

    def _add(
        self,
        trial: str,
        session: str,
        quantity: str,
        value: float,
        unit: str,
        bound: str,
        accepted: bool,
        reason: str,
    ) -> None:
        self.rows.append(
            {
                "recording": self.recording,
                "subject": self.subject,
                "session": session,
                "trial": trial,
                "step": self.step,
                "quantity": quantity,
                "value": value,
                "unit": unit,
                "bound": bound,
                "accepted": accepted,
                "reason": _printable(reason),
            }
        )


def _is_the_machine(error: Exception) -> bool:
    """Tell whether an exception is about the machine, so that every trial would meet it."""
    lacking = isinstance(error, MemoryError | ImportError)
    return lacking or (isinstance(error, OSError) and error.errno in _MACHINE)


def _origin(error: Exception) -> tuple[type[Exception], str, int | None]:
    """Give the type of an exception and the line that raised it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return type(error), last.filename, last.lineno


def _printable(text: str) -> str:
    """Write out the bytes that are no text in the name of a file, which no file would take."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
