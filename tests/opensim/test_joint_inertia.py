"""Joint inertia read from a model: against the model by hand, and refusal by name."""

import json
import math

import numpy as np
import opensim as osim
import pandas as pd
import pytest
import torch

from myopinn.errors import TrialError
from myopinn.opensim.held_load import model_with_load
from myopinn.opensim.joint_inertia import read_chain
from myopinn.physics.motion import Chain, inverse_dynamics
from myopinn.steps.measure_joint_inertia import measure_joint_inertia

osim.Logger.removeFileSink()
osim.Logger.setLevelString("Error")


def forearm(folder, joint=osim.PinJoint):
    """A forearm with a welded hand that holds a dumbbell, on a tilted hinge."""
    model = osim.Model()
    fore = osim.Body("fore", 1.5, osim.Vec3(0.01, -0.17, 0.02), osim.Inertia(0.02, 0.002, 0.021))
    hand = osim.Body("hand", 0.4, osim.Vec3(0.0, -0.05, 0.0), osim.Inertia(1e-3, 5e-4, 1e-3))
    model.addBody(fore)
    model.addBody(hand)
    hinge = joint(
        "elbow",
        model.getGround(),
        osim.Vec3(0.1, 1.1, 0.2),
        osim.Vec3(0, 0.3, 0),
        fore,
        osim.Vec3(0),
        osim.Vec3(0),
    )
    hinge.updCoordinate().setName("elbow")
    hinge.updCoordinate().setDefaultValue(0.5)
    hinge.updCoordinate().setRangeMin(0.2)
    hinge.updCoordinate().set_clamped(True)
    model.addJoint(hinge)
    model.addJoint(
        osim.WeldJoint(
            "wrist", fore, osim.Vec3(0, -0.25, 0), osim.Vec3(0), hand, osim.Vec3(0), osim.Vec3(0)
        )
    )
    dumbbell = osim.Body("load", 3.0, osim.Vec3(0, 0, 0.01), osim.Inertia(0.02, 0.02, 3 * 0.04**2))
    model.addBody(dumbbell)
    model.addJoint(
        osim.WeldJoint(
            "grip", hand, osim.Vec3(0, -0.08, 0), osim.Vec3(0), dumbbell, osim.Vec3(0), osim.Vec3(0)
        )
    )
    model.finalizeConnections()
    folder.mkdir()
    model.printToXML(str(folder / "scaled.osim"))
    return folder


def measure(folder, tmp_path, **settings):
    inertia, quality = tmp_path / "inertia.json", tmp_path / "quality.csv"
    measure_joint_inertia(
        model=folder,
        recording="made_up",
        subject="arm",
        settings={"coordinates": ["elbow"], **settings},
        inertia=inertia,
        quality=quality,
    )
    return json.loads(inertia.read_text()), pd.read_csv(quality)


def test_a_clamped_hinge_with_a_welded_hand(tmp_path):
    plain, quality = measure(forearm(tmp_path / "model"), tmp_path)
    assert quality.accepted.all()
    turn = np.array(
        [[math.cos(0.3), 0, math.sin(0.3)], [0, 1, 0], [-math.sin(0.3), 0, math.cos(0.3)]]
    )
    axis = turn @ [0, 0, 1]
    np.testing.assert_allclose(plain["axis"], [axis], atol=1e-12)
    # Any point of the axis will do.
    away = np.array(plain["point"][0]) - [0.1, 1.1, 0.2]
    np.testing.assert_allclose(np.cross(away, axis), 0, atol=1e-12)
    assert plain["mass"] == [pytest.approx(1.9)]
    local = (1.5 * np.array([0.01, -0.17, 0.02]) + 0.4 * np.array([0, -0.3, 0])) / 1.9
    np.testing.assert_allclose(
        plain["centre_of_mass"], [[0.1, 1.1, 0.2] + turn @ local], atol=1e-12
    )
    grip = [0.1, 1.1, 0.2] + turn @ [0, -0.33, 0.01]
    np.testing.assert_allclose(plain["load_point"], grip, atol=1e-12)
    assert plain["load_gyration"] == pytest.approx(0.04, rel=1e-12)
    # Moment of inertia about the hinge by the parallel axes of the two bodies.
    about = 0.021 + 1.5 * (0.01**2 + 0.17**2) + 1e-3 + 0.4 * 0.3**2
    tensor, arm = np.array(plain["inertia"][0]), turn @ local
    off = 1.9 * (arm @ arm - (arm @ axis) ** 2)
    assert axis @ tensor @ axis + off == pytest.approx(about, rel=1e-12)


def test_a_joint_that_slides_is_refused_by_name(tmp_path):
    plain, quality = measure(forearm(tmp_path / "model", osim.SliderJoint), tmp_path)
    assert plain == {}
    reason = quality.reason.iloc[-1]
    assert "coordinate 'elbow' does not turn its bodies" in reason


def test_wrong_names_and_missing_models_are_refused(tmp_path):
    file = str(forearm(tmp_path / "model") / "scaled.osim")
    with pytest.raises(TrialError, match="no coordinate wrist"):
        read_chain(file=file, coordinates=["wrist"])
    plain, quality = measure(tmp_path / "nothing", tmp_path)
    assert plain == {}
    assert "there is no scaled model" in quality.reason.iloc[0]


def test_joints_must_be_in_series_from_the_trunk_outwards(tmp_path):
    model = osim.Model()
    for side in ("left", "right"):
        body = osim.Body(side, 1.0, osim.Vec3(0.1, 0, 0), osim.Inertia(0.01))
        model.addBody(body)
        joint = osim.PinJoint(
            f"{side}_joint",
            model.getGround(),
            osim.Vec3(0),
            osim.Vec3(0),
            body,
            osim.Vec3(0),
            osim.Vec3(0),
        )
        joint.updCoordinate().setName(f"{side}_angle")
        model.addJoint(joint)
    model.finalizeConnections()
    file = tmp_path / "two.osim"
    model.printToXML(str(file))
    with pytest.raises(TrialError, match="'right_angle' moves bodies that 'left_angle' does not"):
        read_chain(file=str(file), coordinates=["left_angle", "right_angle"])


@pytest.mark.parametrize("load_kg", [0.0, 1.5, 4.0])
def test_a_trials_own_load_gives_the_moment_of_inverse_dynamics(tmp_path, load_kg):
    """The generic model's load counts for nothing: the trial's takes its place, once."""
    file = forearm(tmp_path / "model") / "scaled.osim"
    chain = Chain.from_dict(read_chain(file=str(file), coordinates=["elbow"]))
    model = osim.Model(str(model_with_load(file, load_kg, tmp_path / "held.osim")))
    model.updCoordinateSet().get("elbow").set_clamped(False)
    state = model.initSystem()
    solver = osim.InverseDynamicsSolver(model)
    for q, q_dot, q_ddot in ((0.4, 0.0, 0.0), (1.2, 3.0, -20.0), (2.0, -5.0, 40.0)):
        model.getCoordinateSet().get("elbow").setValue(state, q)
        model.getCoordinateSet().get("elbow").setSpeedValue(state, q_dot)
        expected = solver.solve(state, osim.Vector(1, q_ddot)).get(0)
        values = (torch.tensor([[x]], dtype=torch.float64) for x in (q, q_dot, q_ddot))
        found = inverse_dynamics(chain, *values, load_kg)
        assert found.item() == pytest.approx(expected, abs=1e-9)
