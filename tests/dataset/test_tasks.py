"""What each task shows, asks and refuses, by name; their numbers are held by the fits' tests."""

from dataclasses import replace

import pytest

from myopinn.dataset.problem import Physics, Problem
from myopinn.dataset.selection import Selection
from myopinn.dataset.tasks import DEEP_EMG, MUSCLE_FORCE, TASKS
from myopinn.errors import ConfigError

ASKED = Selection(
    ("flexor", "extensor"), ("knee",), ("deep",), Physics("knee"), "mvc", False, task=DEEP_EMG
)


def test_tasks_are_found_by_their_name():
    assert {name: task.name for name, task in TASKS.items()} == {
        "muscle_force": "muscle_force",
        "deep_emg": "deep_emg",
    }


def test_forces_are_asked_from_envelopes_with_each_target_in_its_unit():
    asked = replace(ASKED, task=MUSCLE_FORCE, measured_emg=True)
    assert MUSCLE_FORCE.inputs(asked) == ("flexor", "extensor")
    assert MUSCLE_FORCE.targets(asked) == {"knee": "rad", "deep": "N"}
    assert asked.sees() == {"emg"}
    assert replace(asked, time_input=True).sees() == {"emg", "position"}
    assert replace(asked, past_motion=True).sees() == {"emg", "motion"}


@pytest.mark.parametrize(
    ("shown", "inputs", "beside"),
    [
        ({}, (), set()),
        ({"measured_emg": True}, ("flexor", "extensor"), {"emg"}),
        ({"moment_input": True}, ("joint_moment",), {"moment"}),
    ],
)
def test_envelopes_are_asked_from_motion_and_what_is_shown_beside_it(shown, inputs, beside):
    asked = replace(ASKED, **shown)
    motion = ("knee_angle", "knee_velocity", "knee_acceleration", "load_kg")
    assert DEEP_EMG.inputs(asked) == (*motion, *inputs)
    assert DEEP_EMG.targets(asked) == {"deep": "1", "knee_moment": "N.m"}
    assert asked.sees() == {"motion", "load", *beside}


def test_a_problem_has_the_inputs_and_targets_of_its_task():
    of_task = {"physics": Physics("knee"), "task": DEEP_EMG, "moment_input": True}
    problem = Problem(("flexor",), ("knee",), ("deep",), True, (0.0,) * 2, (1.0,) * 2, **of_task)
    assert problem.inputs[-2:] == ("joint_moment", "time")
    assert problem.targets == ("deep", "knee_moment")


def test_what_a_task_cannot_be_asked_is_refused():
    with pytest.raises(ConfigError, match="deep_emg needs 'physics'"):
        DEEP_EMG.check(replace(ASKED, physics=None))
    MUSCLE_FORCE.check(replace(ASKED, physics=None))
    with pytest.raises(ConfigError, match=r"\['deep'\] do not cross 'knee'.*\['flexor'\]"):
        DEEP_EMG.check_muscles(ASKED, [["flexor"], []])
    MUSCLE_FORCE.check_muscles(ASKED, [["flexor"], []])
    # Where nobody's muscles are known, each person is left out by name instead.
    DEEP_EMG.check_muscles(ASKED, [[], []])
