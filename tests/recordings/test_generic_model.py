import pytest

from myopinn.recordings.reading.generic_model import ModelError, write_generic_model


def test_the_markers_are_replaced_and_the_rest_is_kept(write_model, tmp_path):
    import opensim

    model = write_model("model.osim", {"old": "/bodyset/humerus"})
    markers = write_model("markers.osim", {"epicondyle": "/bodyset/humerus", "wall": "/ground"})
    write_generic_model(model, markers, tmp_path / "generic.osim")

    opensim.Logger.setLevelString("error")
    opensim.Logger.removeFileSink()
    loaded = opensim.Model(str(tmp_path / "generic.osim"))
    loaded.initSystem()
    placed = loaded.getMarkerSet()
    names = {
        placed.get(i).getName(): placed.get(i).getParentFrame().getName()
        for i in range(placed.getSize())
    }
    assert names == {"epicondyle": "humerus", "wall": "ground"}
    assert loaded.getBodySet().get("humerus").getMass() == 2.0
    assert "Kept as its authors wrote it." in (tmp_path / "generic.osim").read_text()


def test_a_marker_set_saved_by_itself_serves_as_well(write_model, tmp_path):
    model = write_model("model.osim", {})
    alone = tmp_path / "markers.xml"
    alone.write_text(
        '<OpenSimDocument Version="40500"><MarkerSet name="m"><objects><Marker name="tip">'
        "<socket_parent_frame>/jointset/shoulder/humerus_offset</socket_parent_frame>"
        "<location>0 0 0</location></Marker></objects></MarkerSet></OpenSimDocument>"
    )
    write_generic_model(model, alone, tmp_path / "generic.osim")
    assert 'Marker name="tip"' in (tmp_path / "generic.osim").read_text()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("404: Not Found", "cannot be read as XML"),
        ("<html><body>sign in</body></html>", "first element is 'html'"),
        ('<OpenSimDocument Version="40000"><ScaleTool /></OpenSimDocument>', "ScaleTool"),
        ("", "cannot be read as XML"),
    ],
)
def test_a_model_file_that_is_none_is_named_with_a_remedy(content, reason, tmp_path):
    path = tmp_path / "model.osim"
    path.write_text(content)
    with pytest.raises(ModelError, match=reason) as error:
        write_generic_model(path, None, tmp_path / "generic.osim")
    assert str(path) in str(error.value) and "Remedy" in str(error.value)
    assert not (tmp_path / "generic.osim").exists()


def test_a_truncated_model_is_refused(write_model, tmp_path):
    model = write_model("model.osim", {"tip": "/bodyset/humerus"})
    model.write_bytes(model.read_bytes()[:-200])
    with pytest.raises(ModelError, match="whole file was copied"):
        write_generic_model(model, None, tmp_path / "generic.osim")


def test_a_marker_on_a_body_of_another_model_is_named(write_model, tmp_path):
    model = write_model("model.osim", {})
    markers = write_model("markers.osim", {"R_FCC": "/bodyset/calcn_r"})
    with pytest.raises(ModelError, match=r"'R_FCC' hangs on '/bodyset/calcn_r'.*humerus"):
        write_generic_model(model, markers, tmp_path / "generic.osim")


def test_markers_are_not_moved_between_formats_that_name_bodies_otherwise(write_model, tmp_path):
    model = write_model("model.osim", {}, version="30000")
    markers = write_model("markers.osim", {"tip": "/bodyset/humerus"})
    with pytest.raises(ModelError, match=r"model\.osim.*'30000'.*save it again"):
        write_generic_model(model, markers, tmp_path / "generic.osim")


def test_a_model_without_markers_cannot_be_a_laboratorys(write_model, tmp_path):
    with pytest.raises(ModelError, match="no markers"):
        write_generic_model(write_model("model.osim", {}), None, tmp_path / "generic.osim")
