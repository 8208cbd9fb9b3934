"""What an entry of the configuration may change, and that the fits follow it."""

import json
from pathlib import Path

import numpy as np
import pytest
import synthetic_study as synthetic
from mlflow import MlflowClient

from myopinn.dataset.problem import CYCLE_FRAMES
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.layouts.runs import RUNS
from myopinn.files.netcdf import read_netcdf
from myopinn.steps.answer_question import answer_question
from myopinn.steps.take_entries import take_entries
from myopinn.steps.train_variant import train_variant
from myopinn.tracking.run_record import flattened
from myopinn.tracking.store import find_runs, tracking_uri
from myopinn.training.entry import SHARED, Entry
from myopinn.training.fold_cycles import draw_cycles
from myopinn.training.resolved import TaskSlice
from myopinn.variants import load_variant, variant_names


def test_an_entry_without_a_variant_is_the_variant_of_its_name():
    assert Entry.read("cnn", {"kernel_frames": 5}) == Entry("cnn", {"kernel_frames": 5})


@pytest.mark.parametrize("variant", variant_names())
def test_no_variant_has_a_setting_that_every_entry_has(variant):
    assert not set(load_variant(variant).described()) & set(SHARED)


def test_an_entry_names_its_variant_and_replaces_what_it_is_shown(study):
    entry = {
        "variant": "cnn",
        "time_input": False,
        "channels": ["flexor"],
        "training": {"learning_rate": 0.01},
        "hidden_units": [8],
    }
    synthetic.write_folds(Path(study.folds), [synthetic.fold("ada", [0, 1, 2, 3], [4], [5])])
    train_variant(**study.arguments("blind", "out", variant_settings=entry))
    client = MlflowClient(tracking_uri(study.store))
    run_id = RUNS.read(study.folder / "out" / synthetic.SPLIT / "runs.csv")["run_id"][0]
    experiment = client.get_experiment_by_name("muscle_force").experiment_id
    (run,) = find_runs(client, experiment, run_id)
    assert run.info.run_name == "blind ada_5 1"
    assert run.data.params["variant"] == "blind"
    assert run.data.params["training.learning_rate"] == "0.01"
    assert run.data.params["cnn.hidden_units"] == "[8]"
    model = Path(client.download_artifacts(run.info.run_id, "model", str(study.folder)))
    about = json.loads((model / "model.json").read_text())
    assert (about["variant"], about["channels"], about["time_input"]) == ("cnn", ["flexor"], False)
    # And what it comes to is what the fit was made with, to the last default.
    given = study.arguments("blind", "out")
    asked = TaskSlice(*(given[k] for k in ("task", "recording", "selection", "settings")))
    resolved = asked.resolve("blind", entry).settings()
    recorded = run.data.params
    for key, value in flattened(resolved).items():
        if key.startswith("training."):
            assert recorded[key] == value
        elif key in load_variant("cnn").described():
            assert recorded[f"cnn.{key}"] == value
    assert {k for k in recorded if k.startswith("training.")} <= set(resolved)
    assert (resolved["channels"], resolved["time_input"]) == (about["channels"], False)


def test_fewer_training_cycles_are_part_of_more():
    rows = np.arange(10, 40)
    few, more = draw_cycles(rows, 4, "fold"), draw_cycles(rows, 12, "fold")
    assert set(few) < set(more) < set(rows)
    assert len(few) == 4 and len(more) == 12
    assert set(draw_cycles(rows, 4, "another fold")) != set(few)


def test_a_fit_on_one_cycle_knows_that_cycle_alone(study):
    """The mean of one training cycle is that cycle."""
    one = {"variant": "mean_cycle", "train_cycles": 1}
    train_variant(**study.arguments("one", "out", variant_settings=one))
    file = study.folder / "out" / synthetic.SPLIT / "ada" / "predictions.nc"
    answer = read_netcdf(file, PREDICTIONS)["predicted"].sel(target="extensor")
    data = read_netcdf(study.datasets[0], DATASET)
    force = data["muscle_force"].sel(muscle="extensor").values
    trained = data["trial"].isin([f"walk{k}" for k in range(4)]).values
    first = answer.values[:CYCLE_FRAMES]
    assert sum(np.allclose(first, cycle, atol=0.01) for cycle in force[trained]) == 1


def test_a_fold_with_fewer_cycles_than_asked_for_is_named_and_the_others_go_on(study):
    many = {"variant": "mean_cycle", "train_cycles": 20}
    train_variant(**study.arguments("many", "out", variant_settings=many))
    quality = QUALITY.read(study.folder / "out" / synthetic.SPLIT / "quality.csv")
    rejected = quality[~quality["accepted"].astype(bool)]
    assert "16 training cycles, fewer than the 20" in rejected["reason"].iloc[0]
    assert not (study.folder / "out" / synthetic.SPLIT / "ada").exists()
    assert (study.folder / "out" / synthetic.SPLIT / "eve").exists()


def fit_levels(study, levels):
    """Fit the levels of a question."""
    arguments = study.arguments("", "answers", experiment="muscle_force", variants=levels)
    for key in ("variant", "variant_settings"):
        arguments.pop(key)
    answer_question(**arguments)


def test_a_question_is_answered_by_the_fits_that_its_entries_alone_would_give(study):
    levels = {"4": {"variant": "cnn", "train_cycles": 4}, "all": {"variant": "cnn"}}
    fit_levels(study, levels)
    folder = study.folder / "answers"
    assert {f.name for f in folder.iterdir()} == set(levels)
    train_variant(**study.arguments("4", "alone", variant_settings=levels["4"]))
    file = Path(synthetic.SPLIT, "ada", "predictions.nc")
    answer = read_netcdf(folder / "4" / "synthetic" / file, PREDICTIONS)
    alone = read_netcdf(study.folder / "alone" / file, PREDICTIONS)
    assert answer.identical(alone)
    every = read_netcdf(folder / "all" / "synthetic" / file, PREDICTIONS)
    assert not np.allclose(every["predicted"], answer["predicted"])


def test_a_level_that_is_an_entry_of_the_task_is_that_entry_to_the_last_bit(study):
    """Its fits as the question would have made them, under the level's name; no run is added."""
    others = study.folder / "across_people.json"
    synthetic.write_folds(others, [synthetic.mixed_fold()])
    folds = [study.folds, str(others)]
    train_variant(**study.arguments("cnn", "training/cnn/synthetic", folds=folds))
    client = MlflowClient(tracking_uri(study.store))
    experiment = client.get_experiment_by_name("muscle_force").experiment_id
    before = len(client.search_runs([experiment], max_results=1000))
    take_entries(
        fitted=[study.folder / "training/cnn/synthetic"],
        levels={"4": "cnn", "plain": "cnn"},
        recording="synthetic",
        splits=[synthetic.SPLIT],
        predictions=study.folder / "taken",
    )
    assert len(client.search_runs([experiment], max_results=1000)) == before
    fit_levels(study, {"4": {"variant": "cnn"}})
    entry = study.folder / "training/cnn/synthetic" / synthetic.SPLIT
    files = sorted(f.relative_to(entry) for f in entry.rglob("*") if f.is_file())
    assert len(files) == 8
    for level in ("4", "plain"):
        # The question is not asked under the other split.
        (taken,) = (study.folder / "taken" / level / "synthetic").iterdir()
        assert taken.name == synthetic.SPLIT
        assert sorted(f.relative_to(taken) for f in taken.rglob("*") if f.is_file()) == files
        about = FITS.read(entry / FITS_FILE)
        assert FITS.read(taken / FITS_FILE) == about | {"variant": level}
        for file in files:
            if file.name == FITS_FILE:
                continue
            if file.name != "predictions.nc":
                assert (taken / file).read_bytes() == (entry / file).read_bytes()
                continue
            shown = read_netcdf(taken / file, PREDICTIONS)
            assert shown.attrs["variant"] == level
            assert shown.equals(read_netcdf(entry / file, PREDICTIONS))
    fitted = study.folder / "answers/4/synthetic" / synthetic.SPLIT / "ada/predictions.nc"
    shown = study.folder / "taken/4/synthetic" / synthetic.SPLIT / "ada/predictions.nc"
    assert read_netcdf(shown, PREDICTIONS).identical(read_netcdf(fitted, PREDICTIONS))
