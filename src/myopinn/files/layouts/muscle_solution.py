"""What a solver made of a trial's joint moments: muscle forces and what else shared them."""

from __future__ import annotations

from myopinn.files.storages import Storage

MUSCLE_FORCE = Storage("_force.sto", "muscle_force", "muscle", "N", "force along the tendon")
ACTIVATION = Storage("_activation.sto", "muscle_activation", "muscle", "", "0 to 1")
RESERVE = Storage(
    "_reserve.sto",
    "muscle_reserve",
    "studied coordinate, and others that are free",
    "N.m (N where it slides)",
    "taken from the coordinate's reserve actuator",
)
