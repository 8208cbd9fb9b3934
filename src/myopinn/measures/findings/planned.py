"""The planned comparisons of a study: each with both claims, what could be found, and a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from myopinn.measures.findings.claims import PLANNED, Row
from myopinn.measures.findings.differences import Entries, Meanings, tell_between
from myopinn.measures.findings.judged import judged_rows
from myopinn.measures.paired_errors import EFFECTS, PairedErrors, pair_errors
from myopinn.measures.power import detectable, people_to_decide

if TYPE_CHECKING:
    import pandas as pd

BEFORE, AFTERWARDS = "before the study", "afterwards"
ABSENT = "nobody has an error of both there"


def state_planned(
    tests: Sequence[Mapping[str, str]],
    tables: Mapping[str, pd.DataFrame],
    settings: Mapping[str, Any],
    entries: Mapping[str, Entries],
    meanings: Meanings,
) -> list[Row]:
    """State what became of every planned test of a task.

    A test of which nobody has errors stays in its family, where it is undecided.

    Parameters
    ----------
    tests : sequence of mapping
        ``recording``, ``split``, ``target``, ``entry``, ``versus``, ``effect``, ``against`` and
        ``family`` of each.
    tables : mapping of what errors are held against to their table
        ``reference``, and ``truth`` where it is known.
    settings : mapping
        ``alpha``, ``test``, ``smallest_effect``, ``margin_set_afterwards`` and ``seed``.
    entries : mapping of recording to entries' settings
    meanings : mapping of variant to texts
        What each of its settings means.
    """
    families: dict[str, list[Mapping[str, str]]] = {}
    for test in tests:
        families.setdefault(test["family"], []).append(test)
    rows: list[Row] = []
    for name, family in families.items():
        paired = [pair_errors(tables.get(test["against"]), test) for test in family]
        margins = [float(settings["smallest_effect"][test["effect"]]) for test in family]
        correction = f"Holm over {len(family)} tests of the family '{name}'"
        correction = correction if len(family) > 1 else ""
        judged = judged_rows([own.differences for own in paired], margins, settings, correction)
        level = float(settings["alpha"]) / len(family)
        rows += [
            {"claim": PLANNED, **_about(test, own, settings), **row}
            | _design(row, own, margin, level, settings)
            | tell_between(entries[test["recording"]], test["entry"], test["versus"], meanings)
            for test, own, margin, row in zip(family, paired, margins, judged, strict=True)
        ]
    return rows


def _about(test: Mapping[str, str], own: PairedErrors, settings: Mapping[str, Any]) -> Row:
    names = ("recording", "split", "target", "entry", "versus", "against")
    metric, _, unit = EFFECTS[test["effect"]]
    return {
        **{name: test[name] for name in names},
        "measure": metric,
        "unit": unit,
        "estimate": own.mean,
        "versus_estimate": own.versus_mean,
        "sd_people": own.sd_people,
        "sd_seeds": own.sd_seeds,
        "n_seeds": own.seeds,
        "margin_set": AFTERWARDS if settings["margin_set_afterwards"] else BEFORE,
    }


def _design(
    row: Row, own: PairedErrors, margin: float, level: float, settings: Mapping[str, Any]
) -> Row:
    """Say what this many people could have found, and how many would decide.

    Both hold the spread that was seen for the true one, and each test to the level of Holm's first
    step, which is what it can count on.
    """
    n = row["n"]
    if n < 2:
        return {"note": ABSENT if not n else row["note"]}
    test, seed = str(settings["test"]), int(settings["seed"])
    return {
        "detectable": row["sd"] * detectable(n, level, test, seed),
        "people_to_decide": people_to_decide(margin, row["sd"], level, test, seed),
    }
