"""The table of agreement: every equation against OpenSim 4.6 itself on 1,000 random states."""

import numpy as np
import opensim as osim
import pytest
import torch
from opensim_muscles import MUSCLES, Slider

from myopinn.physics import degroote_fregly, elastic_tendon, meyer_fregly, rigid_tendon
from myopinn.physics.activation import activation_derivative
from myopinn.physics.elastic_tendon import FiberVelocity

# Relative to the value. The floor is a few units in the last place of numbers of size one, as some
# curves pass through zero, where no relative error is defined.
RELATIVE, FLOOR = 1e-12, 1e-14

DEGROOTE, MEYER = osim.DeGrooteFregly2016Muscle(), osim.MeyerFregly2016Muscle()
FIBER, VELOCITY, TENDON, FORCE = (0.21, 1.79), (-1.0, 1.0), (0.98, 1.085), (0.0, 4.9)

TABLE = [
    (degroote_fregly.active_force_length, DEGROOTE.calcActiveForceLengthMultiplier, FIBER),
    (
        degroote_fregly.active_force_length_derivative,
        DEGROOTE.calcActiveForceLengthMultiplierDerivative,
        FIBER,
    ),
    (degroote_fregly.passive_force_length, DEGROOTE.calcPassiveForceMultiplier, FIBER),
    (
        degroote_fregly.passive_force_length_derivative,
        DEGROOTE.calcPassiveForceMultiplierDerivative,
        FIBER,
    ),
    (degroote_fregly.force_velocity, DEGROOTE.calcForceVelocityMultiplier, VELOCITY),
    (degroote_fregly.force_velocity_inverse, DEGROOTE.calcForceVelocityInverseCurve, (0.0, 1.79)),
    (degroote_fregly.tendon_force_length, DEGROOTE.calcTendonForceMultiplier, TENDON),
    (
        degroote_fregly.tendon_force_length_derivative,
        DEGROOTE.calcTendonForceMultiplierDerivative,
        TENDON,
    ),
    (
        degroote_fregly.tendon_force_length_inverse,
        DEGROOTE.calcTendonForceLengthInverseCurve,
        FORCE,
    ),
    (meyer_fregly.active_force_length, MEYER.calcActiveForceLengthMultiplier, FIBER),
    (
        meyer_fregly.active_force_length_derivative,
        MEYER.calcActiveForceLengthMultiplierDerivative,
        FIBER,
    ),
    (meyer_fregly.passive_force_length, MEYER.calcPassiveForceMultiplier, FIBER),
    (
        meyer_fregly.passive_force_length_derivative,
        MEYER.calcPassiveForceMultiplierDerivative,
        FIBER,
    ),
    (meyer_fregly.force_velocity, MEYER.calcForceVelocityMultiplier, VELOCITY),
    (meyer_fregly.force_velocity_inverse, MEYER.calcForceVelocityInverseCurve, (0.001, 1.5)),
]


@pytest.mark.parametrize(
    ("ours", "theirs", "domain"),
    TABLE,
    ids=lambda x: f"{x.__module__.split('.')[-1]}.{x.__name__}" if hasattr(x, "__name__") else "",
)
def test_curve(ours, theirs, domain):
    x = torch.from_numpy(np.random.default_rng(0).uniform(*domain, 1000))
    expected = np.array([theirs(v) for v in x.tolist()])
    np.testing.assert_allclose(ours(x).numpy(), expected, rtol=RELATIVE, atol=FLOOR)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_active_curve_widens_as_opensim_does(scale):
    muscle = osim.DeGrooteFregly2016Muscle()
    muscle.set_active_force_width_scale(scale)
    x = torch.linspace(0.21, 1.79, 100)
    expected = [muscle.calcActiveForceLengthMultiplier(v) for v in x.tolist()]
    ours = degroote_fregly.active_force_length(x, torch.tensor(scale))
    np.testing.assert_allclose(ours.numpy(), expected, rtol=RELATIVE, atol=FLOOR)


@pytest.mark.parametrize(
    ("curves", "muscle"),
    [
        (degroote_fregly, osim.DeGrooteFregly2016Muscle),
        (meyer_fregly, osim.MeyerFregly2016Muscle),
    ],
    ids=["degroote_fregly", "meyer_fregly"],
)
def test_rigid_tendon_force(curves, muscle, parameters, states):
    slider = Slider(muscle, ignore_tendon_compliance=True)
    expected = slider.tendon_force(*(s.numpy() for s in states))
    ours = rigid_tendon.tendon_force(*states, parameters, curves).numpy()
    strength = parameters.max_isometric_force.numpy()[:, None]
    # OpenSim lets damping push; a tendon cannot, which is the one departure.
    pushes = expected < 0
    assert np.all(ours[pushes] == 0.0)
    difference = np.abs(ours - expected)[~pushes]
    allowed = (RELATIVE * np.abs(expected) + FLOOR * strength)[~pushes]
    assert np.all(difference <= allowed), (difference / allowed).max()
    assert np.mean(pushes) < 0.05


@pytest.mark.parametrize("muscle", [osim.DeGrooteFregly2016Muscle, osim.MeyerFregly2016Muscle])
def test_activation_derivative(muscle):
    random = np.random.default_rng(1)
    excitation, activation = random.uniform(0.01, 1.0, (2, len(MUSCLES), 250))
    slider = Slider(muscle, ignore_tendon_compliance=True)
    expected = slider.activation_derivative(excitation, activation)
    ours = activation_derivative(torch.from_numpy(excitation), torch.from_numpy(activation))
    np.testing.assert_allclose(ours.numpy(), expected, rtol=RELATIVE, atol=1e-12)


def test_elastic_tendon_force(parameters, states):
    length, velocity, activation = states
    # OpenSim bisects the normalised tendon force between 0 and 5; states beyond have no answer.
    length = length + 0.02 * parameters.along(length).tendon_slack_length
    found = elastic_tendon.solve(length, activation, FiberVelocity(path=velocity), parameters)
    ours = found.norm_tendon_force
    assert float(found.residual.abs().max()) < 1e-9
    inside = (ours > 1e-3) & (ours < 4.9)
    assert inside.double().mean() > 0.9
    slider = Slider(
        osim.DeGrooteFregly2016Muscle,
        ignore_tendon_compliance=False,
        tendon_compliance_dynamics_mode="implicit",
    )
    filled = [
        torch.where(inside, s, s[:, inside.all(0)][:, :1]) for s in (length, velocity, activation)
    ]
    expected = torch.from_numpy(slider.equilibrium_force(*(s.numpy() for s in filled)))
    assert float((ours - expected).abs()[inside].max()) < 1e-6
