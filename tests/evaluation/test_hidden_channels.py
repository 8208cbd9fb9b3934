"""A hidden channel is held against its own recording, and rivals are those it was hidden from."""

import numpy as np
import pandas as pd
import pytest
from hand_made import write_about

from myopinn.errors import ConfigError
from myopinn.files.layouts.envelope_curves import ENVELOPE_CURVES
from myopinn.files.layouts.envelope_errors import BY_CONDITION, ENVELOPE_ERRORS
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import write_netcdf
from myopinn.records.cells import Cell
from myopinn.steps.average_hidden import average_hidden
from myopinn.steps.compute_hidden_errors import compute_hidden_errors

FRAMES = 100
MUSCLES = ("vas_lat", "vas_med", "ham")
UNDER = {"lab": {"lat": ["vas_lat"], "med": ["vas_med"]}}
RECORDED = {"vas_lat": 0.3, "vas_med": 0.6, "ham": 0.4}


def recorded(name):
    phase = 2 * np.pi * np.arange(FRAMES) / FRAMES + MUSCLES.index(name)
    return RECORDED[name] * (1 + np.sin(phase))


def write_answers(folder, variant, gain):
    """Two trials; each muscle is answered as `gain` times what was recorded."""
    place = folder / variant / "lab" / "unseen_trials"
    known = np.stack([recorded(name) for name in MUSCLES], axis=1)
    both = np.concatenate([known, known])
    answer = both * np.array([gain.get(name, 1.0) for name in MUSCLES])
    rows = len(both)
    data = PREDICTIONS.build(
        {"predicted": answer, "reference": both},
        {
            "target": np.array(MUSCLES, object),
            "unit": np.array(["1"] * 3, object),
            "trial": np.repeat(np.array(["walk_1", "walk_2"], object), FRAMES),
            **{key: np.full(rows, "s", object) for key in ("session", "fold")},
            "condition": np.repeat(np.array(["slow", "fast"], object), FRAMES),
            "cycle": np.repeat([0, 1], FRAMES),
            "frame": np.tile(np.arange(FRAMES), 2),
            "time_s": np.arange(rows) / 100,
            "seed": np.zeros(rows, int),
        },
        Cell("deep_emg", variant, "lab", "unseen_trials", "P01").names(),
    )
    write_netcdf(data, place / "P01" / "predictions.nc", PREDICTIONS)
    write_about(place, "EMG", "none")


@pytest.fixture
def study(tmp_path):
    """The method answers a hidden muscle with a gain of 1.1, copying with 2."""
    for channel, (muscle,) in UNDER["lab"].items():
        folder = tmp_path / "lab" / channel
        write_answers(folder, "method", {muscle: 1.1, "ham": 5.0})
        write_answers(folder, "copy", {muscle: 2.0})
    names = {"muscle": np.array(MUSCLES, object), "coordinate": np.array(["knee"], object)}
    ones = np.ones(3)
    variables = {name: ones for name, q in GEOMETRY.variables.items() if q.dims == ("muscle",)}
    geometry = GEOMETRY.build(
        variables
        | {
            # Length falls with the angle for the first two, and rises for the third.
            "coefficient": np.array([[0.3, -0.05], [0.3, -0.04], [0.3, 0.05]]),
            "exponent": np.array([[0], [1]]),
            "centre": np.zeros(1),
            "half_range": np.ones(1),
            "crosses": np.ones((3, 1)),
            "moment_arm_rms": np.zeros((3, 1)),
        },
        names,
        {"recording": "lab", "subject": "P01"},
    )
    write_netcdf(geometry, tmp_path / "opensim" / "lab" / "P01" / "muscle_geometry.nc", GEOMETRY)
    return {
        "predictions": [tmp_path / "lab"],
        "geometries": [tmp_path / "opensim" / "lab" / "P01" / "muscle_geometry.nc"],
        "coordinates": {"lab": "knee"},
        "muscles": UNDER,
        "rivals": ["copy"],
        "order": ["method", "copy"],
        "errors": tmp_path / "errors.csv",
        "by_condition": tmp_path / "by_condition.csv",
    }


def test_only_what_was_hidden_is_judged_and_against_its_own_recording(study):
    compute_hidden_errors(**study)
    table = ENVELOPE_ERRORS.read(study["errors"])
    assert set(zip(table["variant"], table["target"], strict=True)) == {
        (v, m) for v in ("method", "copy") for m in ("vas_lat", "vas_med")
    }
    own = table.set_index(["variant", "target"])
    for muscle in ("vas_lat", "vas_med"):
        row = own.loc[("method", muscle)]
        assert row["held_against"] == "recording"
        assert row["r"] == pytest.approx(1.0)
        assert row["amplitude_ratio"] == pytest.approx(1.1)
        # Errors of 0.1 and 1 times the recording: skill 1 - 0.1^2 / 1^2.
        assert row["skill_copy"] == pytest.approx(0.99)
    assert set(BY_CONDITION.read(study["by_condition"])["condition"]) == {"slow", "fast"}


def test_curves_are_of_the_hidden_muscles_alone(study, tmp_path):
    kept = {key: study[key] for key in ("predictions", "muscles")}
    average_hidden(**kept, curves=tmp_path / "curves.csv")
    curves = ENVELOPE_CURVES.read(tmp_path / "curves.csv")
    assert set(curves["target"]) == {"vas_lat", "vas_med"}
    assert set(curves["variant"]) == {"reference", "method", "copy"}
    known = curves[(curves["variant"] == "reference") & (curves["target"] == "vas_med")]
    slow = known[known["condition"] == "slow"].sort_values("cycle_percent")
    np.testing.assert_allclose(slow["mean"], recorded("vas_med"))


def test_a_rival_that_was_not_fitted_is_refused(study):
    with pytest.raises(ConfigError, match="rivals"):
        compute_hidden_errors(**study | {"rivals": ["moment_alone"]})


def test_the_figure_holds_every_measure_and_gives_the_verdicts(study, tmp_path):
    from myopinn.figures.deep_findings import tell_hidden_channels
    from myopinn.figures.hidden_channels import draw_hidden_channels
    from myopinn.measures.findings.deep import state_hidden
    from myopinn.measures.findings.pairs import either_way, state_pairs

    compute_hidden_errors(**study)
    files = {key: tmp_path / f"hidden.{key}" for key in ("pdf", "png", "csv")}
    draw_hidden_channels(errors=study["errors"], recording="lab", split="unseen_trials", **files)
    assert all(path.stat().st_size > 0 for path in files.values())
    drawn = pd.read_csv(files["csv"])
    assert set(drawn["metric"]) == {"r", "nrmse_sd", "amplitude_ratio", "skill_copy"}
    errors = ENVELOPE_ERRORS.read(study["errors"])
    settings = {"alpha": 0.05, "test": "signed_rank", "smallest_effect": {}}
    pairs = either_way(state_pairs(errors, settings))
    told = tell_hidden_channels(pd.DataFrame(state_hidden(errors, pairs)))
    # So few people decide nothing, though the mean skill is positive.
    said = "undecided against copy at 2 of 2 muscles"
    assert any(t.startswith("method: ") and said in t for t in told)
    draw_hidden_channels(errors=study["errors"], recording="lab", split="none", **files)
    assert pd.read_csv(files["csv"]).empty
