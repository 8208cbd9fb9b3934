import subprocess
import sys

import numpy as np
import pytest

from myopinn.formats.external_loads import write_ground_forces
from myopinn.formats.opensim_files import read_storage, write_trc
from myopinn.signals.contacts import Contact
from myopinn.signals.filters import low_pass
from myopinn.signals.force_plates import Plate
from myopinn.signals.ground_forces import foot_wrench, force_columns

FEET = {"r": {"body": "calcn_r"}, "l": {"body": "calcn_l"}}


def _plate(step, number=1):
    moment = np.cross(step.point, step.force) + np.outer(step.free_moment, [0.0, 1.0, 0.0])
    return Plate(number, step.corners, step.force, moment, 0.0)


def _wrench(plates, contacts, side="r", lowpass_hz=12.0):
    return foot_wrench(
        plates, contacts, side, analog_rate_hz=1000.0, lowpass_hz=lowpass_hz, threshold_n=20.0
    )


def test_force_point_and_moment_are_together_the_filtered_wrench(gait):
    step = gait.step("r", 1800)
    plate = _plate(step)
    force, point, moment = _wrench([plate], [Contact(1, 201, 799, "r", 0.0)])
    inside = np.zeros(1800)
    inside[201:799] = 1.0
    np.testing.assert_allclose(
        force, low_pass(plate.force * inside[:, None], 1000.0, 12.0), atol=1e-9
    )
    about_origin = low_pass(plate.moment * inside[:, None], 1000.0, 12.0)
    np.testing.assert_allclose(np.cross(point, force) + moment, about_origin, atol=1e-9)
    # A zero-phase filter keeps the impulse, here that of the whole step.
    assert force[:, 1].sum() == pytest.approx(step.force[:, 1].sum(), rel=1e-3)


def test_the_pressure_moves_as_under_the_foot_and_stays_when_unloaded(gait):
    step = gait.step("r", 1800)
    force, point, moment = _wrench([_plate(step)], [Contact(1, 201, 799, "r", 0.0)])
    strong = force[:, 1] > 200
    np.testing.assert_allclose(point[strong], step.point[strong], atol=0.015)
    assert np.all(np.diff(point[strong, 0]) > 0)
    heel = step.point[0, 0]
    assert point[:, 0].min() > heel - 0.02
    assert point[:, 0].max() < heel + 0.20
    loaded = force[:, 1] > 20
    np.testing.assert_allclose(moment[loaded][:, [0, 2]], 0.0, atol=1e-9)
    assert np.abs(moment[~loaded]).max() < 2.0


def test_a_foot_on_two_plates_gets_the_sum(gait):
    step = gait.step("r", 1800)
    half = [Plate(n, step.corners, 0.5 * _plate(step).force, 0.5 * _plate(step).moment, 0.0)
            for n in (1, 2)]  # fmt: skip
    contacts = [Contact(n, 201, 799, "r", 0.0) for n in (1, 2)]
    whole = _wrench([_plate(step)], [Contact(1, 201, 799, "r", 0.0)])
    for a, b in zip(whole, _wrench(half, contacts), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9)


def test_contacts_of_no_foot_and_of_the_other_foot_are_left_out(gait):
    plate = _plate(gait.step("r", 1800))
    for side in ("", "l"):
        force, _, moment = _wrench([plate], [Contact(1, 201, 799, side, 0.0)])
        assert not force.any()
        assert not moment.any()


READ_WITH_OPENSIM = """
import sys, opensim
opensim.Logger.removeFileSink()
opensim.Logger.setLevelString("error")
folder = sys.argv[1]
loads = opensim.ExternalLoads(folder + "/external_loads.xml", True)
table = opensim.TimeSeriesTable(folder + "/ground_forces.mot")
labels = set(table.getColumnLabels())
for i in range(loads.getSize()):
    load = loads.get(i)
    names = [load.get_force_identifier(), load.get_point_identifier(), load.get_torque_identifier()]
    assert all(n + axis in labels for n in names for axis in "xyz"), (names, labels)
    print(load.getName(), load.get_applied_to_body(), load.get_force_expressed_in_body(),
          load.get_point_expressed_in_body())
print(loads.getDataFileName())
markers = opensim.MarkerData(folder + "/markers.trc")
markers.convertToUnits(opensim.Units("m"))
print(markers.getNumMarkers(), markers.getNumFrames(), markers.getFrame(3).getMarker(0)[0])
"""


def test_opensim_reads_the_files(gait, tmp_path):
    step = gait.step("r", 1800)
    wrenches = {
        side: _wrench([_plate(step)], [Contact(1, 201, 799, "r", 0.0)], side) for side in "rl"
    }
    time = np.arange(180) / 100
    write_ground_forces(tmp_path, time, force_columns(time, 1000.0, wrenches), FEET)
    walk = gait.walker()
    write_trc(tmp_path / "markers.trc", 100.0, walk)
    answer = subprocess.run(
        [sys.executable, "-c", READ_WITH_OPENSIM, str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=tmp_path, timeout=120,
    ).stdout.splitlines()  # fmt: skip
    assert answer[:2] == [
        "ground_force_r calcn_r ground ground",
        "ground_force_l calcn_l ground ground",
    ]
    assert answer[2].endswith("ground_forces.mot")
    count, frames, x = answer[3].split()
    assert (int(count), int(frames)) == (len(walk), 180)
    assert float(x) == pytest.approx(walk["RASI"][3, 0], abs=1e-6)
    table, _ = read_storage(tmp_path / "ground_forces.mot")
    np.testing.assert_allclose(table["ground_force_r_vy"], wrenches["r"][0][::10, 1], atol=1e-3)
