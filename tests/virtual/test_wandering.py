"""Walking at a speed that wanders, against walking at fixed speeds and against mechanics."""

import numpy as np
import pytest

from myopinn.recordings.virtual_gait import SOLE_M
from myopinn.virtual.ground import Treadmill
from myopinn.virtual.leg import JOINTS, leg_anatomy
from myopinn.virtual.motion import GRID_S
from myopinn.virtual.normative_gait import NormativeGait
from myopinn.virtual.people import draw_person
from myopinn.virtual.sagittal import SagittalChain
from myopinn.virtual.simulation import STEP_S, Integrator, simulate
from myopinn.virtual.walk import intend_walk, stride_time_s
from myopinn.virtual.walker import WalkingController, WalkingGains
from myopinn.virtual.wandering import MOST_ACCELERATION_M_S2, intend_to_wander, wander

SPEEDS_M_S = (0.8, 1.6)


@pytest.fixture(scope="module")
def person():
    return draw_person("P1", leg_anatomy(), 73.4, 0.004, np.random.default_rng(1))


@pytest.fixture(scope="module")
def walk(person):
    return intend_to_wander(person, SPEEDS_M_S, 0.0, 30.0, np.random.default_rng(2))


def speed_of(walk):
    """Speeds are told by what the walk is like, from level to level."""
    return walk.share @ np.linspace(*SPEEDS_M_S, walk.share.shape[1])


def test_the_speed_wanders_as_that_of_a_belt_may():
    time = np.arange(0.0, 300.0, GRID_S)
    speed = wander(time, SPEEDS_M_S, 0.55, np.random.default_rng(3))
    assert SPEEDS_M_S[0] <= speed.min() and speed.max() <= SPEEDS_M_S[1]
    change = np.gradient(speed, GRID_S)
    assert np.abs(change).max() < 1.01 * MOST_ACCELERATION_M_S2
    # No jump in the acceleration either, which a joint would have to follow.
    assert np.abs(np.gradient(change, GRID_S)).max() < 20.0
    # Moore et al. 2015, doi:10.7717/peerj.918: belts whose speed had an SD of 0.06-0.21 m/s.
    assert 0.12 < speed.std() < 0.25
    # From one step to the next, not once in a while: a new speed at least every two seconds.
    turns = np.flatnonzero(np.diff(np.sign(change[np.abs(change) > 1e-3]))).size
    assert turns > 300.0 / 6.0


@pytest.mark.parametrize("what", ["angle", "force", "pressure", "mean", "tilt"])
def test_gait_at_wandering_speeds_is_at_each_instant_that_at_its_speed(what):
    speeds, phase = np.array([0.30, 0.45, 0.52]), np.array([0.1, 0.45, 0.8])

    def look(gait, at):
        return {
            "angle": lambda: gait.angle_deg(JOINTS[1], at),
            "force": lambda: gait.force(at),
            "pressure": lambda: gait.pressure(at),
            "mean": lambda: gait.mean_angle_deg(JOINTS[1]),
            "tilt": lambda: gait.pelvic_tilt_deg,
        }[what]()

    each = [
        look(NormativeGait(float(v)), np.array([p])) for v, p in zip(speeds, phase, strict=True)
    ]
    found = look(NormativeGait(speeds), phase)
    np.testing.assert_allclose(found, np.array(each).reshape(found.shape), atol=1e-11)


def test_the_intended_foot_follows_the_belt_at_its_speed_of_the_moment(person, walk):
    chain = SagittalChain(person.anatomy, "calcn_r")
    place, jacobian = chain.locate(walk.target.angle, walk.pressure_m)
    pace = np.einsum("tic,tc->ti", jacobian, walk.target.velocity)[:, 0]
    loaded = walk.force_n[:, 1] > 0.3 * walk.body_weight_n
    assert np.sqrt(np.mean(place[loaded, 1] ** 2)) < 0.015
    # Step by step: its mean pace is that of the belt in that step, which differs between steps.
    stride = np.floor(walk.phase).astype(int)
    steps = [loaded & (stride == k) for k in range(stride.min() + 1, stride.max())]
    belt = np.array([speed_of(walk)[rows].mean() for rows in steps])
    foot = np.array([-pace[rows].mean() for rows in steps])
    assert np.abs(foot - belt).max() < 0.15
    assert np.corrcoef(foot, belt)[0, 1] > 0.97
    assert belt.std() > 0.1


def test_strides_take_their_time_by_the_speed(person, walk):
    strikes = np.interp(
        np.arange(1, int(walk.phase[-1])), walk.phase, np.arange(len(walk.phase)) * GRID_S
    )
    took = np.diff(strikes)
    longest, shortest = (stride_time_s(person, speed) for speed in SPEEDS_M_S)
    assert np.ptp(took) > 0.3 * (longest - shortest)
    assert took.min() > 0.95 * shortest and took.max() < 1.05 * longest


def outside_the_mean_cycle(walk):
    """Share of the joint angles' variance that the phase does not tell."""
    rows = walk.target.angle[:, -3:]
    bins = (walk.phase % 1 * 100).astype(int)
    mean = np.array([rows[bins == k].mean(axis=0) for k in range(100)])
    return ((rows - mean[bins]) ** 2).sum(axis=0) / ((rows - rows.mean(axis=0)) ** 2).sum(axis=0)


def test_less_of_it_is_told_by_the_mean_cycle(person, walk):
    fixed = intend_walk(person, 1.2, 0.0, 30.0, np.random.default_rng(2))
    assert (outside_the_mean_cycle(walk) > 2.0 * outside_the_mean_cycle(fixed)).all()


def test_a_person_follows_and_the_pelvis_keeps_to_its_path(person):
    rng = np.random.default_rng(5)
    lead = round(2 * stride_time_s(person, 1.2) / STEP_S) * STEP_S
    walk = intend_to_wander(person, SPEEDS_M_S, -lead, 3.0, rng)
    truth = simulate(
        person,
        WalkingController(person, walk, WalkingGains(), STEP_S, rng),
        3.0,
        lead,
        "wandering",
        integrator=Integrator("RungeKutta3", 1e-4),
        surroundings=Treadmill(person, walk, SOLE_M),
    )
    error = truth.joint_angle - truth.target_angle
    assert np.abs(error[:, :3]).max() < 1e-3
    # By the plan of the slowest or of the fastest level alone it is 2.9 and 3.4 degrees.
    assert np.degrees(np.sqrt(np.mean(error[:, 3:] ** 2))) < 2.4
