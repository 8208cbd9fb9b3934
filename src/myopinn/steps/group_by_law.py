"""Group the errors of a task by the law by which people share a moment among muscles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.files.layouts.law_errors import LAW_ERRORS
from myopinn.files.layouts.truth import first_truths
from myopinn.measures.law_errors import tabulate_by_law


def group_by_law(*, errors: str | Path, truth: Sequence[str | Path], by_law: str | Path) -> None:
    """Write each method's errors on the people of each law.

    Parameters
    ----------
    errors : path
        Table of errors, against the truth where there is one.
    truth : sequence of path
        Folders of the truth of all virtual people; read for who follows which law alone.
    by_law : path
        Output table.
    """
    laws = {
        person: str(true.attrs["sharing_law"]) for person, (_, true) in first_truths(truth).items()
    }
    LAW_ERRORS.write(tabulate_by_law(ANY_ERRORS.read(errors), laws), by_law)
