import pytest
import torch
from opensim_muscles import DAMPING, MUSCLES

from myopinn.physics.motion import Chain
from myopinn.physics.parameters import MuscleParameters


@pytest.fixture(autouse=True)
def _double_precision_on_one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_num_threads(threads)


@pytest.fixture
def parameters():
    """The muscles of the OpenSim slider, in torch."""
    columns = torch.tensor(list(MUSCLES.values()), dtype=torch.float64).T
    return MuscleParameters.of(*columns, fiber_damping=DAMPING)


@pytest.fixture
def states(parameters):
    """A thousand random states within OpenSim's own domain: length, velocity, activation."""
    return random_states(parameters, 250)


def random_states(parameters, count, seed=0):
    generator = torch.Generator().manual_seed(seed)

    def uniform(low, high):
        return low + (high - low) * torch.rand(len(MUSCLES), count, generator=generator)

    p = parameters.along(torch.empty(len(MUSCLES), count))
    fiber = p.optimal_fiber_length * uniform(0.45, 1.6)
    width = p.optimal_fiber_length * torch.sin(p.pennation_angle_at_optimal)
    along = (fiber.square() - width.square()).clamp(min=0).sqrt()
    along = torch.maximum(along, 0.25 * p.optimal_fiber_length)
    length = p.tendon_slack_length + along
    velocity = uniform(-0.95, 0.95) * p.optimal_fiber_length * p.max_contraction_velocity
    return length, velocity, uniform(0.0, 1.0)


@pytest.fixture
def chain():
    """Three links whose axes, masses and inertias have no symmetry."""
    generator = torch.Generator().manual_seed(5)
    axis = torch.nn.functional.normalize(torch.randn(3, 3, generator=generator), dim=1)
    square = 0.1 * torch.randn(3, 3, 3, generator=generator)
    return Chain(
        axis=axis,
        point=0.3 * torch.randn(3, 3, generator=generator),
        mass=1.0 + torch.rand(3, generator=generator),
        centre_of_mass=0.3 * torch.randn(3, 3, generator=generator),
        inertia=square @ square.transpose(1, 2) + 0.01 * torch.eye(3),
        gravity=torch.tensor([0.0, -9.80665, 0.0]),
        load_point=torch.tensor([0.1, -0.6, 0.2]),
        load_gyration=torch.tensor(0.04),
    )
