"""Where networks look over the cycle, in numbers with intervals over subjects."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

_NUMBERS = {
    "variant": Column(TEXT, "entry of the task"),
    "quantity": Column(TEXT, "weight, looked_at (mean over frames asked), entropy or distance"),
    "subject": Column(TEXT, "person; empty of the mean over people"),
    "asked_percent": Column(NUMBER, "frame that is answered", "% of cycle"),
    "seen_percent": Column(NUMBER, "frame that is looked at", "% of cycle"),
    "value": Column(NUMBER, "what it is; weights as multiples of uniform attention"),
    "uniform": Column(NUMBER, "what uniform attention has"),
    "ci_low": Column(NUMBER, "lower end of the interval of a mean over people"),
    "ci_high": Column(NUMBER, "upper end"),
    "n_subjects": Column(WHOLE, "number of people"),
    "alpha": Column(NUMBER, "1 - level of the interval"),
}
ATTENTION_NUMBERS = Table(
    "attention over time",
    {
        "recording": Column(TEXT, "recording"),
        "split": Column(TEXT, "how trials were held out"),
        **_NUMBERS,
    },
)
DRAWN = Table("attention over time in one recording and split, as it is drawn", _NUMBERS)
