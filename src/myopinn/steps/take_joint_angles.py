"""Take the joint angles of a person's trials as they are given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from myopinn.files.layouts.joint_motion import JOINT_ANGLES
from myopinn.files.layouts.quality import write_quality
from myopinn.files.processed import ANGLES_FILE, cut_stretch, read_recording
from myopinn.formats.whole import whole_directory
from myopinn.opensim.given_motion import rotational_coordinates
from myopinn.opensim.joint_quality import measure_angles
from myopinn.opensim.tool import runner
from myopinn.records.quality import QualityLog

# What is kept on either side of a trial until its angles are filtered.
_MARGIN_S = 0.5


def take_joint_angles(
    *,
    recordings: str,
    signals: str,
    model: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    inverse_kinematics: str,
) -> None:
    """Take the joint angles of every trial, with half a second on either side to be filtered.

    Parameters
    ----------
    recordings : folder of the person's recordings (<file>/angles.sto)
    signals : folder of the person's signals; a trial that is not there was left out
    model : folder of the person's models (<session>.osim)
    trials : the person's trials
    settings : the ``opensim`` slice of the recording's configuration
    inverse_kinematics : folder to write: <trial>.mot in degrees and m, quality.csv, opensim.log
    """
    import numpy as np

    log = QualityLog(recording, subject, "take_joint_angles")
    with whole_directory(inverse_kinematics) as folder:
        for trial in trials:
            person = Path(model).resolve() / f"{trial['session']}.osim"
            if not ((Path(signals) / trial["name"]).is_dir() and person.is_file()):
                continue
            with log.guard(trial["name"], session=trial["session"]):
                file = Path(recordings).resolve() / trial["file"] / ANGLES_FILE
                table, in_degrees = read_recording(file)
                rotations = runner(settings, folder, trial["name"])(
                    rotational_coordinates,
                    model_file=person,
                    names=[str(c) for c in table],
                    angles=file,
                )
                start_s, end_s = trial["start_s"], trial["end_s"]
                part = cut_stretch(table, start_s, end_s, file, margin_s=_MARGIN_S)
                if not in_degrees:
                    part = part.assign(**{c: np.degrees(part[c]) for c in rotations})
                measure_angles(part, settings["muscle_forces"]["coordinates"], log, trial, file)
                JOINT_ANGLES.write(part, folder, trial["name"])
        write_quality(log, folder / "quality.csv")
