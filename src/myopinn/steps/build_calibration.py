"""Cut a person's isometric contractions into pieces of 100 frames.

They are no part of any test: with the joint held still, moment and EMG are seen over the whole
range of effort and at several lengths of the muscles, which is what identifies a person's
parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from myopinn.dataset.calibration import cut_pieces, gravity_at
from myopinn.dataset.problem import CYCLE_FRAMES
from myopinn.errors import TrialError
from myopinn.files.layouts.calibration import CALIBRATION
from myopinn.files.layouts.dynamometer import DYNAMOMETER
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.joint_inertia import JOINT_INERTIA
from myopinn.files.layouts.quality import write_quality
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.records.quality import QualityLog

_PIECE_KEYS = ("envelope", "joint_angle", "joint_moment", "time_s")


def build_calibration(
    *,
    signals: str | Path,
    joint_inertia: str | Path,
    trials: Sequence[Mapping[str, Any]],
    recording: str,
    subject: str,
    settings: Mapping[str, Any],
    calibration: str | Path,
    quality: str | Path,
) -> None:
    """Write the isometric contractions of one person.

    The fixture takes what gravity asks for less what the muscles do, so the muscles' moment is the
    moment of gravity, by the scaled model with an empty hand, less what was read.

    Parameters
    ----------
    signals : path
        The person's folder; a trial is used if its ``dynamometer.nc`` is there.
    joint_inertia : path
        The person's (:func:`myopinn.opensim.joint_inertia.read_chain`), of the joint
        that is held alone.
    trials : sequence of mapping
        The person's trials; those with a ``held_angle_deg`` are isometric.
    settings : mapping
        The recording's dataset slice: ``channels``, and ``calibration`` with ``piece_s``.
    calibration, quality : path
        Outputs. A person without a usable contraction gets a file of zero pieces.
    """
    log = QualityLog(recording, subject, "build_calibration")
    chain = JOINT_INERTIA.read(joint_inertia)
    cut: list[tuple[Mapping[str, Any], dict[str, np.ndarray]]] = []
    for trial in trials:
        if not (Path(signals) / trial["name"] / "dynamometer.nc").exists():
            continue
        with log.guard(trial["name"], session=trial["session"]):
            pieces = list(_pieces(Path(signals) / trial["name"], trial, chain, settings))
            log.measure(
                trial["name"], "pieces", len(pieces), "", session=trial["session"], at_least=1
            )
            cut.extend((trial, piece) for piece in pieces)
    held = list(chain.get("coordinates", []))
    whose = {"recording": recording, "subject": subject}
    write_netcdf(_assemble(cut, list(settings["channels"]), held, whose), calibration, CALIBRATION)
    write_quality(log, quality)


def _pieces(
    folder: Path, trial: Mapping[str, Any], chain: Mapping[str, Any], settings: Mapping[str, Any]
) -> list[dict[str, np.ndarray]]:
    """Read a contraction and cut it into pieces."""
    read = read_netcdf(folder / "dynamometer.nc", DYNAMOMETER)
    held = [str(name) for name in read["coordinate"].values]
    if not chain or list(chain["coordinates"]) != held or len(held) != 1:
        raise TrialError(
            f"the dynamometer held {held}, the joint inertia that is known is of "
            f"{list(chain.get('coordinates', [])) or 'nothing'}.",
            file=folder / "dynamometer.nc",
            remedy="name one joint, the same in 'opensim: joint_inertia' and 'signals'.",
        )
    envelopes = read_netcdf(folder / "envelopes.nc", ENVELOPES)
    envelope = envelopes["envelope"].sel(channel=list(settings["channels"])).values
    angle = np.deg2rad(float(trial["held_angle_deg"]))
    moment = gravity_at(chain, angle) - read["moment"].values
    known = {"envelope": envelope, "joint_moment": moment}
    pieces = cut_pieces(read["time_s"].values, known, float(settings["calibration"]["piece_s"]))
    held_at = {"joint_angle": np.full((CYCLE_FRAMES, len(held)), angle)}
    return [piece | held_at for piece in pieces]


def _assemble(
    cut: Sequence[tuple[Mapping[str, Any], Mapping[str, np.ndarray]]],
    channels: Sequence[str],
    held: Sequence[str],
    whose: Mapping[str, str],
) -> Any:
    names = {"channel": list(channels), "coordinate": list(held)}
    variables = {}
    for key in _PIECE_KEYS:
        shape = [len(names[d]) for d in CALIBRATION.variables[key].dims[2:]]
        values = np.array([piece[key] for _, piece in cut], dtype=float)
        variables[key] = values.reshape(len(cut), CYCLE_FRAMES, *shape)
    labels = {
        key: np.array([trial[source] for trial, _ in cut], dtype=object)
        for key, source in (
            ("trial", "name"),
            ("trial_session", "session"),
            ("condition", "condition"),
        )
    }
    named = {key: np.array(value, dtype=object) for key, value in names.items()}
    return CALIBRATION.build(variables, {**labels, **named}, whose)
