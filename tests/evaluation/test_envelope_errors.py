"""Errors of predicted envelopes: what counts as a prediction, and numbers that are known by hand.

A person with one measured muscle, its antagonist and a deep one, in two trials of two sessions with
maximal contractions of their own. As shares of these, the deep muscle's cycles are
0.3 + 0.1 sin and 0.5 + 0.2 sin, whose variances are 0.005 and 0.02.
"""

import numpy as np
import pytest
import xarray as xr
from hand_made import NAN, PHASE, Cycle, filled, write_about, write_answers

from myopinn.errors import ConfigError
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.envelope_errors import BY_CONDITION, ENVELOPE_ERRORS
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.netcdf import write_netcdf
from myopinn.measures.envelope_errors import copied_targets
from myopinn.steps.compute_envelope_errors import compute_envelope_errors

UNITS = {"shown": "1", "antagonist": "1", "deep": "1", "elbow": "N.m"}
TRIALS = {"t1": ("a", "slow", 0.3, 0.1), "t2": ("b", "fast", 0.5, 0.2)}
MVC = {"a": 0.5, "b": 0.8}


def answers(predicted, reference):
    """What a variant answered to one person: two targets."""
    return xr.Dataset(
        {
            "predicted": (("sample", "target"), predicted),
            "reference": (("sample", "target"), reference),
        },
        coords={"target": ["shown", "deep"]},
    )


def test_an_envelope_that_is_an_input_is_no_prediction():
    rng = np.random.default_rng(0)
    reference = rng.uniform(size=(50, 2))
    answer = reference + np.array([0.0, 0.1])
    # Variants answer in single precision.
    person = answers(answer.astype(np.float32).astype(float), reference)
    assert copied_targets([person]) == {"shown"}
    other = answers(reference + np.array([0.01, 0.1]), reference)
    assert copied_targets([person, other]) == frozenset()


def test_a_target_without_reference_is_not_taken_for_a_copy():
    reference = np.full((5, 2), np.nan)
    assert copied_targets([answers(np.zeros((5, 2)), reference)]) == frozenset()


def curves(trial, deep=None):
    """Recorded curves; the measured muscle runs 60 degrees of the cycle ahead of the deep one."""
    _, _, level, size = TRIALS[trial]
    return {
        "shown": level + size * np.sin(PHASE + np.pi / 3),
        "antagonist": level + size * np.cos(2 * PHASE),
        "deep": NAN if deep is None else deep,
        "elbow": 5 * np.sin(PHASE),
    }


def deep_curve(trial):
    _, _, level, size = TRIALS[trial]
    return level + size * np.sin(PHASE)


def method(trial, seed):
    """Off by 0.04 or 0.06 in the first trial and 0.06 or 0.08 in the second; 1 N.m too little."""
    bias = 0.04 + 0.02 * seed + 0.02 * (trial == "t2")
    own = curves(trial)
    return own | {"deep": deep_curve(trial) + bias, "elbow": own["elbow"] - 1}


def copies(trial, seed):
    """The measured muscle beside it; of the moment it says nothing."""
    return curves(trial) | {"deep": curves(trial)["shown"], "elbow": NAN}


def write_variant(root, variant, answer, subjects=("P1",), seeds=(0, 1), shown_deep=False):
    folder = root / "training" / variant / "lab" / "unseen_trials"
    for subject in subjects:
        cycles = [
            Cycle(
                trial,
                answer(trial, seed),
                curves(trial, deep_curve(trial) if shown_deep else None),
                *TRIALS[trial][:2],
                cycle=k,
                seed=seed,
            )
            for seed in seeds
            for k, trial in enumerate(TRIALS)
        ]
        write_answers(folder, subject, UNITS, cycles)
    write_about(folder, f"seen by {variant}", "p")


def write_revealed(root, subject):
    """In units of excitation: shares times each session's largest, by cycle of the dataset."""
    sessions = sorted(MVC)
    envelope = np.stack([[MVC[TRIALS[t][0]] * deep_curve(t)] for t in TRIALS])
    labels = {
        "trial": list(TRIALS),
        "trial_session": sessions,
        "condition": ["slow", "fast"],
        "load_kg": np.zeros(2),
        "channel": ["shown", "deep"],
        "coordinate": ["elbow"],
        "muscle": ["shown", "antagonist", "deep"],
        "session": sessions,
    }
    data = filled(
        DATASET,
        labels,
        sizes={"frame": 100},
        attributes={"recording": "lab", "subject": subject},
        # Of the measured muscle it holds volts, which are not what it is held against.
        envelope=np.stack([np.full((2, 100), 7.0), envelope[:, 0]], axis=2),
        mvc_envelope=np.array([[3.0, MVC[s]] for s in sessions]),
    )
    path = root / "lab" / "revealed" / f"{subject}.nc"
    write_netcdf(data, path, DATASET)
    return path


def write_geometry(root, subject):
    """Length falls with the angle of the elbow for the first and the third muscle."""
    data = filled(
        GEOMETRY,
        {"muscle": ["shown", "antagonist", "deep"], "coordinate": ["elbow"]},
        sizes={"term": 2},
        attributes={"recording": "lab", "subject": subject},
        coefficient=np.array([[0.3, -0.05], [0.3, 0.04], [0.3, -0.02]]),
        exponent=np.array([[0], [1]]),
        crosses=np.ones((3, 1)),
    )
    path = root / "opensim" / "lab" / subject / "muscle_geometry.nc"
    write_netcdf(data, path, GEOMETRY)
    return path


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Answers of three variants; P2 lives, so that nobody knows its truth."""
    root = tmp_path_factory.mktemp("study")
    write_variant(root, "method", method, ("P1", "P2"))
    write_variant(root, "copies", copies, ("P1", "P2"), seeds=(0,))
    write_variant(
        root, "ceiling", lambda t, s: curves(t, deep_curve(t) / 2), seeds=(0,), shown_deep=True
    )
    return {
        "predictions": [root / "training"],
        "revealed": [write_revealed(root, "P1")],
        "geometries": [write_geometry(root, name) for name in ("P1", "P2")],
        "coordinates": {"lab": "elbow"},
        "rivals": ["copies"],
        "order": ["method", "ceiling", "copies"],
        "truth_shown": {"ceiling": "deep EMG"},
    }


def compute(study, folder):
    files = {key: folder / f"{key}.csv" for key in ("errors", "by_condition")}
    compute_envelope_errors(**study, **files)
    return [ENVELOPE_ERRORS.read(files["errors"]), BY_CONDITION.read(files["by_condition"])]


@pytest.fixture(scope="module")
def tables(study, tmp_path_factory):
    """The errors over all conditions, and those of each."""
    return compute(study, tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def rows(tables):
    return tables[0].set_index(["variant", "subject", "target"])


def test_a_deep_muscle_is_held_against_its_share_of_the_session_s_largest(rows):
    row = rows.loc[("method", "P1", "deep")]
    assert row["rmse"] == pytest.approx((0.05 + 0.07) / 2)
    # Ranges of 0.2 and 0.4; of one period 1 - MSE / variance, MSE the mean of both fits.
    assert row["nrmse"] == pytest.approx((0.05 / 0.2 + 0.07 / 0.4) / 2)
    assert row["r2"] == pytest.approx((1 - 0.0026 / 0.005 + 1 - 0.005 / 0.02) / 2)
    assert row["r"] == pytest.approx(1) and row["amplitude_ratio"] == pytest.approx(1)
    assert row["partial_r"] == pytest.approx(1)
    # The copy is off by a chord of 60 degrees: half of 0.1^2 and 0.2^2.
    assert row["skill_copies"] == pytest.approx(1 - (0.0026 + 0.005) / (0.005 + 0.02))
    assert (row["n_trials"], row["n_cycles"], row["n_seeds"]) == (2, 2, 2)


def test_the_sd_behind_nrmse_is_that_of_all_tested_trials_together(rows):
    row = rows.loc[("method", "P1", "deep")]
    together = np.std(np.concatenate([deep_curve(t) for t in TRIALS]))
    assert together == pytest.approx(0.15)
    assert row["nrmse_sd"] == pytest.approx(0.06 / 0.15)


def test_a_copy_of_an_agonist_has_nothing_of_its_own(rows):
    row = rows.loc[("copies", "P1", "deep")]
    assert row["r"] == pytest.approx(np.cos(np.pi / 3))
    assert row["partial_r"] == 0
    assert row["skill_copies"] == 0
    moment = rows.loc[("copies", "P1", "elbow")]
    assert np.isnan(moment["rmse"]) and moment["note"] == "the variant does not predict it"


def test_what_is_shown_of_the_truth_is_judged_as_truth_and_half_of_it_as_half(rows):
    row = rows.loc[("ceiling", "P1", "deep")]
    assert row["amplitude_ratio"] == pytest.approx(0.5)
    assert row["held_against"] == "truth" and row["truth"] == "deep EMG"
    assert row["told"] == "seen by ceiling"


def test_every_target_says_what_it_is_held_against(tables):
    whole, _ = tables
    own = whole[whole["variant"] == "method"].set_index(["subject", "target"])
    held = own["held_against"]
    assert (
        held["P1"].to_dict()
        == held["P2"].to_dict() | {"deep": "truth"}
        == {
            "shown": "recording",
            "antagonist": "recording",
            "deep": "truth",
            "elbow": "inverse dynamics",
        }
    )
    # Of a living person nothing can be said of a deep muscle.
    assert "deep" not in own.loc["P2"].index
    moment = own.loc[("P2", "elbow")]
    assert moment["rmse"] == pytest.approx(1) and moment["unit"] == "N.m"
    assert np.isnan(moment["partial_r"])
    # Inputs that come back are no predictions.
    assert own.loc[("P1", "shown"), "note"] == "the variant does not predict it"
    assert (whole.loc[whole["variant"] != "ceiling", "truth"] == "").all()
    assert list(dict.fromkeys(whole["variant"])) == ["method", "ceiling", "copies"]
    assert set(whole["task"]) == {"deep_emg"} and "condition" not in whole


def test_each_condition_has_the_errors_of_its_own_trials(tables):
    _, each = tables
    own = each.set_index(["variant", "subject", "target", "condition"]).sort_index()
    slow = own.loc[("method", "P1", "deep", "slow")]
    fast = own.loc[("method", "P1", "deep", "fast")]
    assert (slow["rmse"], fast["rmse"]) == pytest.approx((0.05, 0.07))
    assert slow["nrmse_sd"] == pytest.approx(0.05 / np.sqrt(0.005))
    assert fast["nrmse_sd"] == pytest.approx(0.07 / np.sqrt(0.02))
    assert slow["skill_copies"] == pytest.approx(1 - 0.0026 / 0.005)
    assert fast["skill_copies"] == pytest.approx(1 - 0.005 / 0.02)
    assert (slow["n_trials"], slow["n_cycles"]) == (1, 1)


def test_a_joint_that_the_geometry_does_not_know_has_no_agonists(study, tmp_path):
    whole, _ = compute(study | {"coordinates": {"lab": "knee"}}, tmp_path)
    assert whole["partial_r"].isna().all()


def test_a_rival_that_was_not_fitted_is_refused_by_name(study, tmp_path):
    with pytest.raises(ConfigError, match=r"deep_emg: the rivals \['mean_cycle'\] of the skill"):
        compute(study | {"rivals": ["copies", "mean_cycle"]}, tmp_path)
