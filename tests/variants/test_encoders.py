import pytest
import torch

from myopinn.dataset.problem import Cycles, Physics, Problem
from myopinn.methods.losses.objectives import Objective, data_terms
from myopinn.methods.networks.encoders import (
    CycleCNNSettings,
    CycleGRUSettings,
    cycle_cnn,
    cycle_gru,
)
from myopinn.variants import load_variant

PROBLEM = Problem(
    channels=("a", "b"),
    coordinates=("knee",),
    muscles=("m", "n"),
    time_input=True,
    target_centre=(0.0, 0.0, 0.0),
    target_range=(1.0, 1.0, 1.0),
    physics=Physics("knee"),
)


def test_every_frame_has_an_answer():
    network = cycle_cnn(CycleCNNSettings(), inputs=3, outputs=5)
    assert network(torch.randn(4, 3, 100)).shape == (4, 5, 100)


def test_a_constant_input_gives_a_constant_answer_up_to_the_ends():
    """The ends are repeated, not padded with zeros that the network would see as silence."""
    torch.manual_seed(0)
    network = cycle_cnn(CycleCNNSettings(), inputs=2, outputs=1).eval()
    answer = network(torch.ones(1, 2, 100))
    torch.testing.assert_close(answer, answer[..., :1].expand_as(answer), atol=1e-6, rtol=0)


def test_an_answer_depends_on_the_frames_within_reach_of_the_kernels():
    """Two convolutions of 9 frames reach 8 frames to either side."""
    torch.manual_seed(0)
    network = cycle_cnn(CycleCNNSettings(), inputs=1, outputs=1).double().eval()
    still = torch.zeros(1, 1, 100).double()
    moved = still.clone()
    moved[..., 50] = 1.0
    frames = torch.nonzero((network(moved) - network(still)).abs()[0, 0] > 1e-12)[:, 0]
    assert (int(frames.min()), int(frames.max())) == (42, 58)


@pytest.mark.parametrize("name", ["cnn", "gru"])
def test_with_and_without_physics_the_network_is_the_same(name):
    networks = []
    for weight in (0.0, 1.0):
        torch.manual_seed(7)
        variant = load_variant(name, {"physics_weight": weight})
        networks.append(variant.build(PROBLEM).state_dict())
    assert networks[0].keys() == networks[1].keys()
    assert all(torch.equal(networks[0][key], networks[1][key]) for key in networks[0])


@pytest.mark.parametrize("name", ["cnn", "gru"])
def test_a_network_answers_alike_in_training_and_when_it_is_asked(name):
    """Nothing is drawn at random: the equation of motion is met or not, whatever the mode."""
    torch.manual_seed(7)
    variant = load_variant(name)
    network = variant.build(PROBLEM).network
    seen = torch.randn(4, 3, 100)
    assert torch.equal(network.train()(seen), network.eval()(seen))


def test_a_recurrent_network_answers_with_what_came_long_before_and_what_comes_after():
    torch.manual_seed(0)
    network = cycle_gru(CycleGRUSettings(), inputs=1, outputs=2).double()
    still = torch.zeros(1, 1, 100).double()
    moved = still.clone()
    moved[..., 50] = 5.0
    differs = (network(moved) - network(still)).abs()[0, 0] > 1e-12
    assert network(still).shape == (1, 2, 100)
    assert differs[20:81].all()


def test_terms_are_the_mean_squares_of_angles_and_of_forces():
    targets = torch.zeros(2, 3, 100)
    none = torch.zeros(2)
    cycles = Cycles(targets, targets, targets, targets[:, 0], none, none, none.long())
    outputs = torch.tensor([0.5, 0.1, 0.3])[:, None].expand(2, 3, 100)
    model = Objective(torch.nn.Identity(), data_terms(PROBLEM), {"force": 2.0})
    terms = model.loss_terms(cycles, outputs)
    torch.testing.assert_close(terms["angle"], torch.tensor(0.25))
    torch.testing.assert_close(terms["force"], torch.tensor((0.01 + 0.09) / 2))
    torch.testing.assert_close(model.loss(terms), torch.tensor(0.25 + 0.1))
