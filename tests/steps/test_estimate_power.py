"""Power of planned comparisons before the study, and the same procedure after it."""

import numpy as np
import pandas as pd
import pytest

from myopinn.errors import ConfigError
from myopinn.figures.planned import tell_planned, tell_power
from myopinn.files.layouts.errors import ERRORS
from myopinn.files.layouts.findings import FINDINGS
from myopinn.files.layouts.power import POWER
from myopinn.measures.findings.planned import state_planned
from myopinn.measures.paired_errors import pair_errors
from myopinn.steps.estimate_power import estimate_power

PLACE = {"recording": "wrist", "split": "across_people"}
TEST = {**PLACE, "target": "angle", "effect": "angle_deg", "entry": "pi", "versus": "plain"}
TEST |= {"against": "reference", "family": "planned", "people": 12, "seeds": 3}
FORCE = TEST | {"target": "force", "effect": "force_percent_of_range"}
EFFECTS = {"angle_deg": 1.0, "force_percent_of_range": 10.0}
SETTINGS = {"alpha": 0.05, "test": "signed_rank", "seed": 0, "smallest_effect": EFFECTS}
SETTINGS |= {"margin_set_afterwards": False}
SPREADS = {"angle_deg": {"people": 0.8, "seeds": 0.6}}
SPREADS |= {"force_percent_of_range": {"people": 30.0, "seeds": 0.0}}


def power_of(path, tests, pilot=()):
    asked = {"wanted": 0.8, "studies": 2000} | ({"pilot": "old"} if pilot else {"spreads": SPREADS})
    settings = SETTINGS | {"power": asked}
    estimate_power(task="t", planned=tests, settings=settings, power=path / "p.csv", pilot=pilot)
    return POWER.read(path / "p.csv")


def errors_of(people=40, seeds=3, shift=0.0, sd_people=0.8, sd_seeds=0.6) -> pd.DataFrame:
    """Errors whose differences have these spreads: half of the seeds' variance in each entry."""
    rng = np.random.default_rng(2)
    rows = []
    for person in range(people):
        for variant in ("pi", "plain"):
            own = shift + rng.normal(0, sd_people) if variant == "pi" else 0.0
            fits = 9 + own + rng.normal(0, sd_seeds / np.sqrt(2), seeds)
            rows.append(
                {"variant": variant, "subject": f"s{person:02d}", "rmse": np.deg2rad(fits.mean())}
                | {"rmse_sd_seeds": np.deg2rad(fits.std(ddof=1)) if seeds > 1 else np.nan}
            )
    table = pd.DataFrame(rows).assign(task="t", **PLACE, target="angle", unit="rad", note="")
    halves = dict.fromkeys(["nrmse", "r", "r2", "explained"], 0.5)
    return table.assign(
        **halves, n_trials=1, n_cycles=1, n_seeds=seeds, told="EMG of the whole cycle; own trials"
    )


def test_a_design_is_told_what_it_can_show_and_what_it_cannot(tmp_path):
    """Twelve people decide one degree; spreads three times the margin decide nothing."""
    found = power_of(tmp_path, [TEST, FORCE]).set_index(["target", "true"])
    assert (found["tests"] == 2).all()
    assert found.loc[("angle", "none"), "right"] > 0.8
    assert found.loc[("angle", "margin"), "worse"] == found.loc[("angle", "margin"), "right"]
    assert (found.loc["force", "right"] < 0.2).all() and (
        found.loc["force", "undecided"] > 0.7
    ).all()
    assert found.loc[("angle", "none"), "people_to_decide"] <= 12
    assert found.loc[("force", "none"), "people_to_decide"] > 60
    words = ["better", "worse", "equivalent", "undecided"]
    np.testing.assert_allclose(found[words].sum(axis=1), 1.0)


def test_what_is_said_of_power_names_people_seeds_and_shares(tmp_path):
    (said,) = tell_power(power_of(tmp_path, [TEST]))
    assert "pi against plain: with 12 people and 3 seeds, and spreads of 0.80 between" in said
    assert "0.60 between seeds deg" in said and "where it is 1 deg; " in said


def test_spreads_of_people_and_seeds_are_found_in_a_pilot(tmp_path):
    many = errors_of(people=600)
    own = pair_errors(many, TEST)
    assert own.sd_people == pytest.approx(0.8, rel=0.08)
    assert own.sd_seeds == pytest.approx(0.6, rel=0.05)
    ERRORS.write(many, tmp_path / "pilot.csv")
    piloted = power_of(tmp_path, [TEST], pilot=[tmp_path / "pilot.csv"])
    assumed = power_of(tmp_path, [TEST])
    assert set(piloted["source"]) == {"pilot"} and set(assumed["source"]) == {"configuration"}
    np.testing.assert_allclose(piloted["right"], assumed["right"], atol=0.08)


def test_a_pilot_without_the_planned_entries_is_refused_by_name(tmp_path):
    ERRORS.write(errors_of(people=3), tmp_path / "pilot.csv")
    with pytest.raises(ConfigError, match=r"pilot old: has errors of 0 people for wrist, .*, gru"):
        tests = [TEST | {"entry": "gru"}]
        power_of(tmp_path, tests, pilot=[tmp_path / "pilot.csv"])


@pytest.mark.parametrize(
    ("errors", "word", "said"),
    [
        ({"sd_people": 0.2, "sd_seeds": 0.1}, "equivalent", "pi is equivalent to plain (margin 1"),
        ({"shift": 3.0}, "worse", "pi is worse than plain"),
        ({"shift": -3.0}, "better", "pi is better than plain"),
        ({"sd_people": 4.0, "people": 8}, "undecided", "pi is undecided against plain"),
        (
            {"shift": 9.0, "people": 5},
            "undecided",
            "so few people that no difference could be shown",
        ),
    ],
)
def test_the_verdict_is_told_with_what_could_have_been_found(tmp_path, errors, word, said):
    rows = state_planned([TEST], {"reference": errors_of(**errors)}, SETTINGS, {"wrist": {}}, {})
    (row,) = rows
    assert (row["verdict"], row["n_seeds"]) == (word, 3)
    made = pd.DataFrame([{"task": "t", "n_targets": 1, **row}], columns=list(FINDINGS.columns))
    FINDINGS.write(made, tmp_path / "f.csv")
    (finding,) = tell_planned(FINDINGS.read(tmp_path / "f.csv"))
    assert said in finding.text and "set before the study" in finding.text
    assert any("3 seeds averaged" in detail for detail in finding.details)
    decide = [d for d in finding.details if "people would decide" in d]
    assert bool(decide) == (word == "undecided")
