"""Which fits there are of an entry under a split, by the names that the diary has them under."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

RUNS = Table(
    "fits of an entry under one split",
    {
        "subject": Column(TEXT, "person who is tested"),
        "fold": Column(TEXT, "fold that was fitted"),
        "seed": Column(WHOLE, "seed of the fit"),
        "run_id": Column(TEXT, "of the run in MLflow, a tag there"),
        "epochs": Column(WHOLE, "of training; 0 where nothing is trained in epochs"),
        "stop_loss": Column(NUMBER, "lowest loss on the stop trials; empty where there is none"),
        "train_s": Column(NUMBER, "time that the fit took", "s"),
    },
)
