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

from myopinn.dataset.calibration import cut_pieces, gravity_at, piece_starts
from myopinn.dataset.cycles import seen_times
from myopinn.dataset.problem import CYCLE_FRAMES
from myopinn.errors import TrialError
from myopinn.files.layouts.calibration import CALIBRATION
from myopinn.files.layouts.dynamometer import DYNAMOMETER
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.joint_inertia import JOINT_INERTIA
from myopinn.files.layouts.quality import write_quality
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.files.trial_series import read_past_envelopes
from myopinn.records.quality import QualityLog
from myopinn.signals.filters import held_at

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
        The recording's dataset slice: ``channels``, ``cycle``, and ``calibration`` with
        ``piece_s``.
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
    made = _assemble(cut, settings, held, whose)
    write_netcdf(made, calibration, CALIBRATION)
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
    time, piece_s = read["time_s"].values, float(settings["calibration"]["piece_s"])
    still = {"joint_angle": np.full((CYCLE_FRAMES, len(held)), angle)}
    pieces = [piece | still for piece in cut_pieces(time, known, piece_s)]
    clock = settings["cycle"]
    if clock["from"] != "clock":
        return pieces
    past = read_past_envelopes(folder / "envelopes.nc", settings["channels"])
    seen = [
        held_at(seen_times(start, clock["rate_hz"], _lead_frames(clock)), *past)
        for start in piece_starts(time, piece_s)
    ]
    return [piece | {"seen_envelope": shown} for piece, shown in zip(pieces, seen, strict=True)]


def _lead_frames(clock: Mapping[str, Any]) -> int:
    return round(clock["lead_s"] * clock["rate_hz"])


def _assemble(
    cut: Sequence[tuple[Mapping[str, Any], Mapping[str, np.ndarray]]],
    settings: Mapping[str, Any],
    held: Sequence[str],
    whose: Mapping[str, str],
) -> Any:
    names = {"channel": list(settings["channels"]), "coordinate": list(held)}
    variables, frames = {}, dict.fromkeys(_PIECE_KEYS, CYCLE_FRAMES)
    if settings["cycle"]["from"] == "clock":
        frames["seen_envelope"] = _lead_frames(settings["cycle"]) + CYCLE_FRAMES
    for key, length in frames.items():
        shape = [len(names[d]) for d in CALIBRATION.variables[key].dims[2:]]
        values = np.array([piece[key] for _, piece in cut], dtype=float)
        variables[key] = values.reshape(len(cut), length, *shape)
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
