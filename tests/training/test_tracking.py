import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import synthetic_study as synthetic
from mlflow import MlflowClient

from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.layouts.runs import RUNS
from myopinn.files.netcdf import read_netcdf
from myopinn.steps.create_store import create_store
from myopinn.steps.train_variant import train_variant
from myopinn.tracking.diary import Diary, runs_of
from myopinn.tracking.run_record import flattened
from myopinn.tracking.store import (
    TrackingError,
    fetch_files,
    find_runs,
    tracking_uri,
)
from myopinn.training.saved_model import SavedModel


def client_of(store):
    return MlflowClient(tracking_uri(store))


def run_of(store, run_id, experiment="muscle_force"):
    """The one run of this id."""
    client = client_of(store)
    (run,) = find_runs(client, client.get_experiment_by_name(experiment).experiment_id, run_id)
    return run


@pytest.fixture
def fitted(study):
    """A study with one fit, and the fit's run and artifacts."""
    synthetic.write_folds(Path(study.folds), [synthetic.fold("ada", [0, 1, 2, 3], [4], [5])])
    train_variant(
        **study.arguments(
            "pi_cnn", "out", variant_settings={"variant": "cnn", "physics_weight": 0.5}
        )
    )
    runs = RUNS.read(study.folder / "out" / synthetic.SPLIT / "runs.csv")
    return study, client_of(study.store), run_of(study.store, runs["run_id"][0])


def test_run_holds_parameters_digests_and_errors(fitted):
    study, _, run = fitted
    params, tags, metrics = run.data.params, run.data.tags, run.data.metrics
    assert run.info.status == "FINISHED"
    assert params["variant"] == "pi_cnn"
    assert params["cnn.physics_weight"] == "0.5"
    assert params["training.learning_rate"] == "0.003"
    assert params["selection.physics.coordinate"] == "knee"
    assert params["fold"] == "ada_5"
    assert params["seed"] == "1"
    assert tags["code_digest"] == "abc"
    assert tags["git_commit"]
    digest = hashlib.sha256(Path(study.datasets[0]).read_bytes()).hexdigest()
    assert digest.startswith(tags["dataset_sha256.ada"])
    assert "folds_sha256" in tags
    assert "geometry_sha256.ada" in tags
    ada = read_netcdf(
        study.folder / "out" / synthetic.SPLIT / "ada" / "predictions.nc", PREDICTIONS
    )
    error = (ada["predicted"] - ada["reference"]).sel(target="flexor").values
    # The synthetic forces are in balance, so the reference leaves rounding of its own moments.
    assert metrics["fit/reached_labels/physics"] < 1e-10
    assert metrics["test/rmse_N/flexor"] == pytest.approx(np.sqrt(np.mean(error**2)))


def test_run_holds_the_curve_of_every_term(fitted):
    _, client, run = fitted
    for part in ("train", "stop"):
        for term in ("angle", "force", "physics", "loss"):
            history = client.get_metric_history(run.info.run_id, f"{part}/{term}")
            assert [m.step for m in history] == list(range(6))
    value = {term: run.data.metrics[f"stop/{term}"] for term in ("angle", "force", "physics")}
    # The loss is angle + force + 0.5 physics, in single precision.
    total = value["angle"] + value["force"] + 0.5 * value["physics"]
    assert run.data.metrics["stop/loss"] == pytest.approx(total, rel=1e-5)


def test_model_of_the_run_gives_the_same_predictions(fitted, tmp_path):
    study, client, run = fitted
    names = {item.path for item in client.list_artifacts(run.info.run_id)}
    assert names == {"fit.png", "loss_curve.csv", "model"}
    folder = fetch_files(study.store, "muscle_force", run.data.tags["run_id"], tmp_path)
    assert (folder / "fit.png").read_bytes().startswith(b"\x89PNG")
    assert len(pd.read_csv(folder / "loss_curve.csv")) == 6
    model = SavedModel(folder / "model")
    data = read_netcdf(study.datasets[0], DATASET)
    tested = data["trial"].values.astype(str) == "walk5"
    answer = model.predict(data["envelope"].values[tested])
    ada = read_netcdf(
        study.folder / "out" / synthetic.SPLIT / "ada" / "predictions.nc", PREDICTIONS
    )
    rows = [model.targets.index(name) for name in ada["target"].values]
    np.testing.assert_array_equal(answer.reshape(-1, answer.shape[-1])[:, rows], ada["predicted"])


def test_model_is_stored_without_pickled_code(fitted, tmp_path):
    _, client, run = fitted
    folder = Path(client.download_artifacts(run.info.run_id, "model", str(tmp_path)))
    assert {file.name for file in folder.iterdir()} == {"weights.pt", "model.json"}
    about = json.loads((folder / "model.json").read_text())
    assert about["normalisation"]["channel_maximum_v"]
    assert about["settings"]["kernel_frames"] == 9


def test_model_says_what_does_not_fit(fitted, tmp_path):
    _, client, run = fitted
    model = SavedModel(client.download_artifacts(run.info.run_id, "model", str(tmp_path)))
    with pytest.raises(ValueError, match="flexor"):
        model.predict(np.ones((1, 100, 5)))


def test_store_is_made_once_and_kept(study):
    store = study.folder / "again" / "store.json"
    create_store(experiments=["one"], server="", store=store)
    client = client_of(store)
    first = client.get_experiment_by_name("one")
    run = client.create_run(first.experiment_id)
    create_store(experiments=["one", "two"], server="", store=store)
    assert client.get_experiment_by_name("one").experiment_id == first.experiment_id
    assert client.get_run(run.info.run_id)
    assert client.get_experiment_by_name("two").artifact_location.endswith("artifacts/two")


def test_every_run_has_what_its_study_comes_to(study):
    config = study.folder / "config.yaml"
    config.write_text("study: {name: Synthetic}\n", encoding="utf-8")
    create_store(experiments=["muscle_force"], server="", store=study.store, config=config)
    result = runs_of(study.folder / "result", study.store)
    with result as runs, Diary(runs, "muscle_force", {}, {}).run("x", {}) as run:
        pass
    made = run_of(study.store, run.id).info.run_id
    assert "config.yaml" in [file.path for file in client_of(study.store).list_artifacts(made)]


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "mlflow.db").write_text("this is no database " * 100)
    with pytest.raises(TrackingError, match=r"(?s)mlflow\.db.*move the file away"):
        create_store(experiments=["one"], server="", store=tmp_path / "store.json")


def test_a_run_that_raises_is_marked_as_failed(study):
    with runs_of(study.folder / "result", study.store) as runs:
        diary = Diary(runs, "muscle_force", {}, {})
        with pytest.raises(RuntimeError, match="lost"), diary.run("x", {}) as run:
            raise RuntimeError("lost")
    assert run_of(study.store, run.id).info.status == "FAILED"


def test_nested_parameters_are_joined_by_dots():
    nested = {"a": {"b": 1, "c": [1, 2]}, "d": None, "e": "text"}
    assert flattened(nested) == {"a.b": "1", "a.c": "[1, 2]", "d": "null", "e": "text"}


def test_model_that_answers_from_motion_is_asked_with_it(study, tmp_path):
    """It does not predict the angle: no error of it is in the run, and the figure is drawn."""
    synthetic.write_folds(Path(study.folds), [synthetic.fold("ada", [0, 1, 2, 3], [4], [5])])
    train_variant(**study.arguments("emg_driven", "out"))
    run_id = RUNS.read(study.folder / "out" / synthetic.SPLIT / "runs.csv")["run_id"][0]
    metrics = run_of(study.store, run_id).data.metrics
    assert "test/rmse_N/flexor" in metrics
    assert not any(name.endswith("/knee") for name in metrics)
    folder = fetch_files(study.store, "muscle_force", run_id, tmp_path)
    assert (folder / "fit.png").read_bytes().startswith(b"\x89PNG")
    model = SavedModel(folder / "model")
    data = read_netcdf(study.datasets[0], DATASET)
    data = data.isel(cycle=data["trial"].values.astype(str) == "walk5")
    time = data["time_s"].values
    motion = {
        "joint_angle": data["joint_angle"].values,
        "time_step_s": (time[:, -1] - time[:, 0]) / 99,
        "geometry": study.geometries[0],
    }
    answer = model.predict(data["envelope"].values, **motion)
    ada = read_netcdf(
        study.folder / "out" / synthetic.SPLIT / "ada" / "predictions.nc", PREDICTIONS
    )
    rows = [model.targets.index(name) for name in ada["target"].values]
    np.testing.assert_array_equal(answer.reshape(-1, answer.shape[-1])[:, rows], ada["predicted"])
    assert np.isnan(answer[..., 0]).all()
    with pytest.raises(ValueError, match=r"joint_angle of \['hip', 'knee'\], time_step_s and"):
        model.predict(data["envelope"].values)
    with pytest.raises(ValueError, match=r"expected \(4, 100, 2\)"):
        model.predict(data["envelope"].values, **{**motion, "joint_angle": time[..., None]})
