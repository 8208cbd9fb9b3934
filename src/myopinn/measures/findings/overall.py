"""What differences in settings come to, over all targets together: single settings, the rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from myopinn.measures.findings.claims import (
    ONE_SETTING,
    RATIO,
    RIVAL,
    SKILL,
    Row,
    corrected_over,
)
from myopinn.measures.findings.differences import (
    VARIANT,
    Entries,
    Meanings,
    find_differences,
    tell_between,
)
from myopinn.measures.findings.judged import judged_rows, log_margin, ratio_row
from myopinn.measures.findings.ranks import rank_variants

if TYPE_CHECKING:
    import pandas as pd

Pair = tuple[str, str]


def state_overall(
    errors: pd.DataFrame,
    comparison: pd.DataFrame,
    pairs: Mapping[tuple[str, str, str], Row],
    settings: Mapping[str, Any],
    entries: Entries,
    meanings: Meanings,
) -> list[Row]:
    """State in one recording and split what differences in settings come to.

    Two kinds of pairs: those of one variant whose settings differ in one thing alone, or in nothing
    (:func:`pair_up`), a family of tests for each setting; and every other entry against the rival.
    What a pair differs in is read from the settings, never from a name. After each family over all
    targets together come its pairs target by target.

    Parameters
    ----------
    errors, comparison : DataFrame
        Rows of one recording and split, all targets.
    pairs : mapping of (target, entry, versus) to row
        Either way round.
    settings : mapping
        ``alpha``, ``test`` and ``smallest_effect`` of the study and, where it has one, ``rival``,
        the entry that skill is measured against.
    entries : mapping of entry to settings
        What each comes to in this recording.
    meanings : mapping of variant to texts
        What each of its settings means.
    """
    variants = [str(v) for v in dict.fromkeys(errors["variant"])]
    families = [(ONE_SETTING, family) for family in pair_up(variants, entries)]
    rival = settings.get("rival")
    if rival in variants:
        families.append((RIVAL, [(v, str(rival)) for v in variants if v != rival]))
    rows: list[Row] = []
    for claim, family in families:
        rows += _state_family(errors, family, settings, claim)
        rows += [
            row | {"claim": claim}
            for pair in family
            for (_, *names), row in pairs.items()
            if tuple(names) == pair
        ]
        if claim == RIVAL:
            rows += _state_skills(comparison, family)
    about = {pair: tell_between(entries, *pair, meanings) for _, f in families for pair in f}
    return [row | about[row["entry"], row["versus"]] for row in rows]


def pair_up(variants: Sequence[str], entries: Entries) -> list[list[Pair]]:
    """List for each setting the pairs of one variant that differ in it alone, or in nothing.

    Parameters
    ----------
    variants : sequence of str
        Entries in the order of the study; the earlier of two is the first of their pair.
    entries : mapping of entry to settings
    """
    found: dict[str, list[Pair]] = {}
    for pair in combinations(variants, 2):
        differences = find_differences(entries, pair)
        names = [difference.setting for difference in differences]
        if len(names) < 2 and VARIANT not in names:
            found.setdefault("".join(names), []).append(pair)
    return list(found.values())


def _state_family(
    errors: pd.DataFrame, pairs: Sequence[Pair], settings: Mapping[str, Any], claim: str
) -> list[Row]:
    """Compare pairs over all targets together, Holm's correction being over these pairs alone.

    A subject's value is the geometric mean over targets of the ratio of the two errors, so that
    angles and forces count alike.
    """
    import pandas as pd

    if not pairs:
        return []
    columns, counts = [], []
    for variant, versus in pairs:
        ranking = rank_variants(errors[errors["variant"].isin([variant, versus])])
        columns.append(ranking.log_errors[variant] - ranking.log_errors[versus])
        counts.append(len(ranking.targets))
    logs = pd.concat(columns, axis=1).to_numpy(dtype=float)
    margins = [log_margin(settings)] * len(pairs)
    judged = judged_rows(list(logs.T), margins, settings, corrected_over(len(pairs)))
    return [
        {"claim": claim, "measure": RATIO, "entry": pair[0], "versus": pair[1]}
        | {"n_targets": targets, **ratio_row(row)}
        for pair, targets, row in zip(pairs, counts, judged, strict=True)
    ]


def _state_skills(comparison: pd.DataFrame, pairs: Sequence[Pair]) -> list[Row]:
    """State each entry's mean skill over the rival at each target."""
    means = comparison[(comparison["metric"] == SKILL) & (comparison["analysis"] == "mean")]
    kept = ("target", "estimate", "sd", "ci_low", "ci_high", "n", "note")
    return [
        {"claim": RIVAL, "measure": SKILL, "entry": variant, "versus": rival}
        | {name: row[name] for name in kept}
        for variant, rival in pairs
        for row in means[means["variant"] == variant].to_dict("records")
    ]
