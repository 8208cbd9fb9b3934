"""Predictions on trials that were held out."""

from __future__ import annotations

from myopinn.files.layouts.fits import OF_A_CELL
from myopinn.files.netcdf import Layout, Quantity

_SAMPLE = Quantity(("sample",), "", "")
PREDICTIONS = Layout(
    "predictions of one variant for one person on trials it was not trained on",
    {
        # NaN in every sample of a target that the variant does not predict
        "predicted": Quantity(("sample", "target"), "see coordinate unit", "the variant's answer"),
        "reference": Quantity(("sample", "target"), "see coordinate unit", "OpenSim's answer"),
    },
    {
        "target": Quantity(("target",), "", "joint coordinate or muscle"),
        "unit": Quantity(("target",), "", "unit of the target"),
        "trial": Quantity(("sample",), "", "trial"),
        "session": Quantity(("sample",), "", "session of the trial"),
        "condition": Quantity(("sample",), "", "condition of the trial"),
        "cycle": Quantity(("sample",), "", "number of the cycle in the person's dataset"),
        "frame": Quantity(("sample",), "", "frame in the cycle, 0 to 99"),
        "time_s": Quantity(("sample",), "s", "time in the trial"),
        "fold": Quantity(("sample",), "", "fold in which the trial was held out"),
        "seed": Quantity(("sample",), "", "seed of the fit"),
    },
    OF_A_CELL,
)
