from dataclasses import replace

import numpy as np
import pytest
import synthetic_study as synthetic
import torch
from torch import Tensor

from myopinn.dataset.problem import Cycles, Physics, Problem
from myopinn.errors import ConfigError
from myopinn.methods.joint.moment_arms import MomentArms
from myopinn.methods.losses.residuals import MomentBalance, SingleJoint, physics_residual
from myopinn.physics.weak_form import averaging_windows

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


MASS_KG, CENTRE_M, LOAD_M, ARM_M, INERTIA = 1.5, (0.2, -0.05), (0.3, 0.04), 0.04, 0.02


def pendulum_problem() -> Problem:
    """A forearm that turns about a level axis along z, lifted by one muscle 0.04 m from it.

    Neither its centre of mass nor the hand lies on the line from which the angle is counted, so
    that gravity has a cosine and a sine.
    """
    forearm = {
        "coordinates": ["elbow"],
        "axis": [[0.0, 0.0, 1.0]],
        "point": [[0.0, 1.0, 0.0]],
        "mass": [MASS_KG],
        "centre_of_mass": [[CENTRE_M[0], 1.0 + CENTRE_M[1], 0.0]],
        "inertia": [np.diag([0.001, 0.02, INERTIA]).tolist()],
        "gravity": [0.0, -9.81, 0.0],
        "load_point": [LOAD_M[0], 1.0 + LOAD_M[1], 0.0],
        "load_gyration": 0.0,
    }
    lever = {
        "coefficient": np.array([[0.3, -ARM_M * 2.0]]),
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


def inertia_of(load_kg: float) -> float:
    """About the joint, by Steiner's theorem."""
    return INERTIA + MASS_KG * np.hypot(*CENTRE_M) ** 2 + load_kg * np.hypot(*LOAD_M) ** 2


def moment_of(angle: Tensor, acceleration: Tensor, load_kg: float) -> Tensor:
    """What the motion takes: inertia, and the slope of the potential energy over the angle."""
    turned = angle.clone().requires_grad_()
    energy = sum(
        mass * 9.81 * (y * torch.cos(turned) + x * torch.sin(turned)).sum()
        for mass, (x, y) in ((MASS_KG, CENTRE_M), (load_kg, LOAD_M))
    )
    (slope,) = torch.autograd.grad(energy, turned)
    return inertia_of(load_kg) * acceleration + slope


def pendulum_cycle(duration_s: float, load_kg: float) -> Cycles:
    """A known motion, 0.5 + 0.9 sin(2 pi t / T), with the force that it takes."""
    time = torch.arange(100, dtype=torch.double) * duration_s / 100
    rate = 2 * np.pi / duration_s
    angle = 0.5 + SWING * torch.sin(rate * time)
    acceleration = -SWING * rate**2 * torch.sin(rate * time)
    force = moment_of(angle, acceleration, load_kg) / ARM_M
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


SWING = 0.9


@pytest.mark.parametrize(("duration_s", "load_kg"), [(1.0, 0.0), (0.6, 0.0), (2.0, 2.0)])
def test_known_motion_of_a_joint_that_moves_alone_leaves_no_residual(duration_s, load_kg):
    residual = SingleJoint(pendulum_problem()).double()
    cycles = pendulum_cycle(duration_s, load_kg)
    left = residual.residual(cycles, cycles.targets)
    # The second difference is short of the acceleration by (2 pi / 100)^2 / 12, and an average of
    # it by no more.
    greatest = inertia_of(load_kg) * SWING * (2 * np.pi / duration_s) ** 2
    assert left.abs().max() < 1.01 * greatest * (2 * np.pi / 100) ** 2 / 12 + 1e-6


@pytest.mark.parametrize("name", ["gravity_cos", "gravity_sin", "joint_inertia"])
def test_each_part_of_the_equation_is_missed_where_it_has_the_wrong_sign(name):
    residual = SingleJoint(pendulum_problem()).double()
    cycles = pendulum_cycle(1.0, 0.0)
    turned = replace(cycles, derived={**cycles.derived, name: -cycles.derived[name]})
    # Twice the part itself, whose largest value is 0.7 N.m at least, less what the average takes.
    assert residual.residual(turned, cycles.targets).abs().max() > 1.0


def test_windows_of_the_weak_form_are_averages_inside_the_cycle():
    steps = torch.tensor([0.008, 0.02, 0.2]).double()
    windows = averaging_windows(steps, 98, width_s=0.25, spacing_frames=4)
    torch.testing.assert_close(windows.sum(-1), torch.ones_like(windows[..., 0]))
    assert (windows >= 0).all()
    # 0.25 s hold 31.25 frames of 8 ms and 12.5 of 20 ms; of 200 ms, the four of a window at least.
    assert (windows > 0).sum(-1).amax(-1).tolist() == [32, 13, 4]
    # Every frame but the ends counts, so that nothing of a cycle is free of the equation.
    assert (windows[:2].sum(1)[:, 1:-1] > 0).all()


@pytest.mark.parametrize("duration_s", [1.0, 2.0])
def test_noise_in_the_angle_reaches_the_residual_as_the_window_lets_it(duration_s):
    """White noise of a degree, against the integral of the squared curvature of the window."""
    residual = SingleJoint(pendulum_problem()).double()
    cycles = pendulum_cycle(duration_s, 0.0)
    weightless = {name: torch.zeros(1).double() for name in ("gravity_cos", "gravity_sin")}
    cycles = replace(cycles, derived={**cycles.derived, **weightless})
    noise = np.radians(1.0) * np.random.default_rng(3).standard_normal((400, 100))
    noisy = cycles.targets.repeat(400, 1, 1)
    noisy[:, 0] += torch.as_tensor(noise)
    many = cycles.take(torch.zeros(400, dtype=torch.long))
    left = residual.residual(many, noisy) - residual.residual(cycles, cycles.targets)
    step, half = duration_s / 100, 0.125
    curvature = np.polynomial.Polynomial([1, 0, -1]) ** 4
    squared = (curvature.deriv(2) ** 2).integ()
    area = curvature.integ()
    spread = np.sqrt(step * (squared(1) - squared(-1)) / half**3) / (half * (area(1) - area(-1)))
    expected = inertia_of(0.0) * np.radians(1.0) * spread
    # Windows of 12 frames are summed, not integrated: within a tenth.
    assert float(left.std()) == pytest.approx(expected, rel=0.1)
    bare = inertia_of(0.0) * np.radians(1.0) * np.sqrt(6) / step**2
    assert float(left.std()) < 0.1 * bare


def test_a_load_that_is_not_accounted_for_leaves_its_weight():
    residual = SingleJoint(pendulum_problem()).double()
    cycles = pendulum_cycle(1.0, 2.0)
    without = pendulum_cycle(1.0, 0.0)
    left = residual.residual(replace(cycles, derived=without.derived), cycles.targets)
    assert left.abs().max() > 2.0 * 0.3 * 9.81 * 0.5


def raised_problem() -> Problem:
    """The same forearm on an upper arm that rests at an angle of its own in each cycle."""
    plain = pendulum_problem()
    (forearm,) = plain.joint_inertias
    upper = {"axis": [0.0, 0.0, 1.0], "point": [-0.1, 1.3, 0.0], "mass": 2.0}
    upper |= {"centre_of_mass": [-0.05, 1.1, 0.0], "inertia": np.diag([0.03] * 3).tolist()}
    chain = {**forearm, **{key: [value, *forearm[key]] for key, value in upper.items()}}
    chain["coordinates"] = ["shoulder", "elbow"]
    # Other joints may rest as well.
    return replace(plain, joint_inertias=(chain,), held_coordinates=("hip", "shoulder"))


def test_gravity_comes_from_where_the_resting_joint_has_turned_it():
    """A forearm bent by an angle on an arm that is raised by another hangs as one bent by both."""
    shoulder, load_kg, duration_s = 0.7, 2.0, 2.0
    problem = raised_problem()
    residual = SingleJoint(problem).double()
    cycles = pendulum_cycle(duration_s, load_kg)
    angle = cycles.joint_angle[0, 0]
    acceleration = -((2 * np.pi / duration_s) ** 2) * (angle - 0.5)
    force = moment_of(angle + shoulder, acceleration, load_kg) / ARM_M
    targets = torch.stack([angle, force])[None]
    held = torch.tensor([[-1.0, shoulder]]).double()
    raised = replace(cycles, held_angle=held, derived={})
    left = residual.residual(replace(raised, derived=residual.derive(raised)), targets)
    greatest = inertia_of(load_kg) * SWING * (2 * np.pi / duration_s) ** 2
    assert left.abs().max() < 1.01 * greatest * (2 * np.pi / 100) ** 2 / 12 + 1e-5
    hanging = replace(raised, held_angle=0 * held)
    left = residual.residual(replace(hanging, derived=residual.derive(hanging)), targets)
    assert left.abs().max() > 1.0


def test_a_joint_alone_needs_its_own_inertia():
    with pytest.raises(ConfigError, match="joint inertia of every person"):
        SingleJoint(replace(pendulum_problem(), joint_inertias=()))
    other = {**pendulum_problem().joint_inertias[0], "coordinates": ["wrist"]}
    with pytest.raises(ConfigError, match=r"\['wrist'\] was given"):
        SingleJoint(replace(pendulum_problem(), joint_inertias=(other,)))
    with pytest.raises(ConfigError, match=r"'dataset: held', which has \['hip'\]"):
        SingleJoint(replace(raised_problem(), held_coordinates=("hip",)))


def test_physics_that_cannot_be_is_refused():
    with pytest.raises(ConfigError, match="needs 'physics"):
        physics_residual(knee_problem(physics=None))
    with pytest.raises(ConfigError, match="not among the predicted"):
        physics_residual(knee_problem(physics=Physics("ankle")))
    with pytest.raises(ConfigError, match="no kind 'magic'"):
        physics_residual(knee_problem(physics=Physics("knee", "magic")))
