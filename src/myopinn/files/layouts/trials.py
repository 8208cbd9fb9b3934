"""What became of every trial of a study."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, Column, Table

TRIALS = Table(
    "what became of every trial",
    {
        "recording": Column(TEXT, "laboratory's entry in the configuration"),
        "subject": Column(TEXT, "person"),
        "session": Column(TEXT, "session of the trial"),
        "trial": Column(TEXT, "trial"),
        "kind": Column(TEXT, "static, dynamic or mvc"),
        "condition": Column(TEXT, "what distinguishes the trial, such as a speed"),
        "status": Column(TEXT, "accepted or rejected"),
        "step": Column(TEXT, "rule that rejected it, or that noted something"),
        "reason": Column(TEXT, "of the rejection, or of notes"),
        "<quantity>": Column(NUMBER, "what was measured on the trial, with its unit in brackets"),
    },
)
