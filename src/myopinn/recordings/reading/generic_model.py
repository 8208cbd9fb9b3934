"""A laboratory's generic model: a model file, with another marker set put into it where asked.

Done on the XML, so that nothing here has to load OpenSim and every other line of the model stays
as its authors wrote it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from myopinn.errors import MyopinnError
from myopinn.formats.whole import whole_file

# From this version of the format a marker names its body by an absolute path.
_PATHS_SINCE = 40000


class ModelError(MyopinnError):
    """A model file is not an OpenSim model, or a marker set does not fit it."""


def write_generic_model(
    model_file: Path | str, marker_set_file: Path | str | None, model: Path | str
) -> None:
    """Write a model with the markers of another file.

    Parameters
    ----------
    model_file : path
        OpenSim model (.osim).
    marker_set_file : path or None
        An OpenSim model or a marker set saved by OpenSim, whose markers replace the model's own;
        None keeps the model's own.
    model : path
        Where the result goes.

    Raises
    ------
    ModelError
        Where a file is no OpenSim file of its kind, holds no markers, or a marker hangs on a body
        that the model does not have; names the file, the marker and the remedy.
    """
    document = _read(model_file)
    body = document.find("Model")
    if body is None:
        raise ModelError(
            f"{model_file}: holds no OpenSim model (its content is "
            f"'{_content(document)}'). Remedy: name a file that OpenSim saved as a model (.osim)."
        )
    if marker_set_file is not None:
        markers = _marker_set(marker_set_file)
        for file, opened in ((model_file, document), (marker_set_file, _read(marker_set_file))):
            _require_version(file, opened)
        _require_bodies(model_file, body, marker_set_file, markers)
        own = body.find("MarkerSet")
        place = len(body) if own is None else list(body).index(own)
        if own is not None:
            body.remove(own)
        body.insert(place, markers)
    elif not body.findall("MarkerSet/objects/Marker"):
        raise ModelError(
            f"{model_file}: the model has no markers. Remedy: name a marker set file as well."
        )
    with whole_file(model) as temporary:
        ET.ElementTree(document).write(temporary, encoding="UTF-8", xml_declaration=True)


def _read(path: Path | str) -> ET.Element:
    path = Path(path)
    if not path.is_file():
        raise ModelError(f"{path}: there is no such file. Remedy: check its path and name.")
    keep_comments = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))
    try:
        document = ET.parse(path, parser=keep_comments).getroot()
    except (ET.ParseError, ValueError) as error:
        raise ModelError(
            f"{path}: is not an OpenSim file, it cannot be read as XML ({error}). "
            "Remedy: check that the whole file was copied, and that it opens in OpenSim."
        ) from error
    if document.tag != "OpenSimDocument":
        raise ModelError(
            f"{path}: is not an OpenSim file, its first element is '{document.tag}' and not "
            "'OpenSimDocument'. Remedy: name a file that OpenSim saved."
        )
    return document


def _content(document: ET.Element) -> str:
    return ", ".join(str(part.tag) for part in document if isinstance(part.tag, str)) or "nothing"


def _marker_set(path: Path | str) -> ET.Element:
    document = _read(path)
    markers = document.find("Model/MarkerSet")
    if markers is None:
        markers = document.find("MarkerSet")
    if markers is None or not markers.findall("objects/Marker"):
        raise ModelError(
            f"{path}: holds no markers (its content is '{_content(document)}'). "
            "Remedy: name a marker set, or a model with one, saved by OpenSim."
        )
    return markers


def _require_version(path: Path | str, document: ET.Element) -> None:
    version = document.get("Version", "")
    if not version.isdigit() or int(version) < _PATHS_SINCE:
        raise ModelError(
            f"{path}: is in format version '{version}', older than OpenSim 4, where markers name "
            "their bodies otherwise. Remedy: open it in OpenSim 4 and save it again."
        )


def _require_bodies(
    model_file: Path | str, model: ET.Element, marker_file: Path | str, markers: ET.Element
) -> None:
    """Hold every marker to a frame of the model: a body, the ground, or an offset on a joint."""
    bodies = {f"/bodyset/{b.get('name')}" for b in model.findall("BodySet/objects/Body")}
    offsets = {
        f"/jointset/{joint.get('name')}/{frame.get('name')}"
        for joint in model.findall("JointSet/objects/*")
        for frame in joint.findall("frames/PhysicalOffsetFrame")
    }
    for marker in markers.findall("objects/Marker"):
        frame = (marker.findtext("socket_parent_frame") or "").strip()
        if frame not in bodies | offsets | {"/ground"}:
            raise ModelError(
                f"{marker_file}: marker '{marker.get('name')}' hangs on '{frame}', which the model "
                f"{model_file} does not have. Remedy: use the marker set made for this model; its "
                f"bodies are {', '.join(sorted(b.removeprefix('/bodyset/') for b in bodies))}."
            )
