"""Polynomials of muscle paths: exact where the path is one, of the lowest degree, one table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from myopinn.opensim.muscle_geometry import Muscle, tabulate
from myopinn.opensim.path_fit import MuscleStates, PathFit, errors, exponents, fit_path

HALF = np.array([0.5, 1.2])
# l = 0.3 + 0.02 x - 0.01 x y + 0.005 y^2
TRUE = PathFit(np.array([0.3, 0.02, -0.01, 0.005]), np.array([[0, 0], [1, 0], [1, 1], [0, 2]]))


def states(count: int, seed: int) -> MuscleStates:
    x = np.random.default_rng(seed).uniform(-1, 1, (count, 2))
    return MuscleStates(x, TRUE.length(x), TRUE.slope(x), np.ones(count, dtype=bool))


def fit(fitted: MuscleStates) -> PathFit:
    bounds = {"length_bound": 5e-4, "moment_arm_bound": 1e-3}
    return fit_path(fitted, states(30, 1), HALF, max_degree=6, **bounds)


def test_a_path_that_is_a_polynomial_is_found_with_its_own_degree() -> None:
    found = fit(states(40, 0))
    assert found.degree == TRUE.degree == 2
    length, arm = errors(found, states(50, 2), HALF)
    assert length < 1e-12 and arm.max() < 1e-12


def test_lengths_that_are_not_trusted_do_not_count_but_their_slopes_do() -> None:
    given = states(40, 0)
    lied = np.arange(40) < 10
    length = np.where(lied, 9.9, given.length)
    found = fit(MuscleStates(given.x, length, given.slope, ~lied))
    assert errors(found, states(50, 2), HALF)[0] < 1e-12


def test_a_slope_is_the_derivative_of_the_length() -> None:
    x, step = np.array([[0.3, -0.7]]), 1e-6
    for j in range(2):
        ends = [TRUE.length(x + s * step * np.eye(2)[j]) for s in (1, -1)]
        assert TRUE.slope(x)[0, j] == pytest.approx((ends[0] - ends[1])[0] / (2 * step), abs=1e-9)


@pytest.mark.parametrize(("coordinates", "degree"), [(1, 5), (2, 3), (3, 4)])
def test_all_terms_up_to_a_degree_are_there_once(coordinates: int, degree: int) -> None:
    found = exponents(coordinates, degree)
    assert len({tuple(e) for e in found}) == len(found) == math.comb(coordinates + degree, degree)
    assert found.sum(axis=1).max() == degree


def test_muscles_of_different_joints_share_one_table_of_exponents() -> None:
    hip = PathFit(np.array([0.2, 0.1]), np.array([[0], [1]]))
    fitted = {
        "both": Muscle(("hip", "knee"), TRUE, 1e-5, np.array([2e-5, 3e-5])),
        "hip_alone": Muscle(("hip",), hip, 4e-5, np.array([5e-5])),
    }
    table = tabulate(fitted, {"hip": (-0.4, 0.6), "ankle": (-0.3, 0.3), "knee": (0.0, 2.4)})
    assert table["crosses"].tolist() == [[1, 0, 1], [1, 0, 0]]
    np.testing.assert_allclose(table["centre"], [0.1, 0.0, 1.2])
    np.testing.assert_allclose(table["half_range"], [0.5, 0.3, 1.2])
    np.testing.assert_allclose(table["moment_arm_rms"], [[2e-5, 0, 3e-5], [5e-5, 0, 0]])
    x = np.array([0.3, 0.9, -0.7])
    lengths = table["coefficient"] @ np.prod(x ** table["exponent"], axis=1)
    np.testing.assert_allclose(lengths, [TRUE.length(x[None, [0, 2]])[0], 0.2 + 0.1 * 0.3])
