"""Bounded least squares are those of the general solver, whichever bounds hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from myopinn.opensim.bounded_least_squares import bounded_least_squares


@pytest.mark.parametrize("asked", [0.1, 1.0, 30.0])
def test_the_answer_is_that_of_the_general_solver(asked: float) -> None:
    rng = np.random.default_rng(3)
    reached = 0
    for _ in range(50):
        matrix = np.vstack([rng.normal(0, 30, (3, 9)), np.eye(9)])
        target = np.concatenate([asked * rng.normal(0, 30, 3), rng.uniform(0, 0.1, 9)])
        low, high = rng.uniform(-0.1, 0.1, 9), rng.uniform(0.5, 1.0, 9)
        found = bounded_least_squares(matrix, target, low, high)
        assert ((found >= low) & (found <= high)).all()
        wanted = lsq_linear(matrix, target, (low, high), method="bvls", tol=1e-12).x
        np.testing.assert_allclose(found, wanted, atol=1e-8)
        reached += int((found == high).any())
    # Both ways are gone: nobody is at a highest bound where little is asked, many where much is.
    assert (reached == 0) if asked < 1 else (reached > 10)
