"""The settings that a search has tried."""

from __future__ import annotations

from myopinn.files.tables import ANY, NUMBER, WHOLE, Column, Table

TUNING = Table(
    "record of the search over the settings of an entry",
    {
        "number": Column(WHOLE, "of the try, from 0, which is the entry as it stood"),
        "<setting>": Column(ANY, "that was tried; those of training as training.<key>"),
        "value": Column(
            NUMBER,
            "mean over folds and targets of the squared error on the stop trials by the target's "
            "squared range; infinite where a fit did not converge",
        ),
        "fit_s": Column(NUMBER, "time that the fits took", "s"),
    },
)
