"""Rivals in continuous time: exact where movement is a rhythm, the mean where it is none."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from rhythms import (
    LEAD,
    PROBLEM,
    STEP_S,
    changed_after,
    metronome,
    pieces,
    random_movement,
    unexplained,
)
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from myopinn.errors import ConfigError
from myopinn.methods.networks.dilated import DilatedCNNSettings, dilated_cnn
from myopinn.methods.regressors.frame_regression import frame_windows
from myopinn.methods.regressors.ridge_path import RidgePath
from myopinn.variants import load_variant

RHYTHM = (
    pieces(metronome(0), metronome(1)),
    pieces(metronome(2)),
    pieces(metronome(3), noise=0.0),
)
RANDOM = tuple(pieces(random_movement(seed)) for seed in (0, 1, 2))


def fitted(name, given, **settings):
    """Fit on training pieces; return what it answers on the tested, of which no target is told."""
    train, stop, tested = given
    model = load_variant(name, settings).build(PROBLEM)
    model.fit(train, stop, 1)
    return model, model.predict(tested.to_answer(PROBLEM))


@pytest.mark.parametrize(("name", "most"), [("last_cycle", 0.03), ("phase_oscillator", 0.03)])
def test_by_a_metronome_counting_time_is_near_exact_once_it_has_settled(name, most):
    _, answer = fitted(name, RHYTHM)
    # Of the first piece nothing but the first frame was seen before.
    assert (unexplained(answer, RHYTHM[2], first=3) < most).all()


def test_counting_goes_by_the_period_that_it_says():
    """Twice as slow a metronome: the last period is right, that of training is not."""
    slow = (*RHYTHM[:2], pieces(metronome(4, hz=0.5)))
    _, training = fitted("last_cycle", slow, period="training")
    _, last = fitted("last_cycle", slow, period="last")
    assert unexplained(last, slow[2], first=4)[0] < 0.05
    assert unexplained(training, slow[2], first=4)[0] > 0.3


def test_an_oscillator_follows_another_metronome_than_the_one_it_learned():
    other = (*RHYTHM[:2], pieces(metronome(4, hz=0.85)))
    _, answer = fitted("phase_oscillator", other)
    assert unexplained(answer, other[2], first=4)[0] < 0.1


@pytest.mark.parametrize("name", ["last_cycle", "phase_oscillator", "mean"])
def test_where_nothing_repeats_counting_time_is_no_better_than_the_mean(name):
    _, answer = fitted(name, RANDOM)
    assert (unexplained(answer, RANDOM[2]) > 0.9).all()
    # Nor is it much worse, as something that played a cycle at a wrong time would be.
    assert (unexplained(answer, RANDOM[2]) < 1.05).all()


def test_where_nothing_repeats_emg_alone_tells_the_force_and_nothing_of_it_is_the_clocks():
    """The force is a curve of the EMG; its angle an integral, of which a window knows a part."""
    _, answer = fitted("ridge", RANDOM)
    assert (unexplained(answer, RANDOM[2]) < [0.75, 0.3]).all()


def test_the_mean_is_the_mean():
    _, answer = fitted("mean", RANDOM)
    wanted = RANDOM[0].targets.numpy().mean((0, 2))
    np.testing.assert_allclose(answer, np.broadcast_to(wanted, answer.shape))


def test_without_a_beginning_in_sight_the_answer_is_the_mean():
    still = [replace(own, past_angle=own.past_angle * 0) for own in RHYTHM]
    model, answer = fitted("last_cycle", still)
    assert np.isnan(model.period_s) and model.facts == {"phase_known_share": 0.0}
    wanted = still[0].targets.numpy().mean((0, 2))
    np.testing.assert_allclose(answer, np.broadcast_to(wanted, answer.shape), atol=1e-12)


@pytest.mark.parametrize("name", ["last_cycle", "phase_oscillator", "mean", "ridge"])
@pytest.mark.parametrize("frame", [0, 61])
def test_what_comes_later_changes_no_answer(name, frame):
    """Bit for bit; of EMG and of past angle, and with no target told."""
    model, answer = fitted(name, RANDOM)
    again = model.predict(changed_after(RANDOM[2], frame))
    np.testing.assert_array_equal(again[:, : frame + 1], answer[:, : frame + 1])
    if name != "mean":
        assert (again[:, frame + 1 :] != answer[:, frame + 1 :]).any()


@pytest.mark.parametrize("penalties", [(1e-4,), (1e-2,), (3.0,)])
def test_ridge_is_that_of_scikit_learn(penalties):
    train, _, tested = RANDOM
    _, answer = fitted("ridge", RANDOM, window_frames=15, penalties=list(penalties))

    def rows(own):
        return frame_windows(np.swapaxes(own.inputs.numpy(), 1, 2), 15, 100)

    wanted = np.swapaxes(train.targets.numpy(), 1, 2).reshape(-1, 2)
    scale = StandardScaler().fit(rows(train))
    theirs = Ridge(alpha=penalties[0] * len(wanted)).fit(scale.transform(rows(train)), wanted)
    expected = theirs.predict(scale.transform(rows(tested)))
    np.testing.assert_allclose(answer.reshape(-1, 2), expected, atol=1e-6)


def test_each_target_has_the_penalty_that_is_best_where_nothing_was_learned():
    """Many inputs and few frames: what is loud wants a strong penalty, what is clear a weak one."""
    draw = np.random.default_rng(0)
    rows, other = draw.normal(size=(60, 40)), draw.normal(size=(500, 40))
    weights = draw.normal(size=40)
    noise = np.array([0.01, 20.0])

    def targets(of):
        return (of @ weights)[:, None] + noise * draw.normal(size=(len(of), 2))

    wanted, judged = targets(rows), targets(other)
    penalties = (1e-4, 1e-2, 1.0, 100.0)
    path = RidgePath(penalties).fit(rows, wanted, other, judged)
    errors = [
        ((RidgePath([one]).fit(rows, wanted, other, judged).predict(other) - judged) ** 2).mean(0)
        for one in penalties
    ]
    np.testing.assert_array_equal(path.chosen, np.array(penalties)[np.argmin(errors, axis=0)])
    assert path.chosen[0] < path.chosen[1]


def test_an_input_that_never_changes_has_no_part():
    rows = np.random.default_rng(0).normal(size=(50, 2))
    constant = np.concatenate([rows, np.full((50, 1), 0.3)], axis=1)
    wanted = rows[:, :1]
    path = RidgePath([1e-6]).fit(constant, wanted, constant, wanted)
    np.testing.assert_allclose(path.predict(constant), wanted, atol=1e-4)
    assert path.weights[2, 0] == 0


@pytest.mark.parametrize("past", [True, False])
def test_a_dilated_network_reaches_as_far_as_its_kernels_and_no_further(past):
    """Kernels of 3 over 1, 2 and 4 frames reach 14 frames back, or 7 to either side."""
    torch.manual_seed(0)
    settings = DilatedCNNSettings(features=4, kernel_frames=3, dilations=(1, 2, 4))
    network = dilated_cnn(settings, 1, 1, 100 if past else None).double()
    still = torch.zeros(1, 1, 100 + (LEAD if past else 0)).double()
    moved = still.clone()
    at = 50
    moved[..., at + (LEAD if past else 0)] = 1.0
    answers = network(moved), network(still)
    assert answers[0].shape == (1, 1, 100)
    frames = torch.nonzero((answers[0] - answers[1]).abs()[0, 0] > 1e-12)[:, 0]
    assert (int(frames.min()), int(frames.max())) == ((50, 64) if past else (43, 57))


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("last_cycle", {"period": "next"}, "training or last"),
        ("phase_oscillator", {"slowest_hz": 5.0}, "less than fastest_hz"),
        ("ridge", {"penalties": []}, "at least one"),
        ("ridge", {"window_frames": 4}, "odd number"),
        ("dilated_cnn", {"dilations": []}, "at least one"),
        ("dilated_cnn", {"kernel_frames": 4}, "odd number"),
    ],
)
def test_wrong_settings_are_refused_by_name(name, settings, said):
    with pytest.raises(ConfigError, match=said) as error:
        load_variant(name, settings)
    assert name in str(error.value)


def test_a_trial_that_has_just_begun_tells_no_rhythm():
    """The first sample repeated is no cycle."""
    first = pieces(metronome(5))
    model, answer = fitted("last_cycle", (*RHYTHM[:2], first))
    early = answer[0, : round(0.3 / STEP_S)]
    np.testing.assert_allclose(early, np.broadcast_to(model.usual.mean, early.shape))
