"""The truth of a trial obeys mechanics and physiology."""

import dataclasses
import math

import numpy as np
import opensim as osim
import pytest

from myopinn.errors import TrialError
from myopinn.virtual.control import FeedbackController, Gains, MaximalEffort
from myopinn.virtual.internal_model import InternalModel, share_moment
from myopinn.virtual.motion import hold_still, swing
from myopinn.virtual.simulation import STEP_S, HeldControls, simulate
from myopinn.virtual.wrist import MUSCLES


def test_muscle_moments_are_what_inverse_dynamics_asks_for(person, truth):
    body = InternalModel(person.anatomy)
    asked = np.array(
        [
            body.moment(q, qd, qdd)
            for q, qd, qdd in zip(
                truth.joint_angle, truth.joint_velocity, truth.joint_acceleration, strict=True
            )
        ]
    )
    np.testing.assert_allclose(truth.joint_moment, asked, atol=1e-9)


@pytest.mark.parametrize("locked", [False, True])
def test_observing_gives_what_a_copy_of_the_state_gives(person, locked):
    body = HeldControls(person, locked=locked)
    count = len(body.muscles)
    body.start(np.array([0.3]), np.array([-0.5]), np.full(count, 0.1))
    for step in range(1, 5):
        body.advance(np.linspace(0.1, 0.2 * step, count), step * STEP_S)
        muscles, arms, acceleration = body.observe()
        copy = osim.State(body.state)
        body.model.realizeAcceleration(copy)
        coordinate = body.coordinates[0]
        for muscle, (activation, force, length, speed) in zip(body.muscles, muscles, strict=True):
            assert activation == muscle.getActivation(copy)
            assert force == muscle.getTendonForce(copy)
            assert length == muscle.getFiberLength(copy)
            assert speed == muscle.getFiberVelocity(copy)
        assert acceleration == [coordinate.getAccelerationValue(copy)]
        computed = [[muscle.computeMomentArm(copy, coordinate) for muscle in body.muscles]]
        np.testing.assert_allclose(arms, computed, atol=1e-12)
    assert (abs(coordinate.getValue(body.state) - 0.3) < 1e-9) == locked


def test_an_internal_model_remembers_nothing_of_the_postures_before(person):
    used, angles = InternalModel(person.anatomy), np.array([[0.2], [0.2], [-0.4], [0.2]])
    for angle, speed in zip(angles, (0.0, 4.0, -2.0, 1.0), strict=True):
        fresh, moving = InternalModel(person.anatomy), np.array([speed])
        assert used.moment(angle, moving, moving) == fresh.moment(angle, moving, moving)
        for mine, its in zip(used.geometry(angle), fresh.geometry(angle), strict=True):
            np.testing.assert_array_equal(mine, its)


def test_the_motion_is_consistent_in_time(truth):
    q, qd, qdd = truth.joint_angle[:, 0], truth.joint_velocity[:, 0], truth.joint_acceleration[:, 0]
    np.testing.assert_allclose(np.diff(truth.time_s), STEP_S)
    assert truth.time_s[0] == pytest.approx(0.0)
    # Trapezoids of 5 ms: their error is a twelfth of the step squared times the next derivative.
    np.testing.assert_allclose(np.diff(q), STEP_S * (qd[1:] + qd[:-1]) / 2, atol=2e-5)
    np.testing.assert_allclose(np.diff(qd), STEP_S * (qdd[1:] + qdd[:-1]) / 2, atol=2e-2)


def test_the_person_does_what_was_intended(truth):
    error = np.degrees(truth.joint_angle - truth.target_angle)
    # The probe of an elbow tracked 1.3 to 3.6 degrees with a load and 6 to 10 without.
    assert np.sqrt(np.mean(error**2)) < 7.0
    assert np.ptp(np.degrees(truth.joint_angle)) > 70.0
    # Not a replay of the target: nobody is that good.
    assert np.sqrt(np.mean(error**2)) > 0.5


class Switch:
    """Excites every muscle from half a second on, against a fixture."""

    locked, target = True, None

    def command(self, time_s, angle, velocity):
        return np.full(len(MUSCLES), 0.01 if time_s < 0.4999 else 0.6)


def test_activation_follows_excitation_after_the_electromechanical_delay(person):
    for delay in (0.010, 0.020):
        slow = dataclasses.replace(person, electromechanical_delay_s=delay)
        truth = simulate(slow, Switch(), 1.0, 0.1, "switch")
        assert truth.time_s[np.argmax(truth.excitation[:, 0] > 0.5)] == pytest.approx(0.5)
        rising = truth.time_s[np.argmax(truth.activation > 0.02, axis=0)]
        np.testing.assert_allclose(rising, 0.5 + delay + STEP_S, atol=1e-9)
        # Tendon and fibres take their time as well, and force arrives in the end.
        half = truth.tendon_force[-1] / 2
        arriving = truth.time_s[np.argmax(truth.tendon_force > half, axis=0)]
        assert (arriving > rising + 0.01).all() and (arriving < rising + 0.1).all()


def test_feedback_makes_up_for_wrong_beliefs(person):
    errors = {}
    for name, gains in (
        ("feedback", Gains()),
        ("none", Gains(proportional=0.0, derivative=0.0, integral=0.0)),
    ):
        rng = np.random.default_rng(3)
        target = swing(0.7, math.radians(40.0), -0.5, 2.0, rng)
        controller = FeedbackController(person, target, gains, STEP_S, rng)
        truth = simulate(person, controller, 2.0, 0.5, "beliefs")
        errors[name] = np.sqrt(np.mean((truth.joint_angle - truth.target_angle) ** 2))
    assert errors["feedback"] < 0.6 * errors["none"]


def test_both_groups_work_and_never_rest(truth):
    angle = truth.joint_angle[:, 0]
    flexed, extended = angle > 0.5, angle < -0.5
    for k, name in enumerate(MUSCLES[:4]):
        ratio = truth.excitation[flexed, k].mean() / truth.excitation[extended, k].mean()
        assert ratio > 1.3 if name.startswith("F") else ratio < 1 / 1.3
    assert truth.excitation.min() >= 0.01
    assert truth.excitation.max() < 0.6


def test_elastic_tendons_stretch(person, truth):
    """The truth's formulation is not the analysis's: its tendons have no fixed length."""
    lengths = [InternalModel(person.anatomy).geometry(q)[0] for q in truth.joint_angle[::20]]
    for k, muscle in enumerate(person.anatomy.muscles):
        fiber = truth.fiber_length[::20, k]
        height = muscle.optimal_fiber_length_m * math.sin(muscle.pennation_angle_rad)
        tendon = np.array(lengths)[:, k] - np.sqrt(fiber**2 - height**2)
        assert np.ptp(tendon) > 1e-4


def test_a_fixture_holds_the_hand_while_every_muscle_reaches_its_maximum(person):
    rng = np.random.default_rng(0)
    effort = MaximalEffort((MUSCLES[:2], MUSCLES[2:]), MUSCLES, 4.0, Gains(), STEP_S, rng)
    truth = simulate(person, effort, 4.0, 0.2, "mvc")
    assert np.abs(truth.joint_angle).max() < 1e-6
    assert (truth.activation.max(axis=0) > 0.8).all()
    assert truth.joint_moment.max() > 4.0 and truth.joint_moment.min() < -3.0


def test_a_simulation_that_diverges_is_reported_by_person_and_trial(person):
    rng = np.random.default_rng(0)
    target = swing(0.5, math.radians(120.0), -0.5, 2.0, rng)
    controller = FeedbackController(person, target, Gains(), STEP_S, rng)
    with pytest.raises(TrialError, match=r"session_1_wild: .*P01 diverged.*wrist_flexion") as info:
        simulate(person, controller, 2.0, 0.5, "session_1_wild")
    assert info.value.trial == "session_1_wild"


def test_a_still_person_stays_still(person):
    rng = np.random.default_rng(0)
    target = hold_still(np.zeros(1), -1.0, 1.0)
    quiet = dataclasses.replace(Gains(), motor_noise=0.05)
    truth = simulate(person, FeedbackController(person, target, quiet, STEP_S, rng), 1.0, 1.0, "s")
    assert np.abs(np.degrees(truth.joint_angle)).max() < 5.0


def test_sharing_meets_the_moment_with_the_muscles_that_can():
    capacity = np.array([[6.0, 7.0, -3.0, -3.0, -1.0]])
    floor, price = np.full(5, 0.02), np.ones(5)
    for moment in (-2.0, 0.0, 3.0):
        shared = share_moment(capacity, np.array([moment]), price, floor)
        assert capacity @ shared == pytest.approx([moment], abs=0.02)
        assert (shared >= floor - 1e-12).all() and (shared <= 1).all()
    # More than there is: the agonists saturate, the antagonists stay at the floor.
    shared = share_moment(capacity, np.array([99.0]), price, floor)
    np.testing.assert_allclose(shared, [1.0, 1.0, 0.02, 0.02, 0.02], atol=1e-9)
