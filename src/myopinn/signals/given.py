"""The signals of processed recordings: envelopes, ground forces and events as they are given.

Nothing is filtered here: what is given is taken as it is, cut to the trial, and held to bounds.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.files.layouts.envelopes import ENVELOPES, SHARE_OF_MAXIMUM
from myopinn.files.layouts.quality import write_quality
from myopinn.files.netcdf import write_netcdf
from myopinn.files.processed import (
    ENVELOPES_FILE,
    GROUND_FORCES_FILE,
    MOMENTS_FILE,
    cut_stretch,
    read_recording,
)
from myopinn.files.tables import write_table
from myopinn.formats.opensim_files import write_storage
from myopinn.formats.whole import whole_directory, whole_file
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.signals.contacts import SIDES
from myopinn.signals.envelope import amplitude_and_contrast, is_flat
from myopinn.signals.events import COLUMNS, OFF, STRIKE
from myopinn.signals.ground_forces import FORCE, POINT, TORQUE, write_external_loads
from myopinn.signals.units import voltage_in_volts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

STEP = "take_signals"
# About a moment that cannot be believed: what a low-pass at 6 Hz spreads it over.
_MARGIN_S = 0.1
# ASSUME: a foot that touches or leaves the ground does so for good within this time; what is
# shorter is noise about the threshold.
_SHORTEST_S = 0.1
_STANDARD_GRAVITY_M_S2 = 9.80665


def take_signals(
    *,
    recordings: str,
    trials: Sequence[Mapping[str, Any]],
    recording: str,
    subject: str,
    settings: Mapping[str, Any],
    signals: str,
) -> None:
    """Take the signals of all trials of a person; one that cannot be used is left out by name.

    Parameters
    ----------
    recordings : str
        Folder with the person's recordings, a folder of
        :data:`myopinn.files.processed.PROCESSED_FILES` each.
    trials : sequence of mappings
        The fields of :class:`myopinn.records.trials.Trial`.
    recording, subject : str
        Laboratory and person, for the quality record.
    settings : mapping
        ``emg``, ``ground_forces`` and ``events`` of the laboratory.
    signals : str
        Folder to write: ``quality.csv``, ``person.json`` and one folder per accepted trial, as
        :func:`myopinn.signals.convert.convert_signals` writes them but for markers.
    """
    log = QualityLog(recording, subject, STEP)
    masses = []
    with whole_directory(signals) as folder:
        for trial in (Trial(**dict(t)) for t in trials):
            source, place = Path(recordings) / trial.file, folder / trial.name
            if not source.is_dir():
                continue  # its laboratory has said why
            with log.guard(trial.name, session=trial.session, file=source):
                place.mkdir()
                try:
                    _take_envelopes(trial, source, settings["emg"], log, place)
                    if settings.get("ground_forces"):
                        masses.append(_take_ground_forces(trial, source, settings, log, place))
                except Exception:
                    shutil.rmtree(place)
                    raise
        mass_kg = float(sum(masses) / len(masses)) if masses else float("nan")
        with whole_file(folder / "person.json") as temporary:
            temporary.write_text(json.dumps({"mass_kg": mass_kg}) + "\n", encoding="utf-8")
        write_quality(log, folder / "quality.csv")


def _read(file: Path, trial: Trial) -> pd.DataFrame:
    """Read the trial's stretch of a file."""
    return cut_stretch(read_recording(file)[0], trial.start_s, trial.end_s, file)


def _take_envelopes(
    trial: Trial, source: Path, settings: Mapping[str, Any], log: QualityLog, place: Path
) -> None:
    """Write the envelopes of the configured channels, never negative."""
    import numpy as np

    file = source / ENVELOPES_FILE
    table = _read(file, trial)
    factor, unit = envelope_unit(settings)
    columns = []
    for channel, label in settings["channels"].items():
        if label not in table:
            raise TrialError(
                f"there is no column '{label}' for EMG channel '{channel}'; there are "
                f"{', '.join(map(str, table.columns))}.",
                file=file,
                remedy="correct the label in signals.emg.channels.",
            )
        values = factor * table[label].to_numpy(dtype=float)
        if is_flat(values):
            raise TrialError(
                f"EMG channel '{channel}' ('{label}') is flat.",
                file=file,
                remedy="leave the stretch or the channel out.",
            )
        # A filter's undershoot; an amplitude cannot be negative.
        negative = float(np.mean(values < 0))
        if negative:
            log.measure(
                trial.name, f"negative_share.{channel}", negative, "1", session=trial.session
            )
        values = np.maximum(values, 0.0)
        amplitude, contrast = amplitude_and_contrast(values)
        bound = settings.get("min_amplitude_v") if unit == "V" else None
        for quantity, value, measured_in, least in (
            (f"emg_amplitude.{channel}", amplitude, unit, bound),
            (f"emg_contrast.{channel}", contrast, "", settings.get("min_contrast")),
        ):
            log.measure(
                trial.name,
                quantity,
                value,
                measured_in,
                session=trial.session,
                at_least=least,
                remedy=f"look at column '{label}' of {file}.",
            )
        columns.append(values)
    envelopes = ENVELOPES.build(
        {"envelope": np.stack(columns, axis=1)},
        {"time_s": table.index.to_numpy(), "channel": list(settings["channels"])},
        {"state_in_file": "envelope"},
        {"envelope": unit},
    )
    write_netcdf(envelopes, place / "envelopes.nc", ENVELOPES)


def envelope_unit(settings: Mapping[str, Any]) -> tuple[float, str]:
    """Give the factor and the unit that envelopes are kept in: V, or a share of the largest one.

    Raises
    ------
    TrialError
        Where the unit of the settings is neither.
    """
    stated = str(settings.get("unit", ""))
    if stated == SHARE_OF_MAXIMUM:
        return 1.0, SHARE_OF_MAXIMUM
    factor = voltage_in_volts(stated)
    if factor is None:
        raise TrialError(
            f"signals.emg.unit is '{stated}', which is no unit of an envelope.",
            remedy='say V, mV or uV, or "1" for envelopes that are shares of a largest one.',
        )
    return factor, "V"


def _take_ground_forces(
    trial: Trial, source: Path, settings: Mapping[str, Any], log: QualityLog, place: Path
) -> float:
    """Write ground forces, events and the intervals in which moments can be believed.

    Returns
    -------
    float
        The mass that the forces carry on average, kg: the person's, walking at an even pace.
    """
    own, file = settings["ground_forces"], source / GROUND_FORCES_FILE
    table = _read(file, trial)
    time_s = table.index.to_numpy()
    columns: dict[str, np.ndarray] = {}
    for side, foot in own["feet"].items():
        for kind, name in (("force", FORCE), ("point", POINT), ("torque", TORQUE)):
            for axis in "xyz":
                label = foot[kind] + axis
                if label not in table:
                    raise TrialError(
                        f"there is no column '{label}'; there are "
                        f"{', '.join(map(str, table.columns))}.",
                        file=file,
                        remedy=f"correct signals.ground_forces.feet.{side}.{kind}.",
                    )
                columns[name.format(side) + axis] = table[label].to_numpy(dtype=float)
    write_storage(
        place / "ground_forces.mot", time_s, columns, in_degrees=True, title="ground forces"
    )
    write_external_loads(place / "external_loads.xml", "ground_forces.mot", own["feet"])
    vertical = {side: columns[FORCE.format(side) + "y"] for side in own["feet"]}
    for side, force in vertical.items():
        log.measure(
            trial.name, f"peak_ground_force_{side}", float(force.max()), "N", session=trial.session
        )
    if settings.get("events"):
        events = force_events(time_s, vertical, float(own["threshold_n"]))
        write_table(events, place / "events.csv")
    spans = believed(time_s, _residual(source, trial, own), own.get("max_residual_n"))
    _write_intervals(spans, list(own["feet"]), place)
    share = sum(b - a for a, b in spans) / (time_s[-1] - time_s[0])
    log.measure(trial.name, "believed_share", share, "1", session=trial.session)
    return sum(float(force.mean()) for force in vertical.values()) / _STANDARD_GRAVITY_M_S2


def force_events(
    time_s: np.ndarray, vertical: Mapping[str, np.ndarray], threshold_n: float
) -> pd.DataFrame:
    """Find when each foot's vertical force goes over the threshold and under it.

    Parameters
    ----------
    time_s : array, shape (frame,), s
    vertical : mapping of side to array, shape (frame,), N
    threshold_n : float

    Returns
    -------
    DataFrame
        As :func:`myopinn.signals.events.gait_events` gives it.
    """
    import numpy as np
    import pandas as pd

    rows = []
    for side, force in vertical.items():
        loaded = force > threshold_n
        changes = np.flatnonzero(np.diff(loaded.astype(int))) + 1
        kept: list[int] = []
        for change in changes:
            if kept and time_s[change] - time_s[kept[-1]] < _SHORTEST_S:
                # There and back at once: neither is an event.
                kept.pop()
            else:
                kept.append(int(change))
        rows += [
            (float(time_s[k]), side, STRIKE if loaded[k] else OFF, "ground force") for k in kept
        ]
    return pd.DataFrame(sorted(rows), columns=list(COLUMNS))


def _residual(source: Path, trial: Trial, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Read the forces that the given moments leave at the model's base, N, one column each."""
    names = list(settings.get("residual_forces", ()))
    table = _read(source / MOMENTS_FILE, trial)
    missing = [name for name in names if name not in table]
    if missing:
        raise TrialError(
            f"there is no column {', '.join(missing)}.",
            file=source / MOMENTS_FILE,
            remedy="correct signals.ground_forces.residual_forces.",
        )
    return table[names]


def believed(
    time_s: np.ndarray, residual: pd.DataFrame, max_residual_n: float | None
) -> list[tuple[float, float]]:
    """Give the intervals in which no residual force is over its bound.

    A jump of the joint angles, such as a marker that was lost makes, shows as a force on the base
    that nothing exerts; what a low-pass filter spreads of it is left out with it.

    Parameters
    ----------
    time_s : array, shape (frame,), s
        Of the trial.
    residual : DataFrame, index time in s, N
    max_residual_n : float or None
        None believes everything.
    """
    import numpy as np

    start, end = float(time_s[0]), float(time_s[-1])
    if max_residual_n is None or residual.empty or not len(residual.columns):
        return [(start, end)]
    over = np.abs(residual.to_numpy()).max(axis=1) > max_residual_n
    spans, left = [], start
    for at in residual.index.to_numpy()[over]:
        if at - _MARGIN_S > left:
            spans.append((left, float(at - _MARGIN_S)))
        left = max(left, float(at + _MARGIN_S))
    if left < end:
        spans.append((left, end))
    return spans


def _write_intervals(
    spans: Sequence[tuple[float, float]], sides: Sequence[str], place: Path
) -> None:
    import pandas as pd

    names = [*sides, *(["both"] if set(sides) == set(SIDES) else [])]
    rows = [(name, *span) for name in names for span in spans]
    write_table(
        pd.DataFrame(rows, columns=["side", "start_s", "end_s"]), place / "force_intervals.csv"
    )
