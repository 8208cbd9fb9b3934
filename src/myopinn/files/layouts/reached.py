"""What fits leave of each term of their loss, beside what other answers leave of it."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

FIT, LABELS, MEAN_CYCLE, MOTIONLESS = "fit", "labels", "mean_cycle", "motionless"
REACHED = Table(
    "what answers leave of each term of the loss on the training trials",
    {
        "fold": Column(TEXT, "fold of the fit"),
        "seed": Column(WHOLE, "seed of the fit"),
        "answer": Column(
            TEXT,
            f"{FIT}, {LABELS}, {MEAN_CYCLE} (of the training cycles) or {MOTIONLESS} (the mean "
            "posture and the mean forces)",
        ),
        "term": Column(TEXT, "of the loss; the whole is 'loss'"),
        "weight": Column(NUMBER, "of the term in the loss; that of the whole is 1"),
        "value": Column(NUMBER, "of the term without its weight"),
    },
)
