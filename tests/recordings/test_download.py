import pytest

from myopinn.errors import ChecksumError
from myopinn.recordings.reading.download import (
    MIRROR,
    DownloadError,
    FileGoneError,
    fetch,
    read_lists,
)

CONTENT = b"every byte of a recording counts"
CHANGED = b"every byte of a recording c0unts"


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    root = tmp_path / "mirror"
    (root / "recordings/lab/P01").mkdir(parents=True)
    monkeypatch.setenv(MIRROR, str(root))
    return root / "recordings/lab/P01/walk.c3d"


def test_the_mirror_comes_before_the_network(mirror, listed, tmp_path):
    mirror.write_bytes(CONTENT)
    mirror.chmod(0o444)
    # The listed address answers nobody, so the bytes can only be the mirror's.
    fetch(listed(CONTENT), tmp_path / "data/walk.c3d")
    assert (tmp_path / "data/walk.c3d").read_bytes() == CONTENT


def test_what_the_mirror_lacks_comes_from_the_network(mirror, server, listed, tmp_path):
    folder, address = server
    (folder / "walk.c3d").write_bytes(CONTENT)
    fetch(listed(CONTENT, f"{address}/walk.c3d"), tmp_path / "data/walk.c3d")
    assert (tmp_path / "data/walk.c3d").read_bytes() == CONTENT


@pytest.mark.parametrize("source", ["mirror", "network"])
def test_a_changed_file_is_refused_from_either_source(
    source, mirror, server, listed, tmp_path, monkeypatch
):
    folder, address = server
    (mirror if source == "mirror" else folder / "walk.c3d").write_bytes(CHANGED)
    if source == "network":
        monkeypatch.delenv(MIRROR)
    wanted = listed(CONTENT, f"{address}/walk.c3d")
    with pytest.raises(ChecksumError) as error:
        fetch(wanted, tmp_path / "data/walk.c3d")
    said = str(error.value)
    assert "walk.c3d" in said and wanted.sha256 in said and listed(CHANGED).sha256 in said
    assert "Remedy" in said and (str(mirror) if source == "mirror" else address) in said
    assert list((tmp_path / "data").iterdir()) == []


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """Ask once: between attempts pooch waits for seconds."""
    monkeypatch.setattr("myopinn.recordings.reading.download.RETRIES", 0)


def test_without_a_network_the_error_says_how_to_use_a_mirror(listed, tmp_path, monkeypatch):
    monkeypatch.delenv(MIRROR, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    # Port 9 (discard) refuses connections at once on a machine that serves nothing there.
    with pytest.raises(DownloadError, match=f"set {MIRROR} .* recordings/lab/P01/walk.c3d"):
        fetch(listed(CONTENT), tmp_path / "data/walk.c3d")
    assert list((tmp_path / "data").iterdir()) == []


def test_a_file_that_the_origin_no_longer_holds_is_told_apart(
    server, listed, tmp_path, monkeypatch
):
    monkeypatch.delenv(MIRROR, raising=False)
    with pytest.raises(FileGoneError, match="404"):
        fetch(listed(CONTENT, f"{server[1]}/walk.c3d"), tmp_path / "data/walk.c3d")


def test_a_mirror_that_is_no_folder_is_said_at_once(listed, tmp_path, monkeypatch):
    monkeypatch.setenv(MIRROR, "../not_here")
    with pytest.raises(DownloadError, match="absolute path"):
        fetch(listed(CONTENT), tmp_path / "walk.c3d")


def test_an_address_is_made_of_origin_revision_and_path(tmp_path):
    (tmp_path / "lab.yaml").write_text(
        """
recordings:
  title: walks
  origin: https://github.com/owner/walks
  revision: 0123abcd
  folder: data
  mirror: recordings/lab
  licence: CC0
  citation: none
  files: [{path: raw/P01/walk.c3d, file: P01/walk.c3d, sha256: "00", size: 1}]
"""
    )
    file = read_lists(tmp_path / "lab.yaml")["recordings"].files[0]
    assert file.url == (
        "https://raw.githubusercontent.com/owner/walks/0123abcd/data/raw/P01/walk.c3d"
    )
    assert (file.name, file.mirror) == ("walk.c3d", "recordings/lab/P01/walk.c3d")
