"""What fits have learned of a person's muscles."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

_UNIT = "as the row says"
IDENTIFIED_PARAMETERS = Table(
    "parameters of people that the fits of an entry have identified",
    {
        "fold": Column(TEXT, "fold of the fit"),
        "seed": Column(WHOLE, "seed of the fit"),
        "subject": Column(TEXT, "person"),
        "muscle": Column(TEXT, "empty where all muscles of the person share the parameter"),
        "parameter": Column(TEXT, "its name, as in the muscle geometry where it stands there"),
        "unit": Column(TEXT, "of the parameter"),
        "value": Column(NUMBER, "what was learned", _UNIT),
        "generic": Column(NUMBER, "of the scaled model", _UNIT),
        "low": Column(NUMBER, "lower bound", _UNIT),
        "high": Column(NUMBER, "upper bound", _UNIT),
    },
)
