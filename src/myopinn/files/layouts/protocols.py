"""What different sets of recordings leave open of people's muscles, before anything is fitted."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

PROTOCOLS = Table(
    "what sets of recordings leave open of people's muscles",
    {
        "task": Column(TEXT, "name of the task"),
        "recording": Column(TEXT, "laboratory's entry in the configuration"),
        "subject": Column(TEXT, "person"),
        "protocol": Column(TEXT, "name of the set of recordings"),
        "n_cycles": Column(WHOLE, "cycles in it"),
        "quantity": Column(TEXT, "excitation, parameter or combinations"),
        "parameter": Column(TEXT, "which; empty of all"),
        "muscle": Column(TEXT, "which; empty where all muscles of a person share the parameter"),
        "prior": Column(NUMBER, "SD by the prior alone; of combinations the number of parameters"),
        "posterior": Column(NUMBER, "SD with the recordings; how many combinations they tell"),
    },
)
