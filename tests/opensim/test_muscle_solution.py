"""What a solver answers, from when to when it is asked, and at which instants it is checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from myopinn.errors import ConfigError, TrialError
from myopinn.opensim.muscle_forces import (
    CHECKED_INSTANTS,
    check_solver,
    checked_instants,
    solved_interval,
)
from myopinn.opensim.muscle_solution import MuscleSolution, saturated_share, split_forces
from myopinn.opensim.reduction import RESERVE_PREFIX
from myopinn.opensim.solvers import find_solver


def solution(time: np.ndarray) -> MuscleSolution:
    """Force, activation and reserve that rise with time."""
    index = pd.Index(time, name="time")
    tables = [pd.DataFrame({"m": k * time}, index=index) for k in (100.0, 0.1, 1.0)]
    return MuscleSolution(*tables, status="solved")


def test_a_solution_is_asked_at_other_times_but_not_beyond_its_own() -> None:
    found = solution(np.array([0.2, 0.5, 1.0])).at(np.array([0.0, 0.2, 0.3, 1.0, 1.1]))
    assert found.force.index.tolist() == [0.2, 0.3, 1.0]
    np.testing.assert_allclose(found.force["m"], [20.0, 30.0, 100.0])
    np.testing.assert_allclose(found.activation["m"], [0.02, 0.03, 0.1])


@pytest.mark.parametrize("time", [np.array([0.2, np.nan, 1.0]), np.array([])])
def test_a_solution_without_finite_forces_is_refused(time: np.ndarray) -> None:
    with pytest.raises(TrialError, match=r"no finite muscle forces \(solved\)"):
        solution(time).at(np.array([0.2, 0.5, 1.0]))


def test_reserves_are_told_from_muscles_and_named_by_their_coordinate() -> None:
    table = pd.DataFrame({f"{RESERVE_PREFIX}knee": [1.0], "vasti": [2.0], "soleus": [3.0]})
    muscles, reserves = split_forces(table, ["soleus", "vasti"])
    assert muscles.to_dict("list") == {"soleus": [3.0], "vasti": [2.0]}
    assert reserves.to_dict("list") == {"knee": [1.0]}


def test_saturation_is_the_share_of_muscles_and_instants() -> None:
    assert saturated_share(pd.DataFrame({"a": [0.1, 1.0], "b": [0.5, 0.98]})) == 0.25


def test_balanced_moments_are_checked_at_some_instants_from_the_first_to_the_last() -> None:
    whole = solution(np.linspace(0, 2, 201))
    assert checked_instants(whole, find_solver("cmc")) is whole
    some = checked_instants(whole, find_solver("moment_optimization"))
    assert len(some.force) == len(some.reserve) == CHECKED_INSTANTS
    assert some.force.index[[0, -1]].tolist() == [0.0, 2.0]
    np.testing.assert_allclose(np.diff(some.force.index), 2 / (CHECKED_INSTANTS - 1), atol=0.011)


def test_what_is_solved_lies_within_the_known_forces() -> None:
    time, file = np.arange(0, 1.001, 0.1), Path("force_intervals.csv")
    assert solved_interval(time, None, None, file) == (0.0, 1.0)
    known = np.array([[0.15, 0.42], [0.68, 0.81]])
    assert solved_interval(time, known, "r", file) == pytest.approx((0.2, 0.8))
    for unknown in (np.empty((0, 2)), np.array([[0.15, 0.22]])):
        with pytest.raises(TrialError, match="side 'r' are at no time fully measured") as raised:
            solved_interval(time, unknown, "r", file)
        assert raised.value.file == "force_intervals.csv"


def test_a_solver_that_does_not_fit_is_refused() -> None:
    check_solver({"solver": "moco_inverse", "muscle_model": "degroote_fregly"})
    with pytest.raises(ConfigError, match="solver 'guess' is none of cmc, moco_inverse, mom"):
        check_solver({"solver": "guess"})
    with pytest.raises(ConfigError, match="moco_inverse needs muscle_forces: muscle_model"):
        check_solver({"solver": "moco_inverse"})
