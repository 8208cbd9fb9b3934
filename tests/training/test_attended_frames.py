"""What is kept of attention: people apart, fits alike, and the entropy of heads, not of means."""

import numpy as np
import pytest
import synthetic_study as synthetic
from test_deep_emg import arguments

from myopinn.files.layouts.attention import ATTENTION
from myopinn.files.netcdf import read_netcdf
from myopinn.records.cells import Cell
from myopinn.steps.train_variant import train_variant
from myopinn.training.attended_frames import AttendedFrames

FRAMES = 100
CELL = Cell("deep_emg", "transformer", "synthetic", "mixed")


def looking(frame: int, cycles: int = 1) -> np.ndarray:
    """Give weights of two heads that look at one frame and at the one after it."""
    weights = np.zeros((cycles, 1, 2, FRAMES, FRAMES))
    weights[:, 0, 0, :, frame] = weights[:, 0, 1, :, frame + 1] = 1.0
    return weights


def test_people_are_kept_apart_and_fits_count_alike(tmp_path):
    attended = AttendedFrames()
    weights = np.concatenate([looking(10, cycles=3), looking(40)])
    attended.add(np.array([0, 0, 0, 1]), weights)
    attended.add(np.array([0]), looking(20))
    attended.write(tmp_path, ["ada", "eve"], CELL)
    ada, eve = (read_netcdf(tmp_path / s / "attention.nc", ATTENTION) for s in ("ada", "eve"))
    np.testing.assert_allclose(ada["weight"].values[:, [10, 11, 20, 21]], 0.25)
    np.testing.assert_allclose(eve["weight"].values[:, [40, 41]], 0.5)
    # Each head looks at one frame alone, though together they look at several.
    np.testing.assert_array_equal(ada["entropy"].values, 0.0)


def test_uniform_attention_has_entropy_one(tmp_path):
    attended = AttendedFrames()
    attended.add(np.array([0]), np.full((1, 2, 2, FRAMES, FRAMES), 1 / FRAMES))
    attended.write(tmp_path, ["ada"], CELL)
    found = read_netcdf(tmp_path / "ada" / "attention.nc", ATTENTION)
    np.testing.assert_allclose(found["entropy"].values, 1.0)


@pytest.mark.parametrize(("variant", "has"), [("nmm", True), ("mean_cycle", False)])
def test_only_what_has_attention_writes_it_beside_its_predictions(study, variant, has):
    settings = synthetic.settings(max_epochs=2)
    train_variant(**arguments(study, variant, "out", settings=settings))
    folder = study.folder / "out" / synthetic.SPLIT
    people = {path.parent.name for path in folder.glob("*/predictions.nc")}
    files = list(folder.glob("*/attention.nc"))
    assert {path.parent.name for path in files} == (people if has else set())
    for file in files:
        data = read_netcdf(file, ATTENTION)
        np.testing.assert_allclose(data["weight"].values.sum(axis=1), 1.0, rtol=1e-5)
        assert (data["entropy"].values > 0).all() and (data["entropy"].values <= 1 + 1e-6).all()
