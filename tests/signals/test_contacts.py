import numpy as np
import pytest

from myopinn.signals.contacts import assign_contacts, distance_to_foot, loaded_spans
from myopinn.signals.force_plates import Plate


def _plate(step, number=1, corners=None):
    moment = np.cross(step.point, step.force) + np.outer(step.free_moment, [0.0, 1.0, 0.0])
    corners = step.corners if corners is None else np.asarray(corners, float)
    return Plate(number, corners, step.force, moment, 0.0)


def _feet(markers):
    return {
        side: np.stack([markers[side.upper() + n] for n in ("HEE", "TOE", "MT5")], axis=1)
        for side in "rl"
    }


def _assign(plates, markers, **changes):
    keys = {
        "rate_hz": 100.0, "analog_rate_hz": 1000.0, "threshold_n": 20.0, "max_foot_distance_m": 0.15
    }  # fmt: skip
    return assign_contacts(plates, _feet(markers), **(keys | changes))


ASIDE = np.array([0.0, 0.0, 1.0])
# One wide plate under both feet, from x -0.1 to 1.3 m.
WIDE = [[1.3, 0, 0.4], [-0.1, 0, 0.4], [-0.1, 0, -0.4], [1.3, 0, -0.4]]


def test_each_plate_goes_to_the_foot_that_trod_it(gait):
    right, left = gait.steps()
    contacts = _assign([_plate(left, 1), _plate(right, 2)], gait.walker())
    assert [(c.plate, c.side) for c in contacts] == [(1, "l"), (2, "r")]
    for contact in contacts:
        strike = gait.strikes[contact.side]
        assert contact.start / 1000 == pytest.approx(strike, abs=0.01)
        assert contact.stop / 1000 == pytest.approx(strike + gait.stance_s, abs=0.01)
        assert contact.distance_m < 0.02


def test_one_plate_trodden_by_both_feet_in_turn(gait):
    right, left = gait.steps()
    markers = gait.walker()
    # The left foot follows 0.25 s after the right one has left.
    late = 350
    for name in [n for n in markers if n.startswith("L") and n[1:] in ("HEE", "TOE", "MT5")]:
        markers[name] = np.roll(markers[name], late // 10, axis=0)
    both = gait.step("r", 1800)
    both.corners = np.array(WIDE)
    shifted = {k: np.roll(getattr(left, k), late, axis=0) for k in ("force", "free_moment")}
    on = shifted["force"][:, 1] > 0
    both.force = right.force + shifted["force"]
    both.free_moment = right.free_moment + shifted["free_moment"]
    both.point = np.where(on[:, None], np.roll(left.point, late, axis=0), right.point)
    contacts = _assign([_plate(both)], markers)
    assert [c.side for c in contacts] == ["r", "l"]


def test_both_feet_on_a_plate_at_once_are_reported(gait):
    right, left = gait.steps()
    total = gait.step("r", 1800)
    total.force = right.force + left.force
    load = np.maximum(total.force[:, 1:2], 1e-9)
    total.point = (right.point * right.force[:, 1:2] + left.point * left.force[:, 1:2]) / load
    contacts = _assign([_plate(total, corners=WIDE)], gait.walker())
    assert [c.side for c in contacts] == [""]
    assert contacts[0].reason == "both feet were on the plate at once"


def test_a_foot_that_rests_on_the_same_plate_spoils_the_contact(gait):
    right, _ = gait.steps()
    contacts = _assign([_plate(right, corners=WIDE)], gait.walker())
    assert contacts[0].reason == "both feet were on the plate at once"


def test_a_foot_partly_beside_the_plate_is_reported(gait):
    right, _ = gait.steps()
    short = right.corners.copy()
    short[short[:, 0] > right.corners[:, 0].mean(), 0] = 0.24 + 0.08  # ends before the toes
    contacts = _assign([_plate(right, corners=short)], gait.walker())
    assert contacts[0].side == ""
    assert contacts[0].reason == "foot r was partly beside the plate"


def test_nobody_near(gait):
    right, _ = gait.steps()
    right.point = right.point + ASIDE
    right.corners = right.corners + ASIDE
    contacts = _assign([_plate(right)], gait.walker())
    assert contacts[0].side == ""
    assert "no foot is within 0.15 m" in contacts[0].reason


def test_short_breaks_are_bridged_and_blips_are_no_steps():
    force = np.zeros(2000)
    force[100:600] = 500.0
    force[300:310] = 0.0
    force[900:950] = 500.0
    assert loaded_spans(force, 1000.0, 20.0) == [slice(100, 600)]


def test_distance_is_to_the_nearest_line_between_markers():
    foot = np.array([[[0.0, 0.0], [0.2, 0.0]]])
    assert distance_to_foot(np.array([[0.1, 0.05]]), foot)[0] == pytest.approx(0.05)
    assert distance_to_foot(np.array([[0.5, 0.4]]), foot)[0] == pytest.approx(0.5)
    foot[0, 1] = np.nan
    assert distance_to_foot(np.array([[0.0, 0.05]]), foot)[0] == pytest.approx(0.05)
