"""What is said of a method at deep muscles: whom it beats where, and how the moment compares."""

import pandas as pd
import pytest
from conftest import state, written

from myopinn.figures.deep_findings import tell_deep
from myopinn.measures.findings.deep import state_deep


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


def told(tmp_path, table):
    return tell_deep(written(state_deep(table, {}), tmp_path / "findings.csv"))


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
def test_it_is_said_whom_a_method_beats_and_where(tmp_path, skills, verdict):
    (found,) = told(tmp_path, errors(skills))
    assert found.text == f"nmm: {verdict}"
    assert "skill over copy" in found.details[0]
    assert "moment NRMSE 4.0 % of its range" in found.details


def test_a_rival_is_not_held_against_itself(tmp_path):
    (found,) = told(tmp_path, errors({"BRA": (0.0, 0.6)}, variant="copy", moment=0.08))
    assert found.text == "copy: beats optimum on average at BRA."
    assert "skill over copy" not in found.details[0]
    assert "moment NRMSE 8.0 % of its range" in found.details


def test_a_ceiling_is_called_one(tmp_path):
    (found,) = told(tmp_path, errors({"BRA": (0.5, 0.5)}, truth="excitations"))
    assert found.text.startswith("nmm (a ceiling that is shown the true excitations): beats")


def test_the_test_of_a_method_against_its_rival_is_told_after_its_skill(tmp_path):
    """Of eight people the method is nearer than copying in all, by the flow's own tables."""
    rows = [
        {"variant": v, "subject": f"s{s}", "target": "BRA", "rmse": e * (1 + s / 9), "r": 0.9}
        | {"nrmse_sd": e, "amplitude_ratio": 1.0, "partial_r": 0.5, "skill_copy": 1 - e**2}
        for v, e in {"nmm": 0.5, "copy": 1.0}.items()
        for s in range(8)
    ]
    whose = {"task": "t", "recording": "arm", "split": "unseen", "unit": "1", "told": "EMG"}
    table = pd.DataFrame(rows).assign(**whose, held_against="truth", prior="", truth="")
    found = state(
        tmp_path,
        table,
        {
            "alpha": 0.05,
            "bootstrap_samples": 400,
            "seed": 0,
            "test": "signed_rank",
            "smallest_effect": {},
        },
    )
    nmm, copy = tell_deep(found)
    assert nmm.text == "nmm: beats copy on average at BRA."
    assert nmm.details == (
        "BRA: r 0.900, NRMSE 50 % of the SD, amplitude ratio 1, partial r 0.500, "
        "skill over copy 0.750 (RMSE, Wilcoxon p = 0.0078 after Holm)",
    )
    assert copy.text == "copy: has no rival here to be held against."


def test_of_too_few_people_the_difference_stands_without_a_test():
    pair = {"claim": "pair", "difference": -0.01}
    rows = state_deep(errors({"BRA": (0.5, 0.6)}), {("BRA", "nmm", "copy"): pair})
    (skill,) = [row for row in rows if row.get("versus") == "copy"]
    assert "test" not in skill and skill["n"] == 3
