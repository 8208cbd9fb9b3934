from dataclasses import replace

import pytest
import torch
from joint_of_known_muscles import (
    DEEP,
    MUSCLES,
    STEP_S,
    generic_muscles,
    joint_problem,
    known_joint,
)

from myopinn.errors import ConfigError
from myopinn.methods.deep.neural_musculoskeletal import MusculoskeletalSettings
from myopinn.methods.joint.muscle_states import LENGTH, MOMENT_ARM, VELOCITY, joint_muscle_states
from myopinn.methods.muscles.personal_muscles import FACTORS, PersonalMuscles
from myopinn.physics.parameters import MuscleParameters
from myopinn.physics.rigid_tendon import tendon_force
from myopinn.physics.trial import integrate_activation


def test_the_moment_is_that_of_the_muscles_one_by_one_integrated_in_time():
    """Against Runge-Kutta along each trial, muscle by muscle, without a delay."""
    problem, cycles, excitation = known_joint()
    muscles = generic_muscles(problem)
    short = muscles.ranges["delay_s"]
    muscles.ranges["delay_s"] = replace(short, start=short.low)
    values = {name: float(value[0, 0]) for name, value in muscles.values().items()}
    geometry = problem.geometries[0]
    wanted = torch.zeros(len(cycles), 100)
    for row in range(len(MUSCLES)):
        parameters = MuscleParameters.of(
            *(
                torch.tensor([float(geometry[name][row])])
                for name in (
                    "max_isometric_force",
                    "optimal_fiber_length",
                    "tendon_slack_length",
                    "pennation_angle_at_optimal",
                )
            ),
            activation_time_constant=values["activation_time_s"],
            deactivation_time_constant=values["deactivation_time_s"],
            fiber_damping=values["fiber_damping"],
        )
        # The delay of 20 ms is one frame.
        late = torch.cat([excitation[:, row, :1], excitation[:, row, :-1]], 1)
        activation = integrate_activation(late[None], parameters, STEP_S)
        states = (cycles.derived[name][:, row][None] for name in (LENGTH, VELOCITY))
        force = tendon_force(*states, activation, parameters)[0]
        wanted += cycles.derived[MOMENT_ARM][:, row] * force
    moment = muscles(cycles, excitation).detach()
    assert (moment - wanted).abs().max() < 0.01 * wanted.abs().max()


def test_moment_arms_are_what_the_length_loses_by_the_angle():
    _, cycles, _ = known_joint()
    length, arm = (cycles.derived[name].double() for name in (LENGTH, MOMENT_ARM))
    angle = cycles.joint_angle.double()
    slope = (length[..., 1:] - length[..., :-1]) / (angle[..., 1:] - angle[..., :-1])
    torch.testing.assert_close(-slope[..., 10], arm[..., 10], rtol=1e-2, atol=1e-4)


def test_a_stronger_person_makes_more_moment_and_the_prior_says_how_far_off_that_is():
    problem, cycles, excitation = known_joint()
    muscles = PersonalMuscles(problem, MusculoskeletalSettings().ranges(), learned=True)
    before = muscles(cycles, excitation)
    assert float(muscles.prior().detach()) == pytest.approx(0.0, abs=1e-6)
    muscles.learned["common_strength"].shift.data += 0.02
    factor = float(muscles.values()["common_strength"].detach())
    assert factor > 1.05
    torch.testing.assert_close(muscles(cycles, excitation), factor * before, rtol=1e-4, atol=1e-4)
    spread = muscles.ranges["common_strength"].spread
    wanted = float(torch.tensor(factor).log() / spread) ** 2
    assert float(muscles.prior().detach()) == pytest.approx(wanted, rel=1e-4)


def test_generic_muscles_have_nothing_to_learn_and_identify_the_scaled_model():
    problem, _, _ = known_joint()
    muscles = generic_muscles(problem)
    assert not [p for p in muscles.parameters() if p.requires_grad]
    found = [f for f in muscles.identified(problem) if f.muscle]
    assert len(found) == len(FACTORS) * len(MUSCLES)
    for parameter in found:
        assert parameter.value == pytest.approx(parameter.generic, rel=1e-5)
        assert parameter.low < parameter.value < parameter.high


def test_parameters_stay_inside_their_bounds_however_far_they_are_pushed():
    problem, _, _ = known_joint()
    muscles = PersonalMuscles(problem, MusculoskeletalSettings().ranges(), learned=True)
    for module in muscles.learned.values():
        module.shift.data += 100.0
    for name, value in muscles.values().items():
        assert bool((value <= muscles.ranges[name].high * (1 + 1e-5)).all()), name


def test_a_muscle_that_does_not_cross_the_joint_is_refused_by_name():
    problem, cycles, _ = known_joint()
    geometry = dict(problem.geometries[0])
    geometry["crosses"] = geometry["crosses"].copy()
    geometry["crosses"][DEEP[0]] = 0
    with pytest.raises(ConfigError, match="deep flexor"):
        joint_muscle_states(replace(problem, geometries=(geometry,)), cycles)


def test_without_a_physics_there_is_no_moment():
    problem = replace(joint_problem(), physics=None)
    with pytest.raises(ConfigError, match="physics"):
        joint_muscle_states(problem, known_joint().cycles)
