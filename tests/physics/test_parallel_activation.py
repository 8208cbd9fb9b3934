"""Activation of all samples at once, against Runge-Kutta sample by sample."""

import math

import pytest
import torch

from myopinn.physics.parallel_activation import parallel_activation
from myopinn.physics.parameters import MuscleParameters
from myopinn.physics.trial import integrate_activation


def parameters(rise: float = 0.015, fall: float = 0.06) -> MuscleParameters:
    one = torch.ones(3).double()
    times = {"activation_time_constant": rise, "deactivation_time_constant": fall}
    return MuscleParameters.of(one, one, one, 0 * one, **times)


def excitation(frames: int) -> torch.Tensor:
    """Three muscles of two trials that last one second, shape (3, 2, frames)."""
    phase = 2 * math.pi * torch.arange(frames).double() / frames
    shift = torch.arange(6).double().reshape(3, 2, 1)
    return 0.5 + 0.3 * torch.sin(phase + shift) + 0.15 * torch.sin(4 * phase + 2 * shift)


@pytest.mark.parametrize("frames", [1, 2, 37, 100])
@pytest.mark.parametrize(("rise", "fall"), [(0.015, 0.06), (0.03, 0.12)])
def test_activation_is_that_of_runge_kutta(frames, rise, fall):
    e = excitation(100)[..., :frames]
    expected = integrate_activation(e, parameters(rise, fall), 0.01)
    found = parallel_activation(e, 0.01, rise, fall)
    # Activation lags by up to 0.1 here.
    assert (found - expected).abs().max() < 1e-3


def test_the_error_falls_with_the_square_of_the_time_step():
    errors = []
    for frames in (100, 400):
        e = excitation(frames)
        expected = integrate_activation(e, parameters(), 1.0 / frames)
        errors.append(
            float((parallel_activation(e, 1.0 / frames, iterations=10) - expected).abs().max())
        )
    assert errors[1] < errors[0] / 10


def test_a_step_rises_and_falls_within_bounds_at_any_time_step():
    e = torch.zeros(1, 60).double()
    e[:, 20:40] = 1.0
    for step in (0.001, 0.02, 1.0):
        a = parallel_activation(e, step)
        assert (a >= 0).all() and (a <= 1).all()
        assert (a[:, 20:40].diff() >= -1e-12).all() and (a[:, 40:].diff() <= 1e-12).all()


def test_each_trial_has_its_own_time_step():
    e = excitation(50)
    steps = torch.tensor([[0.01], [0.02]]).double()
    both = parallel_activation(e, steps)
    for trial, step in enumerate((0.01, 0.02)):
        torch.testing.assert_close(both[:, trial], parallel_activation(e[:, trial], step))


def test_gradients_are_those_of_finite_differences():
    e = excitation(100)[:1, :1, :12].clone().requires_grad_()
    times = torch.tensor([0.015, 0.06]).double().requires_grad_()
    assert torch.autograd.gradcheck(
        lambda e, t: parallel_activation(e, 0.01, t[0], t[1]), (e, times)
    )
