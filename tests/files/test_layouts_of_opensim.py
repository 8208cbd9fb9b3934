"""What the OpenSim steps leave, as its layouts have it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from myopinn.files.layouts.force_intervals import read_force_intervals
from myopinn.files.layouts.joint_inertia import JOINT_INERTIA
from myopinn.files.layouts.joint_motion import FILTERED_ANGLES, JOINT_ANGLES, JOINT_MOMENTS
from myopinn.files.layouts.marker_errors import MARKER_ERRORS
from myopinn.files.layouts.muscle_solution import ACTIVATION, MUSCLE_FORCE, RESERVE
from myopinn.files.layouts.scale_factors import SCALE_FACTORS, write_scale_factors
from myopinn.formats.opensim_files import read_storage
from myopinn.formats.whole import ArtifactError

STORAGES = (JOINT_ANGLES, FILTERED_ANGLES, JOINT_MOMENTS, MUSCLE_FORCE, ACTIVATION, RESERVE)


@pytest.mark.parametrize("storage", STORAGES)
def test_a_storage_says_whether_it_is_in_degrees(storage, tmp_path: Path) -> None:
    table = pd.DataFrame({"knee": [1.0, 2.0]}, index=pd.Index([0.5, 0.6], name="time"))
    storage.write(table, tmp_path, "walk")
    again, in_degrees = read_storage(storage.path(tmp_path, "walk"))
    pd.testing.assert_frame_equal(again, table)
    assert in_degrees == (storage in (JOINT_ANGLES, FILTERED_ANGLES))


def test_no_two_storages_of_a_step_share_a_file() -> None:
    for own in ((FILTERED_ANGLES, JOINT_MOMENTS), (MUSCLE_FORCE, ACTIVATION, RESERVE)):
        assert len({storage.path("folder", "walk") for storage in own}) == len(own)


def test_marker_errors_have_a_column_of_numbers_for_each_marker(tmp_path: Path) -> None:
    file = tmp_path / "errors.csv"
    table = pd.DataFrame({"RASI": [0.01, np.nan], "max_m": 0.01, "time_s": [0.0, 0.1]})
    MARKER_ERRORS.write(table.assign(rms_m=0.01, worst_marker="RASI"), file)
    again = MARKER_ERRORS.read(file)
    # Summaries first, whatever the order they were made in.
    assert list(again) == ["time_s", "rms_m", "max_m", "worst_marker", "RASI"]
    assert again["RASI"].dtype == float and np.isnan(again["RASI"][1])
    with pytest.raises(ArtifactError, match="misses the columns worst_marker"):
        MARKER_ERRORS.write(table.assign(rms_m=0.01), file)


def test_scale_factors_know_no_further_column(tmp_path: Path) -> None:
    file = tmp_path / "factors.csv"
    write_scale_factors({"hand": (1.1, 0.9, 1.0)}, file)
    assert SCALE_FACTORS.read(file).to_dict("records") == [
        {"body": "hand", "x": 1.1, "y": 0.9, "z": 1.0}
    ]
    with pytest.raises(ArtifactError, match="unknown columns w"):
        SCALE_FACTORS.write(SCALE_FACTORS.read(file).assign(w=1.0), file)


def test_intervals_are_of_one_side_and_none_without_a_file(tmp_path: Path) -> None:
    file = tmp_path / "force_intervals.csv"
    assert read_force_intervals(file, "both").shape == (0, 2)
    file.write_text("side,start_s,end_s\nr,0.1,0.4\nboth,0.2,0.3\nr,0.6,0.9\n")
    assert read_force_intervals(file, "r").tolist() == [[0.1, 0.4], [0.6, 0.9]]
    assert read_force_intervals(file, "l").shape == (0, 2)


def test_inertia_is_whole_or_empty(tmp_path: Path) -> None:
    file = tmp_path / "inertia.json"
    JOINT_INERTIA.write({}, file)
    assert JOINT_INERTIA.read(file) == {}
    whole = dict.fromkeys(JOINT_INERTIA.keys, 1.0)
    JOINT_INERTIA.write(whole, file)
    assert JOINT_INERTIA.read(file) == whole
    file.write_text('{"mass": [1.0]}')
    with pytest.raises(ArtifactError, match="misses the keys coordinates, axis"):
        JOINT_INERTIA.read(file)
