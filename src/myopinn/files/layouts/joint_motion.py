"""Joint angles and moments of a trial, computed or given."""

from __future__ import annotations

from myopinn.files.storages import Storage

_IN_DEGREES = "deg (m where it slides)"
JOINT_ANGLES = Storage(
    ".mot", "Coordinates", "coordinate of the model", _IN_DEGREES, "joint angle, not filtered"
)
FILTERED_ANGLES = Storage(
    "_coordinates.mot",
    "Coordinates",
    "coordinate of the model",
    _IN_DEGREES,
    "joint angle, low-passed; what the joint moments belong to",
)
JOINT_MOMENTS = Storage(
    ".sto",
    "Inverse Dynamics Generalized Forces",
    "<coordinate>_moment, or <coordinate>_force where it slides",
    "N.m (N where it slides)",
    "moment that makes the motion under the measured forces",
)
