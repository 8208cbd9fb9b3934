"""Mean cycles of envelopes and moments, predicted and known."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

ENVELOPE_CURVES = Table(
    "mean cycles of predicted envelopes and moments",
    {
        "recording": Column(TEXT, "laboratory's entry in the configuration"),
        "split": Column(TEXT, "name of the split"),
        "variant": Column(TEXT, "entry of the task; 'reference' for what it is held against"),
        "condition": Column(TEXT, "condition of the trials"),
        "target": Column(TEXT, "muscle, or the joint's moment"),
        "unit": Column(TEXT, "of the target"),
        "cycle_percent": Column(WHOLE, "place in the cycle", "%"),
        "mean": Column(NUMBER, "over subjects, of each the mean over trials", "as the row says"),
        "sd": Column(NUMBER, "over subjects", "as the row says"),
        "n_subjects": Column(WHOLE, "people with a curve"),
    },
)
