"""What became of every trial, and why, out of the quality records of all steps.

A trial is named as rejected by the step that rejected it. A dynamic trial that no step rejected by
name but that never reached the dataset is rejected as well, with the rejection of the person's
other trials (such as the static one) that explains it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

KEY = ["recording", "subject", "trial"]
# What names a trial, and what its laboratory calls that.
NAMES = {key: key for key in ("recording", "subject", "session")}
NAMES |= {"trial": "name", "kind": "kind", "condition": "condition"}
VERDICT = ("status", "step", "reason")
# The step after which a dynamic trial is part of the study.
LAST_STEP = "build_dataset"
# A quantity measured on more things than this per trial would drown the others in the wide table.
MOST_DETAILS = 12


def judge_trials(trials: Sequence[Mapping[str, Any]], measured: pd.DataFrame) -> pd.DataFrame:
    """Tell of every trial whether it is part of the study, and what was measured on it.

    Parameters
    ----------
    trials : sequence of mapping
        Every trial of the study: the fields of :class:`myopinn.records.trials.Trial` and
        ``recording``.
    measured : DataFrame
        The quality records of all steps and people.

    Returns
    -------
    DataFrame
        One row per trial: names, ``status`` (accepted or rejected), ``step`` and ``reason`` of the
        rejection or of notes, and a column ``<quantity> (<unit>)`` for what was measured on trials
        (see :func:`widen`).
    """
    import pandas as pd

    listed = pd.DataFrame([_name(trial) for trial in trials], columns=list(NAMES))
    # What can explain that other trials of the person are missing: the person as a whole, and
    # the trials that others need, such as the static one.
    needed = listed[listed["kind"] != "dynamic"][KEY].itertuples(index=False, name=None)
    of_needed = pd.MultiIndex.from_frame(measured[KEY]).isin(list(needed))
    shared = measured[(of_needed | (measured["trial"] == "")) & ~measured["accepted"]]
    verdicts = [_judge(row, measured, shared) for row in listed.to_dict("records")]
    judged = pd.concat([listed, pd.DataFrame(verdicts, columns=list(VERDICT))], axis=1)
    wide = widen(measured)
    return judged.merge(wide, on=KEY, how="left") if len(wide) else judged


def _name(trial: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(trial[NAMES[name]]) for name in NAMES}


def _judge(
    trial: Mapping[Hashable, Any], measured: pd.DataFrame, shared: pd.DataFrame
) -> dict[str, str]:
    """Tell whether a trial is part of the study, and if not, which step said why."""
    own = _of(measured, trial)
    own = own[own["trial"] == trial["trial"]]
    refused = own[~own["accepted"]]
    if len(refused):
        first = refused.iloc[0]
        return {"status": "rejected", "step": first["step"], "reason": first["reason"]}
    if trial["kind"] == "dynamic" and LAST_STEP not in set(own["step"]):
        return {"status": "rejected", **_explain(trial, own, _of(shared, trial))}
    notes = own[own["reason"] != ""]
    return {
        "status": "accepted",
        "step": "; ".join(dict.fromkeys(notes["step"])),
        "reason": "; ".join(dict.fromkeys(notes["reason"])),
    }


def _of(rows: pd.DataFrame, trial: Mapping[Hashable, Any]) -> pd.DataFrame:
    return rows[(rows["recording"] == trial["recording"]) & (rows["subject"] == trial["subject"])]


def _explain(
    trial: Mapping[Hashable, Any], own: pd.DataFrame, causes: pd.DataFrame
) -> dict[str, str]:
    """Find what kept a trial from the dataset that no step rejected by name."""
    reached = own["step"].iloc[-1] if len(own) else ""
    last = f"nothing was written after {reached}" if reached else "no step has a record of it"
    same_session = causes["session"].isin(["", trial["session"]])
    for candidates in (causes[causes["trial"] == ""], causes[same_session], causes):
        if len(candidates):
            row = candidates.iloc[0]
            what = f"'{row['trial']}'" if row["trial"] else "the person"
            reason = f"{last}; {row['step']} rejected {what}: {row['reason']}"
            return {"step": row["step"], "reason": reason}
    return {"step": reached or LAST_STEP, "reason": f"{last}, and no step says why."}


def widen(measured: pd.DataFrame) -> pd.DataFrame:
    """Turn the quantities measured on trials into columns, one row per trial.

    A quantity may name what it was measured on, as ``angle_max:knee_angle_r``. Where that is one
    thing per trial and not always the same (``marker_error_max:R_FCC``, the worst marker), the
    column is the quantity alone; otherwise each has its column, up to :data:`MOST_DETAILS`, and
    beyond that they are left to the table of quantities. A quantity that several steps measure is
    preceded by its step, and a repeated measurement counts with its last value.
    """
    values = measured[(measured["trial"] != "") & measured["value"].notna()]
    values = values[values["quantity"] != "usable"]
    quantity = values["quantity"].str.split(":", n=1).str[0]
    named = values.assign(plain=quantity)
    per_trial = named.groupby([*KEY, "step", "plain"])["quantity"].transform("nunique")
    details = named.groupby(["step", "plain"])["quantity"].transform("nunique")
    single = per_trial.groupby([named["step"], named["plain"]]).transform("max") == 1
    single &= details > 1
    label = named["plain"].where(single, named["quantity"])
    several = values["step"].groupby(label).transform("nunique") > 1
    label = (values["step"] + ": " + label).where(several, label)
    label = label + values["unit"].map(lambda unit: f" ({unit})" if unit else "")
    kept = single | (details <= MOST_DETAILS)
    order = list(dict.fromkeys(label[kept]))
    wide = values.assign(label=label)[kept].pivot_table(
        index=KEY, columns="label", values="value", aggfunc="last", sort=False
    )
    return wide[order].reset_index()
