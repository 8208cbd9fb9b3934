"""Cut the trials of a person into cycles or pieces of 100 frames, one dataset for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.dataset.cycles import (
    PER_FRAME,
    clock_pieces,
    cut_cycle,
    minima,
    motion_at,
    seen_times,
    series_at,
    whole_cycles,
)
from myopinn.dataset.problem import CYCLE_FRAMES
from myopinn.errors import TrialError
from myopinn.files.layouts.dataset import DATASET, SEEN, SEEN_ENVELOPE
from myopinn.files.layouts.envelopes import ENVELOPES, SHARE_OF_MAXIMUM
from myopinn.files.layouts.events import EVENTS
from myopinn.files.layouts.force_intervals import read_force_intervals
from myopinn.files.layouts.joint_motion import FILTERED_ANGLES, JOINT_ANGLES, JOINT_MOMENTS
from myopinn.files.layouts.muscle_solution import ACTIVATION, MUSCLE_FORCE, RESERVE
from myopinn.files.layouts.quality import write_quality
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.files.trial_series import read_columns, read_past_envelopes
from myopinn.records.quality import QualityLog
from myopinn.signals.filters import followed_motion, held_at

if TYPE_CHECKING:
    import xarray as xr


def build_dataset(
    *,
    signals: str | Path,
    inverse_kinematics: str | Path,
    inverse_dynamics: str | Path,
    muscle_forces: str | Path,
    trials: Sequence[Mapping[str, Any]],
    recording: str,
    subject: str,
    settings: Mapping[str, Any],
    dataset: str | Path,
    quality: str | Path,
) -> None:
    """Write the dataset of one person from the folders of the steps before.

    Parameters
    ----------
    signals, inverse_kinematics, inverse_dynamics, muscle_forces : path
        The person's folders; a trial is used if all of its files are there.
    trials : sequence of mapping
        The person's trials (see :class:`myopinn.records.trials.Trial`).
    settings : mapping
        ``cycle`` (how cycles or pieces are found), ``channels``, ``coordinates`` and ``muscles``.
    dataset, quality : path
        Outputs. A person without a usable cycle gets a dataset of zero cycles.
    """
    log = QualityLog(recording, subject, "build_dataset")
    cut: list[tuple[Mapping[str, Any], dict[str, np.ndarray]]] = []
    for trial in trials:
        name = trial["name"]
        if trial["kind"] != "dynamic" or not MUSCLE_FORCE.path(muscle_forces, name).exists():
            continue
        with log.guard(name, session=trial["session"]):
            series = read_trial(
                Path(signals), Path(inverse_dynamics), Path(muscle_forces), name, settings
            )
            session = trial["session"]
            if settings["cycle"]["from"] == "clock":
                bounds = find_pieces(series, Path(signals) / name, settings, log, name, session)
                seen = read_seen(Path(signals), Path(inverse_kinematics), name, settings)
            else:
                bounds, seen = find_cycles(series, Path(signals) / name, settings, name), {}
            log.measure(name, "cycles", len(bounds), "", session=session, at_least=1)
            for start, end in bounds:
                shown = _seen_from(seen, start, settings["cycle"]) if seen else {}
                cut.append((trial, cut_cycle(series, start, end) | shown))
    whose = {"recording": recording, "subject": subject}
    write_netcdf(_assemble(cut, Path(signals), trials, settings, whose), dataset, DATASET)
    write_quality(log, quality)


def read_trial(
    signals: Path,
    inverse_dynamics: Path,
    muscle_forces: Path,
    name: str,
    settings: Mapping[str, Any],
) -> dict[str, np.ndarray]:
    """Read all series of a trial on the times of its muscle forces.

    Returns
    -------
    dict
        ``time_s`` of shape (time,) and each of :data:`PER_FRAME` of shape (time, name), SI units.

    Raises
    ------
    TrialError
        Where a coordinate, muscle or channel of the settings is missing.
    """
    coordinates, muscles = list(settings["coordinates"]), list(settings["muscles"])
    force = read_columns(MUSCLE_FORCE.path(muscle_forces, name), muscles)
    time = force["time_s"]
    motion = read_columns(FILTERED_ANGLES.path(inverse_dynamics, name), coordinates)
    angle, velocity, acceleration = motion_at(time, motion["time_s"], motion["values"])
    moments = [f"{c}_moment" for c in coordinates]
    moment = read_columns(JOINT_MOMENTS.path(inverse_dynamics, name), moments)
    activation = read_columns(ACTIVATION.path(muscle_forces, name), muscles)
    reserve = read_columns(RESERVE.path(muscle_forces, name), coordinates)
    envelopes = read_netcdf(signals / name / "envelopes.nc", ENVELOPES)
    missing = set(settings["channels"]) - set(envelopes["channel"].values)
    if missing:
        raise TrialError(
            f"no EMG channel for {sorted(missing)}.",
            file=signals / name / "envelopes.nc",
            remedy="name the channels of 'signals: emg: channels' in 'dataset: channels'.",
        )
    envelope = envelopes["envelope"].sel(channel=list(settings["channels"]))
    return {
        "time_s": time,
        "envelope": series_at(time, envelope["time_s"].values, envelope.values, "envelope"),
        "joint_angle": angle,
        "joint_velocity": velocity,
        "joint_acceleration": acceleration,
        "joint_moment": series_at(time, moment["time_s"], moment["values"], "joint_moment"),
        "muscle_force": force["values"],
        "activation": series_at(time, activation["time_s"], activation["values"], "activation"),
        "reserve_moment": series_at(time, reserve["time_s"], reserve["values"], "reserve_moment"),
    }


def find_cycles(
    series: Mapping[str, np.ndarray], folder: Path, settings: Mapping[str, Any], trial: str
) -> list[tuple[float, float]]:
    """Find the start and end of each whole cycle of a trial, in s.

    ``from: events`` cuts at successive foot strikes of ``side``, as long as every contact of that
    foot is measured and forces are known throughout; ``from: coordinate`` cuts at successive
    minima of a joint angle that are at least ``prominence_deg`` deep.

    Raises
    ------
    TrialError
        Where there is no whole cycle.
    """
    time, cycle = series["time_s"], settings["cycle"]
    if cycle["from"] == "events":
        measured = read_force_intervals(folder / "force_intervals.csv", cycle["side"]).tolist()
        table = EVENTS.read(folder / "events.csv")
        strikes = table[(table["side"] == cycle["side"]) & (table["event"] == "foot_strike")]
        marks = np.sort(strikes["time_s"].to_numpy(dtype=float))
    else:
        column = list(settings["coordinates"]).index(cycle["coordinate"])
        marks = minima(time, series["joint_angle"][:, column], cycle["prominence_deg"])
        measured = [(time[0], time[-1])]
    found = whole_cycles(time, marks, measured, cycle["min_s"], cycle["max_s"])
    if not found:
        raise TrialError(
            f"no whole cycle of {cycle['min_s']:g} to {cycle['max_s']:g} s between "
            f"{time[0]:.2f} and {time[-1]:.2f} s; marks at {np.round(marks, 2).tolist()} s, "
            f"measured {[(round(float(a), 2), round(float(b), 2)) for a, b in measured]} s.",
            file=folder,
            trial=trial,
            remedy="check the events, and that each contact of the foot is on a plate.",
        )
    return found


def find_pieces(
    series: Mapping[str, np.ndarray],
    folder: Path,
    settings: Mapping[str, Any],
    log: QualityLog,
    trial: str,
    session: str,
) -> list[tuple[float, float]]:
    """Find the start and end of each piece of a trial on a fixed clock, in s.

    Where a ``side`` is named, in the intervals in which the forces on that foot are known. Frames
    that fill no piece are recorded.

    Raises
    ------
    TrialError
        Where there is no piece.
    """
    time, clock = series["time_s"], settings["cycle"]
    measured = [(float(time[0]), float(time[-1]))]
    if clock.get("side"):
        measured = read_force_intervals(folder / "force_intervals.csv", clock["side"]).tolist()
    pieces, left = clock_pieces(time, measured, clock["rate_hz"])
    log.measure(trial, "frames_in_no_piece", left, "", session=session)
    if not pieces:
        raise TrialError(
            f"no piece of {CYCLE_FRAMES / clock['rate_hz']:g} s between {time[0]:.2f} and "
            f"{time[-1]:.2f} s; measured "
            f"{[(round(float(a), 2), round(float(b), 2)) for a, b in measured]} s.",
            file=folder,
            trial=trial,
            remedy="record longer trials, or raise 'dataset: cycle: rate_hz'.",
        )
    return pieces


def read_seen(
    signals: Path, inverse_kinematics: Path, name: str, settings: Mapping[str, Any]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Read what is seen of a trial: nothing in it knows of a later sample.

    Returns
    -------
    dict
        Times, s, and values (time, name) of each of
        :data:`myopinn.files.layouts.dataset.SEEN`.

    Raises
    ------
    TrialError
        Where the envelopes are such as others have made.
    """
    own = read_past_envelopes(signals / name / "envelopes.nc", settings["channels"])
    angles = read_columns(JOINT_ANGLES.path(inverse_kinematics, name), settings["coordinates"])
    time, cutoff_hz = angles["time_s"], settings["cycle"]["motion_lowpass_hz"]
    rate_hz = (len(time) - 1) / (time[-1] - time[0])
    motion = followed_motion(angles["values"], rate_hz, cutoff_hz)
    return dict(zip(SEEN, (own, *((time, values) for values in motion)), strict=True))


def _seen_from(
    seen: Mapping[str, tuple[np.ndarray, np.ndarray]], start: float, clock: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """Take what is seen with a piece, shape (seen frame, name); the first sample before a trial."""
    times = seen_times(start, clock["rate_hz"], round(clock["lead_s"] * clock["rate_hz"]))
    return {key: held_at(times, *values) for key, values in seen.items()}


def _assemble(
    cut: Sequence[tuple[Mapping[str, Any], Mapping[str, np.ndarray]]],
    signals: Path,
    trials: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    whose: Mapping[str, str],
) -> xr.Dataset:
    names = {
        "channel": list(settings["channels"]),
        "coordinate": list(settings["coordinates"]),
        "muscle": list(settings["muscles"]),
    }
    sessions = sorted({t["session"] for t in trials})
    variables: dict[str, np.ndarray] = {}
    clock, frames = settings["cycle"], dict.fromkeys((*PER_FRAME, "time_s"), CYCLE_FRAMES)
    if clock["from"] == "clock":
        lead = round(clock["lead_s"] * clock["rate_hz"])
        frames |= dict.fromkeys(SEEN, lead + CYCLE_FRAMES)
    for key, length in frames.items():
        dims = DATASET.variables[key].dims
        shape = (len(cut), length, *(len(names[d]) for d in dims[2:]))
        variables[key] = np.array([c[key] for _, c in cut], dtype=float).reshape(shape)
    unit = _envelope_unit(signals, [t["name"] for t, _ in cut])
    variables["mvc_envelope"] = _mvc(signals, trials, sessions, names["channel"])
    if unit == SHARE_OF_MAXIMUM:
        variables["mvc_envelope"] = np.ones((len(sessions), len(names["channel"])))
    coordinates: dict[str, Any] = {
        "trial": np.array([t["name"] for t, _ in cut], dtype=object),
        "trial_session": np.array([t["session"] for t, _ in cut], dtype=object),
        "condition": np.array([t["condition"] for t, _ in cut], dtype=object),
        "load_kg": np.array([t["load_kg"] for t, _ in cut], dtype=float),
        "session": np.array(sessions, dtype=object),
        **{key: np.array(value, dtype=object) for key, value in names.items()},
    }
    units = dict.fromkeys(("envelope", "mvc_envelope", SEEN_ENVELOPE), unit)
    return DATASET.build(variables, coordinates, whose, units)


def _envelope_unit(signals: Path, names: Sequence[str]) -> str:
    """Give the unit of a person's envelopes, which is one of the recording; V without a trial."""
    for name in names:
        envelope = read_netcdf(signals / name / "envelopes.nc", ENVELOPES)["envelope"]
        return str(envelope.attrs["units"])
    return ENVELOPES.variables["envelope"].units


def _mvc(
    signals: Path,
    trials: Sequence[Mapping[str, Any]],
    sessions: Sequence[str],
    channels: Sequence[str],
) -> np.ndarray:
    """Largest envelope of each session's maximal contractions, shape (session, channel), V."""
    largest = np.full((len(sessions), len(channels)), np.nan)
    for trial in trials:
        path = signals / trial["name"] / "envelopes.nc"
        if trial["kind"] != "mvc" or not path.exists():
            continue
        values = read_netcdf(path, ENVELOPES)["envelope"].sel(channel=list(channels)).values
        row = sessions.index(trial["session"])
        largest[row] = np.fmax(largest[row], values.max(axis=0))
    return largest
