import numpy as np
import pytest

from myopinn.errors import TrialError
from myopinn.signals.c3d import find_label, read_c3d


@pytest.mark.parametrize(("unit", "metres"), [("m", 1.0), ("cm", 1e-2), ("mm", 1e-3)])
def test_any_unit_of_length_gives_the_same_markers(gait, tmp_path, unit, metres):
    laboratory = gait.Laboratory(unit=unit, metres=metres)
    markers = gait.walker()
    content = read_c3d(gait.write(tmp_path / "walk.c3d", markers, laboratory=laboratory))
    for name, xyz in markers.items():
        # Single precision of the format on coordinates of 3 m.
        np.testing.assert_allclose(
            content.markers[name], xyz @ laboratory.rotation.T, atol=1e-6, rtol=0
        )
    assert content.rate_hz == gait.rate
    assert content.frames == 180


@pytest.mark.parametrize("zero_filled", [True, False])
def test_gaps_are_nan_whether_marked_by_a_residual_or_filled_with_zeros(
    gait, tmp_path, zero_filled
):
    markers = gait.walker()
    markers["RTOE"][40:46] = np.nan
    content = read_c3d(gait.write(tmp_path / "gap.c3d", markers, zero_filled=zero_filled))
    missing = ~np.isfinite(content.markers["RTOE"]).all(axis=1)
    assert list(np.flatnonzero(missing)) == list(range(40, 46))
    assert all(np.isfinite(xyz).all() for n, xyz in content.markers.items() if n != "RTOE")


@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_a_truncated_file_is_refused_though_ezc3d_reads_it(gait, tmp_path, share):
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), emg=gait.emg())
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(TrialError, match=r"walk\.c3d.*(truncated|cannot read).*Remedy"):
        read_c3d(file)


@pytest.mark.parametrize("content", [b"", b"time,a\n0,1\n" * 200, bytes([2, 0x50]) + bytes(600)])
def test_what_is_no_c3d_file_is_refused_by_name(tmp_path, content):
    file = tmp_path / "notes.c3d"
    file.write_bytes(content)
    with pytest.raises(TrialError, match=r"notes\.c3d"):
        read_c3d(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TrialError, match=r"walk\.c3d: there is no such file"):
        read_c3d(tmp_path / "walk.c3d")


def test_a_unit_that_is_none_of_length_is_refused(gait, tmp_path):
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), laboratory=gait.Laboratory(unit="deg"))
    with pytest.raises(TrialError, match="POINT:UNITS is 'deg'"):
        read_c3d(file)


def test_labels_are_found_through_spaces_and_prefixes():
    labels = ("Ann:LASI ", " Voltage.R Tib Ant", "Ann:RASI")
    keys = {"what": "marker", "file": "a.c3d", "remedy": "r"}
    assert find_label("RASI", labels, **keys) == 2
    assert find_label("R Tib Ant", labels, **keys) == 1
    assert find_label("Voltage.R Tib Ant", labels, **keys) == 1
    assert find_label("lasi", labels, **keys) == 0


def test_a_missing_label_is_named_with_its_nearest_and_all_others():
    with pytest.raises(TrialError) as caught:
        find_label(
            "R_rectus_femorsi",
            ("R_rectus_femoris", "R_soleus"),
            what="EMG channel 'recfem'",
            file="a.c3d",
            remedy="r",
        )
    text = str(caught.value)
    assert "a.c3d" in text
    assert "nearest is 'R_rectus_femoris'" in text
    assert "R_soleus" in text


def test_a_label_that_fits_twice_is_refused():
    with pytest.raises(TrialError, match="fits 2 labels"):
        find_label("TA", ("L.TA", "R.TA"), what="EMG", file="a.c3d", remedy="r")
