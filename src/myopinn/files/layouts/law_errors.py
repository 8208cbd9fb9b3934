"""Errors of every method on people of each law of sharing."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

LAW_ERRORS = Table(
    "errors of the variants of a task on the people of each law of sharing",
    {
        "task": Column(TEXT, "name of the task"),
        "recording": Column(TEXT, "laboratory's entry in the configuration"),
        "split": Column(TEXT, "name of the split"),
        "variant": Column(TEXT, "entry of the task"),
        "law": Column(TEXT, "by which these people share a moment among muscles"),
        "target": Column(TEXT, "joint coordinate, muscle or moment"),
        "unit": Column(TEXT, "of rms errors"),
        "measure": Column(TEXT, "a measure of the table of errors, such as rmse or skill"),
        "mean": Column(NUMBER, "over the people", "as the row says"),
        "sd": Column(NUMBER, "between the people; empty of one alone", "as the row says"),
        "people": Column(WHOLE, "for whom it is known"),
    },
)
