"""EMG envelopes of a trial."""

from __future__ import annotations

from myopinn.files.netcdf import Layout, Quantity
from myopinn.records.units import SHARE_OF_MAXIMUM

ENVELOPES = Layout(
    "EMG envelopes of a trial",
    {
        "envelope": Quantity(
            ("time_s", "channel"),
            "V",
            "EMG envelope at the kinematics' times",
            (SHARE_OF_MAXIMUM,),
        ),
        # What others have filtered may hold the future, so it is not here.
        "past_envelope": Quantity(
            ("time_s", "channel"),
            "V",
            "the same by filters that run forwards alone, so later by their delay",
            optional=True,
        ),
    },
    {
        "time_s": Quantity(("time_s",), "s", "time in the trial, as in the marker file"),
        "channel": Quantity(("channel",), "", "name of the muscle that the electrode lies over"),
    },
)
