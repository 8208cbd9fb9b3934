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
        "told": Column(TEXT, "what the entry's answers rest on, and whose trials it learned from"),
        "versus_told": Column(TEXT, "the same of what it is held against, where that is an entry"),
        "against": Column(TEXT, "of a planned test: errors are against the reference or the truth"),
        "settings": Column(TEXT, "in what the resolved settings of the two differ, a line each"),
        "meanings": Column(TEXT, "what each of these settings means, a line each"),
        "amount": Column(NUMBER, "number that a level stands for, or place that is meant"),
        "estimate": Column(NUMBER, "mean over subjects of the entry"),
        "versus_estimate": Column(NUMBER, "the same of what it is held against"),
        "difference": Column(NUMBER, "paired: entry minus versus, or their ratio if measured so"),
        "sd": Column(NUMBER, "SD over subjects of the difference, or of a lone estimate"),
        "sd_people": Column(NUMBER, "SD of the difference between people, without seeds' share"),
        "sd_seeds": Column(NUMBER, "SD of the difference between seeds of one person"),
        "ci_low": Column(
            NUMBER,
            "lower end of the interval of the difference (by the test, of its middle; missing "
            "where so few people allow none) or lone estimate (bootstrap)",
        ),
        "ci_high": Column(NUMBER, "upper end"),
        "alpha": Column(
            NUMBER, "level at which p is tested in its family; the interval's is 1 less"
        ),
        "margin": Column(NUMBER, "smallest effect of interest; missing where none is named"),
        "margin_set": Column(TEXT, "of a planned test: before the study, or afterwards"),
        "equivalence_low": Column(NUMBER, "lower end of the interval that is held to the margin"),
        "equivalence_high": Column(NUMBER, "upper end"),
        "equivalence_alpha": Column(
            NUMBER, "level of its tests; the interval's is 1 less twice it"
        ),
        "n": Column(WHOLE, "number of subjects"),
        "n_seeds": Column(NUMBER, "of a planned test: seeds that are averaged within each person"),
        "n_targets": Column(WHOLE, "number of targets that are taken together"),
        "test": Column(TEXT, "name of the test"),
        "p": Column(NUMBER, "p of the test alone"),
        "p_corrected": Column(NUMBER, "p after the correction; as p where there is none"),
        "p_other_test": Column(NUMBER, "p alone of the test that does not decide"),
        "p_equivalence": Column(NUMBER, "the larger p of the two one-sided tests at the margin"),
        "p_equivalence_corrected": Column(NUMBER, "the same after the correction"),
        "p_equivalence_other_test": Column(NUMBER, "the same of the test that does not decide"),
        "correction": Column(TEXT, "how p was corrected, and over how many tests"),
        "detectable": Column(NUMBER, "true difference that four of five such studies would find"),
        "people_to_decide": Column(
            NUMBER,
            "people with whom four of five studies decide, whether there is no difference or the "
            "margin's; missing above 400",
        ),
        "verdict": Column(
            TEXT,
            "of differences: better, worse, equivalent or undecided; else what the numbers allow "
            "to say",
        ),
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
