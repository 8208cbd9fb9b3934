"""Sentences follow from the numbers: gains, losses, null results and too few people."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import state

from myopinn.figures.findings import tell_comparison
from myopinn.figures.sentences import tell_accuracy, tell_losses
from myopinn.measures.findings.claims import judge_side

SETTINGS = {
    "alpha": 0.05,
    "bootstrap_samples": 1000,
    "seed": 0,
    "test": "signed_rank",
    "smallest_effect": {},
}


def errors_of(means: dict[str, float], people: int = 8) -> pd.DataFrame:
    """Make errors about each variant's mean, of which every second person is the other way."""
    rows = [
        {
            "variant": variant,
            "subject": f"s{s:02d}",
            "rmse": mean + (-1) ** (s + v) * (0.3 + 0.05 * s + 0.013 * s * v),
        }
        for v, (variant, mean) in enumerate(means.items())
        for s in range(people)
    ]
    cell = {"task": "t", "recording": "w", "split": "x", "target": "recfem_r", "unit": "N"}
    counts = {"n_trials": 1, "n_cycles": 1, "n_seeds": 1, "note": ""}
    return pd.DataFrame(rows).assign(**cell, nrmse=0.1, r=0.9, r2=0.8, **counts)


def told(tmp_path, means, **options) -> list[str]:
    return tell_comparison(state(tmp_path, errors_of(means, **options), SETTINGS))


@pytest.mark.parametrize(("physics", "plain"), [(20.0, 30.0), (30.0, 20.0)])
def test_gains_and_losses_are_told_alike(tmp_path, physics, plain):
    (sentence,) = told(tmp_path, {"cnn": plain, "pi_cnn": physics})
    word = "worse" if physics < plain else "better"
    assert re.fullmatch(
        rf"recfem_r: cnn is {word} than pi_cnn: the RMSE of cnn minus that of pi_cnn is "
        rf"−?(10\.\d|9\.\d\d) N, 95 % interval −?\d+\.\d+ to −?\d+\.\d+, n = 8, p = 0\.0078\.",
        sentence,
    )


def test_a_null_result_is_told_as_one(tmp_path):
    (sentence,) = told(tmp_path, {"cnn": 20.0, "pi_cnn": 20.0})
    assert re.fullmatch(
        r"recfem_r: cnn is undecided against pi_cnn: the RMSE of cnn minus that of pi_cnn is "
        r"−?\d\.\d+ N, 95 % interval −\d\.\d+ to \d\.\d+, n = 8, p = 0\.\d+\.",
        sentence,
    )


def test_too_few_people_get_no_verdict(tmp_path):
    (sentence,) = told(tmp_path, {"cnn": 20.0, "pi_cnn": 40.0}, people=3)
    assert "cnn is undecided against pi_cnn" in sentence
    assert "interval" not in sentence
    assert sentence.endswith(
        "(so few people that no difference could be shown at the level of 0.05)."
    )


def test_one_variant_alone_is_not_compared(tmp_path):
    assert told(tmp_path, {"cnn": 20.0}) == ["cnn alone was tested; there is nothing to compare."]


def test_many_variants_are_told_by_the_best_and_the_verdicts_on_it(tmp_path):
    means = {"a": 20.0, "same": 20.1, "b": 40.0, "c": 60.0}
    (sentence,) = told(tmp_path, means, people=12)
    assert re.match(r"recfem_r: (a|same) has the lowest mean RMSE, \d+\.\d N \(95 %", sentence)
    assert "better than b and c" in sentence
    assert re.search(r"undecided against (a|same)[;.]", sentence)


def test_what_holds_for_every_other_variant_is_told_without_their_names(tmp_path):
    means = {"a": 20.0, "b": 40.0, "c": 60.0, "d": 80.0}
    (sentence,) = told(tmp_path, means, people=4)
    assert sentence.endswith("; undecided against any other.")
    (sentence,) = told(tmp_path, means, people=12)
    assert sentence.endswith("; better than any other.")


def test_ranks_without_a_test_or_a_side_are_undecided():
    for side, p in ((-1.0, float("nan")), (-1.0, 0.06), (0.0, 0.01)):
        assert judge_side(side, p, 0.05) == "undecided"
    assert (judge_side(-1.0, 0.05, 0.05), judge_side(1.0, 0.01, 0.05)) == ("better", "worse")


def test_who_does_worse_than_the_mean_of_the_trial_is_told():
    errors = errors_of({"good": 10.0, "bad": 50.0})
    errors.loc[errors["variant"] == "bad", "r2"] = -0.4
    (sentence,) = tell_accuracy(errors)
    assert sentence.startswith("recfem_r: lowest mean error good (RMSE")
    assert "a trial's own mean would do better than bad (R² below 0)" in sentence


def reached_by(fit, whole, weight=1.0):
    """What a fit, labels and simple answers leave of the physics, and the fit of the whole."""
    physics = {"fit": fit, "labels": 1e-6, "mean_cycle": 0.0006, "motionless": 0.002}
    rows = [
        {"term": "physics", "part": p, "value": v, "weight": weight} for p, v in physics.items()
    ]
    rows += [{"term": "loss", "part": p, "value": v} for p, v in whole.items()]
    return pd.DataFrame(rows).assign(variant="net", epoch=np.nan)


@pytest.mark.parametrize(("weight", "said"), [(1.0, "weight 1"), (0.0, "not in the loss")])
def test_what_fits_leave_of_the_physics_is_told_beside_labels_and_simple_answers(weight, said):
    (told,) = tell_losses(reached_by(0.02, {"fit": 0.01, "mean_cycle": 0.02}, weight))
    assert f"physics on the training trials ({said}): the fits 0.020, labels 0.000001" in told
    assert "mean cycle 0.00060, a joint at rest 0.0020" in told
    assert "above" not in told


def test_a_loss_that_ends_above_the_mean_cycle_s_is_told():
    (told,) = tell_losses(reached_by(0.0001, {"fit": 0.03, "mean_cycle": 0.02}))
    assert "the whole loss ends above the mean cycle's" in told
