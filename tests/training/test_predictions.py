"""Answers of several folds and seeds, gathered by person with the cycle that each is of."""

import numpy as np
import pytest
import synthetic_study as synthetic

from myopinn.dataset.selection import Selection
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import read_netcdf
from myopinn.records.cells import Cell
from myopinn.training.diagnostics import draw_fit
from myopinn.training.inputs import FitInputs
from myopinn.training.predictions import Predictions
from myopinn.training.recorded_cycles import read_recorded_cycles

CELL = Cell("muscle_force", "cnn", "synthetic", synthetic.SPLIT)


@pytest.fixture
def predictions(study):
    selection = Selection.read(synthetic.selection())
    inputs = FitInputs(study.datasets, study.geometries)
    recorded, _ = read_recorded_cycles(inputs, selection, "synthetic")
    return Predictions(recorded, CELL)


def test_each_person_gets_the_answers_to_their_own_cycles(predictions, tmp_path):
    recorded = predictions.recorded
    # Joint and all muscles across it are answered, those that the task names are reported.
    names = ("knee", *recorded.muscles)
    assert len(names) > len(predictions.targets)
    rows = recorded.rows(["ada/walk1", "eve/walk0"])
    frames = recorded.time_s.shape[1]
    known = np.zeros((len(rows), frames, len(names)))
    known[..., names.index("extensor")] = rows[:, None]
    shown, _ = predictions.add("first", 1, rows, known + 1, known)
    assert shown.shape == (len(rows), frames, len(predictions.targets))
    predictions.add("second", 2, rows[:4], known[:4] + 2, known[:4])
    predictions.write(tmp_path / "out")
    assert {file.parent.name for file in (tmp_path / "out").glob("*/*.nc")} == {"ada", "eve"}
    ada = read_netcdf(tmp_path / "out/ada/predictions.nc", PREDICTIONS)
    assert Cell.of(ada.attrs) == CELL.person("ada")
    assert ada.sizes["sample"] == 8 * frames and set(ada["trial"].values) == {"walk1"}
    error = (ada["predicted"] - ada["reference"]).sel(target="extensor").values
    np.testing.assert_array_equal(error, ada["seed"].values)
    np.testing.assert_array_equal(ada["fold"].values == "second", ada["seed"].values == 2)
    own = recorded.cycle[rows[:4]]
    np.testing.assert_array_equal(ada["cycle"].values[::frames], np.tile(own, 2))
    np.testing.assert_array_equal(ada["reference"].sel(target="extensor")[::frames][:4], rows[:4])
    eve = read_netcdf(tmp_path / "out/eve/predictions.nc", PREDICTIONS)
    assert eve.sizes["sample"] == 4 * frames and set(eve["seed"].values) == {1}


def test_a_fit_is_drawn_with_what_it_does_not_predict_and_without_a_curve(tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    drawn = []
    save = Figure.savefig

    def kept(figure, *arguments, **options):
        drawn.append(figure)
        save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", kept)
    reference = np.random.default_rng(0).normal(size=(3, 10, 2))
    predicted = reference + 1.0
    predicted[..., 1] = np.nan
    curve = [{"epoch": float(k), "train/loss": 2.0 / (k + 1), "stop/loss": 1.0} for k in range(3)]
    draw_fit(tmp_path / "with.png", curve, reference, predicted, ("knee", "deep"), ("rad", "1"))
    draw_fit(tmp_path / "without.png", [], reference, predicted, ("knee", "deep"), ("rad", "1"))
    assert [len(figure.axes) for figure in drawn] == [2, 1]
    labels = [label.get_text() for label in drawn[1].axes[0].get_xticklabels()]
    assert labels[0].startswith("knee\n") and labels[1].startswith("deep: not predicted\n")
    assert len(drawn[1].axes[0].lines) == 3 and len(drawn[0].axes[0].lines) == 2
    assert (tmp_path / "with.png").stat().st_size > (tmp_path / "without.png").stat().st_size > 0
