"""The stick figure shows where muscles run and how active they are."""

import numpy as np
import pandas as pd

from myopinn.figures.stick_figure import draw_stick_figure
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import write_netcdf
from myopinn.virtual.models import MillardElastic, quiet_opensim, write_model
from myopinn.virtual.wrist import COORDINATE, MUSCLES, wrist_anatomy


def write_truth(folder, cycles):
    """A hand that swings, its first muscle half active, the others less."""
    quiet_opensim()
    folder.mkdir()
    write_model(wrist_anatomy(0.02), MillardElastic(), folder / "model.osim")
    time = np.arange(0.0, 2.0, 0.01)
    values = {}
    for name, quantity in TRUTH.variables.items():
        sizes = {"time_s": len(time), "muscle": len(MUSCLES), "coordinate": 1}
        values[name] = np.zeros([sizes[d] for d in quantity.dims])
    values["joint_angle"][:, 0] = 0.7 * np.sin(np.pi * cycles * time)
    values["activation"][:] = np.linspace(0.5, 0.1, len(MUSCLES))
    coordinates = {"time_s": time, "muscle": list(MUSCLES), "coordinate": [COORDINATE]}
    write_netcdf(
        TRUTH.build(values, coordinates, dict.fromkeys(TRUTH.attributes, 0.01)),
        folder / "swing.nc",
        TRUTH,
    )


def draw(tmp_path):
    paths = {kind: tmp_path / f"stick.{kind}" for kind in ("pdf", "png", "csv")}
    draw_stick_figure(
        truth=tmp_path / "truth", trials=["left_out", "swing"], recording="wrist", subject="P01",
        postures=5, **paths,
    )  # fmt: skip
    return paths


def test_the_table_holds_the_paths_over_one_cycle(tmp_path):
    write_truth(tmp_path / "truth", cycles=3)
    paths = draw(tmp_path)
    table = pd.read_csv(paths["csv"])
    assert paths["png"].stat().st_size > 5000 and paths["pdf"].stat().st_size > 5000
    assert sorted(set(table["muscle"])) == sorted(MUSCLES)
    assert table["cycle"].min() == 0.0 and table["cycle"].max() == 1.0
    first = table[table["muscle"] == MUSCLES[0]]
    assert np.allclose(first["activation"], 0.5)
    # A cycle ends where it began; half way the hand, and so the insertion, is elsewhere.
    ends = first.sort_values("point").groupby("cycle").last()[["forward_m", "upward_m"]]
    np.testing.assert_allclose(ends.loc[0.0], ends.loc[1.0], atol=2e-3)
    assert np.linalg.norm(ends.loc[0.0] - ends.iloc[2]) > 0.02


def test_without_a_whole_cycle_the_figure_says_so(tmp_path):
    write_truth(tmp_path / "truth", cycles=0.3)
    table = pd.read_csv(draw(tmp_path)["csv"])
    assert table.empty
