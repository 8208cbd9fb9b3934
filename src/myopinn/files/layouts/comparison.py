"""What the tests and intervals say of the entries of a task, one statement per row."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

COMPARISON = Table(
    "comparison of the entries of a task",
    {
        "task": Column(TEXT, "task"),
        "recording": Column(TEXT, "recording"),
        "split": Column(TEXT, "how trials were held out"),
        "target": Column(TEXT, "joint coordinate or muscle"),
        "unit": Column(TEXT, "unit of the target"),
        "metric": Column(TEXT, "measure of the error, a column of the table of errors"),
        "analysis": Column(TEXT, "mean, difference, or the name of a test"),
        "variant": Column(TEXT, "entry; empty of a test of all together"),
        "versus": Column(TEXT, "the other of a pair; empty where there is none"),
        "n": Column(WHOLE, "number of subjects"),
        "estimate": Column(NUMBER, "mean, or mean of the paired differences variant - versus"),
        "sd": Column(NUMBER, "SD over subjects"),
        "ci_low": Column(NUMBER, "lower end of the interval of the estimate"),
        "ci_high": Column(NUMBER, "upper end"),
        "statistic": Column(NUMBER, "of the test"),
        "df": Column(TEXT, "degrees of freedom of the test"),
        "p": Column(NUMBER, "of the test alone"),
        "p_adjusted": Column(NUMBER, "corrected for the other tests of its family"),
        "effect": Column(NUMBER, "effect size"),
        "effect_kind": Column(TEXT, "which effect size it is"),
        "favours": Column(TEXT, "the better entry where interval or test leave no doubt"),
        "note": Column(TEXT, "what a reader must know"),
    },
)
