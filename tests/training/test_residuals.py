from dataclasses import replace

import numpy as np
import pytest
import synthetic_study as synthetic
import torch

from myopinn.errors import ConfigError
from myopinn.moment_arms import MomentArms
from myopinn.problem import Cycles, Physics, Problem
from myopinn.residuals import MomentBalance, SingleJoint, physics_residual

KNEE_MUSCLES = ("flexor", "extensor", "biarticular")


def knee_problem(people: int = 2, **changed) -> Problem:
    problem = Problem(
        channels=synthetic.CHANNELS,
        coordinates=("knee",),
        muscles=KNEE_MUSCLES,
        time_input=False,
        target_centre=(0.7, 400.0, 700.0, 80.0),
        target_range=(1.3, 800.0, 1300.0, 250.0),
        moment_range_n_m=90.0,
        physics=Physics("knee"),
        dataset_coordinates=synthetic.COORDINATES,
        geometries=tuple(synthetic.geometry_arrays(k) for k in range(people)),
    )
    return replace(problem, **changed)


def knee_cycles(problem: Problem, person: list[int]) -> Cycles:
    """Cycles whose forces, angles and moments are in balance; `person` says whose each one is."""
    rng = np.random.default_rng(5)
    values = [synthetic.cycle_values(p, rng, 1) for p in person]
    angle, moment, force = (
        torch.as_tensor(np.concatenate([v[key] for v in values])).transpose(1, 2)
        for key in ("joint_angle", "joint_moment", "muscle_force")
    )
    targets = torch.cat([angle[:, 1:], force[:, :3]], dim=1)
    centre, extent = torch.tensor(problem.target_centre), torch.tensor(problem.target_range)
    zeros = torch.zeros(len(person))
    cycles = Cycles(
        inputs=torch.zeros(len(person), 2, 100, dtype=torch.double),
        targets=(targets - centre[:, None]) / extent[:, None],
        joint_angle=angle,
        joint_moment=moment[:, 1],
        time_step_s=zeros + 0.01,
        load_kg=zeros,
        person=torch.tensor(person),
    )
    return replace(cycles, derived=physics_residual(problem).derive(cycles))


def test_balance_is_zero_for_the_true_forces_and_angles_and_positive_otherwise():
    problem = knee_problem()
    balance = MomentBalance(problem).double()
    cycles = knee_cycles(problem, [0, 1, 1, 0] * 10)
    # The scales are in single precision, and 1e-6 of 90 N.m is what that leaves.
    assert balance.residual(cycles, cycles.targets).abs().max() < 1e-5
    for row in range(4):
        wrong = cycles.targets.clone()
        wrong[:, row] += 0.1
        assert balance(cycles, wrong) > 1e-6


def test_residual_is_the_unbalanced_moment_as_a_share_of_its_range():
    problem = knee_problem()
    balance = MomentBalance(problem).double()
    cycles = knee_cycles(problem, [0, 1])
    shifted = replace(cycles, joint_moment=cycles.joint_moment - 9.0)
    residual = balance.residual(shifted, cycles.targets)
    # 9 N.m of a range of 90 N.m.
    torch.testing.assert_close(residual, torch.full_like(residual, 0.1), atol=1e-5, rtol=0)


def test_moment_arms_of_mixed_people_are_those_of_each_alone():
    """Against each person's own polynomials of both joints, at other angles than the measured."""
    problem = knee_problem(people=3)
    person = [2, 0, 1, 0, 2]
    cycles = knee_cycles(problem, person)
    predicted = cycles.joint_angle[:, 1] + 0.2 * torch.sin(torch.arange(100.0)).double()
    arms = MomentArms(problem)(cycles, predicted)
    for row, who in enumerate(person):
        joints = torch.stack([cycles.joint_angle[row, 0], predicted[row]])
        alone = synthetic.paths(who).moment_arm(joints)[:3, 1]
        torch.testing.assert_close(arms[row], alone, atol=1e-12, rtol=0)


def test_moment_arms_keep_their_value_outside_the_fitted_range():
    problem = knee_problem()
    cycles = knee_cycles(problem, [0])
    arms = MomentArms(problem)
    edge, beyond = (arms(cycles, torch.full((1, 100), q).double()) for q in (2.0, 9.0))
    torch.testing.assert_close(beyond, edge)


def test_a_gradient_reaches_angle_and_forces():
    problem = knee_problem()
    balance = MomentBalance(problem).double()
    cycles = knee_cycles(problem, [0, 1])
    outputs = (cycles.targets + 0.05).requires_grad_()
    assert torch.autograd.gradcheck(lambda o: balance(cycles, o), outputs, fast_mode=True)
    balance(cycles, outputs).backward()
    assert (outputs.grad.abs().amax((0, 2)) > 0).all()


def test_a_joint_that_muscles_cross_but_the_dataset_lacks_is_named():
    problem = knee_problem(dataset_coordinates=("ankle", "knee"))
    with pytest.raises(ConfigError, match=r"joint 'hip' is crossed by \['biarticular'\]"):
        knee_cycles(problem, [0])


def pendulum_problem(load_point: float = 0.3) -> Problem:
    """A forearm of 1.5 kg, 0.2 m from a level axis along z, lifted by one muscle 0.04 m from it."""
    forearm = {
        "coordinates": ["elbow"],
        "axis": [[0.0, 0.0, 1.0]],
        "point": [[0.0, 1.0, 0.0]],
        "mass": [1.5],
        "centre_of_mass": [[0.2, 1.0, 0.0]],
        "inertia": [np.diag([0.001, 0.02, 0.02]).tolist()],
        "gravity": [0.0, -9.81, 0.0],
        "load_point": [load_point, 1.0, 0.0],
        "load_gyration": 0.0,
    }
    lever = {
        "coefficient": np.array([[0.3, -0.04 * 2.0]]),
        "exponent": np.array([[0], [1]]),
        "centre": np.array([0.5]),
        "half_range": np.array([2.0]),
        "crosses": np.array([[1]]),
        "muscle": np.array(["biceps"], dtype=object),
        "coordinate": np.array(["elbow"], dtype=object),
    }
    return Problem(
        channels=("biceps",),
        coordinates=("elbow",),
        muscles=("biceps",),
        time_input=False,
        target_centre=(0.0, 0.0),
        target_range=(1.0, 1.0),
        moment_range_n_m=1.0,
        physics=Physics("elbow", "single_joint"),
        dataset_coordinates=("elbow",),
        geometries=(lever,),
        joint_inertias=(forearm,),
    )


def pendulum_cycle(duration_s: float, load_kg: float) -> Cycles:
    """A known motion, 0.5 + 0.4 sin(2 pi t / T), with the force that it takes."""
    time = torch.arange(100, dtype=torch.double) * duration_s / 100
    rate = 2 * np.pi / duration_s
    angle = 0.5 + 0.4 * torch.sin(rate * time)
    acceleration = -0.4 * rate**2 * torch.sin(rate * time)
    inertia = 0.02 + 1.5 * 0.2**2 + load_kg * 0.3**2
    weight = (1.5 * 0.2 + load_kg * 0.3) * 9.81
    force = (inertia * acceleration + weight * torch.cos(angle)) / 0.04
    cycles = Cycles(
        inputs=torch.zeros(1, 1, 100, dtype=torch.double),
        targets=torch.stack([angle, force])[None],
        joint_angle=angle[None, None],
        joint_moment=torch.zeros(1, 100),
        time_step_s=torch.tensor([duration_s / 100]).double(),
        load_kg=torch.tensor([load_kg]),
        person=torch.tensor([0]),
    )
    problem = pendulum_problem()
    return replace(cycles, derived=physics_residual(problem).derive(cycles))


@pytest.mark.parametrize(("duration_s", "load_kg"), [(1.0, 0.0), (0.6, 0.0), (1.5, 2.0)])
def test_known_motion_of_a_joint_that_moves_alone_leaves_no_residual(duration_s, load_kg):
    residual = SingleJoint(pendulum_problem()).double()
    cycles = pendulum_cycle(duration_s, load_kg)
    left = residual.residual(cycles, cycles.targets)
    assert left.shape == (1, 98)
    # The second difference is short of the acceleration by (2 pi / 100)^2 / 12.
    inertia = 0.02 + 1.5 * 0.2**2 + load_kg * 0.3**2
    greatest = inertia * 0.4 * (2 * np.pi / duration_s) ** 2
    assert left.abs().max() < 1.01 * greatest * (2 * np.pi / 100) ** 2 / 12 + 1e-6


def test_a_load_that_is_not_accounted_for_leaves_its_weight():
    residual = SingleJoint(pendulum_problem()).double()
    cycles = pendulum_cycle(1.0, 2.0)
    without = pendulum_cycle(1.0, 0.0)
    left = residual.residual(replace(cycles, derived=without.derived), cycles.targets)
    assert left.abs().max() > 2.0 * 0.3 * 9.81 * 0.5


def test_a_joint_alone_needs_its_own_inertia():
    with pytest.raises(ConfigError, match="joint inertia of every person"):
        SingleJoint(replace(pendulum_problem(), joint_inertias=()))
    other = {**pendulum_problem().joint_inertias[0], "coordinates": ["wrist"]}
    with pytest.raises(ConfigError, match=r"\['wrist'\] was given"):
        SingleJoint(replace(pendulum_problem(), joint_inertias=(other,)))


def test_physics_that_cannot_be_is_refused():
    with pytest.raises(ConfigError, match="needs 'physics"):
        physics_residual(knee_problem(physics=None))
    with pytest.raises(ConfigError, match="not among the predicted"):
        physics_residual(knee_problem(physics=Physics("ankle")))
    with pytest.raises(ConfigError, match="no kind 'magic'"):
        physics_residual(knee_problem(physics=Physics("knee", "magic")))
