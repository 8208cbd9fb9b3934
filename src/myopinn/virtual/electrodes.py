"""Surface electrodes: raw EMG of muscles whose excitation is known.

A muscle's EMG is noise of the spectrum that surface EMG has, as strong as the muscle is excited. An
electrode sees its own muscle most and its neighbours a little, and adds noise, mains hum and
artefacts of motion. Put back in another session, it has another gain, noise and cross-talk, and
lies a little aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class ElectrodeSettings:
    """What a laboratory's EMG is like.

    Attributes
    ----------
    rate_hz : float
    amplitude_v : float
        Root mean square of a fully excited muscle's EMG, on average over electrodes.
    noise_v : float
        Root mean square of the amplifier's and skin's noise.
    cross_talk : float
        Share of the next muscle's EMG in an electrode's signal.
    mains_hz, mains_v : float
        Frequency and amplitude of the hum.
    artefact_v : float
        Root mean square of the motion artefact at its strongest.
    """

    rate_hz: float = 2000.0
    amplitude_v: float = 5e-4
    noise_v: float = 4e-6
    cross_talk: float = 0.05
    mains_hz: float = 50.0
    mains_v: float = 2e-6
    artefact_v: float = 1e-5


@dataclass(frozen=True)
class Electrodes:
    """The electrodes of one person in one session.

    Attributes
    ----------
    gain_v : array, shape (channel,)
        Root mean square of each muscle's EMG at full excitation.
    mixing : array, shape (channel, muscle)
        Share of each muscle in each channel, 1 for its own.
    noise_v : array, shape (channel,)
    band_hz : array, shape (channel, 2)
        Corner frequencies of each muscle's spectrum.
    """

    gain_v: np.ndarray
    mixing: np.ndarray
    noise_v: np.ndarray
    band_hz: np.ndarray


# Spread (standard deviation of the logarithm) between people and between sessions of a person.
# ASSUME: skin and fat make a person's EMG strong or weak; a place a few millimetres off changes it
# by a fifth.
PERSON_GAIN_SPREAD = 0.35
SESSION_GAIN_SPREAD = 0.20
NOISE_SPREAD = 0.25
CROSS_TALK_SPREAD = 0.30
# Corner frequencies of the spectrum, Hz, and the spread of their logarithm between muscles.
BAND_HZ = (55.0, 130.0)
BAND_SPREAD = 0.10
ARTEFACT_HZ = 8.0
# Until the filters that shape noise have forgotten how they started.
SETTLING_S = 0.5


def place_electrodes(
    count: int,
    order: Sequence[int],
    settings: ElectrodeSettings,
    person_rng: np.random.Generator,
    session_rng: np.random.Generator,
    *,
    shift: Sequence[float] | None = None,
) -> Electrodes:
    """Put electrodes on a person's muscles.

    Parameters
    ----------
    count : int
        Number of muscles, one electrode each.
    order : sequence of int
        The muscles as they lie around the limb, the last beside the first.
    person_rng : Generator
        Seeded by the person: gives the same person in every session.
    session_rng : Generator
        Seeded by the session.
    shift : sequence of float
        How far each electrode is put from its place, by the way to the next muscle along ``order``;
        nowhere where it is not given.
    """
    import numpy as np

    own = PERSON_GAIN_SPREAD * person_rng.standard_normal(count)
    band = BAND_SPREAD * person_rng.standard_normal((count, 2))
    put = SESSION_GAIN_SPREAD * session_rng.standard_normal(count)
    ring = np.argsort(np.asarray(order))
    apart = np.abs(ring[:, None] - ring[None, :])
    apart = np.minimum(apart, count - apart)
    # ASSUME: cross-talk falls to a third from one muscle to the next.
    decay = 3.0 ** (1.0 - apart)
    varied = np.exp(CROSS_TALK_SPREAD * session_rng.standard_normal((count, count)))
    mixing = np.where(apart == 0, 1.0, settings.cross_talk * decay * varied)
    if shift is not None:
        mixing = mixing * put_aside(ring, np.asarray(shift), settings.cross_talk)
    return Electrodes(
        gain_v=settings.amplitude_v * np.exp(own + put),
        mixing=mixing,
        noise_v=settings.noise_v * np.exp(NOISE_SPREAD * session_rng.standard_normal(count)),
        band_hz=np.array(BAND_HZ) * np.exp(band),
    )


# Cross-talk below which an electrode is not thought to lose its own muscle any faster.
_LEAST_CROSS_TALK = 0.02


def put_aside(ring: np.ndarray, shift: np.ndarray, cross_talk: float) -> np.ndarray:
    """Give the factors by which an electrode sees each muscle after it was put aside.

    ASSUME: up to the next muscle the sight of a muscle falls as a Gaussian of the distance, to the
    cross-talk; beyond it, to a third with each further muscle, as it does without a shift.

    Parameters
    ----------
    ring : array, shape (muscle,)
        Place of each muscle around the limb.
    shift : array, shape (channel,)
        By the way to the next muscle, positive towards higher places.
    cross_talk : float

    Returns
    -------
    array, shape (channel, muscle)
    """
    import numpy as np

    count, fall = len(ring), -np.log(max(cross_talk, _LEAST_CROSS_TALK))

    def sight(place: np.ndarray) -> np.ndarray:
        way = (ring[None, :] - place[:, None]) % count
        way = np.minimum(way, count - way)
        near: np.ndarray = np.exp(-fall * np.minimum(way, 1.0) ** 2)
        return near * 3.0 ** -np.maximum(way - 1.0, 0.0)

    factor: np.ndarray = sight(ring + shift) / sight(ring)
    return factor


def record_emg(
    time_s: np.ndarray,
    excitation: np.ndarray,
    motion: np.ndarray,
    samples: int,
    electrodes: Electrodes,
    settings: ElectrodeSettings,
    rng: np.random.Generator,
    *,
    pace: np.ndarray | None = None,
) -> np.ndarray:
    """Record raw EMG from time 0 on.

    Parameters
    ----------
    time_s : array, shape (time,)
        Times of the next two.
    excitation : array, shape (time, muscle)
        Or the amplitude that follows from it, 1 at the most.
    motion : array, shape (time,)
        How fast the limb moves, 0 to 1, which scales the artefacts.
    samples : int
        Number of samples to record.
    pace : array, shape (time, muscle)
        By how much the frequencies of each muscle's EMG are those of its spectrum; they are where
        it is not given.

    Returns
    -------
    array, shape (samples, channel), V
    """
    import numpy as np

    count = excitation.shape[1]
    time = np.arange(samples) / settings.rate_hz
    drive = np.stack([np.interp(time, time_s, excitation[:, k]) for k in range(count)], axis=1)
    carrier = np.stack(
        [
            interference(samples, settings.rate_hz, low, high, rng)
            if pace is None
            else paced_interference(
                np.interp(time, time_s, pace[:, k]), settings.rate_hz, low, high, rng
            )
            for k, (low, high) in enumerate(electrodes.band_hz)
        ],
        axis=1,
    )
    # An electrode's gain holds for its neighbours' signals as well.
    emg = ((drive * carrier) @ electrodes.mixing.T) * electrodes.gain_v
    emg += electrodes.noise_v * rng.standard_normal(emg.shape)
    phase = rng.uniform(0, 2 * np.pi, (2, count))
    strength = settings.mains_v * rng.uniform(0.5, 1.5, (2, count)) * np.array([[1.0], [0.3]])
    for k, harmonic in enumerate((1, 3)):
        angle = 2 * np.pi * harmonic * settings.mains_hz * time[:, None]
        emg += strength[k] * np.sin(angle + phase[k])
    return emg + _artefacts(np.interp(time, time_s, motion), count, settings, rng)


def interference(
    samples: int, rate_hz: float, low_hz: float, high_hz: float, rng: np.random.Generator
) -> np.ndarray:
    """Make an interference pattern of unit variance, shape (samples,).

    Gaussian noise of the power spectrum ``f^2 / ((f^2 + low^2) (f^2 + high^2)^2)`` of Stulen and De
    Luca 1981, doi:10.1109/TBME.1981.324738: one high-pass and two low-pass filters of first order.
    """
    from scipy.signal import butter, sosfilt

    lead = round(SETTLING_S * rate_hz)
    noise = rng.standard_normal(samples + lead)
    noise = sosfilt(butter(1, low_hz, "high", fs=rate_hz, output="sos"), noise)
    for _ in range(2):
        noise = sosfilt(butter(1, high_hz, "low", fs=rate_hz, output="sos"), noise)
    return noise[lead:] / noise.std()


def paced_interference(
    pace: np.ndarray, rate_hz: float, low_hz: float, high_hz: float, rng: np.random.Generator
) -> np.ndarray:
    """Make an interference pattern whose frequencies change with time, shape (samples,).

    Potentials that travel faster are shorter: the same pattern, read faster or slower (Stulen, De
    Luca 1981: the spectrum's frequencies are in proportion to the conduction velocity).

    Parameters
    ----------
    pace : array, shape (samples,)
        How fast to read it, 1 for the spectrum of :func:`interference`.
    """
    import numpy as np
    from scipy.interpolate import CubicSpline

    read = np.cumsum(pace) - pace[0]
    steady = interference(int(np.ceil(read[-1])) + 2, rate_hz, low_hz, high_hz, rng)
    found: np.ndarray = CubicSpline(np.arange(len(steady)), steady)(read)
    return found


def _artefacts(
    motion: np.ndarray, count: int, settings: ElectrodeSettings, rng: np.random.Generator
) -> np.ndarray:
    """Make slow swings of the skin's potential that come and go with the motion."""
    from scipy.signal import butter, sosfilt

    lead = round(SETTLING_S * settings.rate_hz)
    slow = butter(4, ARTEFACT_HZ, "low", fs=settings.rate_hz, output="sos")
    swings = sosfilt(slow, rng.standard_normal((len(motion) + lead, count)), axis=0)[lead:]
    return settings.artefact_v * motion[:, None] * swings / swings.std(axis=0)
