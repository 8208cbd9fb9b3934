"""Errors against reference and truth side by side: points, the reference's own error, gaps."""

import numpy as np
import pandas as pd
import pytest
from conftest import assert_nothing_is_cut_off, read_csv, write_errors

from myopinn.figures.true_errors import draw_true_errors

PLACE = {"recording": "walk", "split": "x"}
UNITS = {"knee": "rad", "recfem": "N"}


def errors_of(means: dict[str, float], people: int = 4, without: tuple[str, str] | None = None):
    rows = [
        {"variant": v, "target": t, "unit": u, "subject": f"s{s}", "rmse": m * (1 + 0.1 * s)}
        for v, m in means.items()
        for t, u in UNITS.items()
        for s in range(people)
        if (v, t) != without
    ]
    return pd.DataFrame(rows).assign(task="force", **PLACE, r=0.9)


def draw(tmp_path, reference, truth, **options):
    paths = {k: tmp_path / f"t.{k}" for k in ("pdf", "png", "csv")}
    tables = {
        "errors": write_errors(reference, tmp_path / "errors.csv"),
        "true_errors": write_errors(truth, tmp_path / "true.csv"),
    }
    draw_true_errors(**tables, **PLACE, **options, **paths)
    return read_csv(paths["csv"])


def test_every_subject_has_a_point_against_each_and_the_labels_have_their_band(tmp_path, drawn):
    gap = ("emg_driven", "knee")
    variants = {"cnn": 2.0, "pi_cnn": 3.0, "emg_driven": 4.0}
    truth = errors_of({**{v: m + 1 for v, m in variants.items()}, "reference": 1.5}, without=gap)
    table = draw(tmp_path, errors_of(variants, without=gap), truth)
    assert_nothing_is_cut_off(drawn[0])
    knee, recfem = drawn[0].axes[:2]
    assert [t.get_text() for t in knee.get_yticklabels()] == list(variants)
    from matplotlib.collections import PathCollection

    points = [c for c in recfem.collections if isinstance(c, PathCollection)]
    shown = [sorted(c.get_offsets()[:, 0]) for c in points]
    gains = 1 + 0.1 * np.arange(4)
    for k, mean in enumerate(variants.values()):
        np.testing.assert_allclose(shown[2 * k], mean * gains)
        np.testing.assert_allclose(shown[2 * k + 1], (mean + 1) * gains)
    (band,) = recfem.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((1.5, 1.95))
    assert [t.get_text() for t in knee.texts] == ["–"]
    angle = table[(table["target"] == "knee") & (table["variant"] == "cnn")]
    assert angle["value"].max() == pytest.approx(np.rad2deg(3 * 1.3))
    assert set(table["against"]) == {"reference", "truth"}


def test_a_recording_without_truth_says_so(tmp_path, drawn):
    draw(tmp_path, errors_of({"cnn": 1.0}), errors_of({"cnn": 1.0}).iloc[:0])
    assert "no error against the truth is known" in drawn[0].texts[0].get_text()
