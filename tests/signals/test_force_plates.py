import numpy as np
import pytest

from myopinn.errors import TrialError
from myopinn.signals.c3d import read_c3d
from myopinn.signals.force_plates import (
    act_on_person,
    centre_of_pressure,
    outside_of,
    read_plates,
    unloaded_samples,
)


def _plates(gait, tmp_path, steps, **options):
    laboratory = gait.Laboratory(**options)
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), laboratory=laboratory, steps=steps)
    plates = [p.rotated(laboratory.rotation.T) for p in read_plates(read_c3d(file))]
    return file, [act_on_person(p, file) for p in plates]


def _assert_known(plate, step, newton=1e-3):
    """Hold a plate to the known force, within the single precision of the format."""
    loaded = step.force[:, 1] > 20
    np.testing.assert_allclose(plate.force, step.force, atol=newton)
    point = centre_of_pressure(plate.force[loaded], plate.moment[loaded], 0.0)
    np.testing.assert_allclose(point, step.point[loaded], atol=1e-5)
    free = plate.moment[loaded] - np.cross(point, plate.force[loaded])
    np.testing.assert_allclose(free[:, 1], step.free_moment[loaded], atol=2e-3)


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
def test_each_type_gives_the_known_force_pressure_and_free_moment(gait, tmp_path, kind):
    steps = gait.steps(kind)
    _, plates = _plates(gait, tmp_path, steps)
    for plate, step in zip(plates, steps, strict=True):
        _assert_known(plate, step)


@pytest.mark.parametrize("kind", [2, 3, 4])
def test_agrees_with_ezc3d_where_ezc3d_is_right(gait, tmp_path, kind):
    import ezc3d

    file, plates = _plates(gait, tmp_path, gait.steps(kind))
    turn = gait.Laboratory().rotation
    reference = ezc3d.c3d(str(file), extract_forceplat_data=True)["data"]["platform"]
    for plate, other in zip(plates, reference, strict=True):
        loaded = plate.force[:, 1] > 20
        point = centre_of_pressure(plate.force[loaded], plate.moment[loaded], 0.0)
        np.testing.assert_allclose(plate.force, other["force"].T @ turn, atol=1e-3)
        theirs = other["center_of_pressure"].T @ turn / 1e3
        np.testing.assert_allclose(point, theirs[loaded], atol=1e-6)


@pytest.mark.parametrize("kind", [1, 2])
@pytest.mark.parametrize(
    ("unit", "metres", "moment_unit", "newton_metres"),
    [("m", 1.0, "Nm", 1.0), ("mm", 1e-3, "Nm", 1.0), ("cm", 1e-2, "Nmm", 1e-3)],
)
def test_moments_are_read_in_their_own_unit(
    gait, tmp_path, kind, unit, metres, moment_unit, newton_metres
):
    steps = gait.steps(kind)
    _, plates = _plates(
        gait, tmp_path, steps, unit=unit, metres=metres, moment_unit=moment_unit,
        newton_metres=newton_metres,
    )  # fmt: skip
    _assert_known(plates[0], steps[0])


@pytest.mark.parametrize("kind", [2, 3])
def test_the_offset_of_an_unloaded_plate_is_taken_out(gait, tmp_path, kind):
    steps = gait.steps(kind)
    _, plates = _plates(gait, tmp_path, steps, offset=3.0)
    _assert_known(plates[1], steps[1])
    assert abs(plates[1].offset_n) == pytest.approx(3.0 if kind == 2 else 12.0, abs=1e-3)


def test_a_plate_that_is_always_loaded_keeps_its_force():
    force = 350.0 + 300 * np.sin(np.linspace(0, 20, 5000))
    assert not unloaded_samples(force, 1000.0).any()


def test_a_force_written_as_that_on_the_plate_is_turned_round(gait, tmp_path):
    steps = gait.steps(2)
    _, plates = _plates(gait, tmp_path, steps, force_sign=-1.0)
    _assert_known(plates[0], steps[0])


def test_a_moment_in_the_wrong_unit_is_seen_outside_of_the_plate(gait, tmp_path):
    with pytest.raises(TrialError, match=r"plate 1 is .* m outside"):
        _plates(gait, tmp_path, gait.steps(2), moment_unit="Nm", newton_metres=1e-3)


def test_a_wrong_vertical_axis_is_seen_in_the_force(gait, tmp_path):
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), steps=gait.steps(2))
    lying = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
    with pytest.raises(TrialError, match="more sideways than vertical"):
        act_on_person(read_plates(read_c3d(file))[0].rotated(lying), file)


def test_another_type_is_refused_by_name(gait, tmp_path):
    steps = gait.steps(2)
    steps[1].kind = 6
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), steps=steps)
    with pytest.raises(TrialError, match=r"walk\.c3d: force plate 2 has type 6"):
        read_plates(read_c3d(file))


def test_distance_outside_of_a_plate():
    corners = np.array([[0.0, 0], [1, 0], [1, 2], [0, 2]])
    points = np.array([[0.5, 1.0], [1.2, 1.0], [-0.3, 1.0], [0.5, 2.1]])
    for order in (corners, corners[::-1]):
        np.testing.assert_allclose(outside_of(points, order), [0, 0.2, 0.3, 0.1], atol=1e-12)
