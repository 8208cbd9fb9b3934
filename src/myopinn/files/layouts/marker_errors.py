"""How far the model's markers lie from the measured ones in each frame of a trial."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, Column, Table

MARKER_ERRORS = Table(
    "marker errors of a trial",
    {
        "time_s": Column(NUMBER, "time in the trial", "s"),
        "rms_m": Column(NUMBER, "rms over all markers of the frame", "m"),
        "max_m": Column(NUMBER, "of the marker that is farthest off", "m"),
        "worst_marker": Column(TEXT, "that marker"),
        "<marker>": Column(NUMBER, "distance of each marker; empty in gaps", "m"),
    },
)
