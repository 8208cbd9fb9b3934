"""What is said of a method at deep muscles: its verdicts, and how the moment compares."""

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
    """Tell of verdicts on RMSE that follow the skills, as they would with many people."""
    pairs = {
        (str(row["target"]), str(row["variant"]), rival): {
            "verdict": "better" if row[f"skill_{rival}"] > 0 else "worse",
            "p_corrected": 0.01,
        }
        for row in table.to_dict("records")
        for rival in ("copy", "optimum")
    }
    return tell_deep(written(state_deep(table, pairs), tmp_path / "findings.csv"))


@pytest.mark.parametrize(
    ("skills", "verdict"),
    [
        (
            {"BRA": (0.5, 0.9), "TRI": (0.2, 0.8)},
            "better than copy at 2 of 2 muscles; better than optimum at 2 of 2 muscles.",
        ),
        (
            {"BRA": (0.5, 0.9), "TRI": (-0.2, 0.8)},
            "better than copy at 1 of 2 muscles: BRA, worse than copy at 1 of 2 muscles: TRI; "
            "better than optimum at 2 of 2 muscles.",
        ),
        (
            {"BRA": (0.5, -0.9)},
            "better than copy at 1 of 1 muscles; worse than optimum at 1 of 1 muscles.",
        ),
    ],
)
def test_it_is_said_than_whom_a_method_is_better_and_where(tmp_path, skills, verdict):
    (found,) = told(tmp_path, errors(skills))
    assert found.text == f"nmm: {verdict}"
    assert "skill over copy" in found.details[0]
    assert "moment NRMSE 4.0 % of its range" in found.details


def test_a_rival_is_not_held_against_itself(tmp_path):
    (found,) = told(tmp_path, errors({"BRA": (0.0, 0.6)}, variant="copy", moment=0.08))
    assert found.text == "copy: better than optimum at 1 of 1 muscles."
    assert "skill over copy" not in found.details[0]
    assert "moment NRMSE 8.0 % of its range" in found.details


def test_a_ceiling_is_called_one(tmp_path):
    (found,) = told(tmp_path, errors({"BRA": (0.5, 0.5)}, truth="excitations"))
    assert found.text.startswith("nmm (a ceiling that is shown the true excitations): better")


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
    assert nmm.text == "nmm: better than copy at 1 of 1 muscles."
    assert nmm.details == (
        "BRA: r 0.900, NRMSE 50 % of the SD, amplitude ratio 1, partial r 0.500, "
        "skill over copy 0.750 (RMSE better, p = 0.0078 after Holm)",
    )
    assert copy.text == "copy: has no rival here to be held against."


def test_a_verdict_is_taken_from_the_difference_of_errors_and_not_from_a_mean_skill():
    pair = {"claim": "pair", "difference": -0.01, "verdict": "undecided"}
    rows = state_deep(errors({"BRA": (0.5, 0.6)}), {("BRA", "nmm", "copy"): pair})
    (skill,) = [row for row in rows if row.get("versus") == "copy"]
    assert skill["estimate"] > 0
    assert (skill["verdict"], skill["n"]) == ("undecided", 3)
