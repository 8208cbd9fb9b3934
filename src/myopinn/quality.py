"""The quality record of a step: what was measured, which bound it met, what was rejected and why.

Every step that works on the trials of a person writes one ``quality.csv`` beside its outputs. A
trial that fails is recorded by name with its reason and leaves no output, so that later steps pass
over it and the rest of the study goes on.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from myopinn.errors import TrialError

logger = logging.getLogger(__name__)

COLUMNS = (
    "recording",
    "subject",
    "session",
    "trial",
    "step",
    "quantity",
    "value",
    "unit",
    "bound",
    "accepted",
    "reason",
)


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
        logger.warning("%s %s: %s", self.subject, trial, reason)

    def reject(self, trial: str, error: TrialError, *, session: str = "") -> None:
        """Record that a trial is left out of everything that follows, and why."""
        error.trial = error.trial or trial
        already = any(r["trial"] == trial and not r["accepted"] for r in self.rows)
        if not already:
            self._add(trial, session, "usable", 0.0, "", "", False, str(error))
        logger.warning("%s: left out: %s", self.subject, error)

    @contextmanager
    def guard(self, trial: str, *, session: str = "") -> Iterator[None]:
        """Run the work on one trial; a :class:`TrialError` rejects it and the study goes on."""
        try:
            yield
        except TrialError as error:
            self.reject(trial, error, session=session)

    def rejected(self, trial: str) -> bool:
        """Tell whether this step rejected the trial."""
        return any(r["trial"] == trial and not r["accepted"] for r in self.rows)

    def write(self, path: Path | str) -> None:
        """Write the record as a table with the columns of :data:`COLUMNS`."""
        import pandas as pd

        from myopinn.artifacts import write_table

        write_table(pd.DataFrame(self.rows, columns=list(COLUMNS)), path)

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
                "reason": reason,
            }
        )
