"""What a dynamometer read in a trial."""

from __future__ import annotations

from myopinn.files.netcdf import Layout, Quantity

DYNAMOMETER = Layout(
    "what a dynamometer read in a trial",
    {
        "moment": Quantity(
            ("time_s", "coordinate"), "N.m", "by which it holds the joint, at the kinematics' times"
        ),
    },
    {
        "time_s": Quantity(("time_s",), "s", "time in the trial"),
        "coordinate": Quantity(("coordinate",), "", "name in the model"),
    },
)
