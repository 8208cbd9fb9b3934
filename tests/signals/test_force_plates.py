import numpy as np
import pytest

from myopinn.errors import TrialError
from myopinn.signals.c3d import read_c3d
from myopinn.signals.force_plates import (
    Plate,
    act_on_person,
    centre_of_pressure,
    outside_of,
    plate_wrench,
    read_plates,
    unloaded_samples,
)
from myopinn.signals.plate_channels import plate_axes


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


def test_the_offset_is_looked_for_where_nobody_stands_and_well_away_from_steps():
    """Below 40 N for a tenth of a second on end; the first newtons of a step are below that too."""
    force = np.full(3000, 39.0)
    force[500:1000] = force[1099:1500] = 700.0  # 99 samples between two steps are no rest
    force[2000:2500] = 41.0
    unloaded = unloaded_samples(force, 1000.0)
    assert unloaded[:470].all() and unloaded[1530:1970].all() and unloaded[2530:].all()
    for contact in (slice(480, 1520), slice(1980, 2520)):
        assert not unloaded[contact].any()
    np.testing.assert_array_equal(unloaded_samples(-force, 1000.0), unloaded)


def _pressed(force, point=(0.0, 0.0, 0.0), height=0.0):
    """Give a plate of 0.6 by 0.4 m around the origin that the same force presses all the time."""
    corners = np.array([[0.3, height, 0.2], [-0.3, height, 0.2],
                        [-0.3, height, -0.2], [0.3, height, -0.2]])  # fmt: skip
    force = np.repeat(np.array([force], dtype=float), 1000, axis=0)
    return Plate(3, corners, force, np.cross(np.add(point, [0.0, height, 0.0]), force), 0.0)


def test_a_force_on_the_person_is_kept_one_on_the_plate_turned_and_a_push_refused():
    """Nobody pushes harder sideways than down: 0.9 of the vertical may be, 1.1 may not."""
    for up in (500.0, -500.0):
        turned = act_on_person(_pressed([450.0, up, 0.0]), "walk.c3d")
        np.testing.assert_allclose(turned.force[:, 1], 500.0)
        np.testing.assert_allclose(turned.force[:, 0], np.sign(up) * 450.0)
        with pytest.raises(TrialError, match=r"walk\.c3d: the force on plate 3 is more sideways"):
            act_on_person(_pressed([0.0, up, 550.0]), "walk.c3d")
    # Below 40 N nobody stands there, and what it shows is of no person.
    idle = _pressed([39.0, 0.0, 0.0])
    assert act_on_person(idle, "walk.c3d") is idle
    with pytest.raises(TrialError, match="sideways"):
        act_on_person(_pressed([41.0, 0.0, 0.0]), "walk.c3d")


@pytest.mark.parametrize("height", [0.0, 0.3])
def test_the_pressure_may_be_five_centimetres_outside_for_the_errors_of_the_corners(height):
    """Of a plate on the floor and of a step of 0.3 m, under a force that is not vertical."""
    force = [150.0, 600.0, -60.0]
    for point in ([0.34, 0.0, 0.0], [0.0, 0.0, -0.24]):
        act_on_person(_pressed(force, point, height), "walk.c3d")
    for point in ([0.36, 0.0, 0.0], [0.0, 0.0, -0.26]):
        with pytest.raises(TrialError, match=r"plate 3 is 0\.06 m outside"):
            act_on_person(_pressed(force, point, height), "walk.c3d")


def test_a_spike_is_not_taken_for_the_person():
    plate = _pressed([0.0, -600.0, 0.0])
    plate.force[:9] = [0.0, 9000.0, 0.0]  # fewer than one sample in a hundred
    assert np.median(act_on_person(plate, "walk.c3d").force[:, 1]) == 600.0
    # Weak samples outside of the plate, while a foot comes down, do not count either.
    plate = _pressed([0.0, 600.0, 0.0])
    weak = slice(0, 900)
    plate.force[weak] = [0.0, 290.0, 0.0]
    plate.moment[weak] = np.cross([2.0, 0.0, 0.0], plate.force[weak])
    assert act_on_person(plate, "walk.c3d") is plate


def test_no_number_as_the_pressure_of_an_idle_plate_is_no_moment():
    channels = np.array([[0.0, 0.0, 0.0, bad, bad, 0.0] for bad in (np.nan, np.inf, -np.inf)])
    _, moment = plate_wrench(1, channels, np.zeros(3))
    assert not moment.any()


def test_the_pressure_is_the_point_without_horizontal_moment_at_any_height():
    rng = np.random.default_rng(0)
    force = rng.normal([0.0, 700.0, 0.0], 50.0, (20, 3))
    for height in (0.0, 0.2, -0.1):
        point = np.column_stack([rng.normal(size=20), np.full(20, height), rng.normal(size=20)])
        free = np.outer(rng.normal(size=20), [0.0, 1.0, 0.0])
        found = centre_of_pressure(force, np.cross(point, force) + free, height)
        np.testing.assert_allclose(found, point, atol=1e-12)


def _rewritten(file, name, change):
    """Write the file anew with another parameter of its plates."""
    import ezc3d

    content = ezc3d.c3d(str(file))
    parameter = content["parameters"]["FORCE_PLATFORM"][name]
    parameter["value"] = change(np.array(parameter["value"]))
    content.write(str(file))
    return file


def test_an_origin_from_the_surface_to_the_sensor_is_turned_round(gait, tmp_path):
    """The format wants it from the sensor to the surface, z negative; some write the reverse."""
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), steps=gait.steps(2))
    right = read_plates(read_c3d(file))
    for plate, other in zip(
        right, read_plates(read_c3d(_rewritten(file, "ORIGIN", np.negative))), strict=True
    ):
        np.testing.assert_allclose(plate.moment, other.moment, atol=1e-6)


def test_corners_that_span_no_surface_are_refused(gait, tmp_path):
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), steps=gait.steps(2))
    flat = _rewritten(file, "CORNERS", lambda corners: corners * np.array([1, 0, 0])[:, None, None])
    with pytest.raises(TrialError, match=r"walk\.c3d: force plate 1 has corners that span no"):
        read_plates(read_c3d(flat))


def test_the_axes_of_a_plate_are_orthonormal_and_right_handed_though_its_corners_are_skew():
    """Surveyed corners are never exactly square; x goes along the edge from corner 2 to 1."""
    corners = np.array([[0.3, 0.21, 0], [-0.3, 0.2, 0], [-0.31, -0.2, 0.0], [0.3, -0.2, 0.01]])
    axes = plate_axes(None, 0, corners)
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)
    edge = corners[0] - corners[1]
    assert axes[:, 0] @ edge == pytest.approx(np.linalg.norm(edge))
