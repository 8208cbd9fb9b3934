"""Files that the tests of the recordings make for themselves."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from myopinn.recordings.reading.download import ListedFile

MODEL = """<?xml version="1.0" encoding="UTF-8" ?>
<OpenSimDocument Version="{version}">
  <Model name="arm">
    <!--Kept as its authors wrote it.-->
    <BodySet name="bodyset"><objects>
      <Body name="humerus"><mass>2</mass><mass_center>0 0 0</mass_center>
        <inertia>0.01 0.01 0.01 0 0 0</inertia></Body>
    </objects><groups /></BodySet>
    <JointSet name="jointset"><objects>
      <PinJoint name="shoulder">
        <socket_parent_frame>ground_offset</socket_parent_frame>
        <socket_child_frame>humerus_offset</socket_child_frame>
        <coordinates><Coordinate name="shoulder_flexion" /></coordinates>
        <frames>
          <PhysicalOffsetFrame name="ground_offset">
            <socket_parent>/ground</socket_parent>
            <translation>0 0 0</translation><orientation>0 0 0</orientation>
          </PhysicalOffsetFrame>
          <PhysicalOffsetFrame name="humerus_offset">
            <socket_parent>/bodyset/humerus</socket_parent>
            <translation>0 0.3 0</translation><orientation>0 0 0</orientation>
          </PhysicalOffsetFrame>
        </frames>
      </PinJoint>
    </objects><groups /></JointSet>
    {markers}
  </Model>
</OpenSimDocument>
"""
MARKERS = '<MarkerSet name="markerset"><objects>{}</objects><groups /></MarkerSet>'
MARKER = (
    '<Marker name="{}"><socket_parent_frame>{}</socket_parent_frame>'
    "<location>0 0.1 0</location><fixed>false</fixed></Marker>"
)


@pytest.fixture
def write_model(tmp_path):
    """Write a one-joint model with markers given as name and frame."""

    def write(name: str, markers: dict[str, str], version: str = "40000") -> Path:
        listed = "".join(MARKER.format(*marker) for marker in markers.items())
        path = tmp_path / name
        path.write_text(
            MODEL.format(version=version, markers=MARKERS.format(listed) if markers else ""),
            encoding="utf-8",
        )
        return path

    return write


@pytest.fixture
def listed():
    """List bytes as a file that lies at an address."""

    def make(content: bytes, url: str = "http://127.0.0.1:9/walk.c3d") -> ListedFile:
        return ListedFile(
            name="walk.c3d",
            mirror="recordings/lab/P01/walk.c3d",
            url=url,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )

    return make


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Serve a folder on this machine, in place of the network."""
    folder = tmp_path / "served"
    folder.mkdir()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    web = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield folder, f"http://127.0.0.1:{web.server_port}"
    web.shutdown()
    web.server_close()
