"""Errors of every method on people of each law of sharing.

Who made the people decides whose prior is right. A method that does well on all of them together
may do so on those alone who follow the law that it assumes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Measures of a table of errors that are told by law, and what the names of further ones start with.
TOLD = ("rmse", "nrmse", "nrmse_sd", "r", "amplitude_ratio", "skill")
SKILL_OVER = "skill_"
_PLACE = ["task", "recording", "split", "variant", "law", "target", "unit"]


def tabulate_by_law(errors: pd.DataFrame, laws: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """Average errors over the people of each law.

    Parameters
    ----------
    errors : DataFrame
        One row per person, variant and target, as a table of errors.
    laws : mapping of (recording, subject) to str
        Whoever is not among them is left out: nobody knows the law of living people.

    Returns
    -------
    DataFrame
        Laid out as :data:`myopinn.files.layouts.law_errors.LAW_ERRORS`.
    """
    import pandas as pd

    whose = zip(errors["recording"], errors["subject"], strict=True)
    known = errors.assign(law=[laws.get(person, "") for person in whose])
    known = known[known["law"] != ""]
    measures = [c for c in map(str, errors) if c in TOLD or c.startswith(SKILL_OVER)]
    parts = []
    for measure in measures:
        values = known[known[measure].notna()].groupby(_PLACE, sort=False, dropna=False)[measure]
        found = values.agg(["mean", "std", "count"]).reset_index()
        parts.append(found.rename(columns={"std": "sd", "count": "people"}).assign(measure=measure))
    columns = [*_PLACE, "measure", "mean", "sd", "people"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
