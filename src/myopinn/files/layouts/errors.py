"""Errors of predictions, one row per subject and target."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

WHOSE = {
    "task": Column(TEXT, "name of the task"),
    "recording": Column(TEXT, "laboratory's entry in the configuration"),
    "split": Column(TEXT, "name of the split"),
    "variant": Column(TEXT, "entry of the task, or level of a question"),
    "subject": Column(TEXT, "person who was tested"),
}
TARGET = {
    "target": Column(TEXT, "joint coordinate, muscle or moment"),
    "unit": Column(TEXT, "of the target"),
}
METRICS = {
    "rmse": Column(NUMBER, "rms error", "as the row says"),
    "nrmse": Column(NUMBER, "rms error by the range of the trial's reference", "1"),
    "r": Column(NUMBER, "Pearson's correlation", "1"),
    "r2": Column(NUMBER, "coefficient of determination in a trial", "1"),
    "explained": Column(
        NUMBER,
        "share of the variance over all tested trials that is explained, 1 - MSE / variance",
        "1",
    ),
}
TOLD = {"told": Column(TEXT, "what the answers rest on, and whose trials were learned from")}
COUNTED = {
    "n_trials": Column(WHOLE, "trials that the numbers are means over"),
    "n_cycles": Column(WHOLE, "cycles in these trials"),
    "n_seeds": Column(WHOLE, "fits that differ in their seed alone"),
    "rmse_sd_seeds": Column(
        NUMBER, "SD of rmse over seeds; missing of one alone", "as rmse", optional=True
    ),
    "nrmse_sd_seeds": Column(NUMBER, "the same of nrmse", "1", optional=True),
    "note": Column(TEXT, "what is not defined, and in which trials"),
}
ERRORS = Table(
    "errors of the variants of a task against a reference",
    {
        **WHOSE,
        **TARGET,
        **METRICS,
        "skill": Column(NUMBER, "1 - MSE / MSE of the rival, on common trials", "1", optional=True),
        **COUNTED,
        **TOLD,
    },
)
