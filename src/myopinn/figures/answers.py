"""The findings about ranks, true errors, questions, parameters and attention in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from myopinn.figures.findings import facts_of
from myopinn.figures.wording import fixed, listed, number, with_unit
from myopinn.measures.attention import DISTANCE, ENTROPY
from myopinn.measures.findings.attention import (
    CLOSE,
    EVEN,
    LEAST,
    MOST,
    NOT_UNIFORM,
)
from myopinn.measures.findings.claims import (
    ATTENTION,
    ESTIMATE,
    LEVEL,
    LEVELS,
    PARAMETER,
    RANK,
    RATIO,
    Row,
    turn,
)
from myopinn.measures.findings.deep import IDENTIFIED, LOG_ERROR, SPREAD
from myopinn.measures.findings.ranks import CRITICAL, fewest_subjects
from myopinn.measures.findings.truth import ORDER, SAME_FIRST
from myopinn.measures.true_references import LABELS
from myopinn.measures.verdicts import BETTER, EQUIVALENT, UNDECIDED, VERDICTS, WORSE

if TYPE_CHECKING:
    import pandas as pd


# What an error does over levels, by the verdict on the last level against the first.
CHANGES = {
    BETTER: "falls",
    WORSE: "rises",
    EQUIVALENT: "stays equivalent",
    UNDECIDED: "is undecided",
}


def tell_ranks(found: pd.DataFrame) -> list[str]:
    """Say who ranks before whom, and what too few subjects cannot say."""
    ranks = found[found["claim"] == RANK]
    means = ranks[(ranks["measure"] == "rank") & (ranks["versus"] == "")]
    if len(means) < 2 or means["estimate"].isna().all():
        return []
    n, targets = int(means["n"].iloc[0]), int(means["n_targets"].iloc[0])
    alpha = float(means["alpha"].iloc[0])
    order = [f"{v} {m:.1f}" for v, m in zip(means["entry"], means["estimate"], strict=True)]
    told = [f"Mean ranks over n = {n} subjects, each over {targets} targets: {listed(order)}."]
    if n < fewest_subjects(alpha):
        return [
            *told,
            f"With n = {n} all are undecided, {fewest_subjects(alpha)} subjects are the fewest "
            "that could tell two apart; the order describes these subjects and nobody else.",
        ]
    pairs = ranks[(ranks["versus"] != "") & (ranks["measure"] == "rank")]
    apart = pairs[pairs["verdict"].isin([BETTER, WORSE])]
    critical = float(ranks.loc[ranks["measure"] == CRITICAL, "difference"].iloc[0])
    if apart.empty:
        most = f" of {number(critical, 2)}" if np.isfinite(critical) else ""
        return [*told, f"No two mean ranks differ by the critical difference{most}."]
    before: dict[str, list[str]] = {}
    for row in apart.to_dict("records"):
        better, worse = row["entry"], row["versus"]
        if row["verdict"] == WORSE:
            better, worse = worse, better
        before.setdefault(str(better), []).append(str(worse))
    ranked = [f"{v} than {listed(before[v])}" for v in means["entry"] if v in before]
    told.append(f"Better, by more than {number(critical, 2)} ranks: {'; '.join(ranked)}.")
    ratios = ranks[ranks["measure"] == RATIO].set_index(["entry", "versus"])
    same = ratios.loc[list(zip(apart["entry"], apart["versus"], strict=True))]
    return [*told, _tell_wilcoxon(same, n, len(pairs))]


def _tell_wilcoxon(apart: pd.DataFrame, n: int, pairs: int) -> str:
    """Say what tests that do not depend on the other variants make of the same pairs."""
    tests = "Holm-corrected tests of the mean log RMSE"
    sure = int(apart["verdict"].isin([BETTER, WORSE]).sum())
    if not sure and apart["ci_low"].isna().all():
        return (
            f"{tests} cannot confirm this: with n = {n} and {pairs} pairs all of theirs are "
            "undecided."
        )
    return f"{tests} confirm {sure} of these {len(apart)} pairs."


def tell_true_errors(found: pd.DataFrame) -> list[str]:
    """Say whether reference and truth rank the variants alike, and what the labels allow."""
    rows = found[found["claim"] == ESTIMATE].to_dict("records")
    orders = [row for row in rows if row["measure"] == ORDER]
    return [*_tell_agreement(orders), *_tell_labels([r for r in rows if r["measure"] == "rmse"])]


def _tell_agreement(orders: Sequence[Row]) -> list[str]:
    if not orders:
        return []
    differ = [
        f"{row['target']} ({row['entry']} and {row['versus']})"
        for row in orders
        if row["verdict"] != SAME_FIRST
    ]
    told = (
        f"The lowest mean error is the same variant's against OpenSim's estimate and against the "
        f"truth at {len(orders) - len(differ)} of {len(orders)} targets"
    )
    if differ:
        told += f"; not at {listed(differ)}"
    known = [row["estimate"] for row in orders if np.isfinite(row["estimate"])]
    if not known:
        return [f"{told}."]
    spread = f" ({number(min(known), 2)} to {number(max(known), 2)})" if len(known) > 1 else ""
    middle = number(float(np.median(known)), 2)
    return [
        f"{told}.",
        f"Order of all variants by the two errors, Kendall's τ: {middle}{spread}, "
        f"{'median and range over targets' if len(known) > 1 else 'one target'}; 1 is the same "
        "order. Orders of means: which entry is better, the comparison says.",
    ]


def _tell_labels(rows: Sequence[Row]) -> list[str]:
    parts = [
        f"{row['target']} {with_unit(number(row['estimate']), row['unit'])}"
        for row in rows
        if row["entry"] == LABELS
    ]
    if not parts:
        return []
    told = [f"Mean error of OpenSim's own estimate against the truth: {listed(parts)}."]
    held = [row for row in rows if row["entry"] != LABELS]
    than = {BETTER: "better than", WORSE: "worse than", EQUIVALENT: "equivalent to"}
    said = []
    for word, text in (than | {UNDECIDED: "undecided against"}).items():
        own = [f"{row['entry']} at {row['target']}" for row in held if row["verdict"] == word]
        if own and len(own) == len(held):
            own = ["every variant at every target"]
        said += [f"{text} it {listed(own)}"] * bool(own)
    return [*told, f"Against the truth, beside that estimate: {'; '.join(said)}."] if said else told


def tell_levels(found: pd.DataFrame) -> str:
    """Say what the levels of a question differ in.

    Settings that only some levels have are those of their variants, which differ then, and stand
    in the file of resolved settings alone.

    Parameters
    ----------
    found : DataFrame
        Findings of a question in one recording.
    """
    levels = found[(found["claim"] == LEVEL) & (found["target"] == "")].to_dict("records")
    values: dict[str, dict[str, str]] = {}
    known: dict[str, str] = {}
    for row in levels:
        if not row["settings"]:
            continue
        for line, mean in zip(
            row["settings"].split("\n"), row["meanings"].split("\n"), strict=True
        ):
            setting, _, value = line.partition(" ")
            values.setdefault(setting, {})[row["entry"]] = value
            known |= {setting: mean} if mean else {}
    if not values:
        return "All levels have the same settings."
    shared = [setting for setting, own in values.items() if len(own) == len(levels)]
    alone = " alone" if len(values) == 1 else ""
    told = [
        f"{setting}{alone} ({', '.join(f'{k}: {v}' for k, v in values[setting].items())})"
        for setting in shared
    ]
    if len(shared) < len(values):
        told.append("settings that only some of these variants have")
    means = [f"{setting}: {known[setting]}." for setting in shared if setting in known]
    return " ".join([f"The levels differ in {'; '.join(told)}.", *means])


def tell_question(found: pd.DataFrame) -> list[str]:
    """Say how the error changes over the levels, which is lowest, and whether that is sure."""
    told, changes = [], []
    for target, own in found[found["target"] != ""].groupby("target", sort=False):
        means = own[(own["claim"] == LEVEL) & (own["n"] > 0)]
        levels = [str(level) for level in means["entry"]]
        if not levels:
            continue
        pairs = {}
        for row in own[own["claim"] == LEVELS].to_dict("records"):
            for either in (row, turn(row)):
                pairs[either["entry"], either["versus"]] = either
        parts = []
        if means["amount"].notna().all() and len(levels) > 1:
            outcome, text = _tell_change(means, pairs.get((levels[-1], levels[0])))
            changes.append(outcome)
            parts.append(text)
        parts.append(_tell_lowest(means, pairs))
        told.append(f"{target}: {'; '.join(parts)}.")
    if len(changes) > 1:
        said = [f"{word} at {changes.count(word)}" for word in CHANGES.values() if word in changes]
        told.insert(
            0,
            f"From the first to the last level the error {listed(said)} of {len(changes)} targets.",
        )
    return told


def _tell_change(means: pd.DataFrame, pair: Row | None) -> tuple[str, str]:
    """Say how the error changes from the first to the last level, in subjects that have both."""
    first, last = means.iloc[0], means.iloc[-1]
    values = [with_unit(number(float(r["estimate"])), r["unit"]) for r in (first, last)]
    text = f"RMSE {values[0]} at {first['entry']}, {values[1]} at {last['entry']}"
    if pair is None or not pair["n"]:
        return CHANGES[UNDECIDED], text
    first_value = first["estimate"]
    share = 100 * pair["difference"] / first_value if first_value else float("nan")
    facts = [
        f"{number(share, 2)} %",
        f"paired difference {with_unit(number(pair['difference']), pair['unit'])}",
        *facts_of(pair),
    ]
    return CHANGES[pair["verdict"]], f"{text} ({', '.join(facts)}): {pair['verdict']}"


def _tell_lowest(means: pd.DataFrame, pairs: Mapping[tuple[str, str], Row]) -> str:
    """Name the level of the lowest mean, and the verdicts on it against the others."""
    best = means.sort_values("estimate", kind="stable").iloc[0]
    level = str(best["entry"])
    text = f"lowest mean at {level}, {with_unit(number(float(best['estimate'])), best['unit'])}"
    text += f" (n = {best['n']})"
    groups: dict[str, list[str]] = {word: [] for word in VERDICTS}
    for other in map(str, means["entry"]):
        if (level, other) in pairs:
            groups[pairs[level, other]["verdict"]].append(other)
    than = {BETTER: "than", WORSE: "than", EQUIVALENT: "to", UNDECIDED: "against"}
    parts = [f"{word} {than[word]} {listed(names)}" for word, names in groups.items() if names]
    return ", ".join([text, *parts])


def tell_parameters(found: pd.DataFrame) -> list[str]:
    """Say of each variant which parameters came nearer to the truth and on which fits agree."""
    told = []
    for entry, own in found[found["claim"] == PARAMETER].groupby("entry", sort=False):
        spreads = own[own["measure"] == SPREAD].set_index("target")["estimate"]
        known = own[own["measure"] == LOG_ERROR].to_dict("records")
        parts = [
            f"{row['target'].replace('_', ' ')} {fixed(row['versus_estimate'])} before, "
            f"{fixed(row['estimate'])} after, fits spread over {fixed(spreads[row['target']])} of "
            "the bounds"
            for row in known
        ]
        found_out = [
            row["target"].replace("_", " ") for row in known if row["verdict"] == IDENTIFIED
        ]
        verdict = f"identified are {listed(found_out)}" if found_out else "none is identified"
        if parts:
            told.append(f"{entry}, rms log error: {'; '.join(parts)}: {verdict}.")
    return told


def tell_attention(found: pd.DataFrame) -> list[str]:
    """Say of each network whether its attention is uniform, and if not, where it looks."""
    rows = found[found["claim"] == ATTENTION]
    return [
        _tell_network(str(entry), {row["measure"]: row for row in own.to_dict("records")})
        for entry, own in rows.groupby("entry", sort=False)
    ]


def _tell_network(name: str, rows: Mapping[str, Row]) -> str:
    entropy, distance, most, least = (rows[k] for k in (ENTROPY, DISTANCE, MOST, LEAST))
    frames = int(entropy["amount"])
    facts = (
        f"entropy {_with_interval(entropy, 3)}, like {fixed(frames ** entropy['estimate'], 0)} of "
        f"{frames} frames looked at evenly; distance to the frames looked at "
        f"{_with_interval(distance, 1)} % of the cycle, with uniform attention "
        f"{fixed(distance['versus_estimate'], 1)}"
    )
    if np.isfinite(entropy["ci_low"]):
        facts += f"; in brackets {100 * (1 - entropy['alpha']):g} % intervals over subjects"
    people = f"{name}, n = {entropy['n']}"
    at_most = f"at {fixed(most['amount'], 0)} % of the cycle, {_with_interval(most, 2)} times"
    if entropy["verdict"] == CLOSE:
        return (
            f"{people}: attention is close to uniform, so it does not tell from where in the cycle "
            f"the answer comes: where it looks most, {at_most} uniform; {facts}."
        )
    verdict = entropy["verdict"]
    verdict = f"is {verdict}" if verdict == NOT_UNIFORM else verdict
    if most["verdict"] == EVEN:
        where = (
            f"no part of the cycle is looked at much more than another, most {at_most} "
            "uniform: where a network looks goes with the frame asked, or differs between heads "
            "and cycles"
        )
    else:
        where = (
            f"it looks most {at_most} uniform, and least at {fixed(least['amount'], 0)} % of "
            f"the cycle, {_with_interval(least, 2)} times"
        )
    return f"{people}: attention {verdict}: {where}; {facts}."


def _with_interval(row: Row, decimals: int) -> str:
    """Write a mean with its interval over subjects, where there are enough of them."""
    text = fixed(row["estimate"], decimals)
    if not np.isfinite(row["ci_low"]):
        return text
    low, high = (fixed(row[end], decimals) for end in ("ci_low", "ci_high"))
    return f"{text} [{low} to {high}]"
