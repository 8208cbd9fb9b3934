"""Errors against scikit-learn and SciPy, and the order in which they are averaged."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import r2_score, root_mean_squared_error

from myopinn.errors import ConfigError
from myopinn.files.layouts.errors import ERRORS
from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import write_netcdf
from myopinn.measures.prediction_errors import (
    COUNTS,
    NAMES,
    NOT_PREDICTED,
    SEED_SPREADS,
    average_subject,
    explained_share,
    note_of,
    skill_against,
)
from myopinn.measures.trial_errors import (
    CONSTANT_REFERENCE,
    METRICS,
    NO_REFERENCE,
    NOT_FINITE,
    measure_errors,
)
from myopinn.records.cells import Cell
from myopinn.steps.compute_errors import compute_errors

FRAMES = 100


def write_person(folder: Path, fits, targets=("recfem_r",), units=("N",)) -> None:
    """Write predictions; ``fits`` lists (trial, seed, predicted, reference), (frame, target)."""
    counts = [len(predicted) for _, _, predicted, _ in fits]
    repeat = lambda values: np.repeat(np.array(values, dtype=object), counts)  # noqa: E731
    frame = np.concatenate([np.arange(n) % FRAMES for n in counts])
    cycle = np.concatenate([10 * k + np.arange(n) // FRAMES for k, n in enumerate(counts)])
    if len({t for t, *_ in fits}) < len(fits):
        cycle = np.concatenate([np.arange(n) // FRAMES for n in counts])
    cell = Cell("t", *folder.parts[-4:])
    dataset = PREDICTIONS.build(
        {
            "predicted": np.concatenate([f[2] for f in fits]),
            "reference": np.concatenate([f[3] for f in fits]),
        },
        {
            "target": np.array(targets, dtype=object),
            "unit": np.array(units, dtype=object),
            "trial": repeat([f[0] for f in fits]),
            "session": repeat(["a"] * len(fits)),
            "condition": repeat([""] * len(fits)),
            "cycle": cycle,
            "frame": frame,
            "time_s": frame / FRAMES,
            "fold": repeat(["f"] * len(fits)),
            "seed": repeat([f[1] for f in fits]).astype(int),
        },
        cell.names(),
    )
    for key in ("predicted", "reference"):
        dataset[key].attrs["units"] = "see coordinate unit"
    folder.mkdir(parents=True)
    write_netcdf(dataset, folder / "predictions.nc", PREDICTIONS)
    write_about(folder.parent)


def write_about(folder: Path) -> None:
    about = Cell("t", *folder.parts[-3:]).names() | {
        "told": "EMG up to now; own trials",
        "prior": "none",
    }
    FITS.write(about, folder / FITS_FILE)
    (folder / "runs.csv").touch()


def curve(offset: float, n: int = FRAMES) -> tuple[np.ndarray, np.ndarray]:
    """Give a reference of range 2 and a prediction that is off by a constant."""
    reference = np.cos(np.linspace(0, 2 * np.pi, n, endpoint=False))[:, None]
    return reference + offset, reference


def errors_of(tmp_path: Path, folders, **options):
    compute_errors(predictions=folders, errors=tmp_path / "errors.csv", **options)
    return ERRORS.read(tmp_path / "errors.csv")


def test_metrics_equal_those_of_scikit_learn_and_scipy():
    rng = np.random.default_rng(3)
    reference = rng.normal(200, 80, 300)
    predicted = 0.7 * reference + rng.normal(20, 30, 300)
    ours = measure_errors(predicted, reference)
    assert ours.rmse == pytest.approx(root_mean_squared_error(reference, predicted), rel=1e-12)
    assert ours.r == pytest.approx(stats.pearsonr(reference, predicted).statistic, rel=1e-12)
    assert ours.r2 == pytest.approx(r2_score(reference, predicted), rel=1e-12)
    assert ours.nrmse == pytest.approx(ours.rmse / (reference.max() - reference.min()), rel=1e-12)
    assert ours.mse == pytest.approx(ours.rmse**2, rel=1e-12)
    assert ours.note == ""


def test_every_trial_counts_once_whatever_its_length_and_number_of_fits(tmp_path):
    # A long trial off by 1 and a short one off by 3 give 2, not the 1.2 of pooled frames.
    long, short = curve(1.0, 900), curve(3.0, 100)
    fits = [("long", 0, *long), ("short", 0, *short)]
    write_person(tmp_path / "cnn/walk/within/s1", fits)
    # Two seeds of a trial, off by 1 and 3, and one seed of another, off by 5: (2 + 5) / 2.
    seeds = [("a", 0, *curve(1.0)), ("a", 1, *curve(3.0)), ("b", 0, *curve(5.0))]
    write_person(tmp_path / "cnn/walk/within/s2", seeds)
    table = errors_of(tmp_path, [tmp_path / "cnn/walk/within"]).set_index("subject")
    assert table.loc["s1", "rmse"] == pytest.approx(2.0)
    assert table.loc["s1", "nrmse"] == pytest.approx(1.0)
    assert table.loc["s2", "rmse"] == pytest.approx(3.5)
    assert table.loc["s1", ["n_trials", "n_cycles", "n_seeds"]].tolist() == [2, 10, 1]
    assert table.loc["s2", ["n_trials", "n_cycles", "n_seeds"]].tolist() == [2, 2, 2]
    assert table.loc["s1", ["variant", "recording", "split"]].tolist() == ["cnn", "walk", "within"]


def test_constant_reference_is_left_out_of_correlation_with_a_note(tmp_path):
    flat = (np.full((FRAMES, 1), 2.5), np.full((FRAMES, 1), 2.0))
    write_person(tmp_path / "cnn/w/x/s1", [("move", 0, *curve(0.1)), ("rest", 0, *flat)])
    row = errors_of(tmp_path, [tmp_path / "cnn/w/x"]).iloc[0]
    assert row["r"] == pytest.approx(1.0)
    assert row["nrmse"] == pytest.approx(0.05)
    assert row["rmse"] == pytest.approx((0.1 + 0.5) / 2)
    assert "reference constant" in row["note"]
    assert "rest" in row["note"]


def test_a_constant_reference_alone_gives_nan_with_a_note():
    ours = measure_errors(np.arange(10.0), np.full(10, 3.0))
    assert np.isnan([ours.nrmse, ours.r, ours.r2]).all()
    assert np.isfinite(ours.rmse)
    assert ours.note


def test_failed_predictions_are_never_averaged_away(tmp_path):
    predicted, reference = curve(0.1)
    broken = predicted.copy()
    broken[5] = np.nan
    level = np.full_like(predicted, 0.4)
    write_person(
        tmp_path / "cnn/w/x/s1", [("a", 0, predicted, reference), ("b", 0, broken, reference)]
    )
    write_person(
        tmp_path / "cnn/w/x/s2", [("a", 0, predicted, reference), ("b", 0, level, reference)]
    )
    table = errors_of(tmp_path, [tmp_path / "cnn/w/x"]).set_index("subject")
    assert table.loc["s1", ["rmse", "nrmse", "r", "r2"]].isna().all()
    assert "not finite in b" in table.loc["s1", "note"]
    assert np.isnan(table.loc["s2", "r"])
    assert np.isfinite(table.loc["s2", "rmse"])
    assert "prediction constant" in table.loc["s2", "note"]


def test_skill_is_measured_on_the_trials_that_the_rival_has(tmp_path):
    own = [("a", 0, *curve(1.0)), ("b", 0, *curve(2.0)), ("only_here", 0, *curve(50.0))]
    rival = [("a", 0, *curve(2.0)), ("b", 0, *curve(4.0))]
    write_person(tmp_path / "cnn/w/x/s1", own)
    write_person(tmp_path / "mean_cycle/w/x/s1", rival)
    folders = [tmp_path / "cnn/w/x", tmp_path / "mean_cycle/w/x"]
    table = errors_of(tmp_path, folders, rival="mean_cycle").set_index("variant")
    assert table.loc["cnn", "skill"] == pytest.approx(1 - (1 + 4) / (4 + 16))
    assert table.loc["mean_cycle", "skill"] == pytest.approx(0.0)
    assert "skill" not in errors_of(tmp_path, folders).columns
    with pytest.raises(ConfigError, match="mean_cicle"):
        errors_of(tmp_path, folders, rival="mean_cicle")


def test_the_spread_of_seeds_is_that_of_one_person_s_mean_errors(tmp_path):
    """Two seeds, off by 1 and 2 in one trial and by 3 and 6 in another: 2 and 4 of one person."""
    fits = [
        ("a", 0, *curve(1.0)),
        ("a", 1, *curve(2.0)),
        ("b", 0, *curve(3.0)),
        ("b", 1, *curve(6.0)),
    ]
    write_person(tmp_path / "cnn/walk/within/s1", fits)
    write_person(tmp_path / "cnn/walk/within/s2", fits[::2])
    table = errors_of(tmp_path, [tmp_path / "cnn/walk/within"]).set_index("subject")
    assert table.loc["s1", "rmse"] == pytest.approx(3.0)
    assert table.loc["s1", "rmse_sd_seeds"] == pytest.approx(np.sqrt(2))
    # The range of the reference is 2.
    assert table.loc["s1", "nrmse_sd_seeds"] == pytest.approx(np.sqrt(2) / 2)
    assert table.loc["s2", list(SEED_SPREADS)].isna().all()


def test_a_folder_without_a_tested_subject_gives_an_empty_table_with_its_columns(tmp_path):
    write_about(tmp_path / "cnn/w/x")
    table = errors_of(tmp_path, [tmp_path / "cnn/w/x"])
    assert len(table) == 0
    columns = (*NAMES, *METRICS, "explained", *COUNTS, *SEED_SPREADS, "note", "told")
    assert tuple(table.columns) == columns


def test_a_target_that_a_variant_does_not_predict_is_noted_and_no_failure(tmp_path):
    predicted, reference = (np.hstack([c, c]) for c in curve(0.1))
    predicted[:, 0] = np.nan
    folder = tmp_path / "emg_driven" / "walk" / "x"
    targets = {"targets": ("knee", "recfem_r"), "units": ("rad", "N")}
    for person in ("s1", "s2"):
        write_person(folder / person, [("a", 0, predicted, reference)], **targets)
    table = errors_of(tmp_path, [folder]).set_index(["subject", "target"])
    for person in ("s1", "s2"):
        assert table.loc[(person, "knee"), "note"] == NOT_PREDICTED
        assert np.isnan(table.loc[(person, "knee"), "rmse"])
        assert table.loc[(person, "recfem_r"), "rmse"] == pytest.approx(0.1)


def test_a_prediction_that_is_lost_for_one_person_is_a_failure(tmp_path):
    predicted, reference = curve(0.1)
    folder = tmp_path / "cnn" / "walk" / "x"
    write_person(folder / "s1", [("a", 0, predicted * np.nan, reference)])
    write_person(folder / "s2", [("a", 0, predicted, reference)])
    table = errors_of(tmp_path, [folder]).set_index("subject")
    assert "not finite in a" in table.loc["s1", "note"]


def test_variants_stand_in_the_order_that_is_asked_for(tmp_path):
    """Levels of a question are numbers as often as not, and folders come by name."""
    for level in ("5", "10", "20"):
        write_person(tmp_path / f"question/{level}/walk/x/s1", [("a", 0, *curve(0.1))])
    folders = [tmp_path / "question"]
    assert list(errors_of(tmp_path, folders)["variant"]) == ["10", "20", "5"]
    ordered = errors_of(tmp_path, folders, order=["5", "10", "20"])
    assert list(ordered["variant"]) == ["5", "10", "20"]


def test_skill_is_over_all_trials_that_both_have_predicted():
    """1 - (1 + 3) / (2 + 8): of trials one and two; three is the variant's alone."""
    trials = {"own": {"one": 1.0, "two": 3.0, "three": 50.0}, "rival": {"one": 2.0, "two": 8.0}}
    persons = {
        (variant, "lab", "split", "P01"): pd.DataFrame(
            {"target": "knee", "trial": list(mse), "mse": list(mse.values())}
        )
        for variant, mse in trials.items()
    }
    place = {"recording": "lab", "split": "split", "subject": "P01", "target": "knee"}
    table = pd.DataFrame([{"variant": "own", **place}])
    assert skill_against(table, persons, "rival") == pytest.approx([1 - 4 / 10])


def test_only_frames_with_a_reference_are_compared():
    """A prediction where nothing was measured is no error; two frames are enough."""
    reference = np.array([np.nan, 1.0, 3.0, np.inf])
    ours = measure_errors(np.array([np.nan, 2.0, 2.0, 50.0]), reference)
    assert (ours.mse, ours.nrmse) == (1.0, 0.5)
    ours = measure_errors(np.array([np.inf, 3.0, 1.0, 0.0]), reference)
    # Turned round: the error of a mean is 1, this one is 4 times that.
    assert (ours.mse, ours.r, ours.r2) == pytest.approx((4.0, -1.0, -3.0))
    for frames in (1, 0):
        ours = measure_errors(np.zeros(frames), np.ones(frames))
        assert ours.note == NO_REFERENCE and np.isnan(ours.rmse)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_frame_that_is_not_finite_makes_every_measure_undefined(bad):
    ours = measure_errors(np.array([1.0, bad, 3.0]), np.array([1.0, 2.0, 3.0]))
    assert ours.note == NOT_FINITE
    assert np.isnan([ours.mse, ours.rmse, ours.nrmse, ours.r, ours.r2]).all()


def test_a_curve_is_constant_to_the_accuracy_of_the_files():
    """A part in 1e10 of the largest value, of either sign, is rounding; one in 1e8 moves."""
    wave = np.sin(np.arange(50.0))
    for level in (200.0, -200.0):
        flat, moving = (level * (1 + share * wave) for share in (1e-10, 1e-8))
        assert measure_errors(level * wave, flat).note == CONSTANT_REFERENCE
        assert measure_errors(level * wave, moving).note == ""
        assert np.isnan(measure_errors(flat, level * wave).r)
        assert measure_errors(moving, level * wave).r == pytest.approx(1.0, abs=1e-5)


def _trials(*rows):
    return pd.DataFrame(rows, columns=["trial", "mse", "rmse", "r", "note"])


def test_trials_that_say_nothing_are_left_out_of_what_they_say_nothing_about():
    trials = _trials(
        ("a", 4.0, 2.0, 0.8, ""), ("a", 16.0, 4.0, 0.6, ""), ("b", 1.0, 1.0, 0.1, ""),
        ("rest", 25.0, 5.0, np.nan, CONSTANT_REFERENCE), ("lost", *[np.nan] * 3, NO_REFERENCE),
    )  # fmt: skip
    # Trial a counts with the mean of its two fits, once.
    assert average_subject(trials, ["mse", "rmse", "r"]) == pytest.approx(
        {"mse": (10.0 + 1.0 + 25.0) / 3, "rmse": (3.0 + 1.0 + 5.0) / 3, "r": (0.7 + 0.1) / 2}
    )
    nothing = average_subject(trials[trials["trial"] == "lost"], ["rmse", "r"])
    assert np.isnan(list(nothing.values())).all()
    assert note_of(trials) == f"{NO_REFERENCE} in lost; {CONSTANT_REFERENCE} in rest"
    # A fit that failed is not made up for by another one of the trial.
    failed = pd.concat([trials, _trials(("b", *[np.nan] * 3, NOT_FINITE))])
    assert np.isnan(average_subject(failed, ["rmse"])["rmse"])


def test_skill_takes_the_mean_of_the_fits_of_its_own_target_and_needs_a_rival():
    def person(**targets):
        return pd.DataFrame(
            [(t, trial, mse) for t, rows in targets.items() for trial, mse in rows],
            columns=["target", "trial", "mse"],
        )

    persons = {
        ("own", "lab", "s", "P1"): person(knee=[("a", 1.0), ("a", 3.0)], hip=[("a", 9.0)]),
        ("rival", "lab", "s", "P1"): person(knee=[("a", 8.0)], hip=[("a", 0.0)]),
        ("own", "lab", "s", "P2"): person(knee=[("a", 1.0)]),
    }
    place = {"variant": "own", "recording": "lab", "split": "s"}
    table = pd.DataFrame(
        [{**place, "subject": p, "target": t} for p, t in
         (("P1", "knee"), ("P1", "hip"), ("P1", "ankle"), ("P2", "knee"))]
    )  # fmt: skip
    skills = skill_against(table, persons, "rival")
    assert skills[0] == pytest.approx(1 - 2 / 8)
    # Against a rival without error, of a target or a person that nobody predicted: undefined.
    assert np.isnan(skills[1:]).all()


def test_explained_is_of_all_tested_trials_together_as_scikit_learn_has_it():
    """Two trials about different means: each alone is told badly, both together well."""
    rng = np.random.default_rng(3)
    wave = rng.normal(0, 1, (2, FRAMES))
    reference = wave + np.array([[0.0], [20.0]])
    predicted = reference + rng.normal(0, 1.5, (2, FRAMES))
    trials = pd.DataFrame(
        [
            {"trial": name, "seed": seed, **vars(measure_errors(answer, truth))}
            for name, answer, truth in zip("ab", predicted, reference, strict=True)
            for seed in (0, 1)
        ]
    )
    share = explained_share(trials)
    assert share == pytest.approx(r2_score(reference.ravel(), predicted.ravel()))
    assert share > 0.9 > 0 > trials["r2"].max()
    # The person's own mean explains nothing, a trial that holds still varies by its place alone.
    mean = np.full((2, FRAMES), reference.mean())
    alike = [vars(measure_errors(m, r)) for m, r in zip(mean, reference, strict=True)]
    assert explained_share(pd.DataFrame(alike).assign(trial=["a", "b"])) == pytest.approx(0)
    still = [vars(measure_errors(np.zeros(9), np.full(9, v))) for v in (0.3, 0.3 + 1e-12)]
    assert np.isnan(explained_share(pd.DataFrame(still).assign(trial=["a", "b"])))
    failed = trials.assign(mse=[*trials["mse"][:3], np.nan])
    assert np.isnan(explained_share(failed))
