import json
from pathlib import Path

import numpy as np
import pytest
import synthetic_study as synthetic
from pydantic import ValidationError

from myopinn.config.settings import hold_settings
from myopinn.config.training import TrainingSettings
from myopinn.errors import ConfigError
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.layouts.runs import RUNS
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.steps.train_variant import train_variant
from myopinn.variants import find_variant, variant_names


def predictions_of(study, folder: str, subject: str):
    return read_netcdf(
        study.folder / folder / synthetic.SPLIT / subject / "predictions.nc", PREDICTIONS
    )


NOT_PREDICTED = {"emg_driven": {"knee"}}
# Fits of the small fold and of both, of two seeds: one where the seed makes no difference. Support
# vectors are drawn in the large fold alone.
SEEDLESS = ("mean", "mean_cycle", "last_cycle", "phase_oscillator", "ridge")
FITS = {"svr": (1, 3), **dict.fromkeys(SEEDLESS, (1, 2))}


@pytest.mark.parametrize("variant", variant_names("muscle_force"))
def test_every_variant_answers_for_held_out_trials(study, variant):
    synthetic.suit(study, variant)
    time_input = "cycles" in find_variant(variant).forms
    given = {
        "settings": synthetic.settings(seeds=[1, 2]),
        "selection": synthetic.selection(time_input=time_input),
    }
    train_variant(**study.arguments(variant, "out", **given))
    ada = predictions_of(study, "out", "ada")
    assert list(ada["target"].values) == ["knee", "flexor", "extensor"]
    assert list(ada["unit"].values) == ["rad", "N", "N"]
    assert set(ada["trial"].values) == {"walk5"}
    of_ada, of_both = FITS.get(variant, (2, 4))
    # One trial of four cycles of 100 frames.
    assert ada.sizes["sample"] == of_ada * 4 * 100
    for target in ada["target"].values:
        predicted = ada["predicted"].sel(target=target).values
        if target in NOT_PREDICTED.get(variant, ()):
            assert np.isnan(predicted).all()
        else:
            assert np.isfinite(predicted).all()
    data = read_netcdf(study.datasets[0], DATASET)
    expected = data["muscle_force"].sel(muscle="flexor").values[ada["cycle"], ada["frame"]]
    np.testing.assert_array_equal(ada["reference"].sel(target="flexor"), expected)
    np.testing.assert_array_equal(ada["time_s"], data["time_s"].values[ada["cycle"], ada["frame"]])
    runs = RUNS.read(study.folder / "out" / synthetic.SPLIT / "runs.csv")
    assert len(runs) == of_both
    assert runs["run_id"].nunique() == of_both


@pytest.mark.parametrize("variant", ["cnn", "dilated_cnn", "pi_cnn", "gru", "elm", "ml_elm", "svr"])
def test_variant_learns_a_known_mapping(study, variant):
    """EMG decides angle and forces here, so a trained variant leaves little of their variation."""
    synthetic.write_folds(Path(study.folds), [synthetic.mixed_fold()])
    settings = synthetic.settings(max_epochs=60, patience=60)
    train_variant(**study.arguments(variant, "out", settings=settings))
    eve = predictions_of(study, "out", "eve")
    error = np.sqrt(((eve["predicted"] - eve["reference"]) ** 2).mean("sample"))
    # The mean cycle leaves 40 % or more; 10 % asks for far less than the network can do.
    assert (error < 0.1 * eve["reference"].std("sample")).all()


def test_mean_cycle_is_the_mean_of_the_training_cycles(study):
    synthetic.write_folds(Path(study.folds), [synthetic.fold("ada", [0, 1], [4], [5])])
    train_variant(**study.arguments("mean_cycle", "out"))
    data = read_netcdf(study.datasets[0], DATASET)
    trained = np.isin(data["trial"].values.astype(str), ["walk0", "walk1"])
    mean = data["muscle_force"].sel(muscle="extensor").values[trained].mean(axis=0)
    ada = predictions_of(study, "out", "ada")
    predicted = ada["predicted"].sel(target="extensor").values[:100]
    # Targets pass through single precision: 1e-7 of up to 1500 N.
    np.testing.assert_allclose(predicted, mean, atol=1e-3)


def test_one_seed_gives_the_same_numbers_and_another_seed_others(study):
    for folder, seed in (("first", 3), ("second", 3), ("third", 4)):
        train_variant(
            **study.arguments("pi_cnn", folder, settings=synthetic.settings(seeds=[seed]))
        )
    first, second, third = (
        predictions_of(study, f, "eve")["predicted"].values for f in ("first", "second", "third")
    )
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - third).max() > 0


def test_fit_does_not_see_the_tested_trials(study):
    """Wild values in a tested trial change the reference there and nothing that was learned."""
    synthetic.write_folds(Path(study.folds), [synthetic.fold("ada", [0, 1, 2], [4], [5])])
    train_variant(**study.arguments("pi_cnn", "before"))
    synthetic.change_dataset(
        study.datasets[0],
        "walk5",
        muscle_force=lambda v: 50 * v + 7,
        joint_moment=lambda v: v - 300,
        joint_angle=lambda v: 0.3 - v,
    )
    train_variant(**study.arguments("pi_cnn", "after"))
    before, after = (predictions_of(study, f, "ada") for f in ("before", "after"))
    np.testing.assert_array_equal(before["predicted"], after["predicted"])
    assert np.abs(before["reference"] - after["reference"]).max() > 100


@pytest.mark.parametrize("part", ["walk0", "walk4"])
def test_fit_sees_the_trials_that_it_is_given(study, part):
    """The same change in a training trial, or in one that decides when to stop, does matter."""
    folds = [synthetic.fold("ada", [0, 1, 2], [4], [5])]
    synthetic.write_folds(Path(study.folds), folds)
    settings = synthetic.settings(max_epochs=60, patience=2, learning_rate=0.02)
    train_variant(**study.arguments("cnn", "before", settings=settings))
    synthetic.change_dataset(study.datasets[0], part, muscle_force=lambda v: v[:, ::-1])
    train_variant(**study.arguments("cnn", "after", settings=settings))
    before, after = (predictions_of(study, f, "ada")["predicted"] for f in ("before", "after"))
    assert np.abs(before - after).max() > 0


def test_a_bad_trial_is_left_out_by_name_and_the_rest_goes_on(study):
    synthetic.change_dataset(study.datasets[0], "walk1", envelope=lambda v: v * np.nan)
    synthetic.change_dataset(study.datasets[2], "walk2", envelope=lambda v: v * np.nan)
    train_variant(**study.arguments("mean_cycle", "out"))
    quality = QUALITY.read(study.folder / "out" / synthetic.SPLIT / "quality.csv")
    rejected = quality[~quality["accepted"].astype(bool)]
    assert list(rejected["trial"]) == ["walk1", "walk2"]
    assert all("envelope" in reason for reason in rejected["reason"])
    assert "walk2" not in predictions_of(study, "out", "eve")["trial"].values


def test_a_fold_without_usable_trials_is_named_and_the_others_go_on(study):
    synthetic.change_dataset(study.datasets[0], "walk5", muscle_force=lambda v: v * np.nan)
    train_variant(**study.arguments("mean_cycle", "out"))
    quality = QUALITY.read(study.folder / "out" / synthetic.SPLIT / "quality.csv")
    assert any("'ada_5' has no usable cycle to test" in reason for reason in quality["reason"])
    assert not (study.folder / "out" / synthetic.SPLIT / "ada").exists()
    assert (study.folder / "out" / synthetic.SPLIT / "eve").exists()


def test_without_maximal_contractions_their_normalisation_leaves_trials_out(study):
    """The second session of each person has none."""
    selection = synthetic.selection(emg_normalisation="mvc")
    synthetic.write_folds(Path(study.folds), [synthetic.mixed_fold()])
    train_variant(**study.arguments("mean_cycle", "out", selection=selection))
    assert set(predictions_of(study, "out", "eve")["session"].values) == {"day0"}
    quality = QUALITY.read(study.folder / "out" / synthetic.SPLIT / "quality.csv")
    assert quality["reason"].str.contains("no maximal contraction").sum() == 9


def test_a_person_without_geometry_is_left_out_of_every_variant(study):
    """Their model's paths could not be fitted; the variant without physics does not gain by it."""
    empty = read_netcdf(study.geometries[1], GEOMETRY).isel(muscle=slice(0))
    write_netcdf(empty, study.geometries[1], GEOMETRY)
    one_less = read_netcdf(study.geometries[0], GEOMETRY).drop_sel(muscle="flexor")
    synthetic.write_folds(Path(study.folds), [synthetic.mixed_fold()])
    for variant in ("cnn", "pi_cnn"):
        train_variant(**study.arguments(variant, variant))
        quality = QUALITY.read(study.folder / variant / synthetic.SPLIT / "quality.csv")
        assert set(quality["subject"]) == {"ben"}
        assert quality["reason"].str.contains(r"no geometry of \['biarticular'").all()
        assert (study.folder / variant / synthetic.SPLIT / "eve").exists()
    write_netcdf(one_less, study.geometries[0], GEOMETRY)
    train_variant(**study.arguments("pi_cnn", "less"))
    quality = QUALITY.read(study.folder / "less" / synthetic.SPLIT / "quality.csv")
    assert quality["reason"].str.contains(r"no geometry of \['flexor'\]").any()
    assert quality["reason"].str.contains("'eve' has no usable cycle to train").any()


def test_a_joint_that_moves_alone_needs_the_inertia_of_each_person(study):
    shank = {
        "coordinates": ["knee"],
        "axis": [[0.0, 0.0, 1.0]],
        "point": [[0.0, 0.5, 0.0]],
        "mass": [3.0],
        "centre_of_mass": [[0.0, 0.3, 0.0]],
        "inertia": [np.diag([0.03, 0.01, 0.03]).tolist()],
        "gravity": [0.0, -9.81, 0.0],
        "load_point": [0.0, 0.0, 0.0],
        "load_gyration": 0.0,
    }
    files = []
    for subject, content in (("ada", shank), ("ben", {}), ("eve", shank)):
        files.append(study.folder / f"{subject}.json")
        files[-1].write_text(json.dumps(content))
    selection = synthetic.selection(physics={"coordinate": "knee", "kind": "single_joint"})
    arguments = study.arguments("pi_cnn", "out", selection=selection)
    train_variant(**arguments, joint_inertias=files)
    assert predictions_of(study, "out", "ada").sizes["sample"] == 400
    quality = QUALITY.read(study.folder / "out" / synthetic.SPLIT / "quality.csv")
    assert set(quality["subject"]) == {"ben"}
    with pytest.raises(ConfigError, match="joint inertia of every person"):
        train_variant(**arguments)


def test_no_usable_cycle_at_all_leaves_empty_records(study):
    for person, dataset in enumerate(study.datasets):
        synthetic.write_dataset(dataset, person, trials=0)
        empty = read_netcdf(study.geometries[person], GEOMETRY).isel(muscle=slice(0))
        write_netcdf(empty, study.geometries[person], GEOMETRY)
    synthetic.write_folds(Path(study.folds), [])
    train_variant(**study.arguments("pi_cnn", "out"))
    assert {file.name for file in (study.folder / "out" / synthetic.SPLIT).iterdir()} == {
        "runs.csv",
        "losses.csv",
        "reached.csv",
        "parameters.csv",
        "about.json",
        "quality.csv",
    }
    assert len(RUNS.read(study.folder / "out" / synthetic.SPLIT / "runs.csv")) == 0


def test_a_fit_that_diverges_is_named_and_the_others_go_on(study):
    """Values near the largest of single precision overflow in the network of one person."""
    settings = synthetic.settings(learning_rate=1e30, max_epochs=4)
    train_variant(**study.arguments("cnn", "out", settings=settings))
    quality = QUALITY.read(study.folder / "out" / synthetic.SPLIT / "quality.csv")
    assert quality["reason"].str.contains("lower 'training: learning_rate'").all()
    assert len(quality) == 2


def test_a_muscle_of_the_joint_that_is_not_in_the_dataset_stops_the_run(study):
    data = read_netcdf(study.datasets[1], DATASET).drop_sel(muscle="biarticular")
    write_netcdf(data, study.datasets[1], DATASET)
    with pytest.raises(ConfigError, match=r"ben\.nc: no muscle \['biarticular'\]"):
        train_variant(**study.arguments("pi_cnn", "out"))
    assert not (study.folder / "out").exists()


def test_a_fold_that_tests_what_it_trains_on_is_refused(study):
    synthetic.write_folds(Path(study.folds), [synthetic.fold("ada", [0, 5], [4], [5])])
    with pytest.raises(ConfigError, match="tests trials that it is trained on"):
        train_variant(**study.arguments("mean_cycle", "out"))


def test_training_settings_are_held_to_their_meaning(study):
    with pytest.raises(ConfigError, match="Did you mean 'patience'"):
        train_variant(**study.arguments("cnn", "out", settings={"pacience": 3}))
    with pytest.raises(ConfigError, match=r"seeds is \[\], expected at least one number"):
        train_variant(**study.arguments("cnn", "out", settings={"seeds": []}))
    # What one number alone may be is held with the configuration.
    with pytest.raises(ValidationError, match="batch_cycles"):
        hold_settings({"batch_cycles": 0}, TrainingSettings)


def test_several_splits_are_fitted_as_if_each_were_alone(study):
    """What one split leaves behind, such as the cycles it could not use, is not the next one's."""
    other = Path(study.folds).with_name("across_people.json")
    synthetic.write_folds(Path(study.folds), [synthetic.fold("ada", [0, 1], [4], [9])])
    synthetic.write_folds(other, [synthetic.mixed_fold()])
    both = [study.folds, str(other)]
    train_variant(**study.arguments("cnn", "both", folds=both))
    train_variant(**study.arguments("cnn", "one", folds=[str(other)]))
    here, there = (study.folder / k / "across_people" for k in ("both", "one"))
    one, two = (read_netcdf(f / "eve" / "predictions.nc", PREDICTIONS) for f in (here, there))
    assert one.identical(two)
    assert len(QUALITY.read(here / "quality.csv")) == 0
    first = QUALITY.read(study.folder / "both" / synthetic.SPLIT / "quality.csv")
    assert first["reason"].str.contains("no usable cycle to test").all()
