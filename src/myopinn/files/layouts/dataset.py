"""The dataset of a person."""

from __future__ import annotations

from myopinn.files.layouts.envelopes import SHARE_OF_MAXIMUM
from myopinn.files.netcdf import Layout, Quantity

_PER_FRAME = ("cycle", "frame")
DATASET = Layout(
    "dataset of a person: cycles of 100 frames",
    {
        "envelope": Quantity((*_PER_FRAME, "channel"), "V", "EMG envelope", (SHARE_OF_MAXIMUM,)),
        "joint_angle": Quantity((*_PER_FRAME, "coordinate"), "rad", "inverse kinematics"),
        "joint_velocity": Quantity((*_PER_FRAME, "coordinate"), "rad/s", "its time derivative"),
        "joint_acceleration": Quantity((*_PER_FRAME, "coordinate"), "rad/s^2", "its second one"),
        "joint_moment": Quantity((*_PER_FRAME, "coordinate"), "N.m", "inverse dynamics"),
        "muscle_force": Quantity((*_PER_FRAME, "muscle"), "N", "tendon force by the solver"),
        "activation": Quantity((*_PER_FRAME, "muscle"), "", "activation by the solver"),
        "reserve_moment": Quantity(
            (*_PER_FRAME, "coordinate"), "N.m", "what the solver took from reserve actuators"
        ),
        "time_s": Quantity(_PER_FRAME, "s", "time in the trial"),
        "held_angle": Quantity(
            ("cycle", "held"), "rad", "mean inverse kinematics of a coordinate that rests"
        ),
        "mvc_envelope": Quantity(
            ("session", "channel"),
            "V",
            "largest envelope in the session's MVC trial, NaN if none",
            (SHARE_OF_MAXIMUM,),
        ),
    },
    {
        "trial": Quantity(("cycle",), "", "trial that the cycle was cut from"),
        "trial_session": Quantity(("cycle",), "", "session of the cycle's trial"),
        "condition": Quantity(("cycle",), "", "condition of the cycle's trial"),
        "load_kg": Quantity(("cycle",), "kg", "load held in the hand"),
        "channel": Quantity(("channel",), "", "EMG channel"),
        "coordinate": Quantity(("coordinate",), "", "joint coordinate"),
        "muscle": Quantity(("muscle",), "", "muscle of the model"),
        "held": Quantity(("held",), "", "joint coordinate that rests in a trial"),
        "session": Quantity(("session",), "", "session"),
    },
    {
        "recording": "laboratory's entry in the configuration",
        "subject": "person",
    },
)
