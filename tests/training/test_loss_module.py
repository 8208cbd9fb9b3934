"""The terms of a loss in an epoch, and what a fit, the labels and simple answers leave of them."""

import math

import pytest
import torch
from torch import nn

from myopinn.dataset.problem import Cycles
from myopinn.errors import TrialError
from myopinn.files.layouts.reached import FIT, LABELS, MEAN_CYCLE, MOTIONLESS
from myopinn.methods.losses.trained_model import TrainedModel
from myopinn.training.module import BestOfStopTrials, LossModule
from myopinn.training.reached import reached_terms


class Constant(TrainedModel):
    """Answers one number everywhere; its second term has a weight of 3."""

    def __init__(self, answer: float) -> None:
        super().__init__({"roughness": 3.0})
        self.answer = nn.Parameter(torch.tensor(answer))

    def forward(self, cycles: Cycles) -> torch.Tensor:
        return self.answer.expand_as(cycles.targets)

    def loss_terms(self, cycles: Cycles, outputs: torch.Tensor) -> dict[str, torch.Tensor]:
        error = ((outputs - cycles.targets) ** 2).mean()
        return {"error": error, "roughness": outputs.diff(dim=-1).abs().mean()}


def cycles(*targets: list[float]) -> Cycles:
    wanted = torch.tensor(targets)[:, None]
    none = torch.zeros(len(wanted))
    return Cycles(wanted, wanted, wanted, wanted[:, 0], none, none, none.long())


@pytest.mark.parametrize("missing", ["forward", "loss_terms"])
def test_a_model_without_what_training_needs_is_not_built(missing):
    methods = {name: getattr(Constant, name) for name in ("forward", "loss_terms")}
    del methods[missing]
    with pytest.raises(TypeError, match=missing):
        type("Half", (TrainedModel,), methods)()


def test_what_a_model_leaves_open_has_a_default():
    model = Constant(1.0)
    terms = {"error": torch.tensor(2.0), "roughness": torch.tensor(0.5)}
    assert float(model.loss(terms)) == 2.0 + 3.0 * 0.5
    assert model.stop_loss({"error": 2.0, "loss": 7.0}) == 7.0
    assert model.attention(cycles([0.0, 0.0])) is None
    assert list(model.personal_parameters()) == [] and model.identified() == []
    assert model.every_term(cycles([1.0]), torch.ones(1, 1, 1)).keys() == terms.keys()


def test_the_mean_of_an_epoch_counts_every_cycle_once():
    """A batch of one cycle with an error of 4 and one of three with 0 are 1 in the mean."""
    module = LossModule(Constant(2.0), learning_rate=0.1, weight_decay=0.0)
    module.validation_step(cycles([0.0, 0.0]), 0)
    module.validation_step(cycles([2.0, 2.0], [2.0, 2.0], [2.0, 2.0]), 1)
    assert module.means("stop") == {"error": 1.0, "roughness": 0.0, "loss": 1.0}
    assert module.stop_loss() == 1.0


def test_a_loss_that_is_no_number_ends_the_fit_with_a_remedy():
    class Trainer:
        current_epoch = 7

    module = LossModule(Constant(math.nan), learning_rate=0.1, weight_decay=0.0)
    module.validation_step(cycles([0.0, 0.0]), 0)
    with pytest.raises(TrialError, match=r"nan in epoch 7.*learning_rate"):
        BestOfStopTrials(3).on_validation_end(Trainer(), module)


def test_each_answer_leaves_its_own_of_each_term():
    rows = reached_terms(Constant(0.0), cycles([0.0, 2.0], [2.0, 4.0]))
    value = {(row["answer"], row["term"]): row["value"] for row in rows}
    assert value[FIT, "error"] == 6.0 and value[FIT, "loss"] == 6.0
    assert value[LABELS, "error"] == 0.0 and value[LABELS, "loss"] == 3.0 * 2.0
    # The mean cycle is 1, 3; the mean posture 2.
    assert value[MEAN_CYCLE, "error"] == 1.0 and value[MEAN_CYCLE, "roughness"] == 2.0
    assert value[MOTIONLESS, "error"] == 2.0 and value[MOTIONLESS, "roughness"] == 0.0
    weights = {row["term"]: row["weight"] for row in rows}
    assert weights == {"error": 1.0, "roughness": 3.0, "loss": 1.0}


def test_nothing_is_said_where_not_every_target_is_known():
    assert reached_terms(Constant(0.0), cycles([0.0, math.nan])) == []
