"""Reaches of the free leg, against mechanics and what people's legs do."""

import itertools

import numpy as np
import pytest

from myopinn.recordings.simulating.leg_movements import FreeReach
from myopinn.recordings.virtual_gait import SOLE_M
from myopinn.virtual.free_leg import FreeLegController
from myopinn.virtual.ground import Treadmill
from myopinn.virtual.internal_model import InternalModel
from myopinn.virtual.leg import JOINTS, leg_anatomy
from myopinn.virtual.people import draw_person
from myopinn.virtual.sagittal import SagittalChain
from myopinn.virtual.simulation import STEP_S, Integrator, simulate
from myopinn.virtual.walker import WalkingGains

DURATION_S = 5.0


@pytest.fixture(scope="module")
def person():
    return draw_person("P2", leg_anatomy(), 73.4, 0.004, np.random.default_rng(2))


@pytest.fixture(scope="module")
def reached(person):
    """Make five seconds of reaches and what was on the ground."""
    rng = np.random.default_rng(6)
    walk = FreeReach().walk(person, -1.0, DURATION_S, rng)
    ground = Treadmill(person, walk, SOLE_M)
    truth = simulate(
        person,
        FreeLegController(person, walk, WalkingGains(), STEP_S, rng),
        DURATION_S,
        1.0,
        "free",
        integrator=Integrator("RungeKutta3", 1e-4),
        surroundings=ground,
    )
    return truth, ground


def test_the_leg_goes_where_it_is_meant_to(reached):
    truth, _ = reached
    error = np.degrees(truth.joint_angle - truth.target_angle)
    assert np.abs(error[:, :3]).max() < 0.01  # the pelvis rests
    # As near as in walking, hip, knee and ankle.
    assert (np.sqrt(np.mean(error[:, 3:] ** 2, axis=0)) < [2.0, 5.0, 5.0]).all()


def test_nothing_touches_the_foot_and_the_muscles_do_all(person, reached):
    """Without a ground, what the motion needs is what the muscles do."""
    truth, ground = reached
    assert not np.any(ground.wrench(truth.time_s)[0])
    body = InternalModel(person.anatomy)
    joints = [person.anatomy.coordinates.index(name) for name in JOINTS]
    needed = [
        body.moment(truth.joint_angle[k], truth.joint_velocity[k], truth.joint_acceleration[k])
        for k in range(0, len(truth.time_s), 20)
    ]
    made = truth.joint_moment[::20, joints]
    error = np.array(needed)[:, joints] - made
    assert np.sqrt(np.mean(error**2)) < 0.02 * np.abs(made).max()
    assert np.abs(made).max() > 10.0


def test_the_foot_is_in_the_air_in_every_posture(person):
    reach = FreeReach()
    pelvis = reach.walk(person, 0.0, 1.0, np.random.default_rng(1)).target.angle[0]
    chain = SagittalChain(person.anatomy, "calcn_r")
    places = {m.name: m.location_m[:2] for m in person.anatomy.markers if m.body == "calcn_r"}
    for corner in itertools.product(reach.hip_deg, reach.knee_deg, reach.ankle_deg):
        angle = np.array([*pelvis[:3], *np.radians(corner)])
        heights = [chain.locate(angle, np.array(place))[0][1] for place in places.values()]
        assert min(heights) > 0.02, corner


def test_movements_are_those_of_least_jerk_and_no_faster_than_a_leg_is(person):
    target = FreeReach().walk(person, 0.0, 60.0, np.random.default_rng(9)).target
    speed = np.degrees(np.abs(target.velocity[:, 3:]))
    # Flash, Hogan 1985: the peak is 15/8 of the mean; farthest in the shortest time at most.
    way = np.array([50.0, 60.0, 30.0])
    assert (speed.max(axis=0) < 15 / 8 * way / 0.5).all()
    # Swing bends the knee at 350-450 and the hip at 200 degrees a second, which no reach exceeds.
    assert (speed.max(axis=0) < [200.0, 400.0, 300.0]).all()
    # Joints move together and rest together.
    still = speed < 1e-9
    assert (still.all(axis=1) == still.any(axis=1)).mean() > 0.99
    # Nothing repeats: no lag at which the knee would tell itself.
    knee = target.angle[::50, 4] - target.angle[:, 4].mean()
    echo = np.correlate(knee, knee, "full")[len(knee) :] / (knee @ knee)
    assert np.abs(echo[40:600]).max() < 0.6
