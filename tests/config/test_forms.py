"""A study in continuous time: what tells the phase or looks ahead is refused by name."""

import copy

import pytest
from reading import at, read, refused, written

TINY = written("tiny")
W, E = "recordings/virtual_wrist", "recordings/virtual_elbow"
FORCE = "tasks/muscle_force"
CLOCK = {"from": "clock", "rate_hz": 50.0, "lead_s": 1.0}


@pytest.fixture
def clock():
    """The tiny study with its wrists cut by a clock, without what needs cycles."""
    config = copy.deepcopy(TINY)
    at(config, f"{W}/dataset")["cycle"] = dict(CLOCK)
    del at(config, f"{FORCE}/recordings/virtual_wrist")["time_input"]
    for entries in _all_entries(config):
        for name in [n for n, e in entries.items() if e == "mean_cycle" or n == "mean_cycle"]:
            del entries[name]
        for entry in entries.values():
            if isinstance(entry, dict):
                entry.pop("time_input", None)
    config["statistics"].pop("rival", None)
    return config


def _all_entries(config):
    task = at(config, FORCE)
    yield task["variants"]
    yield from (q["variants"] for q in task.get("questions", {}).values())


def test_a_clock_has_defaults(clock):
    at(clock, f"{W}/dataset")["cycle"] = {"from": "clock"}
    filled = at(read(clock), f"{W}/dataset/cycle")
    assert filled == {**CLOCK, "motion_lowpass_hz": 6.0}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lead_s": 0.33}, "lead_s is 0.33, which is 16.5 frames at rate_hz 50; expected a whole"),
        ({"lead_s": -1}, "lead_s is -1"),
        ({"rate_hz": 0}, "rate_hz is 0"),
        ({"rate_hz": 10.0}, "rate_hz is 10, at which 100 frames last 10 s, but movements last 6 s"),
        ({"rate_hz": 200.0}, "rate_hz is 200, but markers have 100; expected at most that"),
        ({"motion_lowpass_hz": 50.0}, "motion_lowpass_hz is 50, expected less than 50 Hz"),
        ({"min_s": 0.5}, "min_s is of cycles from events and coordinate, and these are from clock"),
        ({"coordinate": "wrist_flexion"}, "coordinate is of cycles from events and coordinate"),
        ({"side": "r"}, "side: signals.ground_forces is null; remove it"),
        ({"from": "clok"}, "from is 'clok', allowed are events, coordinate, clock"),
    ],
)
def test_a_wrong_clock_is_refused(clock, change, said):
    at(clock, f"{W}/dataset/cycle").update(change)
    assert f"{W.replace('/', '.')}.dataset.cycle.{said}" in refused(clock)


def test_the_position_in_a_cycle_is_refused_where_there_is_none(clock):
    at(clock, f"{FORCE}/recordings/virtual_wrist")["time_input"] = True
    assert "recordings.virtual_wrist.time_input is true, but virtual_wrist is cut" in refused(clock)
    del at(clock, f"{FORCE}/recordings/virtual_wrist")["time_input"]
    at(clock, f"{FORCE}/variants")["told"] = {"variant": "cnn", "time_input": True}
    assert "variants.told.time_input is true, but virtual_wrist is cut by a clock" in refused(clock)


def test_a_variant_that_needs_cycles_is_refused_with_what_to_take_instead(clock):
    at(clock, f"{FORCE}/variants")["rival"] = {"variant": "mean_cycle"}
    text = refused(clock)
    assert "variants.rival.variant is mean_cycle, which answers cycles alone" in text
    assert "expected one of cnn" in text and "mean_cycle" not in text.split("expected one of")[1]


def test_envelopes_that_others_smoothed_are_refused(clock):
    at(clock, f"{W}/signals/emg")["state"] = "envelope"
    assert "cycle.from is clock, but signals.emg.state is envelope" in refused(clock)


def test_isometric_contractions_keep_to_the_clock():
    config = copy.deepcopy(TINY)
    dataset = at(config, f"{E}/dataset")
    dataset["cycle"] = dict(CLOCK)
    dataset["calibration"] = {"piece_s": 1.0}
    assert "dataset.calibration.piece_s is 1, expected 2" in refused(config)


@pytest.mark.parametrize("rival", ["mean", "last_cycle", "phase_oscillator", "ridge"])
def test_skill_is_measured_against_any_rival_that_counts_time(clock, rival):
    at(clock, f"{FORCE}/variants")[rival] = {}
    clock["statistics"]["rival"] = rival
    assert read(clock)["statistics"]["rival"] == rival
    del at(clock, f"{FORCE}/variants")[rival]
    assert f"statistics.rival: '{rival}' is not in the tasks' variants" in refused(clock)


@pytest.mark.parametrize("rival", ["last_cycle", "phase_oscillator"])
def test_who_counts_time_is_refused_where_cycles_tell_it(rival):
    config = copy.deepcopy(TINY)
    at(config, f"{FORCE}/variants")[rival] = {}
    text = refused(config)
    assert f"variants.{rival}.variant is {rival}, which answers clock alone" in text
    assert "mean_cycle" in text.split("expected one of")[1]
