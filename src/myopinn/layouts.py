"""What every NetCDF file of the flow holds."""

from __future__ import annotations

from myopinn.artifacts import Layout, Quantity

# An envelope that came as a share of the person's largest one has no unit.
SHARE_OF_MAXIMUM = "1"
ENVELOPES = Layout(
    "EMG envelopes of a trial",
    {
        "envelope": Quantity(
            ("time_s", "channel"),
            "V",
            "EMG envelope at the kinematics' times",
            (SHARE_OF_MAXIMUM,),
        ),
    },
    {
        "time_s": Quantity(("time_s",), "s", "time in the trial, as in the marker file"),
        "channel": Quantity(("channel",), "", "name of the muscle that the electrode lies over"),
    },
)

DYNAMOMETER = Layout(
    "what a dynamometer read in a trial",
    {
        "moment": Quantity(
            ("time_s", "coordinate"), "N.m", "by which it holds the joint, at the kinematics' times"
        ),
    },
    {
        "time_s": Quantity(("time_s",), "s", "time in the trial"),
        "coordinate": Quantity(("coordinate",), "", "name in the model"),
    },
)

GEOMETRY = Layout(
    "muscle geometry: polynomials of the scaled model's muscle-tendon lengths",
    {
        # l = sum_k coefficient_k * prod_j x_j^exponent_kj with x = (q - centre) / half_range
        "coefficient": Quantity(("muscle", "term"), "m", "coefficients of the length polynomial"),
        "exponent": Quantity(("term", "coordinate"), "", "exponent of each scaled coordinate"),
        "centre": Quantity(("coordinate",), "rad", "centre of the fitted range"),
        "half_range": Quantity(("coordinate",), "rad", "half of the fitted range"),
        "crosses": Quantity(("muscle", "coordinate"), "", "1 where the muscle crosses the joint"),
        "length_rms": Quantity(("muscle",), "m", "rms error of the length on states not fitted"),
        "moment_arm_rms": Quantity(
            ("muscle", "coordinate"), "m", "rms error of the moment arm on states not fitted"
        ),
        "max_isometric_force": Quantity(("muscle",), "N", "of the scaled model"),
        "optimal_fiber_length": Quantity(("muscle",), "m", "of the scaled model"),
        "tendon_slack_length": Quantity(("muscle",), "m", "of the scaled model"),
        "pennation_angle_at_optimal": Quantity(("muscle",), "rad", "of the scaled model"),
    },
    {
        "muscle": Quantity(("muscle",), "", "name in the model"),
        "coordinate": Quantity(("coordinate",), "", "name in the model"),
    },
)

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
        "session": Quantity(("session",), "", "session"),
    },
)

_PER_PIECE = ("window", "frame")
CALIBRATION = Layout(
    "isometric contractions of a person, in pieces of 100 frames",
    {
        "envelope": Quantity((*_PER_PIECE, "channel"), "V", "EMG envelope"),
        "joint_angle": Quantity((*_PER_PIECE, "coordinate"), "rad", "at which the joint is held"),
        "joint_moment": Quantity((*_PER_PIECE, "coordinate"), "N.m", "of the muscles"),
        "time_s": Quantity(_PER_PIECE, "s", "time in the trial"),
    },
    {
        "trial": Quantity(("window",), "", "trial that the piece was cut from"),
        "trial_session": Quantity(("window",), "", "session of the trial"),
        "condition": Quantity(("window",), "", "condition of the trial"),
        "channel": Quantity(("channel",), "", "EMG channel"),
        "coordinate": Quantity(("coordinate",), "", "joint that was held"),
    },
)

_SAMPLE = Quantity(("sample",), "", "")
PREDICTIONS = Layout(
    "predictions of one variant for one person on trials it was not trained on",
    {
        # NaN in every sample of a target that the variant does not predict
        "predicted": Quantity(("sample", "target"), "see coordinate unit", "the variant's answer"),
        "reference": Quantity(("sample", "target"), "see coordinate unit", "OpenSim's answer"),
    },
    {
        "target": Quantity(("target",), "", "joint coordinate or muscle"),
        "unit": Quantity(("target",), "", "unit of the target"),
        "trial": Quantity(("sample",), "", "trial"),
        "session": Quantity(("sample",), "", "session of the trial"),
        "condition": Quantity(("sample",), "", "condition of the trial"),
        "cycle": Quantity(("sample",), "", "number of the cycle in the person's dataset"),
        "frame": Quantity(("sample",), "", "frame in the cycle, 0 to 99"),
        "time_s": Quantity(("sample",), "s", "time in the trial"),
        "fold": Quantity(("sample",), "", "fold in which the trial was held out"),
        "seed": Quantity(("sample",), "", "seed of the fit"),
    },
)

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
        "seen": Quantity(("seen",), "", "frame in the cycle that is looked at, from 0"),
    },
)

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
