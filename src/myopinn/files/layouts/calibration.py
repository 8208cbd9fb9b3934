"""Isometric contractions of a person."""

from __future__ import annotations

from myopinn.files.netcdf import Layout, Quantity

_PER_PIECE = ("window", "frame")
CALIBRATION = Layout(
    "isometric contractions of a person, in pieces of 100 frames",
    {
        "envelope": Quantity((*_PER_PIECE, "channel"), "V", "EMG envelope"),
        "joint_angle": Quantity((*_PER_PIECE, "coordinate"), "rad", "at which the joint is held"),
        "joint_moment": Quantity((*_PER_PIECE, "coordinate"), "N.m", "of the muscles"),
        "seen_envelope": Quantity(
            ("window", "seen_frame", "channel"),
            "V",
            "EMG envelope by a filter that runs forwards alone, over the lead and the piece, where "
            "pieces were cut by a clock",
            optional=True,
        ),
        "time_s": Quantity(_PER_PIECE, "s", "time in the trial"),
    },
    {
        "trial": Quantity(("window",), "", "trial that the piece was cut from"),
        "trial_session": Quantity(("window",), "", "session of the trial"),
        "condition": Quantity(("window",), "", "condition of the trial"),
        "channel": Quantity(("channel",), "", "EMG channel"),
        "coordinate": Quantity(("coordinate",), "", "joint that was held"),
    },
    {
        "recording": "laboratory's entry in the configuration",
        "subject": "person",
    },
)
