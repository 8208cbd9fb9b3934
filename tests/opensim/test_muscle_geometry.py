"""The fit of muscle paths: against geometry by hand, and refusal by name."""

import math
import os
from pathlib import Path

import numpy as np
import opensim as osim
import pandas as pd
import pytest
import torch

from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.netcdf import read_netcdf
from myopinn.opensim.muscle_paths import PosedModel, find_jumps
from myopinn.physics.geometry import PathPolynomials
from myopinn.steps.fit_muscle_geometry import fit_muscle_geometry

osim.Logger.removeFileSink()
osim.Logger.setLevelString("Error")

BOUNDS = {"degree": 8, "max_length_rms_m": 5e-4, "max_moment_arm_rms_m": 1e-3, "muscles": None}
RANGES = {"hip": [-40.0, 60.0], "knee": [0.0, 90.0]}


def leg():
    """Two pins in a plane; a kneecap coordinate coupled to the knee carries nothing."""
    model = osim.Model()
    thigh = osim.Body("thigh", 5.0, osim.Vec3(0), osim.Inertia(0.1))
    shank = osim.Body("shank", 3.0, osim.Vec3(0), osim.Inertia(0.05))
    model.addBody(thigh)
    model.addBody(shank)
    ground = model.getGround()
    hip = osim.PinJoint(
        "hip_joint", ground, osim.Vec3(0, 1, 0), osim.Vec3(0), thigh, osim.Vec3(0), osim.Vec3(0)
    )
    hip.updCoordinate().setName("hip")
    knee = osim.PinJoint(
        "knee_joint", thigh, osim.Vec3(0, -0.4, 0), osim.Vec3(0), shank, osim.Vec3(0), osim.Vec3(0)
    )
    knee.updCoordinate().setName("knee")
    model.addJoint(hip)
    model.addJoint(knee)
    return model, ground, thigh, shank


def add_muscle(model, name, *points, wraps=()):
    muscle = osim.Millard2012EquilibriumMuscle(name, 1000.0, 0.1, 0.2, 0.1)
    for i, (body, place) in enumerate(points):
        muscle.addNewPathPoint(f"{name}-{i}", body, osim.Vec3(*place))
    path = osim.GeometryPath.safeDownCast(muscle.updPath())
    for wrap in wraps:
        path.addPathWrap(wrap)
    model.addForce(muscle)


def cylinder(body, name, radius, quadrant="all", place=(0, 0, 0)):
    wrap = osim.WrapCylinder()
    wrap.setName(name)
    wrap.set_radius(radius)
    wrap.set_length(0.2)
    wrap.set_quadrant(quadrant)
    wrap.set_translation(osim.Vec3(*place))
    body.addWrapObject(wrap)
    return wrap


HIP = ((-0.02, 1.08, 0.0), (0.0, -0.15, 0.0))  # from ground to thigh
KNEE = ((0.0, -0.25, 0.0), (0.03, -0.05, 0.0))  # from thigh to shank


def plain_leg(folder):
    """Three muscles of straight lines, one of which crosses both joints."""
    model, ground, thigh, shank = leg()
    add_muscle(model, "uniarticular_hip", (ground, HIP[0]), (thigh, HIP[1]))
    add_muscle(model, "uniarticular_knee", (thigh, KNEE[0]), (shank, KNEE[1]))
    add_muscle(model, "biarticular", (ground, (-0.05, 0.97, 0)), (shank, (-0.03, -0.06, 0)))
    return write(model, folder)


def write(model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    model.finalizeConnections()
    model.printToXML(str(folder / "scaled.osim"))
    return folder


def fit(folder, tmp_path, **settings):
    geometry, quality = tmp_path / "geometry.nc", tmp_path / "quality.csv"
    fit_muscle_geometry(
        model=folder,
        recording="made_up",
        subject="leg",
        settings={"coordinates": RANGES, **BOUNDS, **settings},
        geometry=geometry,
        quality=quality,
    )
    return read_netcdf(geometry, GEOMETRY), pd.read_csv(quality)


def polynomials(geometry):
    return PathPolynomials(
        *(
            torch.from_numpy(geometry[v].to_numpy().astype(t))
            for v, t in (
                ("coefficient", float),
                ("exponent", int),
                ("centre", float),
                ("half_range", float),
            )
        )
    )


def test_fits_are_the_geometry_by_hand(tmp_path):
    geometry, quality = fit(plain_leg(tmp_path / "model"), tmp_path)
    assert list(geometry.muscle.to_numpy()) == [
        "uniarticular_hip",
        "uniarticular_knee",
        "biarticular",
    ]
    assert geometry.crosses.to_numpy().tolist() == [[1, 0], [0, 1], [1, 1]]
    assert quality.accepted.all()
    assert "worst fits" in set(quality.quantity)
    # Terms of a coordinate that a muscle does not cross are zero.
    powers = geometry.exponent.to_numpy()
    assert np.all(geometry.coefficient.to_numpy()[0, powers[:, 1] > 0] == 0)
    random = np.random.default_rng(0)
    hip = np.radians(random.uniform(-40, 60, 200))
    knee = np.radians(random.uniform(0, 90, 200))
    length, arm = polynomials(geometry)(torch.from_numpy(np.stack([hip, knee])))
    # Length of a straight line to a point that turns about z, and minus its slope.
    for muscle, (fixed, moving), angle, centre in (
        (0, HIP, hip, (0.0, 1.0)),
        (1, KNEE, knee, (0.0, -0.4)),
    ):
        x = centre[0] + moving[0] * np.cos(angle) - moving[1] * np.sin(angle)
        y = centre[1] + moving[0] * np.sin(angle) + moving[1] * np.cos(angle)
        dx, dy = x - fixed[0], y - fixed[1]
        by_hand = np.hypot(dx, dy)
        slope = (dx * -(y - centre[1]) + dy * (x - centre[0])) / by_hand
        assert np.abs(length[muscle].numpy() - by_hand).max() < 5e-4
        assert np.abs(arm[muscle, muscle].numpy() + slope).max() < 2e-3
        assert np.sqrt(np.mean((length[muscle].numpy() - by_hand) ** 2)) < 2.5e-4
        assert np.all(arm[muscle, 1 - muscle].numpy() == 0)
    assert geometry.length_rms.max() < 5e-4
    assert geometry.moment_arm_rms.max() < 1e-3
    assert geometry.optimal_fiber_length.to_numpy().tolist() == [0.1, 0.1, 0.1]


def test_chosen_muscles_alone(tmp_path):
    geometry, _ = fit(plain_leg(tmp_path / "model"), tmp_path, muscles=["biarticular"])
    assert list(geometry.muscle.to_numpy()) == ["biarticular"]


def refused(quality):
    row = quality[~quality.accepted.astype(bool) & (quality.quantity == "usable")]
    assert len(row) == 1
    return row.reason.iloc[0]


def test_a_fit_worse_than_its_bound_is_refused_by_name(tmp_path):
    geometry, quality = fit(plain_leg(tmp_path / "model"), tmp_path, degree=1)
    assert geometry.sizes["muscle"] == 0
    reason = refused(quality)
    assert "the fit of biarticular misses its moment arm at hip by" in reason
    assert "mm rms (allowed 1 mm)" in reason


def test_a_path_that_jumps_is_refused_by_name(tmp_path):
    """A cylinder held to one quadrant lets the muscle snap off by 9 mm near 3 degrees."""
    model, ground, thigh, shank = leg()
    wrap = cylinder(thigh, "snap", 0.03, "+y", (0, -0.4, 0))
    add_muscle(model, "snapping", (thigh, (0, -0.2, 0)), (shank, (0.02, -0.2, 0)), wraps=[wrap])
    add_muscle(model, "steady", (ground, HIP[0]), (thigh, HIP[1]))
    folder = write(model, tmp_path / "model")
    ranges = {"hip": (-0.7, 1.0), "knee": (-1.2, 1.2)}
    jumps = find_jumps(PosedModel(str(folder / "scaled.osim"), ranges), ["snapping"], ["knee"])
    assert [(j.muscle, j.coordinate) for j in jumps] == [("snapping", "knee")]
    assert abs(jumps[0].size_m - 9e-3) < 1e-3
    assert abs(math.degrees(jumps[0].angle_rad) - 2.9) < 0.5
    geometry, quality = fit(folder, tmp_path, coordinates={"hip": [-40, 60], "knee": [-69, 69]})
    assert geometry.sizes["muscle"] == 0
    assert "the path of snapping jumps by" in refused(quality)
    assert "steady" not in refused(quality)


def test_coupled_coordinates_follow(tmp_path):
    """A muscle on a body that a coupler moves has the moment arm of what leads it."""
    model, _, thigh, _ = leg()
    cap = osim.Body("cap", 0.1, osim.Vec3(0), osim.Inertia(0.001))
    model.addBody(cap)
    joint = osim.PinJoint(
        "cap_joint", thigh, osim.Vec3(0, -0.4, 0), osim.Vec3(0), cap, osim.Vec3(0), osim.Vec3(0)
    )
    joint.updCoordinate().setName("cap_angle")
    model.addJoint(joint)
    coupler = osim.CoordinateCouplerConstraint()
    coupler.setName("coupler")
    names = osim.ArrayStr("knee", 1)
    coupler.setIndependentCoordinateNames(names)
    coupler.setDependentCoordinateName("cap_angle")
    coupler.setFunction(osim.LinearFunction(0.5, 0.0))
    model.addConstraint(coupler)
    add_muscle(model, "on_the_cap", (thigh, (0.03, -0.2, 0)), (cap, (0.05, 0.0, 0)))
    geometry, quality = fit(write(model, tmp_path / "model"), tmp_path, coordinates=RANGES)
    assert geometry.crosses.to_numpy().tolist() == [[0, 1]]
    angle = 0.5 * math.radians(40.0)
    x, y = 0.05 * math.cos(angle), -0.4 + 0.05 * math.sin(angle)
    length, arm = polynomials(geometry)(torch.tensor([0.1, math.radians(40.0)]).double())
    by_hand = math.hypot(x - 0.03, y + 0.2)
    slope = 0.5 * (-(x - 0.03) * 0.05 * math.sin(angle) + (y + 0.2) * 0.05 * math.cos(angle))
    assert abs(float(length[0]) - by_hand) < 1e-4
    assert abs(float(arm[0, 1]) + slope / by_hand) < 5e-4
    assert quality.accepted.all()


def test_a_person_without_a_model_gets_an_empty_geometry(tmp_path):
    geometry, quality = fit(tmp_path / "nothing", tmp_path)
    assert dict(geometry.sizes) == {"muscle": 0, "term": 1, "coordinate": 2}
    assert "there is no scaled model" in refused(quality)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"coordinates": {"ankle": [0, 1]}}, "the model has no coordinate ankle"),
        ({"muscles": ["soleus"]}, "the model has no muscle soleus"),
        (
            {"muscles": ["uniarticular_hip"], "coordinates": {"knee": [0, 90]}},
            "uniarticular_hip crosses none of knee",
        ),
    ],
)
def test_wrong_names_are_refused(settings, message, tmp_path):
    _, quality = fit(plain_leg(tmp_path / "model"), tmp_path, **settings)
    assert message in refused(quality)


RAJAGOPAL = Path(os.environ.get("MYOPINN_MIRROR", "nowhere"), "models", "Rajagopal2016.osim")
WALKING = {
    "hip_flexion_r": [-30, 60],
    "hip_adduction_r": [-20, 20],
    "hip_rotation_r": [-20, 20],
    "knee_angle_r": [0, 90],
    "ankle_angle_r": [-30, 30],
    "subtalar_angle_r": [-15, 15],
}


if RAJAGOPAL.exists():

    def test_the_right_leg_of_rajagopal(tmp_path):
        """All forty muscles within the bounds; both gastrocnemii contradict themselves."""
        folder = tmp_path / "model"
        folder.mkdir()
        (folder / "scaled.osim").write_bytes(RAJAGOPAL.read_bytes())
        settings = {"coordinates": WALKING, "contradictory_paths": "follow_moment_arm"}
        geometry, quality = fit(folder, tmp_path, **settings)
        assert geometry.sizes["muscle"] == 40
        assert float(geometry.length_rms.max()) < 5e-4
        assert float(geometry.moment_arm_rms.max()) < 1e-3
        contradicted = quality[quality.quantity == "path"].trial
        assert sorted(contradicted) == ["gaslat_r", "gasmed_r"]
        two = {"muscles": ["gasmed_r", "soleus_r"], "coordinates": WALKING}
        geometry, quality = fit(folder, tmp_path, **two)
        assert geometry.sizes["muscle"] == 0
        assert "moment arms of gasmed_r at knee_angle_r differ" in refused(quality)
