"""What fits say of a parameter: its mean, its spread and its error, of powers of two."""

import numpy as np
import pandas as pd
import pytest

from myopinn.measures.identified_parameters import judge_parameter


def judged(values, true, generic=1.0, low=0.25, high=4.0):
    fits = pd.DataFrame({"value": values}).assign(generic=generic, low=low, high=high)
    return judge_parameter(fits, true)


def test_the_mean_is_geometric_and_errors_are_logarithms():
    found = judged([0.5, 8.0], 4.0)
    assert found["value"] == pytest.approx(2.0) and found["n_fits"] == 2
    assert found["error"] == pytest.approx(-np.log(2))
    assert found["error_generic"] == pytest.approx(-np.log(4))
    assert found["spread"] == pytest.approx(np.log(4))
    # Anywhere alike over a range of log 16 has an SD of that by the root of 12.
    assert found["spread_share"] == pytest.approx(np.log(4) / (np.log(16) / np.sqrt(12)))


def test_without_a_truth_there_is_no_error():
    found = judged([2.0, 2.0], None)
    assert np.isnan([found["true"], found["error"], found["error_generic"]]).all()
    assert found["spread"] == 0


def test_what_may_be_negative_is_averaged_as_it_is():
    found = judged([-2.0, 0.0], -1.0, generic=-1.5, low=-3.0, high=0.0)
    assert found["value"] == -1.0 and np.isnan(found["error"])
    assert found["spread_share"] == pytest.approx(1.0 / (3.0 / np.sqrt(12)))


def test_bounds_that_leave_nothing_open_have_no_share():
    assert np.isnan(judged([1.0, 1.0], 1.0, low=1.0, high=1.0)["spread_share"])
    assert np.isnan(judged([1.0], 1.0)["spread"])
