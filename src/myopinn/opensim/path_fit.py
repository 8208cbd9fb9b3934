"""Least-squares fit of a polynomial to sampled lengths and moment arms of one muscle.

Lengths and moment arms are fitted together, each weighted by its bound, so that the polynomial's
exact derivative is the moment arm. The degree is the lowest that is good enough on states that
were not fitted; the errors that are reported come from a third set of states.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

# A higher degree is tried only while the error on unseen states is over this share of its bound.
_GOOD_ENOUGH = 0.25


@dataclass(frozen=True)
class MuscleStates:
    """States of one muscle in scaled coordinates x = (q - centre) / half_range.

    Attributes
    ----------
    x : array, shape (state, coordinate)
    length : array, shape (state,), m
    slope : array, shape (state, coordinate), m
        Wanted derivative of the length by x: minus the moment arm times the half range.
    trusted : array of bool, shape (state,)
        States whose length is used.
    """

    x: np.ndarray
    length: np.ndarray
    slope: np.ndarray
    trusted: np.ndarray


@dataclass(frozen=True)
class PathFit:
    """A polynomial: ``length = sum_k coefficient_k prod_j x_j ** exponent_kj``, m."""

    coefficient: np.ndarray
    exponent: np.ndarray

    @property
    def degree(self) -> int:
        """Largest total degree of a term."""
        return int(self.exponent.sum(1).max(initial=0))

    def length(self, x: np.ndarray) -> np.ndarray:
        """Length at scaled coordinates, m, shape (state,)."""
        return _monomials(x, self.exponent) @ self.coefficient

    def slope(self, x: np.ndarray) -> np.ndarray:
        """Slopes along the scaled coordinates, m, shape (state, coordinate)."""
        columns = [_slopes(x, self.exponent, j) @ self.coefficient for j in range(x.shape[1])]
        return np.stack(columns, 1)


def exponents(coordinates: int, degree: int) -> np.ndarray:
    """All exponents up to a total degree, shape (term, coordinate)."""
    every = itertools.product(range(degree + 1), repeat=coordinates)
    return np.array(sorted((e for e in every if sum(e) <= degree), key=lambda e: (sum(e), e)))


def fit_path(
    fitted: MuscleStates,
    unseen: MuscleStates,
    half_range: np.ndarray,
    *,
    max_degree: int,
    length_bound: float,
    moment_arm_bound: float,
) -> PathFit:
    """Fit polynomials of rising degree and keep the lowest that is good enough.

    Parameters
    ----------
    fitted, unseen : MuscleStates
        For the coefficients and for the choice of the degree.
    half_range : array, shape (coordinate,), rad
    max_degree : int
    length_bound, moment_arm_bound : float, m
        Their ratio weighs lengths against moment arms.

    Returns
    -------
    PathFit
        The best on the unseen states where none is good enough.
    """
    best, lowest = None, np.inf
    for degree in range(1, max_degree + 1):
        fit = _least_squares(
            fitted, exponents(len(half_range), degree), half_range, length_bound, moment_arm_bound
        )
        length_rms, arm_rms = errors(fit, unseen, half_range)
        error = max(length_rms / length_bound, arm_rms.max() / moment_arm_bound)
        if error < lowest:
            best, lowest = fit, error
        if error <= _GOOD_ENOUGH:
            break
    assert best is not None
    return best


def errors(fit: PathFit, states: MuscleStates, half_range: np.ndarray) -> tuple[float, np.ndarray]:
    """Rms errors on given states.

    Returns
    -------
    length : float, m
        Over the states whose length is trusted.
    moment_arm : array, shape (coordinate,), m
    """
    miss = (fit.length(states.x) - states.length)[states.trusted]
    arm = (fit.slope(states.x) - states.slope) / half_range
    return float(np.sqrt(np.mean(miss**2))), np.sqrt(np.mean(arm**2, axis=0))


def _least_squares(
    states: MuscleStates,
    exponent: np.ndarray,
    half_range: np.ndarray,
    length_bound: float,
    moment_arm_bound: float,
) -> PathFit:
    rows = [_monomials(states.x[states.trusted], exponent) / length_bound]
    wanted = [states.length[states.trusted] / length_bound]
    for j, half in enumerate(half_range):
        rows.append(_slopes(states.x, exponent, j) / (half * moment_arm_bound))
        wanted.append(states.slope[:, j] / (half * moment_arm_bound))
    solution = np.linalg.lstsq(np.concatenate(rows), np.concatenate(wanted), rcond=None)
    return PathFit(solution[0], exponent)


def _monomials(x: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    return np.prod(x[:, None, :] ** exponent[None], axis=2)


def _slopes(x: np.ndarray, exponent: np.ndarray, j: int) -> np.ndarray:
    lower = exponent.copy()
    lower[:, j] = np.maximum(lower[:, j] - 1, 0)
    return exponent[:, j] * _monomials(x, lower)
