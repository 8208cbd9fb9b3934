"""What sets of recordings leave open of people's muscles."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

# What a row is about: a deep muscle's mean excitation, a muscle's parameter, or all parameters.
EXCITATION, PARAMETER, COMBINATIONS = "excitation", "parameter", "combinations"
PROTOCOLS = Table(
    "what each protocol leaves open of each person",
    {
        "task": Column(TEXT, "name of the task"),
        "recording": Column(TEXT, "laboratory's entry in the configuration"),
        "subject": Column(TEXT, "person"),
        "protocol": Column(TEXT, "set of recordings"),
        "n_cycles": Column(WHOLE, "that it has of the person"),
        "quantity": Column(TEXT, f"{EXCITATION}, {PARAMETER} or {COMBINATIONS}"),
        "parameter": Column(TEXT, "where the row is of one"),
        "muscle": Column(TEXT, "empty where all muscles share the parameter"),
        "prior": Column(
            NUMBER,
            "of an excitation, standard deviation of its logarithm before anything is recorded; of "
            "a parameter 1; of combinations, how many parameters there are",
        ),
        "posterior": Column(
            NUMBER,
            "what of that is left with the recordings; of combinations, how many of them the "
            "recordings tell better than the prior",
        ),
    },
)
