"""Identified parameters beside true ones: ratios of powers of two, so that errors are log 2."""

import numpy as np
import pandas as pd
import pytest
from hand_made import filled, write_about

from myopinn.files.layouts.compared_parameters import COMPARED_PARAMETERS
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.layouts.identified_parameters import IDENTIFIED_PARAMETERS
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import write_netcdf
from myopinn.steps.compare_parameters import compare_parameters

LOG2 = np.log(2)
# Of a value that is anywhere alike between two bounds, as a share of their distance.
UNIFORM_SD = 1 / np.sqrt(12)


def fits(muscle, parameter, unit, values, generic, low, high, subject="P1"):
    return [
        {
            **{"fold": f"f{k}", "seed": k, "subject": subject, "muscle": muscle},
            **{"parameter": parameter, "unit": unit, "value": value},
            **{"generic": generic, "low": low, "high": high},
        }
        for k, value in enumerate(values)
    ]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The table by muscle and parameter; the true model's force of FCR is 200 N."""
    tmp_path = tmp_path_factory.mktemp("study")
    folder = tmp_path / "training" / "nmm" / "lab" / "unseen_trials"
    rows = [
        *fits("FCR", "max_isometric_force", "N", [200, 800], 100, 50, 800),
        *fits("FCU", "max_isometric_force", "N", [25, 25, 25], 100, 50, 800),
        *fits("FCU", "optimal_fiber_length", "m", [0.1], 0.05, 0.05, 0.2),
        *fits("", "activation_time_constant", "s", [0.02, 0.02], 0.04, 0.01, 0.04),
        *fits("FCU", "deactivation_time_constant", "s", [0.05] * 2, 0.05, 0.05, 0.05),
        *fits("", "electromechanical_delay", "s", [0.05] * 2, 0.1, 0.0, 0.1),
        *fits("FCR", "emg_shape", "", [-2.0, 0.0], -1.5, -3.0, 0.0),
        *fits("FCR", "unknown_gain", "", [4.0, 1.0], 1.0, 0.5, 8.0),
        *fits("FCR", "max_isometric_force", "N", [100, 100], 100, 50, 800, subject="P2"),
    ]
    IDENTIFIED_PARAMETERS.write(pd.DataFrame(rows), folder / "parameters.csv")
    write_about(folder)
    geometry = filled(
        GEOMETRY,
        {"muscle": ["FCR", "FCU"], "coordinate": ["wrist"]},
        sizes={"term": 1},
        attributes={"recording": "lab", "subject": "P1"},
        max_isometric_force=np.array([200.0, 50.0]),
        optimal_fiber_length=np.array([0.3, 0.1]),
    )
    path = tmp_path / "lab" / "true_geometry" / "P1.nc"
    write_netcdf(geometry, path, GEOMETRY)
    truth = tmp_path / "truth" / "lab" / "P1"
    for trial, activation in (("a", 0.01), ("b", 99.0)):
        true = filled(
            TRUTH,
            {"time_s": np.arange(3.0), "muscle": ["FCR", "FCU"], "coordinate": ["wrist"]},
            attributes={
                **{"recording": "lab", "subject": "P1"},
                "activation_s": activation,
                "deactivation_s": 0.1,
                "sharing_law": "least_effort",
                "electromechanical_delay_s": 0.05,
            },
        )
        write_netcdf(true, truth / f"{trial}.nc", TRUTH)
    compare_parameters(
        predictions=[tmp_path / "training"],
        true_geometries=[path],
        truth=[truth],
        parameters=tmp_path / "parameters.csv",
    )
    table = COMPARED_PARAMETERS.read(tmp_path / "parameters.csv")
    return table.set_index(["subject", "muscle", "parameter"])


def test_errors_are_logarithms_of_ratios_to_the_truth_with_their_sign(judged):
    """Twice the true value is +log 2, half of it -log 2, before the fits and after them."""
    strong = judged.loc[("P1", "FCR", "max_isometric_force")]
    assert strong["value"] == pytest.approx(400)  # of 200 and 800
    assert strong["error"] == pytest.approx(LOG2)
    assert strong["error_generic"] == pytest.approx(-LOG2)
    weak = judged.loc[("P1", "FCU", "max_isometric_force")]
    assert weak["error"] == pytest.approx(-LOG2)
    assert weak["error_generic"] == pytest.approx(LOG2)
    assert (weak["true"], weak["generic"], weak["low"], weak["high"]) == (50, 100, 50, 800)


def test_a_spread_is_told_as_a_share_of_what_the_bounds_allow(judged):
    """200 and 800 lie log 2 on either side of their mean; the bounds are 4 log 2 apart."""
    row = judged.loc[("P1", "FCR", "max_isometric_force")]
    assert row["spread"] == pytest.approx(LOG2) and row["n_fits"] == 2
    assert row["spread_share"] == pytest.approx(1 / (4 * UNIFORM_SD))
    same = judged.loc[("P1", "FCU", "max_isometric_force")]
    assert same["spread"] == pytest.approx(0) and same["n_fits"] == 3


def test_one_fit_has_no_spread(judged):
    row = judged.loc[("P1", "FCU", "optimal_fiber_length")]
    assert row["n_fits"] == 1 and row["error"] == pytest.approx(0)
    assert np.isnan(row["spread"]) and np.isnan(row["spread_share"])


def test_what_all_muscles_share_is_known_of_each_and_of_all(judged):
    """Read from the attributes of the person's first trial, as no model file holds them."""
    row = judged.loc[("P1", "", "activation_time_constant")]
    assert row["true"] == 0.01 and row["error"] == pytest.approx(LOG2)
    of_one = judged.loc[("P1", "FCU", "deactivation_time_constant")]
    assert of_one["true"] == 0.1 and of_one["error"] == pytest.approx(-LOG2)
    # Between equal bounds nothing is left to identify.
    assert of_one["spread"] == pytest.approx(0) and np.isnan(of_one["spread_share"])


def test_a_parameter_that_may_be_zero_has_no_logarithm(judged):
    """Its values are averaged as they are, and a share of nothing is no error."""
    row = judged.loc[("P1", "FCR", "emg_shape")]
    assert row["value"] == pytest.approx(-1) and row["spread"] == pytest.approx(1)
    assert row["spread_share"] == pytest.approx(1 / (3 * UNIFORM_SD))
    assert np.isnan(row["error"]) and np.isnan(row["error_generic"])
    delay = judged.loc[("P1", "", "electromechanical_delay")]
    assert delay["true"] == 0.05 and delay["value"] == pytest.approx(0.05)
    assert np.isnan(delay["error"])


def test_without_a_truth_there_is_a_spread_and_no_error(judged):
    for key in (("P1", "FCR", "unknown_gain"), ("P2", "FCR", "max_isometric_force")):
        row = judged.loc[key]
        assert np.isnan(row["true"]) and np.isnan(row["error"]) and np.isnan(row["error_generic"])
        assert np.isfinite(row["spread"])
    assert judged.loc[("P1", "FCR", "unknown_gain"), "value"] == pytest.approx(2)


def test_every_row_says_where_it_comes_from(judged):
    assert len(judged) == 9
    assert {*judged.index.names, *judged.columns} == set(COMPARED_PARAMETERS.columns)
    for key, value in {
        "task": "deep_emg",
        "recording": "lab",
        "split": "unseen_trials",
        "variant": "nmm",
    }.items():
        assert set(judged[key]) == {value}
    assert judged.loc[("P1", "FCR", "max_isometric_force"), "unit"] == "N"
