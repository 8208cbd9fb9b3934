"""What a study claims about a task, one claim per row: report and figures say nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

if TYPE_CHECKING:
    import pandas as pd

FINDINGS = Table(
    "findings of a task",
    {
        "task": Column(TEXT, "task"),
        "question": Column(TEXT, "question; empty where the claim is about the task's entries"),
        "recording": Column(TEXT, "recording"),
        "split": Column(TEXT, "how trials were held out; empty of what holds for all splits"),
        "claim": Column(TEXT, "kind of claim, such as planned pair or two levels"),
        "measure": Column(TEXT, "what is compared, such as rmse"),
        "target": Column(TEXT, "joint coordinate, muscle or parameter; empty of all together"),
        "unit": Column(TEXT, "unit of estimates and difference, as it is shown to readers"),
        "entry": Column(TEXT, "entry or level that the claim is about"),
        "versus": Column(TEXT, "what it is held against; empty where the estimate stands alone"),
        "law": Column(TEXT, "law of sharing of the people it is about; empty of all people"),
        "settings": Column(TEXT, "in what the resolved settings of the two differ, a line each"),
        "meanings": Column(TEXT, "what each of these settings means, a line each"),
        "amount": Column(NUMBER, "number that a level stands for, or place that is meant"),
        "estimate": Column(NUMBER, "mean over subjects of the entry"),
        "versus_estimate": Column(NUMBER, "the same of what it is held against"),
        "difference": Column(NUMBER, "paired: entry minus versus, or their ratio if measured so"),
        "sd": Column(NUMBER, "SD over subjects of the difference, or of a lone estimate"),
        "ci_low": Column(NUMBER, "lower end of the interval of the difference or lone estimate"),
        "ci_high": Column(NUMBER, "upper end"),
        "alpha": Column(NUMBER, "level of the test, 1 - level of the interval"),
        "n": Column(WHOLE, "number of subjects"),
        "n_targets": Column(WHOLE, "number of targets that are taken together"),
        "test": Column(TEXT, "name of the test"),
        "p": Column(NUMBER, "p of the test alone"),
        "p_corrected": Column(NUMBER, "p after the correction; as p where there is none"),
        "correction": Column(TEXT, "how p was corrected, and over how many tests"),
        "verdict": Column(TEXT, "what the numbers allow to say"),
        "note": Column(TEXT, "what a reader must know"),
    },
)


def at(found: pd.DataFrame, question: str = "", **names: str) -> pd.DataFrame:
    """Give the findings at a place, such as a recording and split: of the task's own entries.

    Parameters
    ----------
    question : str
        Give those of this question instead.
    names : str
        Other columns and what they are to hold.
    """
    for column, name in {"question": question, **names}.items():
        found = found[found[column] == name]
    return found
