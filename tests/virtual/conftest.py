"""One virtual person and one trial for all tests of this room."""

import math

import numpy as np
import pytest

from myopinn.virtual.control import FeedbackController, Gains
from myopinn.virtual.models import quiet_opensim
from myopinn.virtual.motion import swing
from myopinn.virtual.people import draw_person
from myopinn.virtual.simulation import STEP_S, simulate
from myopinn.virtual.wrist import wrist_anatomy

DURATION_S = 5.0


@pytest.fixture(scope="session", autouse=True)
def _quiet():
    quiet_opensim()


@pytest.fixture(scope="session")
def generic():
    return wrist_anatomy(0.02)


@pytest.fixture(scope="session")
def person(generic):
    rng = np.random.default_rng(11)
    return draw_person("P01", generic, 66.0, 0.04, rng, rigid_share=("load",))


@pytest.fixture(scope="session")
def truth(person):
    """Five seconds of flexion and extension at 0.7 Hz."""
    rng = np.random.default_rng(5)
    target = swing(0.7, math.radians(45.0), -1.0, DURATION_S, rng)
    controller = FeedbackController(person, target, Gains(), STEP_S, rng)
    return simulate(person, controller, DURATION_S, 1.0, "session_1_fast_1")
