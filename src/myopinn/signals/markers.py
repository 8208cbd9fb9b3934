"""Markers: from the laboratory's axes to OpenSim's, and what a trial must show of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.signals.c3d import Recording, find_label

if TYPE_CHECKING:
    import numpy as np

    from myopinn.records.quality import QualityLog

AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
# ASSUME: the cloud of a person's markers, or of one limb's, is between these two in its diagonal; a
# unit that is wrong by a factor of ten or more leaves them for a whole body, by 1000 for any limb.
BODY_SIZE_M = (0.1, 3.0)
MIN_VISIBLE = 0.5
# A "forward" direction steeper than this is no direction in which a person walks.
_MIN_HORIZONTAL = 0.5


def rename_markers(recording: Recording, labels: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Give the markers of a file the model's names.

    Parameters
    ----------
    labels : mapping of the model's name to the label in the file
        Markers that are not named here keep their label (without the person's prefix).

    Returns
    -------
    dict of name to array, shape (frame, 3), m, laboratory frame

    Raises
    ------
    TrialError
        Where a label of the mapping is not in the file.
    """
    names = list(recording.markers)
    taken = {
        find_label(
            label,
            names,
            what=f"marker '{model_name}'",
            file=recording.file,
            remedy="correct the label in markers.labels, or label the marker in the recording.",
        ): model_name
        for model_name, label in labels.items()
    }
    renamed: dict[str, np.ndarray] = {}
    for i, name in enumerate(names):
        renamed.setdefault(taken.get(i, name.rsplit(":", 1)[-1].strip()), recording.markers[name])
    return renamed


def check_markers(
    markers: Mapping[str, np.ndarray],
    recording: Recording,
    required: Sequence[str],
    settings: Mapping[str, Any],
) -> None:
    """Hold a trial's markers to what the study needs of them.

    Parameters
    ----------
    required : sequence of str
        Markers without which the trial is of no use.
    settings : mapping
        ``min_visible``: least share of frames in which a required marker must be seen;
        ``body_size_m``: least and largest diagonal of the box around the markers.

    Raises
    ------
    TrialError
        Where no marker was seen, a required one is missing or hidden too long, or the cloud of
        markers is too small or too large to be a person, as with a wrong unit.
    """
    import numpy as np

    file = recording.file
    if not any(np.isfinite(xyz).any() for xyz in markers.values()):
        raise TrialError(
            f"none of the {len(markers)} markers is visible in any frame.",
            remedy="reconstruct and label the trial again.",
            file=file,
        )
    bound = float(settings.get("min_visible", MIN_VISIBLE))
    for name in required:
        _check_visible(name, markers, bound, file)
    smallest, largest = settings.get("body_size_m", BODY_SIZE_M)
    size = cloud_size(list(markers.values()))
    if not smallest <= size <= largest:
        raise TrialError(
            f"the markers span {size:.4g} m, expected {smallest:g} to {largest:g} m: the unit in "
            f"POINT:UNITS (taken as {recording.length_unit_m:g} m) is wrong.",
            remedy="export the file with the unit that its numbers are in.",
            file=file,
        )


def _check_visible(
    name: str, markers: Mapping[str, np.ndarray], bound: float, file: object
) -> None:
    """Refuse a trial that does not show a marker in enough of its frames."""
    import numpy as np

    find_label(
        name,
        list(markers),
        what=f"marker '{name}'",
        file=str(file),
        remedy="label the marker in the recording, or map it in markers.labels.",
    )
    visible = float(np.isfinite(markers[name]).all(axis=1).mean())
    if visible == 0.0:
        raise TrialError(
            f"marker '{name}' is missing for the whole trial.",
            remedy="reconstruct the marker, or leave it out of the model and the settings.",
            file=str(file),
        )
    if visible < bound:
        raise TrialError(
            f"marker '{name}' is visible in {visible:.0%} of the frames, allowed is "
            f">= {bound:.0%}.",
            remedy="fill the gaps from the rigid body, or lower markers.min_visible.",
            file=str(file),
        )


def cloud_size(markers: Sequence[np.ndarray]) -> float:
    """Return the diagonal of the box around the markers, median over the frames, in m.

    Parameters
    ----------
    markers : sequence of arrays, shape (frame, 3), m
    """
    import numpy as np

    points = np.stack(markers, axis=1)
    seen = np.isfinite(points).all(axis=2).any(axis=1)
    if not seen.any():
        return float("nan")
    box = np.nanmax(points[seen], axis=1) - np.nanmin(points[seen], axis=1)
    return float(np.median(np.linalg.norm(box, axis=1)))


def laboratory_rotation(
    markers: Mapping[str, np.ndarray], settings: Mapping[str, Any], file: object = ""
) -> np.ndarray:
    """Return the rotation from the laboratory's axes to OpenSim's: x forward, y up, z to the right.

    It is a proper rotation whatever the settings, so left and right are never exchanged.

    Parameters
    ----------
    markers : mapping of name to array, shape (frame, 3), m, laboratory frame
    settings : mapping
        ``vertical_axis``: the laboratory's axis that points up (x, y, z, -x, -y or -z);
        ``forward``: ``{"axis": ...}``, an axis of the laboratory, or ``{"from": [...],
        "to": [...]}``, the direction from the mean of some markers to the mean of others.

    Returns
    -------
    array, shape (3, 3)
        A position is ``rotation @ position``.

    Raises
    ------
    ConfigError
        Where an axis has no such name, or forward and vertical are the same.
    TrialError
        Where the markers that give the direction are missing or one above the other.
    """
    import numpy as np

    up = _axis(settings["vertical_axis"], "markers.vertical_axis")
    forward_settings = settings["forward"]
    if "axis" in forward_settings:
        forward = _axis(forward_settings["axis"], "markers.forward.axis")
    else:
        forward = _facing(markers, forward_settings, file)
    horizontal = forward - (forward @ up) * up
    share = float(np.linalg.norm(horizontal) / np.linalg.norm(forward))
    if share < _MIN_HORIZONTAL:
        if "axis" in forward_settings:
            raise ConfigError("markers.forward.axis must be another axis than vertical_axis.")
        raise TrialError(
            f"the direction from {forward_settings['from']} to {forward_settings['to']} is "
            f"vertical where '{settings['vertical_axis']}' is taken to point up.",
            remedy="correct markers.vertical_axis or markers.forward.",
            file=str(file),
        )
    x = horizontal / np.linalg.norm(horizontal)
    return np.stack([x, up, np.cross(x, up)])


def _axis(name: str, key: str) -> np.ndarray:
    import numpy as np

    letter = str(name).removeprefix("-").removeprefix("+")
    if letter not in AXES:
        raise ConfigError(f"{key} is '{name}'; it must be one of x, y, z, -x, -y, -z.")
    return np.array(AXES[letter]) * (-1.0 if str(name).startswith("-") else 1.0)


def _facing(
    markers: Mapping[str, np.ndarray], forward: Mapping[str, Sequence[str]], file: object
) -> np.ndarray:
    import numpy as np

    missing = [n for n in (*forward["from"], *forward["to"]) if n not in markers]
    if missing:
        raise TrialError(
            f"marker '{missing[0]}', which gives the direction the person faces, is missing.",
            remedy="correct markers.forward or markers.labels.",
            file=str(file),
        )
    back = np.mean([markers[n] for n in forward["from"]], axis=0)
    front = np.mean([markers[n] for n in forward["to"]], axis=0)
    seen = np.isfinite(front - back).all(axis=1)
    if not seen.any():
        raise TrialError(
            f"the markers {[*forward['from'], *forward['to']]}, which give the direction the "
            "person faces, are never visible together.",
            remedy="reconstruct them, or name others in markers.forward.",
            file=str(file),
        )
    return (front - back)[seen].mean(axis=0)


def usable_frames(markers: Mapping[str, np.ndarray], file: object = "") -> slice:
    """Return the frames from the first to the last in which at least half of the markers are seen.

    A person who has not yet entered the volume, or has left it, has no pose to be found.

    Parameters
    ----------
    markers : mapping of name to array, shape (frame, 3), m

    Raises
    ------
    TrialError
        Where a frame between them shows no marker at all, at which inverse kinematics would stop.
    """
    import numpy as np

    seen = np.stack([np.isfinite(xyz).all(axis=1) for xyz in markers.values()], axis=1)
    enough = np.flatnonzero(seen.mean(axis=1) >= MIN_VISIBLE)
    if not len(enough):
        raise TrialError(
            "no frame shows half of the markers.",
            remedy="reconstruct and label the trial again.",
            file=str(file),
        )
    frames = slice(int(enough[0]), int(enough[-1]) + 1)
    if not seen[frames].any(axis=1).all():
        raise TrialError(
            "there are frames without a single marker inside the trial.",
            remedy="cut the trial before or after them.",
            file=str(file),
        )
    return frames


def drop_unseen(
    markers: Mapping[str, np.ndarray], log: QualityLog, trial: str, session: str
) -> dict[str, np.ndarray]:
    """Leave out markers that are never seen, which inverse kinematics cannot read, and say so."""
    import numpy as np

    unseen = [name for name, xyz in markers.items() if not np.isfinite(xyz).all(axis=1).any()]
    if unseen:
        log.note(
            trial,
            "markers never visible",
            f"{', '.join(unseen)}: never visible, left out of the marker file.",
            session=session,
        )
    return {name: xyz for name, xyz in markers.items() if name not in unseen}
