"""Nothing that is tested is ever trained on, and whoever cannot be tested is named."""

import json
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myopinn.dataset.folds import SPLITS, RecordedTrial
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.netcdf import write_netcdf
from myopinn.steps.make_folds import make_folds

SETTINGS = {"test_share": 0.25, "stop_share": 0.2}
CELLS = [*product(("s1", "s2"), ("slow", "fast"), (0, 1, float("nan")))]
# By what the trials that are tested differ from all that are trained on.
HELD_OUT = {
    "within_session": lambda trial: trial.key,
    "across_sessions": lambda trial: trial.session,
    "across_conditions": lambda trial: trial.condition,
    "across_people": lambda trial: trial.subject,
    "unseen_trials": lambda trial: trial.key,
    "unseen_load": lambda trial: trial.load_kg,
    "across_people_adapted": lambda trial: trial.subject,
}


def recorded(subject, *trials):
    """A person's trials of (session, condition, load), named after what they are."""
    seen = Counter()
    found = []
    for session, condition, load in trials:
        label = f"{session}_{condition}_{load:g}"
        seen[label] += 1
        found.append(
            RecordedTrial(subject, session, f"{label}_{seen[label]}", condition, float(load))
        )
    return found


def people(counts):
    """People as {subject: {session: number of trials}}, all of one speed without a load."""
    return {
        subject: recorded(subject, *[(s, "slow", 0) for s, n in sessions.items() for _ in range(n)])
        for subject, sessions in counts.items()
    }


@st.composite
def crossed(draw):
    """People whom every split can test: sessions, speeds and loads are all combined."""
    count, sessions, conditions, loads, repeats = (
        draw(st.integers(low, high)) for low, high in ((3, 5), (2, 3), (2, 3), (2, 3), (1, 2))
    )
    # As nobody sorts them: neither the first session nor the lightest load comes first.
    names = ("s3", "s1", "s2")[:sessions]
    cells = [*product(names, ("slow", "fast", "normal")[:conditions], (2, 0, 1)[:loads])]
    return {f"p{k}": recorded(f"p{k}", *cells * repeats) for k in range(count)}


@st.composite
def any_people(draw):
    """People of whom any trial may be missing."""
    return {
        subject: recorded(subject, *draw(st.lists(st.sampled_from(CELLS), max_size=12)))
        for subject in draw(st.lists(st.sampled_from(["p1", "p2", "p3", "p4"]), unique=True))
    }


def split_up(split, folk, seed=0):
    folds, dropped = SPLITS[split](folk, SETTINGS, np.random.default_rng(seed))
    return folds, dropped, {t.key: t for trials in folk.values() for t in trials}


@pytest.mark.parametrize("split", sorted(SPLITS))
@settings(max_examples=50, deadline=None)
@given(folk=st.one_of(crossed(), any_people()), seed=st.integers(0, 100))
def test_held_out_trials_are_never_trained_on(split, folk, seed):
    folds, dropped, known = split_up(split, folk, seed)
    for fold in folds:
        parts = [fold.train, fold.stop, fold.test, *([fold.adapt] if fold.adapt else [])]
        assert all(parts)
        together = [key for part in parts for key in part]
        assert len(together) == len(set(together)) and set(together) <= set(known)
        assert all(key.startswith(f"{fold.subject}/") for key in fold.test + fold.adapt)
        held = HELD_OUT[split]
        trained = {held(known[key]) for key in fold.train + fold.stop}
        assert not trained & {held(known[key]) for key in fold.test}
    # Everybody is either tested or dropped by name with a reason.
    assert {f.subject for f in folds} | {d.subject for d in dropped} == set(folk)
    assert not {f.subject for f in folds} & {d.subject for d in dropped}
    assert all(d.reason for d in dropped)
    assert len({f.name for f in folds}) == len(folds)


@pytest.mark.parametrize("split", sorted(SPLITS))
@settings(max_examples=25, deadline=None)
@given(folk=crossed(), seed=st.integers(0, 100))
def test_every_split_tests_everybody_who_has_enough(split, folk, seed):
    """Also a proof that the properties above are asked of folds, and not of none."""
    folds, dropped, known = split_up(split, folk, seed)
    assert not dropped and {fold.subject for fold in folds} == set(folk)
    tested = Counter(key for fold in folds for key in fold.test)
    sessions = len({trial.session for trial in known.values()})
    adapted = {key for fold in folds for key in fold.adapt}
    # How often each trial is tested, over all folds.
    if split == "unseen_trials":
        assert set(tested.values()) == {1} and set(tested) < set(known)
    else:
        times = sessions - 1 if split == "across_sessions" else 1
        assert tested == Counter(dict.fromkeys(set(known) - adapted, times))


@pytest.mark.parametrize("split", sorted(SPLITS))
@settings(max_examples=25, deadline=None)
@given(folk=crossed(), seed=st.integers(0, 100))
def test_all_that_is_not_held_out_is_trained_on(split, folk, seed):
    folds, _, known = split_up(split, folk, seed)
    held = HELD_OUT[split]
    for fold in folds:
        others = split.startswith("across_people")
        of_fold = [t for t in known.values() if others or t.subject == fold.subject]
        if split == "within_session":
            of_fold = [t for t in of_fold if t.session == known[fold.test[0]].session]
        tested = {held(known[key]) for key in fold.test}
        if split == "across_sessions":
            tested = {t.session for t in of_fold} - {known[fold.train[0]].session}
        expected = {t.key for t in of_fold if held(t) not in tested}
        assert {*fold.train, *fold.stop} == expected
        if not others:
            assert len(fold.stop) == max(1, round(SETTINGS["stop_share"] * len(expected)))


def test_within_a_session_every_trial_is_tested_exactly_once():
    folds, _, _ = split_up("within_session", people({"p1": {"s1": 6, "s2": 5}}))
    tested = [key for fold in folds for key in fold.test]
    assert len(tested) == len(set(tested)) == 11
    for fold in folds:
        assert len({key.split("/")[1][:2] for key in fold.train + fold.stop + fold.test}) == 1
    # A quarter of a session is held out at a time.
    assert Counter(len(fold.test) for fold in folds) == {2: 3, 1: 5}


def test_folds_come_in_the_order_of_their_names_however_python_orders_sets():
    """Else two processes would number, and draw, the same folds in other orders."""
    cells = [(f"s{k}", f"c{k}", k) for k in (5, 2, 7, 0, 3, 6, 1, 4) for _ in range(3)]
    folk = {"p1": recorded("p1", *cells)}
    for split, letter in (("across_sessions", "s"), ("across_conditions", "c")):
        folds, _, _ = split_up(split, folk)
        assert [fold.name for fold in folds] == [f"p1_{letter}{k}" for k in range(8)]
    folds, _, _ = split_up("unseen_load", folk)
    assert [fold.name for fold in folds] == [f"p1_{k}kg" for k in range(8)]
    folds, _, _ = split_up("within_session", folk)
    assert [fold.name for fold in folds[::3]] == [f"p1_s{k}_1" for k in range(8)]
    (fold,), _, known = split_up("unseen_trials", folk)
    assert [known[key].condition for key in fold.test] == [f"c{k}" for k in range(8)]
    _, (person,), _ = split_up("within_session", {"p1": folk["p1"][::3]})
    assert ", ".join(f"1 in s{k}" for k in range(8)) in person.reason


@pytest.mark.parametrize(("share", "expected"), [(0.01, 1), (0.3, 3), (1.0, 9)])
def test_a_trial_is_left_to_train_on_and_one_to_stop_on(share, expected):
    trials = recorded("p1", *[("s1", "slow", 0)] * 10, *[("s2", "slow", 0)])
    rng = np.random.default_rng(0)
    (fold,), _ = SPLITS["across_sessions"]({"p1": trials}, SETTINGS | {"stop_share": share}, rng)
    assert (len(fold.train), len(fold.stop)) == (10 - expected, expected)


def test_three_trials_are_the_least_of_a_session():
    folds, dropped, _ = split_up("within_session", people({"p1": {"s1": 3}}))
    assert not dropped
    assert [(len(f.train), len(f.stop), len(f.test)) for f in folds] == [(1, 1, 1)] * 3


def test_across_sessions_trains_on_one_session_and_tests_on_the_other():
    folds, _, _ = split_up("across_sessions", people({"p1": {"s1": 4, "s2": 1, "s3": 2}}))
    assert [fold.name for fold in folds] == ["p1_s1", "p1_s3"]  # of one trial nobody can stop
    for fold, others in zip(folds, (3, 5), strict=True):
        trained = {key.split("/")[1][:2] for key in fold.train + fold.stop}
        assert trained == {fold.name[-2:]} and len(fold.test) == others


def test_an_unseen_load_is_that_of_no_trial_trained_on_and_an_unknown_one_is_neither():
    trials = recorded("p1", *[("s1", "slow", load) for load in (0, 2.5, 5, float("nan"))] * 2)
    folds, dropped, known = split_up("unseen_load", {"p1": trials})
    assert not dropped
    assert [fold.name for fold in folds] == ["p1_0kg", "p1_2.5kg", "p1_5kg"]
    for fold, load in zip(folds, (0, 2.5, 5), strict=True):
        assert {known[key].load_kg for key in fold.test} == {load} and len(fold.test) == 2
        assert {known[key].load_kg for key in fold.train + fold.stop} == {0, 2.5, 5} - {load}


@pytest.mark.parametrize(
    ("split", "cells", "folds"),
    [
        ("across_conditions", [("s1", "slow", 0)] * 2 + [("s1", "fast", 0)], ["p1_fast"]),
        ("unseen_load", [("s1", "slow", 0)] * 2 + [("s1", "slow", 1)], ["p1_1kg"]),
        ("unseen_trials", [("s1", "slow", 0)] * 3, ["p1"]),
    ],
)
def test_two_trials_beside_those_held_out_are_enough(split, cells, folds):
    made, dropped, _ = split_up(split, {"p1": recorded("p1", *cells)})
    assert [fold.name for fold in made] == folds and not dropped
    assert [(len(f.train), len(f.stop), len(f.test)) for f in made] == [(1, 1, 1)]


def test_across_people_stops_on_whole_people_not_trained_on():
    folds, _, _ = split_up("across_people", people({f"p{k}": {"s1": 2} for k in range(10)}))
    assert [f.subject for f in folds] == [f"p{k}" for k in range(10)]
    for fold in folds:
        groups = [
            {key.split("/")[0] for key in part} for part in (fold.train, fold.stop, fold.test)
        ]
        assert not groups[0] & groups[1] and not (groups[0] | groups[1]) & groups[2]
        assert len(groups[1]) == 2


def test_unseen_trials_are_a_share_of_every_condition():
    """A quarter of 4, 8 and 2 trials; the only one of a condition is trained on."""
    counts = {"slow": 4, "fast": 8, "normal": 2, "jump": 1}
    cells = [("s1", name, 0) for name, count in counts.items() for _ in range(count)]
    trials = recorded("p1", *cells)
    (fold,), _, known = split_up("unseen_trials", {"p1": trials})
    tested = Counter(known[key].condition for key in fold.test)
    assert tested == {"slow": 1, "fast": 2, "normal": 1}
    assert len(fold.train + fold.stop) == 11 and len(fold.stop) == 2


def test_a_person_adapts_on_one_trial_of_each_condition_of_the_first_session():
    cells = [(s, speed, 0) for s in ("s2", "s1") for speed in ("slow", "fast")] * 3
    folk = {name: recorded(name, *cells) for name in ("p1", "p2", "p3")}
    drawn = set()
    for seed in range(10):
        folds, dropped, known = split_up("across_people_adapted", folk, seed)
        assert not dropped and [fold.subject for fold in folds] == ["p1", "p2", "p3"]
        for fold in folds:
            adapt = [known[key] for key in fold.adapt]
            assert sorted((t.session, t.condition) for t in adapt) == [
                ("s1", "fast"),
                ("s1", "slow"),
            ]
            # The others of the first session are tested, with the whole of the second.
            assert len(fold.test) == 10 and not set(fold.test) & set(fold.adapt)
        drawn |= {tuple(fold.adapt) for fold in folds}
    # Which trials these are, and which of them decides when to stop, is drawn.
    assert len({frozenset(adapt) for adapt in drawn}) > 3
    assert {known[adapt[-1]].condition for adapt in drawn} == {"slow", "fast"}


ONE_SPEED = {name: recorded(name, *[("s1", "slow", 0)] * 4) for name in ("p1", "p2", "p3")}
NOTHING_BESIDE = {
    name: recorded(name, ("s1", "slow", 0), ("s1", "fast", 0)) for name in ("p1", "p2", "p3")
}


@pytest.mark.parametrize(
    ("split", "folk", "reason"),
    [
        ("within_session", people({"p1": {"s1": 2}}), "2 in s1; a session needs 3 usable trials"),
        ("across_sessions", people({"p1": {"s1": 5}}), "2 sessions"),
        ("across_sessions", people({"p1": {"s1": 1, "s2": 1}}), "one with 2 usable trials"),
        ("across_conditions", people({"p1": {"s1": 5, "s2": 3}}), "8 in 'slow'; this split needs"),
        ("across_conditions", NOTHING_BESIDE, "1 in 'fast', 1 in 'slow'"),
        ("across_people", people({"p1": {"s1": 5}, "p2": {"s1": 5}}), "needs 3"),
        ("across_people", people({"p1": {}}), "no usable trial"),
        ("unseen_trials", people({"p1": {"s1": 2}}), "3 in all"),
        ("unseen_trials", NOTHING_BESIDE, "needs 2 of a condition"),
        ("unseen_load", people({"p1": {"s1": 5}}), "usable trials with 0 kg; this split needs 2"),
        ("unseen_load", {"p1": recorded("p1", ("s1", "slow", np.nan))}, "no known load"),
        ("across_people_adapted", ONE_SPEED, "4 in s1; adapting needs 2 conditions"),
        ("across_people_adapted", NOTHING_BESIDE, "trials beside them"),
    ],
)
def test_too_little_is_dropped_by_name_with_its_reason(split, folk, reason):
    folds, dropped, _ = split_up(split, folk)
    assert folds == []
    assert [person.subject for person in dropped] == list(folk)
    assert reason in dropped[0].reason


def test_folds_are_read_from_datasets_and_the_seed_decides(tmp_path):
    made = [
        folds_of(tmp_path, "within_session", seed, folds=f"{name}.json")
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert made[0] == made[1] != made[2]
    assert {f["subject"] for f in made[0]["folds"]} == {"p1", "p2"}


def test_a_file_of_folds_says_of_what_it_is_and_who_was_dropped(tmp_path):
    made = folds_of(tmp_path, "across_people")
    reason = "2 people with usable trials; leaving one out needs 3"
    assert made == {
        **{"recording": "r", "split": "across_people", "folds": []},
        "dropped": [{"subject": subject, "reason": reason} for subject in ("p1", "p2")],
    }


def test_loads_conditions_and_sessions_of_a_dataset_reach_the_folds(tmp_path):
    """Trial k of 6: loads 0, 1, 2 kg in turn, slow first and fast then, sessions in turn."""
    by_load = folds_of(tmp_path, "unseen_load")["folds"]
    assert [fold["name"] for fold in by_load[:3]] == ["p1_0kg", "p1_1kg", "p1_2kg"]
    assert [sorted(fold["test"]) for fold in by_load[:3]] == [
        [f"p1/t{k}", f"p1/t{k + 3}"] for k in range(3)
    ]
    by_speed = folds_of(tmp_path, "across_conditions")["folds"]
    assert sorted(by_speed[1]["test"]) == ["p1/t0", "p1/t1", "p1/t2"]
    by_session = folds_of(tmp_path, "across_sessions")["folds"]
    assert sorted(by_session[0]["test"]) == ["p1/t1", "p1/t3", "p1/t5"]


def folds_of(folder, split, seed=0, folds="folds.json"):
    for subject in ("p1", "p2"):
        write_netcdf(_dataset(subject), folder / f"{subject}.nc", DATASET)
    make_folds(
        datasets=[folder / "p1.nc", folder / "p2.nc"],
        recording="r",
        split=split,
        settings=SETTINGS,
        seed=seed,
        folds=folder / folds,
    )
    return json.loads((folder / folds).read_text())


def _dataset(subject):
    trial = np.arange(12) // 2  # two cycles a trial
    sizes = {"cycle": 12, "frame": 100, "channel": 1, "coordinate": 1, "muscle": 1, "session": 2}
    sizes["held"] = 0
    variables = {
        key: np.zeros([sizes[d] for d in quantity.dims])
        for key, quantity in DATASET.variables.items()
    }
    names = {
        "trial": [f"t{k}" for k in trial],
        "trial_session": [f"s{k % 2 + 1}" for k in trial],
        "condition": ["slow" if k < 3 else "fast" for k in trial],
        "channel": ["A"],
        "coordinate": ["q"],
        "muscle": ["m"],
        "session": ["s1", "s2"],
        "held": [],
    }
    coordinates = {key: np.array(value, dtype=object) for key, value in names.items()}
    coordinates["load_kg"] = (trial % 3).astype(float)
    return DATASET.build(variables, coordinates, {"recording": "r", "subject": subject})
