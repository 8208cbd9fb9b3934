"""How the loss falls in training."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

# The whole loss, in the place of a term.
WHOLE_LOSS = "loss"
LOSS_CURVE = Table(
    "losses of a fit by epoch",
    {
        "epoch": Column(NUMBER, "from 0"),
        "train/<term>": Column(NUMBER, "each term without its weight, and the loss, in training"),
        "stop/<term>": Column(NUMBER, "the same on the stop trials"),
    },
)
LOSSES = Table(
    "losses of the fits of an entry by epoch; without a row where nothing is trained in epochs",
    {
        "fold": Column(TEXT, "fold of the fit"),
        "seed": Column(WHOLE, "seed of the fit"),
        **LOSS_CURVE.columns,
    },
)
