"""One budget for every variant, judged on stopping trials alone, and a record of every try."""

from pathlib import Path

import numpy as np
import pytest
import synthetic_study as synthetic
import yaml

from myopinn.errors import ConfigError
from myopinn.files.layouts.tuning import TUNING
from myopinn.steps.create_store import create_store
from myopinn.steps.tune_variant import tune_variant


def tune(study, variant, folder="tuning", trials=3, **changed):
    """Tune a variant; return the record and the chosen entry."""
    create_store(experiments=["muscle_force", "muscle_force tuning"], server="", store=study.store)
    arguments = study.arguments(variant, "unused")
    arguments.pop("predictions")
    arguments |= {
        "folds": study.folds,
        "split": synthetic.SPLIT,
        "trials": trials,
        "seed": 3,
        "experiment": "muscle_force tuning",
        "record": study.folder / folder / f"{variant}.csv",
        "chosen": study.folder / folder / f"{variant}.yaml",
        **changed,
    }
    tune_variant(**arguments)
    return TUNING.read(arguments["record"]), yaml.safe_load(arguments["chosen"].read_text())


@pytest.mark.parametrize("variant", ["cnn", "elm", "mean_cycle"])
def test_every_try_is_on_record_and_the_best_is_chosen(study, variant):
    record, chosen = tune(study, variant)
    # What has nothing to set is tried once.
    assert len(record) == (1 if variant == "mean_cycle" else 3)
    assert np.isfinite(record["value"]).all()
    best = record.loc[record["value"].idxmin()]
    assert list(chosen) == [variant]
    settings = {k: v for k, v in chosen[variant].items() if k != "training"}
    for name, value in settings.items():
        if not isinstance(value, list):
            assert value == pytest.approx(float(best[name]), rel=0.01)
    # Networks have a learning rate of their own to find; what is solved for has none.
    assert ("training" in chosen[variant]) == (variant == "cnn")


def test_the_first_try_is_the_entry_as_it_stands(study):
    record, _ = tune(study, "elm", variant_settings={"ridge": 0.5}, trials=2)
    assert record["ridge"][0] == 0.5 != record["ridge"][1]


def test_the_same_seed_tries_the_same_settings(study):
    first, _ = tune(study, "elm")
    again, _ = tune(study, "elm", folder="again")
    other, _ = tune(study, "elm", folder="other", seed=4)
    same = first.drop(columns="fit_s").equals(again.drop(columns="fit_s"))
    assert same and not first["value"].equals(other["value"])


def test_tested_trials_are_never_looked_at(study):
    """Forces of the tested trial that are wrong by far change nothing."""
    synthetic.write_folds(Path(study.folds), [synthetic.fold("ada", [0, 1, 2, 3], [4], [5])])
    before, _ = tune(study, "elm")
    synthetic.change_dataset(study.datasets[0], "walk5", muscle_force=lambda force: 100 * force + 7)
    after, _ = tune(study, "elm", folder="spoilt")
    assert before["value"].equals(after["value"])
    synthetic.change_dataset(study.datasets[0], "walk4", muscle_force=lambda force: 2 * force)
    stopped, _ = tune(study, "elm", folder="stop")
    assert not before["value"].equals(stopped["value"])


def test_a_start_outside_of_the_choices_is_refused(study):
    with pytest.raises(ConfigError, match="kernel_frames is 7, not among the choices"):
        tune(study, "cnn", variant_settings={"kernel_frames": 7})


def test_a_fit_that_diverges_is_the_worst_and_the_search_goes_on(study):
    far_too_fast = {"training": {"learning_rate": 1e30}}
    record, _ = tune(study, "cnn", variant_settings=far_too_fast)
    assert np.isinf(record["value"][0]) and np.isfinite(record["value"][1:]).all()
