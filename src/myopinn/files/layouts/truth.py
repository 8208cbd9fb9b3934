"""The truth of a virtual person."""

from __future__ import annotations

from myopinn.files.netcdf import Layout, Quantity

_OF_MUSCLES, _OF_COORDINATES = ("time_s", "muscle"), ("time_s", "coordinate")
TRUTH = Layout(
    "truth of a virtual person's trial, which only the evaluation may open",
    {
        "excitation": Quantity(
            _OF_MUSCLES, "", "what the nerves send, before the electromechanical delay"
        ),
        "activation": Quantity(_OF_MUSCLES, "", "activation of the muscle"),
        "tendon_force": Quantity(_OF_MUSCLES, "N", "force of the tendon"),
        "fiber_length": Quantity(_OF_MUSCLES, "m", "length of the fibres"),
        "fiber_velocity": Quantity(_OF_MUSCLES, "m/s", "lengthening velocity of the fibres"),
        "moment_arm": Quantity(("time_s", "coordinate", "muscle"), "m", "minus d length / d angle"),
        "joint_angle": Quantity(_OF_COORDINATES, "rad", "angle of the joint"),
        "joint_velocity": Quantity(_OF_COORDINATES, "rad/s", "its time derivative"),
        "joint_acceleration": Quantity(_OF_COORDINATES, "rad/s^2", "its second one"),
        "joint_moment": Quantity(_OF_COORDINATES, "N.m", "moment of all muscles about the joint"),
        "target_angle": Quantity(
            _OF_COORDINATES, "rad", "what the person intended, NaN if nothing"
        ),
    },
    {
        "time_s": Quantity(("time_s",), "s", "time in the trial, as in the C3D file"),
        "muscle": Quantity(("muscle",), "", "name in the model"),
        "coordinate": Quantity(("coordinate",), "", "name in the model"),
    },
)
