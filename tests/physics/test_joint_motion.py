"""M, C, G against OpenSim's inverse dynamics, and what any mechanical system must do."""

import json
import math

import numpy as np
import opensim as osim
import pytest
import torch

from myopinn.opensim.joint_inertia import read_chain
from myopinn.physics import motion
from myopinn.physics.checks import PhysicsError

osim.Logger.removeFileSink()
osim.Logger.setLevelString("Error")

COORDINATES = ["adduction", "rotation", "flexion", "elbow"]
LOAD_POINT = (0.02, -0.31, 0.07)


def arm(load):
    """Shoulder with three rotations and an oblique elbow, a ball of ``load`` kg in the hand."""
    model = osim.Model()
    model.setGravity(osim.Vec3(0.3, -9.7, 0.9))
    upper = osim.Body("upper", 1.9, osim.Vec3(0.01, -0.18, 0.02), osim.Inertia(0.02, 0.005, 0.018))
    fore = osim.Body("fore", 1.5, osim.Vec3(-0.02, -0.17, 0.01), osim.Inertia(0.02, 0.002, 0.021))
    fore.set_inertia(osim.Vec6(0.02, 0.004, 0.021, 0.001, -0.0007, 0.0005))
    model.addBody(upper)
    model.addBody(fore)
    shoulder = osim.GimbalJoint(
        "shoulder",
        model.getGround(),
        osim.Vec3(0.1, 1.2, 0.2),
        osim.Vec3(0.2, 0.1, -0.1),
        upper,
        osim.Vec3(0, 0.02, 0),
        osim.Vec3(0.1, 0, 0),
    )
    for i, name in enumerate(COORDINATES[:3]):
        shoulder.upd_coordinates(i).setName(name)
    model.addJoint(shoulder)
    elbow = osim.PinJoint(
        "elbow",
        upper,
        osim.Vec3(0, -0.29, -0.01),
        osim.Vec3(0.3, 0.2, 0.1),
        fore,
        osim.Vec3(0.01, 0.01, 0),
        osim.Vec3(0.1, -0.2, 0),
    )
    elbow.updCoordinate().setName("elbow")
    model.addJoint(elbow)
    ball = osim.Body("load", load, osim.Vec3(0), osim.Inertia(load * 0.04**2))
    model.addBody(ball)
    model.addJoint(
        osim.WeldJoint(
            "grip", fore, osim.Vec3(*LOAD_POINT), osim.Vec3(0), ball, osim.Vec3(0), osim.Vec3(0)
        )
    )
    model.finalizeConnections()
    return model


def opensim_moments(model, q, q_dot, q_ddot):
    """Inverse dynamics state by state, shape (coordinate, state), N.m."""
    state = model.initSystem()
    solver = osim.InverseDynamicsSolver(model)
    coordinates = [model.getCoordinateSet().get(c) for c in COORDINATES]
    moments = np.empty(q.shape)
    for k in range(q.shape[1]):
        for i, coordinate in enumerate(coordinates):
            coordinate.setValue(state, float(q[i, k]), False)
            coordinate.setSpeedValue(state, float(q_dot[i, k]))
        model.realizeVelocity(state)
        found = solver.solve(state, osim.Vector(q_ddot[:, k].tolist()))
        moments[:, k] = [found.get(i) for i in range(len(COORDINATES))]
    return moments


@pytest.fixture(scope="module")
def states():
    random = np.random.default_rng(2)
    q = random.uniform(-1.5, 1.5, (4, 1000))
    return q, random.uniform(-8.0, 8.0, q.shape), random.uniform(-60.0, 60.0, q.shape)


@pytest.fixture
def opensim_chain(tmp_path):
    file = tmp_path / "arm.osim"
    arm(1.0).printToXML(str(file))
    plain = read_chain(file=str(file), coordinates=COORDINATES)
    # The file between the rooms is JSON.
    return motion.Chain.from_dict(json.loads(json.dumps(plain)))


@pytest.mark.parametrize("load", [0.0, 4.0])
def test_mass_coriolis_and_gravity_are_opensims(load, states, opensim_chain):
    """1,000 states; the bound is a millionth of a newton metre."""
    model = arm(load)
    q, q_dot, q_ddot = (torch.from_numpy(s) for s in states)
    still = np.zeros_like(states[0])
    G = motion.gravity_moment(opensim_chain, q, load)
    np.testing.assert_allclose(
        G.numpy(), opensim_moments(model, states[0], still, still), rtol=0, atol=1e-6
    )
    C = motion.coriolis(opensim_chain, q, q_dot, load)
    expected = opensim_moments(model, states[0], states[1], still)
    np.testing.assert_allclose((C + G).numpy(), expected, rtol=0, atol=1e-6)
    M = motion.mass_matrix(opensim_chain, q, load)
    total = torch.einsum("ij...,j...->i...", M, q_ddot) + C + G
    expected = opensim_moments(model, *states)
    np.testing.assert_allclose(total.numpy(), expected, rtol=0, atol=1e-6)
    direct = motion.inverse_dynamics(opensim_chain, q, q_dot, q_ddot, load)
    np.testing.assert_allclose(direct.numpy(), expected, rtol=0, atol=1e-6)


def test_one_load_per_trial(opensim_chain, states):
    q, q_dot, q_ddot = (torch.from_numpy(s[:, :3]) for s in states)
    loads = torch.tensor([0.0, 2.0, 4.0])
    together = motion.inverse_dynamics(opensim_chain, q, q_dot, q_ddot, loads)
    for k, load in enumerate(loads.tolist()):
        one = motion.inverse_dynamics(opensim_chain, q[:, k], q_dot[:, k], q_ddot[:, k], load)
        assert torch.allclose(together[:, k], one, rtol=1e-13)


def pendulum(mass=2.0, length=0.4, inertia=0.03):
    return motion.Chain.from_dict(
        {
            "coordinates": ["swing"],
            "axis": [[0.0, 0.0, 1.0]],
            "point": [[0.0, 1.0, 0.0]],
            "mass": [mass],
            "centre_of_mass": [[0.0, 1.0 - length, 0.0]],
            "inertia": [(inertia * np.eye(3)).tolist()],
            "gravity": [0.0, -9.80665, 0.0],
            "load_point": [0.0, 0.3, 0.0],
            "load_gyration": 0.0,
        }
    )


def test_a_pendulum_is_a_pendulum():
    q, q_dot, q_ddot = (torch.linspace(-3.0, 3.0, 50)[None] * s for s in (1.0, 2.0, -5.0))
    ours = motion.inverse_dynamics(pendulum(), q, q_dot, q_ddot, load=1.5)
    M = 0.03 + 2.0 * 0.4**2 + 1.5 * 0.7**2
    G = (2.0 * 0.4 + 1.5 * 0.7) * 9.80665 * torch.sin(q)
    assert torch.allclose(ours, M * q_ddot + G, rtol=1e-12)
    assert torch.allclose(motion.coriolis(pendulum(), q, q_dot), torch.zeros_like(q), atol=1e-12)


def energy(chain, q, q_dot):
    kinetic = 0.5 * torch.einsum("i,ij,j->", q_dot, motion.mass_matrix(chain, q), q_dot)
    # Potential energy is the work of the holding moments along a straight way to the pose.
    nodes, weights = np.polynomial.legendre.leggauss(40)
    way = torch.from_numpy(0.5 * (nodes + 1.0))
    holding = motion.gravity_moment(chain, q[:, None] * way)
    potential = (q[:, None] * holding * torch.from_numpy(0.5 * weights)).sum()
    return float(kinetic + potential)


def test_a_released_chain_keeps_its_energy(chain):
    """Runge-Kutta 4 at three milliseconds, whose own error is below the bound."""
    q, q_dot = torch.tensor([0.4, -0.7, 1.1]), torch.tensor([1.0, -2.0, 0.5])
    free = torch.zeros(3)

    def rates(q, q_dot):
        return q_dot, motion.acceleration(chain, q, q_dot, free)

    before, h = energy(chain, q, q_dot), 3e-3
    highest = float(q_dot.abs().max())
    for _ in range(130):
        v1, a1 = rates(q, q_dot)
        v2, a2 = rates(q + 0.5 * h * v1, q_dot + 0.5 * h * a1)
        v3, a3 = rates(q + 0.5 * h * v2, q_dot + 0.5 * h * a2)
        v4, a4 = rates(q + h * v3, q_dot + h * a3)
        q = q + h / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
        q_dot = q_dot + h / 6 * (a1 + 2 * a2 + 2 * a3 + a4)
        highest = max(highest, float(q_dot.abs().max()))
    assert highest > 3.0, "it must have moved for this to mean anything"
    assert math.isclose(energy(chain, q, q_dot), before, rel_tol=1e-6, abs_tol=1e-6)


def test_residuals_vanish_where_muscles_balance_the_motion(opensim_chain, states):
    q, q_dot, q_ddot = (torch.from_numpy(s) for s in states)
    tau = motion.inverse_dynamics(opensim_chain, q, q_dot, q_ddot, 2.0)
    arms = torch.randn(6, 4, 1000, generator=torch.Generator().manual_seed(0))
    force = torch.linalg.lstsq(arms.permute(2, 1, 0), tau.T[..., None]).solution[..., 0].T
    own = motion.equation_of_motion_residual(opensim_chain, q, q_dot, q_ddot, arms, force, 2.0)
    inside = motion.moment_balance(arms, force, tau)
    assert float(own.abs().max()) < 1e-9
    assert torch.allclose(inside, -own, atol=1e-12)
    more = motion.equation_of_motion_residual(
        opensim_chain, q, q_dot, q_ddot, arms, 1.1 * force, 2.0
    )
    assert torch.allclose(more, -0.1 * tau, atol=1e-9)


def test_bad_chains_are_refused_by_name():
    plain = {f: v.tolist() for f, v in pendulum()._asdict().items()} | {"coordinates": ["swing"]}
    for field, value, message in (
        ("mass", [-1.0], "swing: mass is -1"),
        ("mass", [math.nan], "swing: mass is nan"),
        ("axis", [[0.0, 0.0, 2.0]], "swing: length of the axis is 2"),
        ("point", [[0.0, 0.0]], r"point has shape \(1, 2\)"),
    ):
        with pytest.raises(PhysicsError, match=message):
            motion.Chain.from_dict(plain | {field: value})
    del plain["gravity"]
    with pytest.raises(PhysicsError, match="gravity"):
        motion.Chain.from_dict(plain)
