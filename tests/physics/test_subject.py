"""A subject's parameters: bounds, names, files, learning, vmap and compile."""

import json
import math

import pytest
import torch
from opensim_muscles import MUSCLES

from myopinn.physics import elastic_tendon, motion, rigid_tendon, trial
from myopinn.physics.checks import PhysicsError
from myopinn.physics.geometry import PathPolynomials
from myopinn.physics.parameters import MuscleParameters
from myopinn.physics.subject import SubjectParameters

NAMES = tuple(MUSCLES)
RELATIVE = {"max_isometric_force": (0.5, 2.0), "optimal_fiber_length": (0.8, 1.2)}
ABSOLUTE = {"electromechanical_delay": (0.01, 0.1), "emg_shape_factor": (-3.0, 0.0)}


@pytest.fixture
def subject(parameters):
    generic = parameters._replace(emg_shape_factor=torch.full((len(NAMES),), -1.0))
    return SubjectParameters.around(NAMES, generic, relative=RELATIVE, absolute=ABSOLUTE)


def test_round_trip_through_the_unbounded_space(subject):
    z = subject.unbounded()
    assert set(z) == {*RELATIVE, *ABSOLUTE}
    back = subject.bounded(z)
    for field in MuscleParameters._fields:
        assert torch.allclose(getattr(back, field), getattr(subject.values, field), rtol=1e-5)


def test_no_unbounded_value_leaves_the_bounds(subject):
    for size in (-1e3, -30.0, 0.0, 30.0, 1e3):
        learned = subject.learned(
            {f: torch.full_like(z, size) for f, z in subject.unbounded().items()}
        )
        assert torch.all(learned.values.optimal_fiber_length >= learned.lower.optimal_fiber_length)
        assert torch.all(learned.values.optimal_fiber_length <= learned.upper.optimal_fiber_length)


def test_json_keeps_every_digit(subject):
    again = SubjectParameters.from_dict(json.loads(json.dumps(subject.to_dict())))
    assert again.muscles == subject.muscles
    for part in ("values", "lower", "upper"):
        for ours, theirs in zip(getattr(again, part), getattr(subject, part), strict=True):
            assert torch.equal(ours, theirs)
    with pytest.raises(AttributeError):
        subject.values = None


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("optimal_fiber_length", -0.1, "pennate: optimal fiber length is -0.1"),
        ("optimal_fiber_length", math.nan, "pennate: optimal fiber length is nan"),
        ("max_isometric_force", 1e6, r"pennate: max isometric force is 1e\+06, out of its bounds"),
        ("pennation_angle_at_optimal", 1.7, "pennate: pennation angle at optimal is 1.7"),
        ("tendon_slack_length", 0.0, "pennate: tendon slack length is 0"),
        ("electromechanical_delay", 0.2, "pennate: electromechanical delay is 0.2, out of"),
    ],
)
def test_impossible_parameters_are_refused_by_name(subject, field, value, message):
    bad = getattr(subject.values, field).clone()
    bad[1] = value
    with pytest.raises(PhysicsError, match=message):
        SubjectParameters(
            subject.muscles, subject.values._replace(**{field: bad}), subject.lower, subject.upper
        )


def test_unknown_and_misshapen_fields_are_refused(subject, parameters):
    with pytest.raises(PhysicsError, match="no such muscle parameter: strength"):
        SubjectParameters.around(NAMES, parameters, relative={"strength": (0.5, 2.0)})
    with pytest.raises(PhysicsError, match=r"optimal fiber length: .* for 4 muscles"):
        subject.bounded({"optimal_fiber_length": torch.zeros(3)})
    with pytest.raises(PhysicsError, match="tendon slack length has shape"):
        MuscleParameters.of(torch.ones(3), torch.ones(3), torch.ones(2), torch.ones(3))
    plain = subject.to_dict()
    del plain["values"]["fiber_damping"]
    with pytest.raises(PhysicsError, match="fiber_damping"):
        SubjectParameters.from_dict(plain)


def test_parameters_are_learned_from_forces(subject, states):
    """Forces alone give back the strength and fibre length that made them."""
    truth = subject.bounded({f: z + 0.7 for f, z in subject.unbounded().items()})
    wanted = rigid_tendon.tendon_force(*states, truth)
    z = {f: subject.unbounded()[f].requires_grad_(True) for f in RELATIVE}
    optimiser = torch.optim.LBFGS(z.values(), max_iter=200, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        force = rigid_tendon.tendon_force(*states, subject.bounded(z))
        error = ((force - wanted) / subject.values.max_isometric_force[:, None]).square().mean()
        error.backward()
        return error

    optimiser.step(loss)
    found = subject.learned(z).values
    assert torch.allclose(found.optimal_fiber_length, truth.optimal_fiber_length, rtol=1e-3)
    assert torch.allclose(found.max_isometric_force, truth.max_isometric_force, rtol=1e-2)


@pytest.mark.parametrize("tendon", [rigid_tendon, elastic_tendon])
def test_subjects_are_mapped_over(tendon, subject, states):
    """vmap over three subjects is a loop over them, values and gradients."""
    z = {f: v + torch.linspace(-1, 1, 3)[:, None] for f, v in subject.unbounded().items()}

    def effort(z):
        return tendon.tendon_force(*states, subject.bounded(z)).square().mean()

    together = torch.func.vmap(effort)(z)
    gradient = torch.func.vmap(torch.func.grad(effort))(z)
    for k in range(3):
        own = {f: v[k] for f, v in z.items()}
        assert torch.allclose(together[k], effort(own), rtol=1e-12)
        for f, g in torch.func.grad(effort)(own).items():
            assert torch.allclose(gradient[f][k], g, rtol=1e-9, atol=1e-12)


def test_paths_and_chains_are_mapped_over(chain):
    exponent = torch.tensor([[0], [1], [2]])
    coefficients = torch.rand(3, 4, 3)

    def arm(coefficient, mass):
        paths = PathPolynomials(coefficient, exponent, torch.zeros(1), torch.ones(1))
        heavy = chain._replace(mass=mass)
        return paths(torch.full((1, 2), 0.3))[1], motion.gravity_moment(heavy, torch.ones(3, 2))

    masses = torch.rand(3, 3) + 1.0
    arms, gravity = torch.func.vmap(arm)(coefficients, masses)
    for k in range(3):
        one = arm(coefficients[k], masses[k])
        assert torch.allclose(arms[k], one[0])
        assert torch.allclose(gravity[k], one[1])


@pytest.mark.parametrize("tendon", [rigid_tendon, elastic_tendon])
def test_the_whole_way_compiles_as_one_graph(tendon, subject, states):
    """No graph break from the unbounded parameters to the moment, and the same answer."""
    exponent = torch.arange(4)[:, None]
    coefficient = torch.tensor([0.1, -0.03, 0.004, 0.001]).repeat(len(NAMES), 1)
    coefficient[:, 0] += subject.values.tendon_slack_length
    paths = PathPolynomials(coefficient, exponent, torch.tensor([0.6]), torch.tensor([0.8]))
    q, activation = torch.linspace(0, 1.2, 250)[None], states[2]

    def moment(z, q, activation):
        length, arm = paths(q)
        velocity = paths.velocity(arm, torch.ones_like(q))
        force = tendon.tendon_force(length, velocity, activation, subject.bounded(z))
        return motion.joint_moment(arm, force)

    torch.compiler.reset()
    compiled = torch.compile(moment, fullgraph=True, backend="aot_eager")
    z = {f: v.requires_grad_(True) for f, v in subject.unbounded().items()}
    eager = moment(z, q, activation)
    graph = compiled(z, q, activation)
    assert torch.allclose(graph, eager, rtol=1e-12)
    ours = torch.autograd.grad(eager.square().sum(), list(z.values()), allow_unused=True)
    theirs = torch.autograd.grad(graph.square().sum(), list(z.values()), allow_unused=True)
    for a, b in zip(ours, theirs, strict=True):
        assert (a is None) == (b is None)
        assert a is None or torch.allclose(a, b, rtol=1e-9)


def test_trials_compile_as_one_graph(subject):
    torch.compiler.reset()
    compiled = torch.compile(trial.integrate_activation, fullgraph=True, backend="aot_eager")
    drive = torch.rand(len(NAMES), 6)
    expected = trial.integrate_activation(drive, subject.values, 0.005)
    assert torch.allclose(compiled(drive, subject.values, 0.005), expected, rtol=1e-12)
