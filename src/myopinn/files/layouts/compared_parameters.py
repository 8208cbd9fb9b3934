"""Identified parameters of people beside the true and the generic ones."""

from __future__ import annotations

from myopinn.files.layouts.errors import WHOSE
from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

_UNIT = "as the row says"
COMPARED_PARAMETERS = Table(
    "identified parameters of people against the true ones",
    {
        **WHOSE,
        "muscle": Column(TEXT, "empty where all muscles of the person share the parameter"),
        "parameter": Column(TEXT, "its name, as in the muscle geometry where it stands there"),
        "unit": Column(TEXT, "of the parameter"),
        "true": Column(NUMBER, "of the virtual person; empty where not known", _UNIT),
        "generic": Column(NUMBER, "of the scaled model", _UNIT),
        "low": Column(NUMBER, "lower bound of the fit", _UNIT),
        "high": Column(NUMBER, "upper bound of the fit", _UNIT),
        "value": Column(NUMBER, "geometric mean over fits (seeds and folds)", _UNIT),
        "spread": Column(NUMBER, "SD of the logarithm over fits", "1"),
        "n_fits": Column(WHOLE, "fits"),
        "error_generic": Column(NUMBER, "log(generic / true)", "1"),
        "error": Column(NUMBER, "log(value / true)", "1"),
        "spread_share": Column(
            NUMBER, "spread by the SD of a value that is anywhere between the bounds alike", "1"
        ),
    },
)
