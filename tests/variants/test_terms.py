"""Physics as terms of a network's loss, and layers that remember along the frames."""

from dataclasses import replace

import pytest
import torch
from joint_of_known_muscles import joint_problem, known_joint
from torch import nn

from myopinn.dataset.tasks import MUSCLE_FORCE
from myopinn.errors import ConfigError
from myopinn.methods.deep.extrapolation import agonist_channels, agonist_means
from myopinn.methods.informed.physics_informed import TermWeights, derive_terms, physics_informed
from myopinn.methods.networks.recurrence import AlongFrames

PROBLEM = replace(joint_problem(), task=MUSCLE_FORCE, measured_by=())


def loss_of(problem=PROBLEM, **weights):
    return physics_informed(nn.Identity(), TermWeights(**weights), problem)


def test_physics_without_a_weight_is_measured_and_is_no_part_of_the_loss():
    plain, informed = loss_of(), loss_of(physics_weight=0.5)
    assert list(plain.terms) == list(informed.terms) == ["angle", "force", "physics"]
    assert plain.weights["physics"] == 0.0 and informed.weights["physics"] == 0.5
    # The early stop looks at the targets alone, whatever the weights.
    assert plain.watched == informed.watched == ("angle", "force")
    cycles = known_joint(count=2).cycles
    outputs = torch.zeros(2, 5, cycles.inputs.shape[-1])
    known = replace(cycles, targets=outputs, derived=derive_terms(TermWeights(), PROBLEM, cycles))
    assert set(plain.loss_terms(known, outputs)) == {"angle", "force"}
    assert set(plain.every_term(known, outputs)) == {"angle", "force", "physics"}


def test_a_constraint_without_a_weight_has_no_part_in_anything():
    assert "smoothness" in loss_of(smoothness_weight=0.1).terms
    assert "smoothness" not in loss_of(physics_weight=0.1).terms


def test_a_weight_of_a_physics_that_the_task_has_not_is_refused():
    bare = replace(PROBLEM, physics=None)
    assert list(loss_of(bare).terms) == ["angle", "force"]
    with pytest.raises(ConfigError, match="physics"):
        loss_of(bare, physics_weight=0.1)


def test_a_deep_muscle_goes_with_the_measured_muscles_of_its_side():
    problem = joint_problem()
    assert agonist_channels(problem) == {
        "deep flexor": ["flexor"],
        "deep extensor": ["extensor"],
    }
    envelope = torch.rand(3, 2, 10)
    torch.testing.assert_close(agonist_means(problem, envelope), envelope)
    lonely = replace(problem, measured_by=("flexor", None, None, None), channels=("flexor",))
    with pytest.raises(ConfigError, match=r"'extensor', 'deep extensor'.* no measured agonist"):
        agonist_channels(lonely)


def test_a_recurrent_layer_runs_along_the_frames():
    """A memory that only adds up gives the running sum over the frames of each name."""

    class Sum(nn.Module):
        def forward(self, values):
            return values.cumsum(1), None

    values = torch.rand(2, 3, 7)
    torch.testing.assert_close(AlongFrames(Sum())(values), values.cumsum(2))
