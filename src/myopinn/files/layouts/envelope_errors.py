"""Errors of predicted envelopes and moments, one row per subject and target."""

from __future__ import annotations

from dataclasses import replace

from myopinn.files.layouts.errors import COUNTED, ERRORS, METRICS, TARGET, TOLD, WHOSE
from myopinn.files.tables import NUMBER, TEXT, Column, Table

_OF_ENVELOPES = {
    **METRICS,
    "nrmse_sd": Column(NUMBER, "rms error by the SD of the reference over all tested trials", "1"),
    "amplitude_ratio": Column(NUMBER, "SD of the prediction by that of the reference", "1"),
    "partial_r": Column(NUMBER, "correlation of what the measured agonists do not explain", "1"),
    "skill_<rival>": Column(NUMBER, "1 - MSE / MSE of the rival, on common trials", "1"),
    **COUNTED,
    "held_against": Column(TEXT, "reference: recording, truth or inverse dynamics"),
    **TOLD,
    "prior": Column(TEXT, "what it assumes of what nothing measures"),
    "truth": Column(TEXT, "what a ceiling is shown of the truth; empty for all others"),
}
ENVELOPE_ERRORS = Table(
    "errors of predicted envelopes and moments", {**WHOSE, **TARGET, **_OF_ENVELOPES}
)
BY_CONDITION = Table(
    "errors of predicted envelopes and moments by condition",
    {
        **WHOSE,
        "condition": Column(TEXT, "condition of the tested trials, such as a speed"),
        **TARGET,
        **_OF_ENVELOPES,
    },
)
# For whoever compares variants, whatever they predict: a table of either kind.
ANY_ERRORS = Table(
    "errors of the variants of a task",
    {
        **{name: replace(c, optional=True) for name, c in ENVELOPE_ERRORS.columns.items()},
        **ERRORS.columns,
    },
)
