import numpy as np
import pytest

from myopinn.errors import ConfigError, TrialError
from myopinn.signals.c3d import read_c3d
from myopinn.signals.markers import (
    check_markers,
    laboratory_rotation,
    rename_markers,
    usable_frames,
)

FORWARD = {"from": ["RPSI", "LPSI"], "to": ["RASI", "LASI"]}
# OpenSim's axes (x forward, y up, z right) in those of laboratories.
LABORATORIES = {
    "z": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),  # walks along +x
    "y": np.array([[0.0, 0, -1], [0, 1, 0], [1, 0, 0]]),  # walks along +z
    "x": np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, -1]]),  # walks along +y
    "-z": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
}


@pytest.mark.parametrize("axis", LABORATORIES)
@pytest.mark.parametrize("heading_deg", [0.0, 90.0, 180.0, 37.0])
def test_every_laboratory_gives_the_same_walk(gait, axis, heading_deg):
    lab = LABORATORIES[axis]
    assert np.linalg.det(lab) == pytest.approx(1.0)
    angle = np.radians(heading_deg)
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    walk = gait.walker()
    seen = {name: xyz @ (lab @ turn).T for name, xyz in walk.items()}
    rotation = laboratory_rotation(seen, {"vertical_axis": axis, "forward": FORWARD})
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    for name, xyz in walk.items():
        np.testing.assert_allclose(seen[name] @ rotation.T, xyz, atol=1e-9)


def test_left_stays_left(gait):
    lab = LABORATORIES["z"]
    seen = {name: xyz @ lab.T for name, xyz in gait.walker().items()}
    rotation = laboratory_rotation(seen, {"vertical_axis": "z", "forward": {"axis": "x"}})
    assert (seen["RASI"] @ rotation.T)[0, 2] > (seen["LASI"] @ rotation.T)[0, 2]


def test_a_wrong_vertical_axis_shows_when_forward_is_up(gait):
    seen = {name: xyz @ LABORATORIES["z"].T for name, xyz in gait.walker().items()}
    with pytest.raises(TrialError, match="vertical where 'x' is taken to point up"):
        laboratory_rotation(seen, {"vertical_axis": "x", "forward": FORWARD})
    with pytest.raises(ConfigError):
        laboratory_rotation(seen, {"vertical_axis": "x", "forward": {"axis": "-x"}})
    with pytest.raises(ConfigError, match="'up'"):
        laboratory_rotation(seen, {"vertical_axis": "up", "forward": FORWARD})


def _read(gait, tmp_path, markers, **options):
    return read_c3d(gait.write(tmp_path / "walk.c3d", markers, **options))


def test_what_is_wrong_with_the_markers_is_named(gait, tmp_path):
    markers = gait.walker()
    markers["RTOE"][:] = np.nan
    content = _read(gait, tmp_path, markers)
    with pytest.raises(TrialError, match=r"walk\.c3d.*'RTOE' is missing for the whole trial"):
        check_markers(content.markers, content, ["RHEE", "RTOE"], {})
    check_markers(content.markers, content, ["RHEE"], {})
    with pytest.raises(TrialError, match="no label 'RHEL', the nearest is 'RHEE'"):
        check_markers(content.markers, content, ["RHEL"], {})


def test_a_marker_hidden_too_long_is_refused(gait, tmp_path):
    markers = gait.walker()
    markers["RTOE"][:60] = np.nan
    content = _read(gait, tmp_path, markers)
    check_markers(content.markers, content, ["RTOE"], {"min_visible": 0.5})
    with pytest.raises(TrialError, match="visible in 67% of the frames"):
        check_markers(content.markers, content, ["RTOE"], {"min_visible": 0.7})


def test_a_trial_without_any_visible_marker_is_refused(gait, tmp_path):
    markers = {name: np.full_like(xyz, np.nan) for name, xyz in gait.walker().items()}
    content = _read(gait, tmp_path, markers)
    with pytest.raises(TrialError, match="none of the 11 markers is visible"):
        check_markers(content.markers, content, [], {})


@pytest.mark.parametrize(("label", "factor"), [("m", 1e-3), ("mm", 1.0), ("cm", 1e-3)])
def test_a_wrong_unit_is_seen_by_the_size_of_the_body(gait, tmp_path, label, factor):
    content = _read(gait, tmp_path, gait.walker(),
                    laboratory=gait.Laboratory(unit=label, metres=factor))  # fmt: skip
    with pytest.raises(TrialError, match="unit in POINT:UNITS"):
        check_markers(content.markers, content, [], {"body_size_m": [0.5, 2.5]})


def test_markers_take_the_models_names(gait, tmp_path):
    markers = {f"Ann:{name}": xyz for name, xyz in gait.walker().items()}
    content = _read(gait, tmp_path, markers)
    renamed = rename_markers(content, {"R.ASIS": "RASI"})
    assert "R.ASIS" in renamed
    assert "LASI" in renamed
    assert "RASI" not in renamed


def test_frames_before_the_person_enters_are_left_out(gait):
    markers = gait.walker()
    for xyz in markers.values():
        xyz[:20] = np.nan
    assert usable_frames(markers) == slice(20, 180)
    for xyz in markers.values():
        xyz[100] = np.nan
    with pytest.raises(TrialError, match="without a single marker"):
        usable_frames(markers)
