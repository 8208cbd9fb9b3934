"""Conditions in which no foot touches anything are those of the laboratory, and have no strikes."""

import copy

import pytest
from reading import at, read, refused, written

GAIT = written("virtual_gait")
ROOM = "recordings/virtual_gait"


@pytest.fixture
def config():
    """Make a study of walks and reaches whose cycles begin at a bent knee."""
    config = copy.deepcopy(GAIT)
    at(config, f"{ROOM}/laboratory")["free_reaches"] = {"free": {}}
    at(config, f"{ROOM}/signals/ground_forces")["none_in"] = ["free"]
    cycle = {"from": "coordinate", "coordinate": "knee_angle_r", "prominence_deg": 10}
    at(config, f"{ROOM}/dataset")["cycle"] = {**cycle, "min_s": 0.4, "max_s": 3.0}
    return config


def test_reaches_beside_walks_are_read(config):
    made = read(config)["recordings"]["virtual_gait"]
    assert made["signals"]["ground_forces"]["none_in"] == ["free"]
    assert made["laboratory"]["free_reaches"]["free"]["knee_deg"] == [5.0, 65.0]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ([], "is []; expected free, where no foot touches anything"),
        (["free", "fast"], "is ['free', 'fast']; expected free, where no foot touches"),
        (["fre"], "'fre'"),
    ],
)
def test_each_is_named_and_no_other(config, named, said):
    at(config, f"{ROOM}/signals/ground_forces")["none_in"] = named
    assert said in refused(config)


def test_they_cannot_be_cut_at_foot_strikes(config):
    at(config, f"{ROOM}/dataset")["cycle"] = at(GAIT, f"{ROOM}/dataset/cycle")
    said = refused(config)
    assert "one problem" in said
    assert "is events, but in free no foot strikes" in said and "take clock" in said
