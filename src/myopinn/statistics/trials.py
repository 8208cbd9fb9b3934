"""Gather the quality of every step: one row per trial, and all measured quantities.

A trial is named as rejected by the step that rejected it. A dynamic trial that no step rejected by
name but that never reached the dataset is rejected as well, with the rejection of the person's
other trials (such as the static one) that explains it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import MyopinnError
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.tables import read_table, write_table

if TYPE_CHECKING:
    import pandas as pd

NAMES = (
    "recording",
    "subject",
    "session",
    "trial",
    "kind",
    "condition",
    "status",
    "step",
    "reason",
)
KEY = ["recording", "subject", "trial"]
# The step after which a dynamic trial is part of the study.
LAST_STEP = "build_dataset"
# A quantity measured on more things than this per trial would drown the others in the wide table.
MOST_DETAILS = 12


def collect_quality(
    *,
    logs: Sequence[str | Path],
    trials: Sequence[Mapping[str, Any]],
    table: str | Path,
    quantities: str | Path,
) -> None:
    """Write the table of trials and the table of everything that was measured.

    Parameters
    ----------
    logs : sequence of path
        ``quality.csv`` files, or the folders that hold them, of all steps and people.
    trials : sequence of mapping
        Every trial of the study: the fields of :class:`myopinn.records.trials.Trial` and
        ``recording``.
    table : path
        Output, one row per trial: :data:`NAMES` (``status`` accepted or rejected, ``step`` and
        ``reason`` of the rejection or of notes) and a column ``<quantity> (<unit>)`` for what was
        measured on trials (see :func:`widen`).
    quantities : path
        Output, all rows of all logs in one table.

    Raises
    ------
    MyopinnError
        Where a log lacks a column.
    """
    import pandas as pd

    records = [_read(Path(log)) for log in logs]
    measured = pd.concat(records, ignore_index=True) if records else QUALITY.empty()
    listed = pd.DataFrame([_name(trial) for trial in trials], columns=[*NAMES[:6]])
    # What can explain that other trials of the person are missing: the person as a whole, and
    # the trials that others need, such as the static one.
    needed = listed[listed["kind"] != "dynamic"][KEY].itertuples(index=False, name=None)
    of_needed = pd.MultiIndex.from_frame(measured[KEY]).isin(list(needed))
    shared = measured[(of_needed | (measured["trial"] == "")) & ~measured["accepted"]]
    verdicts = [_judge(row, measured, shared) for row in listed.to_dict("records")]
    judged = pd.concat([listed, pd.DataFrame(verdicts, columns=[*NAMES[6:]])], axis=1)
    wide = widen(measured)
    write_table(judged.merge(wide, on=KEY, how="left") if len(wide) else judged, table)
    write_table(measured, quantities)


def _name(trial: Mapping[str, Any]) -> dict[str, str]:
    return {
        "recording": str(trial["recording"]),
        "subject": str(trial["subject"]),
        "session": str(trial["session"]),
        "trial": str(trial["name"]),
        "kind": str(trial["kind"]),
        "condition": str(trial["condition"]),
    }


def _read(path: Path) -> pd.DataFrame:
    if path.is_dir():
        path = path / "quality.csv"
    names = dict.fromkeys(
        ("recording", "subject", "session", "trial", "step", "quantity", "unit", "bound", "reason"),
        str,
    )
    log = read_table(path, dtype=names)
    missing = [column for column in QUALITY.columns if column not in log.columns]
    if missing:
        raise MyopinnError(f"{path}: a quality record without the columns {missing}.")
    log["accepted"] = log["accepted"].astype(str).str.lower() == "true"
    return log[list(QUALITY.columns)]


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
