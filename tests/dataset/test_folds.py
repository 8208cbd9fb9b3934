"""Nothing that is tested is ever trained on, and whoever cannot be tested is named."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myopinn.artifacts import write_netcdf
from myopinn.dataset.folds import SPLITS, RecordedTrial, make_folds
from myopinn.layouts import DATASET

SETTINGS = {"test_share": 0.25, "stop_share": 0.2}


def people(counts):
    """People as {subject: {session: number of trials}}."""
    return {
        subject: [
            RecordedTrial(subject, session, f"{session}_t{k}", "slow")
            for session, n in sessions.items()
            for k in range(n)
        ]
        for subject, sessions in counts.items()
    }


@settings(max_examples=60, deadline=None)
@given(
    counts=st.dictionaries(
        st.sampled_from(["p1", "p2", "p3", "p4", "p5"]),
        st.dictionaries(st.sampled_from(["s1", "s2"]), st.integers(0, 7), max_size=2),
        max_size=5,
    ),
    split=st.sampled_from(sorted(SPLITS)),
    seed=st.integers(0, 100),
)
def test_held_out_trials_are_never_trained_on(counts, split, seed):
    folk = people(counts)
    folds, dropped = SPLITS[split](folk, SETTINGS, np.random.default_rng(seed))
    known = {t.key for trials in folk.values() for t in trials}
    for fold in folds:
        train, stop, test = set(fold.train), set(fold.stop), set(fold.test)
        assert train and stop and test
        assert not train & stop and not (train | stop) & test
        assert train | stop | test <= known
        assert all(key.startswith(f"{fold.subject}/") for key in test)
    # Everybody is either tested or dropped by name with a reason.
    assert {f.subject for f in folds} | {d.subject for d in dropped} == set(folk)
    assert not {f.subject for f in folds} & {d.subject for d in dropped}
    assert all(d.reason for d in dropped)
    assert len({f.name for f in folds}) == len(folds)


def test_within_a_session_every_trial_is_tested_exactly_once():
    folds, _ = SPLITS["within_session"](
        people({"p1": {"s1": 6, "s2": 5}}), SETTINGS, np.random.default_rng(0)
    )
    tested = [key for fold in folds for key in fold.test]
    assert len(tested) == len(set(tested)) == 11
    for fold in folds:
        assert len({key.split("/")[1][:2] for key in fold.train + fold.stop + fold.test}) == 1


def test_across_sessions_trains_on_one_session_and_tests_on_the_other():
    folds, _ = SPLITS["across_sessions"](
        people({"p1": {"s1": 4, "s2": 4}}), SETTINGS, np.random.default_rng(0)
    )
    assert len(folds) == 2
    for fold in folds:
        trained = {key.split("/")[1][:2] for key in fold.train + fold.stop}
        tested = {key.split("/")[1][:2] for key in fold.test}
        assert len(trained) == len(tested) == 1 and trained != tested


def test_across_conditions_tests_a_condition_that_was_never_trained_on():
    speeds = ("slow", "normal", "fast")
    trials = [
        RecordedTrial("p1", session, f"{session}_{speed}_{k}", speed)
        for session in ("s1", "s2")
        for speed in speeds
        for k in range(2)
    ]
    folds, dropped = SPLITS["across_conditions"]({"p1": trials}, SETTINGS, np.random.default_rng(0))
    assert not dropped
    assert {f.name for f in folds} == {f"p1_{speed}" for speed in speeds}
    for fold in folds:
        held = fold.name.removeprefix("p1_")
        assert len(fold.test) == 4 and all(held in key for key in fold.test)
        assert not any(held in key for key in fold.train + fold.stop)


def test_across_people_stops_on_whole_people_not_trained_on():
    folds, _ = SPLITS["across_people"](
        people({f"p{k}": {"s1": 2} for k in range(10)}), SETTINGS, np.random.default_rng(0)
    )
    assert [f.subject for f in folds] == [f"p{k}" for k in range(10)]
    for fold in folds:
        groups = [
            {key.split("/")[0] for key in part} for part in (fold.train, fold.stop, fold.test)
        ]
        assert not groups[0] & groups[1] and not (groups[0] | groups[1]) & groups[2]
        assert len(groups[1]) == 2


@pytest.mark.parametrize(
    ("split", "counts", "reason"),
    [
        ("within_session", {"p1": {"s1": 2}}, "3 usable trials"),
        ("across_sessions", {"p1": {"s1": 5}}, "2 sessions"),
        ("across_conditions", {"p1": {"s1": 5, "s2": 3}}, "8 in 'slow'; this split needs 2"),
        ("across_people", {"p1": {"s1": 5}, "p2": {"s1": 5}}, "needs 3"),
        ("across_people", {"p1": {}}, "no usable trial"),
    ],
)
def test_too_little_is_dropped_by_name_with_its_reason(split, counts, reason):
    folds, dropped = SPLITS[split](people(counts), SETTINGS, np.random.default_rng(0))
    assert folds == []
    assert reason in dropped[0].reason


def test_folds_are_read_from_datasets_and_the_seed_decides(tmp_path):
    for subject in ("p1", "p2"):
        write_netcdf(_dataset(subject), tmp_path / f"{subject}.nc", DATASET)
    made = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_folds(
            datasets=[tmp_path / "p1.nc", tmp_path / "p2.nc"],
            recording="r",
            split="within_session",
            settings=SETTINGS,
            seed=seed,
            folds=tmp_path / f"{name}.json",
        )
        made.append(json.loads((tmp_path / f"{name}.json").read_text()))
    assert made[0] == made[1] != made[2]
    assert {f["subject"] for f in made[0]["folds"]} == {"p1", "p2"}


def _dataset(subject):
    trials = [f"t{k // 2}" for k in range(12)]  # two cycles a trial
    sizes = {"cycle": 12, "frame": 100, "channel": 1, "coordinate": 1, "muscle": 1, "session": 1}
    variables = {
        key: np.zeros([sizes[d] for d in quantity.dims])
        for key, quantity in DATASET.variables.items()
    }
    names = {
        "trial": trials,
        "trial_session": ["s1"] * 12,
        "condition": ["slow"] * 12,
        "channel": ["A"],
        "coordinate": ["q"],
        "muscle": ["m"],
        "session": ["s1"],
    }
    coordinates = {key: np.array(value, dtype=object) for key, value in names.items()}
    coordinates["load_kg"] = np.zeros(12)
    return DATASET.build(variables, coordinates, {"subject": subject})
