import numpy as np
import pytest

from myopinn.formats.opensim_files import read_storage
from myopinn.formats.whole import ArtifactError

FRAMES = "0.00{0}1{0}2\n0.01{0}3{0}4\n"
TABBED = FRAMES.format("\t")


def _storage(path, labels, frames=TABBED, encoding="utf-8"):
    path.write_bytes(f"emg\ninDegrees=no\nendheader\n{labels}\n{frames}".encode(encoding))
    return path


@pytest.mark.parametrize(
    ("labels", "encoding"),
    [
        ("time\tBiceps fem\tRect fém", "utf-8"),
        ("time\tBiceps fem\tRect fém", "latin-1"),
        (" time\t Biceps fem \tRect fém\t", "utf-8"),
    ],
)
def test_labels_with_spaces_are_parted_by_tabs(tmp_path, labels, encoding):
    table, _ = read_storage(_storage(tmp_path / "emg.sto", labels, encoding=encoding))
    assert list(table) == ["Biceps fem", "Rect fém"]
    np.testing.assert_array_equal(table, [[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(table.index, [0.0, 0.01])


@pytest.mark.parametrize("labels", ["time ta  sol", "time\tta sol", "time\t ta\t sol"])
@pytest.mark.parametrize("between", ["\t", "  "])
def test_labels_without_spaces_are_parted_by_any(tmp_path, labels, between):
    table, _ = read_storage(_storage(tmp_path / "emg.sto", labels, FRAMES.format(between)))
    assert list(table) == ["ta", "sol"]
    np.testing.assert_array_equal(table.sol, [2.0, 4.0])


@pytest.mark.parametrize("labels", ["time Biceps fem Rect fem", "time\tBiceps fem longus", "time"])
def test_labels_that_do_not_fit_the_columns_are_refused(tmp_path, labels):
    with pytest.raises(ArtifactError, match=r"emg\.sto: its line of labels .* first frame has 3"):
        read_storage(_storage(tmp_path / "emg.sto", labels))


def test_a_label_that_comes_twice_is_told_apart(tmp_path):
    table, _ = read_storage(_storage(tmp_path / "emg.sto", "time\tta\tta"))
    assert list(table) == ["ta", "ta.1"]
