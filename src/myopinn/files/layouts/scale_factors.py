"""By what factors the bodies of a person's model were scaled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from myopinn.files.tables import NUMBER, TEXT, Column, Table

SCALE_FACTORS = Table(
    "scale factors of a person's model",
    {
        "body": Column(TEXT, "body of the model"),
        **{
            axis: Column(
                NUMBER, f"person's size by the generic model's, along the body's {axis}", "1"
            )
            for axis in "xyz"
        },
    },
)


def write_scale_factors(factors: Mapping[str, Sequence[float]], path: Path) -> None:
    """Write the factors along x, y and z of each body."""
    import pandas as pd

    rows = [(body, *values) for body, values in factors.items()]
    SCALE_FACTORS.write(pd.DataFrame(rows, columns=list(SCALE_FACTORS.columns)), path)
