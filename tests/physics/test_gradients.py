"""Every function's gradient against finite differences, in double precision."""

import pytest
import torch
from torch.autograd import gradcheck

from myopinn.physics import (
    degroote_fregly,
    elastic_tendon,
    excitation,
    meyer_fregly,
    motion,
    rigid_tendon,
    trial,
)
from myopinn.physics.activation import activation_derivative
from myopinn.physics.geometry import PathPolynomials
from myopinn.physics.parameters import MuscleParameters

FIBER = torch.linspace(0.25, 2.2, 14, dtype=torch.float64)
VELOCITY = torch.linspace(-0.99, 1.7, 14, dtype=torch.float64)
TENDON = torch.linspace(0.99, 1.12, 14, dtype=torch.float64)
FORCE = torch.linspace(0.01, 6.0, 14, dtype=torch.float64)
DOMAIN = {
    "active_force_length": FIBER,
    "active_force_length_derivative": FIBER,
    "force_velocity": VELOCITY,
    "force_velocity_derivative": VELOCITY,
    "force_velocity_inverse": torch.linspace(0.05, 1.5, 14, dtype=torch.float64),
    "passive_force_length": FIBER,
    "passive_force_length_derivative": FIBER,
    "tendon_force_length": TENDON,
    "tendon_force_length_derivative": TENDON,
    "tendon_force_length_inverse": FORCE,
    "tendon_force_length_inverse_derivative": FORCE,
}
PAIRS = ("active_force_length", "force_velocity", "passive_force_length", "tendon_force_length")


def leaf(tensor):
    return tensor.detach().clone().requires_grad_(True)


@pytest.mark.parametrize("curves", [degroote_fregly, meyer_fregly])
@pytest.mark.parametrize("name", DOMAIN)
def test_curves(curves, name):
    x = DOMAIN[name]
    # Kinks are the documented limits; no difference quotient holds across them.
    x = x[(x - 1.8).abs() > 1e-3]
    assert gradcheck(getattr(curves, name), (leaf(x),))


@pytest.mark.parametrize("curves", [degroote_fregly, meyer_fregly])
@pytest.mark.parametrize("name", PAIRS)
def test_written_derivatives_are_the_derivatives(curves, name):
    x = leaf(DOMAIN[name])
    (slope,) = torch.autograd.grad(getattr(curves, name)(x).sum(), x)
    written = getattr(curves, f"{name}_derivative")(x)
    assert torch.allclose(written, slope, rtol=1e-10, atol=1e-13)


def few(parameters, states):
    return [leaf(s[:, ::60]) for s in states], [leaf(p) for p in parameters[:9]]


@pytest.mark.parametrize("curves", [degroote_fregly, meyer_fregly])
@pytest.mark.parametrize("tendon", [rigid_tendon, elastic_tendon])
def test_tendon_force_by_states_and_parameters(tendon, curves, parameters, states):
    """The elastic tendon's is the implicit gradient; its forces are scaled to one newton."""
    given, hill = few(parameters, states)
    hill[0] = leaf(torch.ones_like(hill[0]))
    # Away from the limits at zero force and at 1.8 optimal lengths.
    given[1] = leaf(0.5 * given[1].detach())
    given[2] = leaf(0.2 + 0.6 * given[2].detach())

    def force(length, velocity, activation, *hill):
        p = MuscleParameters(*hill, *parameters[9:])
        if tendon is elastic_tendon:
            # Difference quotients need more digits than the default's 1e-11.
            return tendon.tendon_force(length, velocity, activation, p, curves, 6)
        return tendon.tendon_force(length, velocity, activation, p, curves)

    assert gradcheck(force, (*given, *hill), eps=1e-7, atol=1e-4, rtol=1e-4)


def test_activation_and_excitation():
    e, a = leaf(torch.rand(3, 5)), leaf(torch.rand(3, 5))
    rise, fall = leaf(torch.full((3, 1), 0.015)), leaf(torch.full((3, 1), 0.06))
    assert gradcheck(activation_derivative, (e, a, rise, fall))
    envelope = leaf(torch.rand(3, 12))
    # Between samples, where linear interpolation has a derivative by the delay.
    delay, shape = leaf(torch.tensor([0.013, 0.027, 0.0])), leaf(torch.tensor([-2.0, 0.7, 1e-7]))
    delay = leaf(delay.detach() + 0.002)
    assert gradcheck(lambda *x: excitation.excitation(*x, 0.01), (envelope, delay, shape))


def test_trials(parameters, states):
    p = MuscleParameters(*(v[:2] for v in parameters))
    drive = leaf(torch.rand(2, 6))
    rise = leaf(p.activation_time_constant)

    def activation(drive, rise):
        q = p._replace(activation_time_constant=rise)
        return trial.integrate_activation(drive, q, 0.01)

    assert gradcheck(activation, (drive, rise))
    time = torch.arange(6) * 0.01
    length = leaf(
        (p.tendon_slack_length + p.optimal_fiber_length)[:, None] * (1 + 0.02 * torch.sin(6 * time))
    )
    strength = torch.ones(2)

    def force(length, activation, fiber):
        q = p._replace(optimal_fiber_length=fiber, max_isometric_force=strength)
        return trial.integrate_fiber(length, activation, q, 0.01, iterations=8).tendon_force

    fiber = leaf(p.optimal_fiber_length)
    active = leaf(0.3 + 0.4 * drive)
    assert gradcheck(force, (length, active, fiber), eps=1e-7, atol=1e-4, rtol=1e-4)


def test_paths_and_their_moment():
    generator = torch.Generator().manual_seed(3)
    exponent = torch.tensor([[0, 0], [1, 0], [0, 1], [2, 1], [1, 3]])
    coefficient = leaf(torch.randn(3, 5, generator=generator))
    centre, half = leaf(torch.tensor([0.1, -0.2])), leaf(torch.tensor([1.1, 0.9]))
    # Some angles lie outside the fitted range.
    q = leaf(1.5 * torch.randn(2, 6, generator=generator))
    force = leaf(torch.rand(3, 6, generator=generator))

    def moment(coefficient, centre, half, q, force):
        length, arm = PathPolynomials(coefficient, exponent, centre, half)(q)
        return length, motion.joint_moment(arm, force)

    assert gradcheck(moment, (coefficient, centre, half, q, force))


def test_inverse_dynamics(chain):
    q, q_dot, q_ddot = (leaf(torch.randn(3, 2)) for _ in range(3))
    free = [leaf(part) for part in chain]
    load = leaf(torch.tensor(1.3))

    def moment(q, q_dot, q_ddot, load, *parts):
        return motion.inverse_dynamics(motion.Chain(*parts), q, q_dot, q_ddot, load)

    assert gradcheck(moment, (q, q_dot, q_ddot, load, *free))


def test_accelerations(chain):
    q, q_dot, tau = (leaf(torch.randn(3, 2)) for _ in range(3))
    assert gradcheck(lambda *x: motion.acceleration(chain, *x), (q, q_dot, tau))
