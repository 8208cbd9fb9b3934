"""What any muscle must do, whatever its curves."""

import pytest
import torch
from opensim_muscles import MUSCLES

from myopinn.physics import degroote_fregly, elastic_tendon, meyer_fregly, rigid_tendon
from myopinn.physics.elastic_tendon import FiberVelocity
from myopinn.physics.muscle import muscle_force

BOTH = pytest.mark.parametrize("curves", [degroote_fregly, meyer_fregly])


@BOTH
def test_zero_velocity_at_optimal_length_gives_the_activation(curves, parameters):
    p = parameters
    along = p.optimal_fiber_length * torch.cos(p.pennation_angle_at_optimal)
    activation = torch.full_like(along, 0.37)
    force = rigid_tendon.tendon_force(
        p.tendon_slack_length + along, torch.zeros_like(along), activation, p, curves
    )
    one = torch.ones(())
    active = force / torch.cos(p.pennation_angle_at_optimal) / p.max_isometric_force
    # Both curves were scaled to pass through one; Meyer's constants are rounded to 2e-8.
    assert torch.allclose(active - curves.passive_force_length(one), activation, atol=1e-7)


@BOTH
def test_force_is_never_negative_and_grows_with_activation(curves, parameters, states):
    length, velocity, activation = states
    for tendon in (rigid_tendon, elastic_tendon):
        # Far outside the curves' domain too: a slack path, a stretched one, speeds beyond maximal.
        force = tendon.tendon_force(
            length * torch.linspace(0.3, 1.4, 250), 3.0 * velocity, activation, parameters, curves
        )
        assert float(force.min()) >= 0.0
        assert torch.isfinite(force).all()
    less = rigid_tendon.tendon_force(length, velocity, 0.5 * activation, parameters, curves)
    assert torch.all(rigid_tendon.tendon_force(length, velocity, activation, parameters) >= 0)
    more = rigid_tendon.tendon_force(length, velocity, activation, parameters, curves)
    assert torch.all(more >= less)


@BOTH
def test_force_velocity_inverse_inverts(curves):
    v = torch.linspace(-1.0, 1.0, 1001)
    assert torch.allclose(
        curves.force_velocity_inverse(curves.force_velocity(v)), v, rtol=0, atol=1e-11
    )


@BOTH
def test_tendon_inverse_inverts_and_has_its_slope(curves):
    force = torch.linspace(0.0, 8.0, 400, requires_grad=True)
    length = curves.tendon_force_length_inverse(force)
    assert torch.allclose(curves.tendon_force_length(length), force, rtol=0, atol=1e-12)
    (slope,) = torch.autograd.grad(length.sum(), force)
    assert torch.allclose(slope, curves.tendon_force_length_inverse_derivative(force), rtol=1e-12)


@BOTH
@pytest.mark.parametrize("tendon", [rigid_tendon, elastic_tendon])
def test_a_passive_muscle_gives_back_what_it_stores(curves, tendon, parameters):
    """Stretched and released at rest without damping, the work over the cycle is zero."""
    p = parameters._replace(fiber_damping=torch.zeros(len(MUSCLES)))
    phase = torch.linspace(0.0, 2.0 * torch.pi, 2001)
    middle = p.tendon_slack_length + 1.2 * p.optimal_fiber_length
    length = middle[:, None] - 0.3 * p.optimal_fiber_length[:, None] * torch.cos(phase)
    still = torch.zeros_like(length)
    force = tendon.tendon_force(length, still, still, p, curves)
    stored = torch.trapezoid(force[:, :1001], length[:, :1001])
    given_back = -torch.trapezoid(force[:, 1000:], length[:, 1000:])
    assert torch.all(stored > 0)
    assert torch.allclose(stored, given_back, rtol=1e-10)


def test_damping_takes_work_and_never_gives_it(parameters):
    phase = torch.linspace(0.0, 2.0 * torch.pi, 2001)
    p = parameters
    middle = (p.tendon_slack_length + 1.2 * p.optimal_fiber_length)[:, None]
    amplitude = 0.3 * p.optimal_fiber_length[:, None]
    length, velocity = middle - amplitude * torch.cos(phase), amplitude * torch.sin(phase)
    force = rigid_tendon.tendon_force(length, velocity, torch.zeros_like(length), p)
    assert torch.all(torch.trapezoid(force, length) > 0)


def test_elastic_tendon_stretches_and_pulls_like_its_fiber(parameters, states):
    length, velocity, activation = states
    p = parameters.along(length)
    found = elastic_tendon.solve(length, activation, FiberVelocity(path=velocity), parameters)
    assert float(found.residual.abs().max()) < 1e-9
    pulls = found.norm_tendon_force > 1e-6
    stretched = (length - found.fiber_length_along_tendon) > p.tendon_slack_length
    assert torch.all(stretched[pulls])


def test_a_stiff_elastic_tendon_is_a_rigid_one(parameters, states):
    length, _, activation = states
    still = torch.zeros_like(length)
    stiff = parameters._replace(
        tendon_strain_at_one_norm_force=torch.full((len(MUSCLES),), 1e-7),
        fiber_damping=torch.zeros(len(MUSCLES)),
    )
    rigid = rigid_tendon.tendon_force(length, still, activation, stiff)
    elastic = elastic_tendon.tendon_force(length, still, activation, stiff)
    strength = parameters.max_isometric_force[:, None]
    # A strain of 1e-7 of a tendon of six fibre lengths moves the fibre by 1e-6 lengths.
    assert float(((rigid - elastic) / strength).abs().max()) < 1e-5


def test_a_path_too_short_for_tension_is_slack(parameters):
    short = 0.9 * parameters.tendon_slack_length
    still = torch.zeros_like(short)
    found = elastic_tendon.solve(short, still + 1.0, FiberVelocity(path=still), parameters)
    assert found.slack.all()
    assert torch.all(found.norm_tendon_force == 0)


def test_choice_of_tendon_and_curves_reaches_the_muscle(parameters, states):
    names = list(MUSCLES)
    force = {
        (t, c): muscle_force(names, *states, parameters, tendon=t, curves=c)
        for t in ("rigid", "elastic")
        for c in ("degroote_fregly", "meyer_fregly")
    }
    expected = elastic_tendon.tendon_force(*states, parameters, meyer_fregly)
    assert torch.equal(force["elastic", "meyer_fregly"], expected)
    kinds = list(force.values())
    assert not any(torch.allclose(a, b) for i, a in enumerate(kinds) for b in kinds[:i])
