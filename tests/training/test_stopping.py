"""When training ends, and which weights stay."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from myopinn.config.training import TrainingSettings
from myopinn.dataset.problem import Cycles
from myopinn.methods.losses.objectives import Objective
from myopinn.training.data import Batches
from myopinn.training.estimators import GradientEstimator


def cycles(count: int, target: float) -> Cycles:
    some = torch.ones(count, 1, 4)
    none = torch.zeros(count)
    return Cycles(some, target * some, some, some[:, 0], none, none, torch.arange(count))


class Distance(nn.Module):
    def forward(self, cycles: Cycles, outputs: torch.Tensor) -> torch.Tensor:
        return torch.mean((outputs - cycles.targets) ** 2)


def fit(stop_target: float, **changed) -> tuple[GradientEstimator, Objective]:
    """One weight walks from 0 towards the training target, 10, by about 0.1 an epoch."""
    network = nn.Conv1d(1, 1, 1, bias=False)
    nn.init.zeros_(network.weight)
    settings = TrainingSettings(
        **{"max_epochs": 60, "patience": 5, "learning_rate": 0.1, "weight_decay": 0.0, **changed},
        accelerator="cpu",
    )
    model = Objective(network, {"distance": Distance()})
    estimator = GradientEstimator(model, settings)
    estimator.fit(cycles(3, 10.0), cycles(2, stop_target), seed=1)
    return estimator, model


def test_training_ends_when_the_stop_trials_no_longer_gain():
    """The stop trials' target, 2, is passed after about 20 epochs; patience adds 5."""
    estimator, model = fit(stop_target=2.0)
    best = int(estimator.facts["best_epoch"])
    assert 17 <= best <= 23
    assert len(estimator.curve) == best + 5 + 1
    # The weights of the best epoch stay, not the last ones, which have walked on by 0.5.
    assert model.network.weight.item() == pytest.approx(2.0, abs=0.06)
    losses = [row["stop/loss"] for row in estimator.curve]
    assert estimator.facts["stop_loss"] == min(losses) == losses[best]


def test_training_goes_on_while_the_stop_trials_gain():
    estimator, model = fit(stop_target=10.0)
    assert len(estimator.curve) == 60
    assert model.network.weight.item() > 5.0


def test_curve_holds_every_term_of_both_parts():
    estimator, _ = fit(stop_target=2.0, max_epochs=2)
    assert set(estimator.curve[0]) == {
        "epoch",
        "train/distance",
        "train/loss",
        "stop/distance",
        "stop/loss",
    }
    # Before the first step the weight is zero and the target ten.
    assert estimator.curve[0]["train/loss"] == pytest.approx(100.0)


def test_batches_hold_every_cycle_once_in_a_new_order_each_epoch():
    data = cycles(10, 0.0)
    batches = Batches(data, 4, seed=1)
    first, second = ([b.person.tolist() for b in batches] for _ in range(2))
    # As even as can be: no step learns from the two that would be left over.
    assert sorted(len(b) for b in first) == [3, 3, 4]
    assert len(batches) == 3
    assert sorted(k for batch in first for k in batch) == list(range(10))
    assert first != second
    again = [b.person.tolist() for b in Batches(data, 4, seed=1)]
    assert again == first


def test_few_cycles_are_gone_through_until_an_epoch_has_its_batches():
    data = cycles(10, 0.0)
    batches = Batches(data, 4, seed=1, least=8)
    passes = [b.person.tolist() for b in batches]
    assert len(passes) == len(batches) == 9
    orders = [[k for batch in passes[i : i + 3] for k in batch] for i in (0, 3, 6)]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert orders[0] != orders[1] != orders[2]
    # Where there are enough cycles, nothing changes.
    assert len(Batches(data, 1, seed=1, least=8)) == 10


def test_an_epoch_of_more_batches_trains_for_longer():
    once, often = (fit(10.0, max_epochs=5, epoch_batches=k)[1] for k in (1, 4))
    assert often.network.weight.item() > 3 * once.network.weight.item()


def test_derived_values_follow_their_cycles():
    data = replace(cycles(5, 0.0), derived={"double": 2 * torch.arange(5)})
    some = data.take(np.array([4, 1]))
    assert some.derived["double"].tolist() == [8, 2]
    assert len(some) == 2
