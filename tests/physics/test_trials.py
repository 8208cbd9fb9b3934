"""Integration in time against SciPy's stiff solvers, and the way from EMG to excitation."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from myopinn.physics import degroote_fregly, excitation, trial
from myopinn.physics.activation import activation_derivative
from myopinn.physics.checks import PhysicsError
from myopinn.physics.parameters import MuscleParameters

TIME_STEP = 0.005


@pytest.fixture
def one():
    values = torch.tensor([[1500.0], [0.06], [0.25], [0.3]])
    return MuscleParameters.of(*values)


def drive(t):
    return 0.45 + 0.4 * np.sin(7.0 * t) * np.sin(2.0 * t + 0.4)


def path(t):
    """Muscle-tendon length, m, of the muscle of ``one``."""
    return 0.25 + 0.062 + 0.008 * np.sin(5.0 * t)


def test_activation_follows_a_stiff_solver(one):
    t = np.arange(0.0, 1.0, TIME_STEP)
    samples = drive(t)

    def rate(time, a):
        e = torch.tensor(np.interp(time, t, samples))
        return activation_derivative(e, torch.from_numpy(a)).numpy()

    # The reference sees the same straight lines between the samples; its steps end at them.
    exact = solve_ivp(
        rate, (0.0, t[-1]), samples[:1], "DOP853", t, rtol=1e-10, atol=1e-12, max_step=TIME_STEP
    )
    ours = trial.integrate_activation(torch.from_numpy(samples)[None], one, TIME_STEP)
    assert np.abs(ours[0].numpy() - exact.y[0]).max() < 1e-6
    assert float(ours.min()) > 0 and float(ours.max()) < 1


def fiber_velocity(fiber, length, activation, p):
    """The explicit form of OpenSim: tendon force to fibre velocity by the inverse curve."""
    force, optimal, slack, angle = (float(v) for v in p[:4])
    width = optimal * math.sin(angle)
    along = torch.sqrt(torch.tensor(fiber**2 - width**2))
    cos = along / fiber
    tendon = degroote_fregly.tendon_force_length((length - along) / slack)
    norm = torch.tensor(fiber / optimal)
    active = activation * degroote_fregly.active_force_length(norm)
    multiplier = (tendon / cos - degroote_fregly.passive_force_length(norm)) / active
    velocity = degroote_fregly.force_velocity_inverse(multiplier)
    return float(velocity * optimal * p.max_contraction_velocity), force * float(tendon)


def test_fiber_length_follows_a_stiff_solver(one):
    t = np.arange(0.0, 0.6, TIME_STEP)
    activation = torch.from_numpy(drive(t))[None]
    found = trial.integrate_fiber(torch.from_numpy(path(t))[None], activation, one, TIME_STEP)
    assert float(found.residual.abs().max()) < 1e-9

    def rate(time, fiber):
        return [fiber_velocity(fiber[0], path(time), float(drive(time)), one)[0]]

    start = [float(found.fiber_length[0, 0])]
    exact = solve_ivp(rate, (0.0, t[-1]), start, "Radau", t, rtol=1e-9, atol=1e-12)
    # The first step of first order is damped out in 0.1 s; after it BDF2 at 5 ms is accurate to
    # 1e-5 of the fibre length, and the error falls with the square of the step.
    coarse = np.abs(found.fiber_length[0].numpy() - exact.y[0])[20:].max()
    assert coarse < 1e-5 * 0.06
    fine_t = np.arange(0.0, 0.6, TIME_STEP / 2)
    fine = trial.integrate_fiber(
        torch.from_numpy(path(fine_t))[None],
        torch.from_numpy(drive(fine_t))[None],
        one,
        TIME_STEP / 2,
    )
    finer = np.abs(fine.fiber_length[0, ::2].numpy() - exact.y[0])[20:].max()
    assert finer < 0.35 * coarse
    forces = [
        fiber_velocity(x, path(u), float(drive(u)), one)[1]
        for x, u in zip(exact.y[0], t, strict=True)
    ]
    assert np.abs(found.tendon_force[0].numpy() - forces)[20:].max() < 1e-3 * 1500.0


def test_trials_take_batches(one):
    three = MuscleParameters(*(v.expand(3) for v in one))
    length = torch.full((3, 4, 8), 0.315)
    activation = torch.rand(3, 4, 8)
    found = trial.integrate_fiber(length, activation, three, 0.01)
    assert found.tendon_force.shape == (3, 4, 8)
    alone = trial.integrate_fiber(length[:, 2], activation[:, 2], three, 0.01)
    assert torch.allclose(found.tendon_force[:, 2], alone.tendon_force, rtol=1e-12)


def test_delay_shifts_a_signal():
    t = torch.arange(0.0, 1.0, 0.01)
    ramp = torch.stack([t, 2 * t])
    late = excitation.delayed(ramp, torch.tensor([0.0, 0.034]), 0.01)
    assert torch.allclose(late[0], ramp[0])
    assert torch.allclose(late[1, 10:], 2 * (t[10:] - 0.034), atol=1e-14)
    assert torch.all(late[1, :3] == ramp[1, 0]), "before the first sample, its value"


def test_shape_factor_bends_but_keeps_both_ends():
    u = torch.linspace(0.0, 1.0, 11).expand(3, 11)
    e = excitation.shaped(u, torch.tensor([-2.0, 0.0, 1e-5]))
    assert torch.allclose(e[:, [0, -1]], torch.tensor([0.0, 1.0]).expand(3, 2))
    assert torch.all(e[0, 1:-1] > u[0, 1:-1])
    assert torch.allclose(e[1], u[1])
    # The limit near zero joins the closed form.
    just = excitation.shaped(u[:1], torch.tensor([1.01e-4]))
    below = excitation.shaped(u[:1], torch.tensor([0.99e-4]))
    assert torch.allclose(just, below, atol=1e-6)


def test_bad_trials_are_refused(one):
    with pytest.raises(PhysicsError, match="time step is 0 s"):
        trial.integrate_activation(torch.rand(1, 5), one, 0.0)
    with pytest.raises(PhysicsError, match=r"must be \(muscle, ..., time\)"):
        trial.integrate_fiber(torch.rand(1), torch.rand(1), one, 0.01)
