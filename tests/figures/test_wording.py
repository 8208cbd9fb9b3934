"""Numbers in the report read as readers expect."""

import math

import pytest

from myopinn.figures.tables import quality_table
from myopinn.figures.wording import column, interval, listed, mean_sd, number, probability


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (12, "12"),
        (-0.3251, "−0.325"),
        (1234.6, "1235"),
        (0.000012, "0.000012"),
        (math.nan, "–"),
    ],
)
def test_number(value, text):
    assert number(value) == text


def test_mean_and_interval_have_the_decimals_that_their_spread_deserves():
    assert mean_sd(12.3456, 2.345) == "12.3 ± 2.3"
    assert mean_sd(0.98765, 0.00123, 3) == "0.988 ± 0.001"
    assert mean_sd(5.0, math.nan) == "5"
    assert mean_sd(math.nan, 1.0) == "–"
    assert interval(-1.1234, 1.8) == "−1.12 to 1.80"
    assert interval(math.nan, 1.0) == "–"


def test_p_is_never_written_as_zero():
    assert probability(0.0) == "p < 0.001"
    assert probability(0.0312) == "p = 0.031"
    assert probability(0.999) == "p = 1.00"
    assert probability(math.nan) == "–"


def test_names_are_joined_as_in_a_sentence():
    assert [listed(list(names)) for names in ("", "a", "ab", "abc")] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_column_has_the_same_decimals_throughout():
    assert column([[0.712, 64.14], [], [-0.325, 65.3]]) == ["0.7 to 64.1", "", "−0.3 to 65.3"]
    assert column([[2.0], [3.0]]) == ["2", "3"]


def test_minimum_and_maximum_become_one_range_in_the_units_of_readers():
    import pandas as pd

    names = {"recording": "w", "session": "one", "kind": "dynamic", "condition": ""}
    trials = pd.DataFrame(
        {
            **names,
            "subject": ["s1", "s2"],
            "trial": ["a", "b"],
            "status": ["accepted", "rejected"],
            "step": ["", "scale_model"],
            "reason": ["", "bad."],
            "angle_min:knee_angle_r (deg)": [1.0, 2.0],
            "angle_max:knee_angle_r (deg)": [60.5, 65.0],
            "marker_rms (m)": [0.0123, 0.05],
            "solve_inverse_dynamics: frames": [88.0, math.nan],
        }
    )
    table = quality_table(trials, ["marker_rms"])
    assert table["names"] == ["subject", "trial"]
    assert table["columns"] == [
        "angle of knee_angle_r (deg)",
        "marker rms (mm)",
        "frames, solve_inverse_dynamics",
    ]
    assert table["rows"][0]["cells"] == ["1.0 to 60.5", "12.3", "88"]
    assert table["rows"][1]["reason"] == "scale_model: bad."
