"""Foot strikes and foot offs of a trial."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, Column, Table

EVENTS = Table(
    "foot strikes and offs of a trial",
    {
        "time_s": Column(NUMBER, "time in the trial", "s"),
        "side": Column(TEXT, "r or l"),
        "event": Column(TEXT, "foot_strike or foot_off"),
        "source": Column(TEXT, "what tells of it: the file, detection or the ground force"),
    },
)
