"""What is said of a method at deep muscles: whom it beats where, and how the moment compares."""

import pandas as pd
import pytest

from myopinn.figures.deep_findings import tell_deep

NO_TESTS = pd.DataFrame(columns=["target", "metric", "analysis", "variant", "versus", "p_adjusted"])


def errors(skills, variant="nmm", moment=0.04, truth=None) -> pd.DataFrame:
    """Of three people: skills of each muscle over copying and over optimisation."""
    rows = [
        {"target": muscle, "held_against": "truth", "rmse": 0.1, "nrmse": 0.1, "nrmse_sd": 0.3}
        | {"skill_copy": over[0] + spread, "skill_optimum": over[1] + spread}
        for muscle, over in skills.items()
        for spread in (-0.1, 0.0, 0.1)
    ]
    rows += [{"target": "elbow", "held_against": "inverse dynamics", "nrmse": moment}] * 3
    measures = ["r", "amplitude_ratio", "partial_r"]
    return pd.DataFrame(rows).assign(variant=variant, truth=truth, **dict.fromkeys(measures))


@pytest.mark.parametrize(
    ("skills", "verdict"),
    [
        (
            {"BRA": (0.5, 0.9), "TRI": (0.2, 0.8)},
            "beats copy and optimum on average at BRA and TRI.",
        ),
        (
            {"BRA": (0.5, 0.9), "TRI": (-0.2, 0.8)},
            "beats copy and optimum on average at BRA, not both copy and optimum at TRI.",
        ),
        ({"BRA": (0.5, -0.9)}, "does not beat both copy and optimum at BRA."),
    ],
)
def test_it_is_said_whom_a_method_beats_and_where(skills, verdict):
    (found,) = tell_deep(errors(skills), NO_TESTS)
    assert found.text == f"nmm: {verdict}"
    assert "skill over copy" in found.details[0]
    assert "moment NRMSE 4.0 % of its range" in found.details


def test_a_rival_is_not_held_against_itself():
    (found,) = tell_deep(errors({"BRA": (0.0, 0.6)}, variant="copy", moment=0.08), NO_TESTS)
    assert found.text == "copy: beats optimum on average at BRA."
    assert "skill over copy" not in found.details[0]
    assert "moment NRMSE 8.0 % of its range" in found.details


def test_a_ceiling_is_called_one():
    (found,) = tell_deep(errors({"BRA": (0.5, 0.5)}, truth="excitations"), NO_TESTS)
    assert found.text.startswith("nmm (a ceiling that is shown the true excitations): beats")
