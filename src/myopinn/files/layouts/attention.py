"""Where a network looks."""

from __future__ import annotations

from myopinn.files.layouts.fits import OF_A_CELL
from myopinn.files.netcdf import Layout, Quantity

ATTENTION = Layout(
    "where a network looks, for one person in cycles that it was not trained on",
    {
        "weight": Quantity(
            ("asked", "seen"), "", "attention weight: mean over heads, layers, cycles and fits"
        ),
        # Averaged weights are more even than those that they are the mean of.
        "entropy": Quantity(
            ("asked",), "", "of each head's own weights, by that of uniform ones; mean likewise"
        ),
    },
    {
        "asked": Quantity(("asked",), "", "frame in the cycle that is answered, from 0"),
        "seen": Quantity(("seen",), "", "frame that is looked at, 0 the first that is answered"),
    },
    OF_A_CELL,
)
