"""An equation that the labels satisfy can be met in training, whatever its weight."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from test_residuals import ARM_M, moment_of, pendulum_problem

from myopinn.config.training import TrainingSettings
from myopinn.dataset.problem import Cycles
from myopinn.training.estimators import GradientEstimator
from myopinn.variants import load_variant

TRAINING, STOPPING = 16, 6


def reaching(count: int, seed: int) -> Cycles:
    """Cycles that no two are alike, with the force that each takes and an EMG that tells it."""
    rng = np.random.default_rng(seed)
    duration = rng.uniform(0.8, 1.6, count)
    rate = 2 * np.pi / duration[:, None, None] * np.arange(1, 4)
    phase = rate * (duration[:, None] * np.arange(100) / 100)[..., None]
    size, start = (rng.uniform(*ends, (count, 1, 3)) for ends in ((-0.3, 0.3), (0, 2 * np.pi)))
    angle = torch.as_tensor(0.5 + (size * np.sin(phase + start)).sum(-1))
    acceleration = torch.as_tensor((-size * rate**2 * np.sin(phase + start)).sum(-1))
    force = moment_of(angle, acceleration, 0.0) / ARM_M
    noise = torch.as_tensor(0.05 * rng.standard_normal((2, count, 100)))
    emg = torch.stack([force / 100, angle], 0) + noise
    return Cycles(
        inputs=emg.transpose(0, 1).float(),
        targets=torch.stack([angle, force], 1).float(),
        joint_angle=angle[:, None].float(),
        joint_moment=torch.zeros(count, 100),
        time_step_s=torch.as_tensor(duration / 100).float(),
        load_kg=torch.zeros(count),
        person=torch.zeros(count, dtype=torch.long),
    )


@pytest.fixture(scope="module")
def problem_and_cycles():
    """A pendulum's problem and its cycles to train and to stop, scaled by the former."""
    train, stop = reaching(TRAINING, 1), reaching(STOPPING, 2)
    every = train.targets.transpose(0, 1).flatten(1)
    centre, extent = every.mean(1), every.amax(1) - every.amin(1)
    problem = replace(
        pendulum_problem(),
        channels=("biceps", "brachialis"),
        target_centre=tuple(centre.tolist()),
        target_range=tuple(extent.tolist()),
        moment_range_n_m=float(extent[1]) * ARM_M,
    )
    scaled = [
        replace(c, targets=(c.targets - centre[:, None]) / extent[:, None]) for c in (train, stop)
    ]
    return problem, *scaled


def fit(problem, train, stop, name, weight):
    """What a network of this name leaves of each term, by answer and term."""
    torch.manual_seed(0)
    variant = load_variant(name, {"physics_weight": weight})
    cycles = [replace(c, derived=variant.derived(problem, c)) for c in (train, stop)]
    training = TrainingSettings(
        **{"max_epochs": 25, "patience": 25, "batch_cycles": 8, "epoch_batches": 8},
        learning_rate=0.005,
        accelerator="cpu",
    )
    estimator = GradientEstimator(variant.build(problem), training)
    estimator.fit(*cycles, seed=0)
    return estimator, {(row["answer"], row["term"]): row["value"] for row in estimator.reached}


@pytest.fixture(scope="module")
def plain(problem_and_cycles):
    return fit(*problem_and_cycles, "cnn", 0.0)


@pytest.mark.parametrize("weight", [0.01, 1.0, 10.0])
def test_a_fit_ends_near_the_labels_and_far_below_the_mean_cycle(problem_and_cycles, plain, weight):
    """EMG tells angle and force here, so nothing but the optimiser can hold a fit back.

    Of the way from the mean cycle's loss to the labels' a fit goes 19 parts of 20: the EMG's noise
    of a twentieth allows more, a posture that does not move allows none of it.
    """
    _, reached = fit(*problem_and_cycles, "cnn", weight)
    assert reached["labels", "physics"] < 1e-7
    labels, rival = reached["labels", "loss"], reached["mean_cycle", "loss"]
    assert reached["fit", "loss"] - labels < 0.05 * (rival - labels)
    # What is trained for the equation meets it better than what is not.
    if weight >= 1:
        assert reached["fit", "physics"] < plain[1]["fit", "physics"]


def test_the_equation_is_measured_where_it_has_no_weight_and_changes_nothing(
    problem_and_cycles, plain
):
    estimator, reached = plain
    assert reached["fit", "physics"] > 0
    assert not any(name.endswith("physics") for name in estimator.curve[0])
    # The whole is what was trained for: angle and force.
    whole = reached["fit", "angle"] + reached["fit", "force"]
    assert reached["fit", "loss"] == pytest.approx(whole, rel=1e-6)


def test_training_stops_by_angle_and_force_whatever_the_weight(problem_and_cycles):
    estimator, _ = fit(*problem_and_cycles, "cnn", 10.0)
    watched = [row["stop/angle"] + row["stop/force"] for row in estimator.curve]
    assert estimator.facts["stop_loss"] == pytest.approx(min(watched), rel=1e-6)
    assert estimator.facts["best_epoch"] == np.argmin(watched)


def test_a_recurrent_network_learns_the_same_task(problem_and_cycles):
    _, reached = fit(*problem_and_cycles, "gru", 1.0)
    assert reached["fit", "loss"] < 0.05 * reached["mean_cycle", "loss"]
