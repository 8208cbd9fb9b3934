"""The signals of processed recordings: envelopes, ground forces and events as they are given.

Nothing is filtered here: what is given is taken as it is, and held to bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.formats.external_loads import FORCE, POINT, TORQUE
from myopinn.records.units import SHARE_OF_MAXIMUM
from myopinn.signals.contacts import SIDES
from myopinn.signals.envelope import is_flat, measure_envelope
from myopinn.signals.events import OFF, STRIKE, Event
from myopinn.signals.force_intervals import BOTH, Interval
from myopinn.signals.units import voltage_in_volts

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from myopinn.records.quality import QualityLog
    from myopinn.records.trials import Trial

# About a moment that cannot be believed: what a low-pass at 6 Hz spreads it over.
_MARGIN_S = 0.1
# ASSUME: a foot that touches or leaves the ground does so for good within this time; what is
# shorter is noise about the threshold.
_SHORTEST_S = 0.1
_STANDARD_GRAVITY_M_S2 = 9.80665


def given_envelopes(
    table: pd.DataFrame, trial: Trial, settings: Mapping[str, Any], log: QualityLog, file: Path
) -> tuple[np.ndarray, str]:
    """Give the envelopes of the configured channels, never negative, and their unit.

    Parameters
    ----------
    table : DataFrame
        Of the trial's envelopes, as they are given.
    settings : mapping
        ``channels``: name to label in the file; ``unit``; ``min_amplitude_v``, of an envelope in
        V, and ``min_contrast`` bound the quality.
    file : path
        Where the table comes from, for messages.

    Returns
    -------
    envelopes : array, shape (frame, channel)
    unit : str

    Raises
    ------
    TrialError
        Naming the channel that is missing, flat, or outside its bounds.
    """
    import numpy as np

    factor, unit = envelope_unit(settings)
    columns = []
    for channel, label in settings["channels"].items():
        remedy = "correct the label in signals.emg.channels."
        given = _column(table, label, f" for EMG channel '{channel}'", file, remedy)
        values = factor * given
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
        remedy = f"look at column '{label}' of {file}."
        measure_envelope(log, trial.name, trial.session, channel, values, unit, settings, remedy)
        columns.append(values)
    return np.stack(columns, axis=1), unit


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


def given_forces(
    table: pd.DataFrame, feet: Mapping[str, Mapping[str, Any]], file: Path
) -> dict[str, np.ndarray]:
    """Give the force on each foot, where it acts and the moment that it leaves, by OpenSim's names.

    Parameters
    ----------
    table : DataFrame
        Of the trial's ground forces, as they are given.
    feet : mapping of side to settings
        ``force``, ``point`` and ``torque``: what the labels in the file begin with.
    file : path
        Where the table comes from, for messages.

    Raises
    ------
    TrialError
        Naming the column that is missing.
    """
    columns: dict[str, np.ndarray] = {}
    for side, foot in feet.items():
        for kind, name in (("force", FORCE), ("point", POINT), ("torque", TORQUE)):
            for axis in "xyz":
                remedy = f"correct signals.ground_forces.feet.{side}.{kind}."
                given = _column(table, foot[kind] + axis, "", file, remedy)
                columns[name.format(side) + axis] = given
    return columns


def vertical_forces(
    columns: Mapping[str, np.ndarray], sides: Sequence[str]
) -> dict[str, np.ndarray]:
    """Give the vertical force on each foot, N, of what :func:`given_forces` gives."""
    return {side: columns[FORCE.format(side) + "y"] for side in sides}


def carried_mass(vertical: Mapping[str, np.ndarray]) -> float:
    """Give the mass that the forces carry on average, kg: the person's, at an even pace."""
    return sum(float(force.mean()) for force in vertical.values()) / _STANDARD_GRAVITY_M_S2


def _column(table: pd.DataFrame, label: str, use: str, file: Path, remedy: str) -> np.ndarray:
    if label not in table:
        raise TrialError(
            f"there is no column '{label}'{use}; there are {', '.join(map(str, table.columns))}.",
            file=file,
            remedy=remedy,
        )
    return table[label].to_numpy(dtype=float)


def force_events(
    time_s: np.ndarray, vertical: Mapping[str, np.ndarray], threshold_n: float
) -> list[Event]:
    """Find when each foot's vertical force goes over the threshold and under it.

    Parameters
    ----------
    time_s : array, shape (frame,), s
    vertical : mapping of side to array, shape (frame,), N
    threshold_n : float

    Returns
    -------
    list of Event
        In order of time.
    """
    import numpy as np

    events = []
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
        events += [
            Event(float(time_s[k]), side, STRIKE if loaded[k] else OFF, "ground force")
            for k in kept
        ]
    return sorted(events)


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


def believed_intervals(
    spans: Sequence[tuple[float, float]], sides: Sequence[str]
) -> list[Interval]:
    """Tell of each foot, and of both where there are two, when its forces are believed."""
    names = [*sides, *([BOTH] if set(sides) == set(SIDES) else [])]
    return [Interval(name, *span) for name in names for span in spans]
