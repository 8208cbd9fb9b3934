from dataclasses import replace

import numpy as np
import pytest
import torch
from joint_of_known_muscles import DEEP, joint_problem, known_joint
from scipy.optimize import lsq_linear

from myopinn.errors import ConfigError
from myopinn.methods.deep.assisted import least_effort
from myopinn.methods.deep.synergies import find_synergies
from myopinn.variants import load_variant

ESTIMATORS = (
    "copy_agonists",
    "moment_alone",
    "static_optimization",
    "mse_nmf",
    "mse_pca",
    "emg_assisted",
)


def fitted(name, known, **settings):
    variant = load_variant(name, settings)
    estimator = variant.build(known.problem)
    estimator.fit(known.cycles, known.cycles, 0)
    return estimator


def answered(name, known, **settings):
    estimator = fitted(name, known, **settings)
    return np.swapaxes(estimator.predict(known.cycles), 1, 2)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_what_was_learned_can_be_stored_and_answers_the_same(name):
    known = known_joint()
    estimator = fitted(name, known)
    variant = load_variant(name)
    again = variant.build(known.problem)
    again.restore(estimator.arrays())
    answer = estimator.predict(known.cycles)
    assert answer.shape == (len(known.cycles), 100, 5)
    np.testing.assert_array_equal(answer, again.predict(known.cycles))
    assert not estimator.uses_seed


@pytest.mark.parametrize("name", ESTIMATORS)
def test_targets_of_deep_muscles_do_not_matter(name):
    known = known_joint()
    spoilt = known.cycles.targets.clone()
    spoilt[:, DEEP] = 0.7
    other = known._replace(cycles=replace(known.cycles, targets=spoilt))
    np.testing.assert_array_equal(answered(name, known), answered(name, other))


def test_copying_answers_the_mean_envelope_of_the_muscles_on_the_same_side():
    known = known_joint()
    answer = answered("copy_agonists", known)
    np.testing.assert_allclose(answer[:, 1], known.cycles.envelope[:, 0], rtol=1e-6)
    np.testing.assert_allclose(answer[:, 3], known.cycles.envelope[:, 1], rtol=1e-6)
    assert np.isnan(answer[:, -1]).all()


def test_static_optimization_is_the_solver_s_answer():
    known = known_joint()
    answer = answered("static_optimization", known)
    np.testing.assert_allclose(answer[:, :-1], known.cycles.activation, rtol=1e-6)


def test_the_moment_alone_finds_a_muscle_that_is_proportional_to_it():
    known = known_joint()
    moment = known.cycles.joint_moment
    envelope = torch.stack([0.02 + moment.clamp(min=0) / 50, 0.03 - moment.clamp(max=0) / 40], 1)
    targets = known.cycles.targets.clone()
    targets[:, [0, 2]] = envelope
    known = known._replace(cycles=replace(known.cycles, envelope=envelope, targets=targets))
    answer = answered("moment_alone", known)
    np.testing.assert_allclose(answer[:, [1, 3]], envelope, atol=1e-5)


@pytest.mark.parametrize("name", ["copy_agonists", "moment_alone", "mse_nmf", "emg_assisted"])
def test_a_deep_muscle_without_a_measured_agonist_is_refused_by_name(name):
    problem = replace(
        joint_problem(), channels=("extensor",), measured_by=(None, None, "extensor", None)
    )
    variant = load_variant(name)
    with pytest.raises(ConfigError, match="deep flexor"):
        estimator = variant.build(problem)
        estimator.fit(known_joint().cycles, known_joint().cycles, 0)


@pytest.mark.parametrize("name", ["mse_nmf", "mse_pca"])
def test_synergies_find_how_much_of_the_work_deep_muscles_take(name):
    """Courses are drives here, and with generic muscles only weights and gains are open."""
    known = known_joint(load_factor=(1.0, 1.8, 1.0, 0.6), count=24)
    answer = answered(name, known, personal=False, iterations=300)
    for row in DEEP:
        true = known.excitation[:, row].numpy()
        assert np.sqrt(np.mean((answer[:, row] - true) ** 2)) < 0.35 * true.std()
    moment = answer[:, -1] * known.problem.moment_range_n_m
    assert np.std(moment - known.cycles.joint_moment.numpy()) < 0.5


def test_weights_of_non_negative_factors_are_not_negative():
    estimator = fitted("mse_nmf", known_joint())
    arrays = estimator.arrays()
    assert (arrays["courses.vectors"] >= 0).all()
    assert (estimator.predict(known_joint().cycles)[..., :-1] >= 0).all()


def test_assisted_deep_muscles_make_up_what_the_measured_ones_leave_of_the_moment():
    known = known_joint(load_factor=(1.0, 1.8, 1.0, 0.6))
    answer = answered("emg_assisted", known, personal=False, effort_weight=0.01)
    moment = answer[:, -1] * known.problem.moment_range_n_m
    assert np.std(moment - known.cycles.joint_moment.numpy()) < 0.3


def test_least_effort_is_the_bounded_least_squares_solution():
    rng = np.random.default_rng(3)
    capacity, wanted = rng.normal(size=(4, 3, 2)) * 4, rng.normal(size=(4, 2)) * 6
    found = least_effort(torch.tensor(capacity), torch.tensor(wanted), 0.5).numpy()
    for cycle in range(4):
        for frame in range(2):
            matrix = np.vstack([capacity[cycle, :, frame], np.sqrt(0.5) * np.eye(3)])
            right = np.append(wanted[cycle, frame], np.zeros(3))
            best = lsq_linear(matrix, right, (0, 1), tol=1e-12).x
            np.testing.assert_allclose(found[cycle, :, frame], best, atol=1e-5)


def test_as_many_synergies_are_found_as_the_envelopes_have():
    rng = np.random.default_rng(0)
    courses, vectors = rng.gamma(1.0, 0.2, (800, 2)), rng.uniform(0.1, 1.0, (2, 5))
    envelopes = courses @ vectors
    found = find_synergies(envelopes, "nmf", 0.995)
    assert found.vectors.shape == (2, 5)
    assert np.abs(found.rebuilt(envelopes) - envelopes).max() < 0.1 * envelopes.std()
    components = find_synergies(envelopes, "pca", 0.9999)
    assert components.vectors.shape == (2, 5)
    np.testing.assert_allclose(components.rebuilt(envelopes), envelopes, atol=1e-9)


def test_fewer_synergies_are_enough_for_less_of_the_variance():
    envelopes = np.random.default_rng(1).gamma(1.0, 0.2, (500, 4))
    counts = [len(find_synergies(envelopes, "pca", share).vectors) for share in (0.5, 0.9, 0.999)]
    assert counts == sorted(counts) and counts[0] < counts[-1]
