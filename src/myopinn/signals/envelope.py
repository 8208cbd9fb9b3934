"""From an EMG channel to its envelope at the kinematics' times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.signals.c3d import Recording, find_label
from myopinn.signals.filters import (
    band_pass,
    band_pass_forwards,
    held_at,
    low_pass,
    low_pass_forwards,
)
from myopinn.signals.units import voltage_in_volts

if TYPE_CHECKING:
    import numpy as np

    from myopinn.records.quality import QualityLog

LOWPASS_HZ = 6.0
STATES = ("raw", "band_passed", "envelope")
# The upper edge stays clear of half the sampling rate, where no filter is defined.
_NYQUIST_SHARE = 0.95
# ASSUME: an amplifier that works never stands at one value for this share of a trial on end.
_FLAT_SHARE = 0.5


def emg_envelope(
    emg: np.ndarray,
    rate_hz: float,
    *,
    state: str,
    band_hz: tuple[float, float] = (20.0, 450.0),
    lowpass_hz: float = LOWPASS_HZ,
    forwards: bool = False,
) -> np.ndarray:
    """Return the envelope of an EMG record, doing only what was not yet done to it.

    ``raw``: band-pass, full-wave rectification, low-pass; ``band_passed``: rectification and
    low-pass; ``envelope``: nothing. Second-order Butterworth filters run forward and backward, so
    without delay; or forwards alone, so that no sample knows of a later one: the low-pass at 6 Hz
    makes the envelope 38 ms late, and the band-pass adds a few. Band 20-450 Hz and 6 Hz as in Zhang
    et al. 2023, arXiv 2207.01435. The gain for Gaussian EMG is the mean of its rectified value,
    sqrt(2/pi) of its standard deviation.

    Parameters
    ----------
    emg : array, shape (sample, ...), V
    rate_hz : float
    band_hz : (float, float)
        The upper edge is lowered to 0.95 of half the sampling rate where it lies above.
    forwards : bool

    Returns
    -------
    array, shape of ``emg``, V, never negative

    Raises
    ------
    ConfigError
        Where the state is unknown.
    TrialError
        Where the sampling rate leaves nothing of the band.
    """
    import numpy as np

    if state not in STATES:
        raise ConfigError(f"emg.state is '{state}'; it must be one of {', '.join(STATES)}.")
    if state == "envelope":
        return np.asarray(emg, dtype=float)
    if state == "raw":
        low, high = band_hz[0], min(band_hz[1], _NYQUIST_SHARE * rate_hz / 2)
        if low >= high:
            raise TrialError(
                f"EMG sampled at {rate_hz:g} Hz holds nothing above the band's lower edge of "
                f"{low:g} Hz.",
                remedy="set emg.state to envelope if that is what the file holds.",
            )
        emg = (band_pass_forwards if forwards else band_pass)(emg, rate_hz, low, high)
    # The filter's ringing can dip below zero beside a burst; an amplitude cannot.
    smoothed = (smooth_forwards if forwards else smooth)(np.abs(emg), rate_hz, lowpass_hz)
    return np.maximum(smoothed, 0.0)


def smooth(values: np.ndarray, rate_hz: float, lowpass_hz: float = LOWPASS_HZ) -> np.ndarray:
    """Low-pass as envelopes are, so that what is held against them neither leads nor lags.

    Parameters
    ----------
    values : array, shape (sample, ...)

    Returns
    -------
    array, shape of ``values``
    """
    return low_pass(values, rate_hz, lowpass_hz, order=2, padtype="even")


def smooth_forwards(
    values: np.ndarray, rate_hz: float, lowpass_hz: float = LOWPASS_HZ
) -> np.ndarray:
    """Low-pass as envelopes are that know of no later sample.

    Parameters
    ----------
    values : array, shape (sample, ...)

    Returns
    -------
    array, shape of ``values``
    """
    return low_pass_forwards(values, rate_hz, lowpass_hz)


def trial_envelopes(
    recording: Recording,
    time_s: np.ndarray,
    settings: Mapping[str, Any],
    log: QualityLog,
    trial: str,
    session: str,
) -> np.ndarray:
    """Return the envelopes of a trial's channels at the kinematics' times.

    Parameters
    ----------
    time_s : array, shape (frame,), s from the first frame of the file
    settings : mapping
        ``channels``: name to label in the file; ``state``, ``band_hz``, ``lowpass_hz``; ``unit``
        where the file states none; ``min_amplitude_v`` and ``min_contrast`` bound the quality.

    Returns
    -------
    array, shape (frame, channel), V

    Raises
    ------
    TrialError
        Naming the channel that is missing, flat, not finite, without unit, or outside its bounds.
    """
    import numpy as np

    rate = recording.analog_rate_hz
    sample_times = np.arange(len(recording.analogs)) / rate
    columns = []
    for channel, label in settings["channels"].items():
        volts = channel_volts(recording, channel, label, settings.get("unit"))
        envelope = emg_envelope(volts, rate, **_filters(settings))
        remedy = f"look at the electrode of channel '{label}' in {recording.file}."
        measure_envelope(log, trial, session, channel, envelope, "V", settings, remedy)
        columns.append(np.interp(time_s, sample_times, envelope))
    return np.stack(columns, axis=1)


def past_envelopes(
    recording: Recording, time_s: np.ndarray, settings: Mapping[str, Any]
) -> np.ndarray | None:
    """Return what can be known by each time of a trial's envelopes.

    Parameters
    ----------
    time_s, settings
        As :func:`trial_envelopes` has them.

    Returns
    -------
    array, shape (frame, channel), V, or None
        By filters that run forwards alone; None where the file has envelopes, of which nobody
        knows how far they look ahead.
    """
    import numpy as np

    if settings["state"] == "envelope":
        return None
    rate = recording.analog_rate_hz
    sample_times = np.arange(len(recording.analogs)) / rate
    columns = []
    for channel, label in settings["channels"].items():
        volts = channel_volts(recording, channel, label, settings.get("unit"))
        envelope = emg_envelope(volts, rate, **_filters(settings), forwards=True)
        columns.append(held_at(time_s, sample_times, envelope))
    return np.stack(columns, axis=1)


def _filters(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Take from the settings how envelopes are filtered."""
    return {
        "state": settings["state"],
        "band_hz": tuple(settings.get("band_hz", (20.0, 450.0))),
        "lowpass_hz": float(settings.get("lowpass_hz", LOWPASS_HZ)),
    }


def measure_envelope(
    log: QualityLog,
    trial: str,
    session: str,
    channel: str,
    envelope: np.ndarray,
    unit: str,
    settings: Mapping[str, Any],
    remedy: str,
) -> None:
    """Record how large a channel's envelope is and how much it changes, and hold both to bounds.

    Raises
    ------
    TrialError
        Where ``min_amplitude_v``, of an envelope in V, or ``min_contrast`` is not met.
    """
    amplitude, contrast = amplitude_and_contrast(envelope)
    least = settings.get("min_amplitude_v") if unit == "V" else None
    for quantity, value, measured_in, bound in (
        (f"emg_amplitude.{channel}", amplitude, unit, least),
        (f"emg_contrast.{channel}", contrast, "", settings.get("min_contrast")),
    ):
        log.measure(
            trial, quantity, value, measured_in, session=session, at_least=bound, remedy=remedy
        )


def channel_volts(
    recording: Recording, channel: str, label: str, unit: str | None = None
) -> np.ndarray:
    """Return one EMG channel in volts.

    Parameters
    ----------
    channel, label : str
        The study's name and the label in the file.
    unit : str, optional
        Used where the file states no unit.

    Returns
    -------
    array, shape (sample,), V

    Raises
    ------
    TrialError
        Where the label is missing, the unit is none of voltage, or the channel is flat or has
        values that are no numbers.
    """
    import numpy as np

    file = recording.file
    what = f"EMG channel '{channel}'"
    index = find_label(
        label,
        recording.analog_labels,
        what=what,
        file=file,
        remedy="correct the label in emg.channels, or record the channel.",
    )
    stated = recording.analog_units[index] or unit or ""
    factor = voltage_in_volts(stated)
    if factor is None:
        raise TrialError(
            f"{what} ('{label}') has the unit '{stated}', which is no unit of voltage.",
            remedy="export it with V, mV or uV, or set emg.unit where the file states none.",
            file=file,
        )
    volts = recording.analogs[:, index] * factor
    if not np.isfinite(volts).all():
        raise TrialError(
            f"{what} ('{label}') has {int((~np.isfinite(volts)).sum())} values that are no number.",
            remedy="export the trial again, or cut it where the channel was recorded.",
            file=file,
        )
    if is_flat(volts):
        raise TrialError(
            f"{what} ('{label}') is flat.",
            remedy="the electrode or its cable was off: leave the trial or the channel out.",
            file=file,
        )
    return volts


def is_flat(values: np.ndarray) -> bool:
    """Tell whether a channel stands still: at one value for half of the trial on end."""
    import numpy as np

    changes = np.flatnonzero(np.diff(values)) + 1
    edges = np.concatenate([[0], changes, [len(values)]])
    return len(values) < 2 or bool(np.diff(edges).max() > _FLAT_SHARE * len(values))


def amplitude_and_contrast(envelope: np.ndarray) -> tuple[float, float]:
    """Return how large an envelope is and how much it changes.

    Noise has an envelope too: of white noise in 20-450 Hz, smoothed at 6 Hz, the contrast is about
    0.15, of a muscle that works and rests it is above 0.5.

    Returns
    -------
    amplitude : float, V
        The 95th percentile.
    contrast : float, 0 to 1
        (p95 - p5) / (p95 + p5) of the percentiles.
    """
    import numpy as np

    low, high = np.percentile(envelope, [5, 95])
    total = high + low
    return float(high), float((high - low) / total) if total > 0 else 0.0
