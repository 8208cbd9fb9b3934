import numpy as np
import pytest

from myopinn.signals.contacts import (
    assign_contacts,
    distance_to_foot,
    loaded_spans,
    resting_markers,
)
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


def test_a_step_takes_a_tenth_of_a_second_and_a_break_three_hundredths():
    """At 1000 Hz: 99 samples are a blip and 100 a step, a break of 29 is bridged, one of 30 not."""
    force = np.zeros(3000)
    force[100:199] = force[400:500] = 500.0
    force[1000:2000] = 500.0
    force[1200:1229] = force[1600:1630] = 20.0  # the threshold itself is not above it
    steps = [slice(400, 500), slice(1000, 1600), slice(1630, 2000)]
    assert loaded_spans(force, 1000.0, 20.0) == steps
    # A record that begins and ends on the plate.
    assert loaded_spans(np.full(300, 500.0), 1000.0, 20.0) == [slice(0, 300)]


def test_a_marker_rests_that_is_slow_and_low():
    """25 cm/s and 3 cm above its lowest place part the foot that stands from the one that swings.

    # ASSUME: they are the module's; here they are its promise.
    """
    time = np.arange(200) / 100.0
    foot = np.zeros((200, 4, 3))
    foot[:, :, 1] = [0.02, 0.02, 0.05, 0.02]  # of which only the way above its own lowest counts
    foot[:, 0, 0] = 0.24 * time
    foot[:, 1, 2] = 0.26 * time
    foot[100:, 2, 1] += 0.029
    foot[100:, 3, 1] += 0.031
    resting = resting_markers(foot, 100.0)
    assert resting[:, 0].all() and not resting[:, 1].any()
    # The lift itself, over two frames, is fast; afterwards the marker stands still.
    assert resting[:99, 2].all() and resting[102:, 2].all()
    assert resting[:99, 3].all() and not resting[99:, 3].any()
    assert resting_markers(foot[:1], 100.0).all()


# A foot that stands still on a plate of 0.6 by 0.4 m; heel, toe, and fifth metatarsal.
STILL = np.array([[0.0, 0.03, 0.1], [0.2, 0.03, 0.1], [0.15, 0.02, 0.14]])
CORNERS = np.array([[0.4, 0, 0.3], [-0.2, 0, 0.3], [-0.2, 0, -0.1], [0.4, 0, -0.1]])
FAR = np.array([0.0, 0.0, -2.0])


def _stand(
    share=0.0,
    offset=ASIDE,
    *,
    load_n=600.0,
    weak_n=600.0,
    right=STILL,
    left=STILL + FAR,
    moving=None,
):
    """Assign a contact of 0.6 s whose pressure is ``offset`` away during a share of its frames."""
    samples = np.arange(1000)
    span = (samples >= 200) & (samples < 800)
    away = span & (samples >= 800 - 600 * share)
    force = np.zeros((1000, 3))
    force[:, 1] = np.where(away, weak_n, np.where(span, load_n, 0.0))
    point = np.where(away[:, None], np.array([0.1, 0.0, 0.1]) + offset, [0.1, 0.0, 0.1])
    plate = Plate(1, CORNERS, force, np.cross(point, force), 0.0)
    feet = moving or {
        side: np.repeat(foot[None], 100, axis=0) for side, foot in (("r", right), ("l", left))
    }
    keys = {"rate_hz": 100.0, "analog_rate_hz": 1000.0}
    found = assign_contacts([plate], feet, threshold_n=20.0, max_foot_distance_m=0.15, **keys)
    assert [(c.plate, c.start, c.stop) for c in found] == [(1, 200, 800)]
    return found[0]


def test_the_pressure_may_leave_the_foot_for_a_tenth_of_the_contact():
    """60 frames: noise in five of them says nothing, in nine the force is not of this foot."""
    whole = _stand()
    assert (whole.side, whole.distance_m, whole.reason) == ("r", pytest.approx(0.0), "")
    assert _stand(5 / 60).side == "r"
    contact = _stand(9 / 60)
    assert contact.side == ""
    assert contact.reason == "the centre of pressure leaves foot r for 15% of the contact"


def test_where_the_force_is_weak_its_centre_of_pressure_is_not_asked():
    """The quotient of two small numbers is noise: it counts from a tenth of the peak."""
    assert _stand(0.4, weak_n=54.0).side == "r"
    assert _stand(0.4, weak_n=66.0).side == ""


def test_the_nearer_foot_gets_the_contact_within_the_distance_that_is_allowed():
    beside = STILL + np.array([0.0, 0.0, 0.14])  # its nearest marker line is 0.14 m away
    assert _stand(right=beside).side == "r"
    assert _stand(right=beside).distance_m == pytest.approx(0.14)
    assert _stand(right=beside + np.array([0.0, 0.0, 0.02])).reason == (
        "no foot is within 0.15 m, the nearest 0.16 m"
    )
    assert _stand(right=STILL + FAR, left=beside).side == "l"


@pytest.mark.filterwarnings("ignore:All-NaN slice:RuntimeWarning")
def test_a_foot_whose_markers_are_not_seen_gets_no_contact():
    hidden = np.full_like(STILL, np.nan)
    assert _stand(right=hidden).reason == "no foot is within 0.15 m, the nearest 1.96 m"
    assert _stand(left=hidden).side == "r"
    assert _stand(right=hidden, left=hidden).reason.endswith("the nearest inf m")


def test_a_foot_on_the_plate_is_no_second_foot_where_the_nearest_is_neither_near_nor_on_it():
    """The pressure at the plate's edge, 0.17 m from the left foot on the floor: nobody's."""
    shift = np.array([0.0, 0.0, 1.0])
    contact = _stand(1.0, -0.2 * shift, right=STILL + 0.15 * shift, left=STILL - 0.4 * shift)
    assert contact.reason == "no foot is within 0.15 m, the nearest 0.17 m"
    # Where both stand on it the pressure lies between them, near neither.
    contact = _stand(1.0, np.array([0.28, 0.0, -0.18]), left=STILL + np.array([-0.1, 0.0, 0.1]))
    assert contact.reason == "both feet were on the plate at once"


@pytest.mark.parametrize(("resting", "side"), [(5, "r"), (6, "")])
def test_the_other_foot_rests_on_the_plate_from_half_a_tenth_of_a_second_on(resting, side):
    """While one foot takes over from the other, or a marker flickers, nobody stands there."""
    right = np.repeat(STILL[None], 100, axis=0)
    left = np.repeat((STILL - [0.0, 0.0, 0.15])[None], 100, axis=0)
    # It comes down and leaves within a frame: the first and last one on the plate are not slow.
    left[: 50 - resting, :, 1] += 0.1
    left[52:, :, 1] += 0.1
    assert _stand(moving={"r": right, "l": left}).side == side


def test_a_marker_may_be_three_centimetres_beside_the_plate():
    """A heel marker sits behind the sole; farther out the foot stands on the ground as well."""
    for shift, side in ((0.0, "r"), (0.029, "r"), (0.031, "")):
        heel_behind = STILL + np.array([-0.2 - shift, 0.0, 0.0])
        contact = _stand(1.0, np.array([-0.2, 0.0, 0.0]), right=heel_behind)
        assert contact.side == side
    assert contact.reason == "foot r was partly beside the plate"


def test_the_pressure_lies_in_the_surface_of_a_plate_that_is_higher_than_the_floor(gait):
    """On a step of 0.2 m a pull forward moves the pressure that is taken at the floor."""
    right, _ = gait.steps()
    up = np.array([0.0, 0.2, 0.0])
    right.force[:, 0] = 0.8 * right.force[:, 1]
    plate = _plate(right)
    moved = Plate(1, plate.corners + up, plate.force, plate.moment + np.cross(up, plate.force), 0.0)
    markers = {name: xyz + up for name, xyz in gait.walker().items()}
    contacts = _assign([moved], markers)
    assert [c.side for c in contacts] == ["r"]
    assert contacts[0].distance_m < 0.02


def test_distance_is_to_the_nearest_line_between_markers():
    foot = np.array([[[0.0, 0.0], [0.2, 0.0]]])
    assert distance_to_foot(np.array([[0.1, 0.05]]), foot)[0] == pytest.approx(0.05)
    assert distance_to_foot(np.array([[0.5, 0.4]]), foot)[0] == pytest.approx(0.5)
    foot[0, 1] = np.nan
    assert distance_to_foot(np.array([[0.0, 0.05]]), foot)[0] == pytest.approx(0.05)
