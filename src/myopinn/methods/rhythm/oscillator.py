r"""An oscillator that takes on the frequency and the phase of what it sees.

A pool of phase oscillators at the multiples of one frequency adds up to what it expects of a signal
:math:`u`, and learns from the difference :math:`\epsilon = u - \hat u`:

.. math::

    \hat u &= \alpha_0 + \sum_i \alpha_i \sin\varphi_i, \\
    \dot\varphi_i &= i\,\omega + \nu_\varphi\,\frac{\epsilon}{\sum\alpha}\cos\varphi_i, \quad
    \dot\omega = \nu_\omega\,\frac{\epsilon}{\sum\alpha}\cos\varphi_1, \\
    \dot\alpha_i &= \eta\,\epsilon\sin\varphi_i, \quad \dot\alpha_0 = \eta\,\epsilon

Sources: Righetti, Buchli, Ijspeert 2006, doi 10.1016/j.physd.2006.02.009 (adaptive frequency);
Ronsse et al. 2011, doi 10.1007/s11517-011-0816-1 (the pool, for periodic human movement). The gains
are ours: near the signal's phase and frequency the mean error is half that of the phase, so
:math:`\nu_\varphi = 4 / \tau`, :math:`\nu_\omega = 2 / \tau^2` settle with a double time constant
:math:`\tau`, and :math:`\eta = 2 / \tau` with one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Of the sum of amplitudes by which an error is divided: the signal's SD. A smaller one makes gains
# large wherever no rhythm is heard, and the phase then follows whatever comes.
_LEAST_AMPLITUDE = 1.0
# Weight of "no oscillation" in the fit of the first phase, as a share of the frames that are seen.
_SHRINKAGE = 0.02
# Frequencies that are tried for the first, evenly between the slowest and the fastest on a log
# scale; at 25 within a factor of 2 they are 6 % apart, which the oscillator makes up in a cycle.
_TRIED = 25


@dataclass(frozen=True)
class Oscillator:
    """Where it starts, and how fast it learns.

    Attributes
    ----------
    start_hz : float
        Frequency of the first frame.
    settling_s : float
        Time constant of phase and frequency.
    harmonics : int
        Oscillators of the pool.
    max_factor : float
        How many times faster or slower than at first it may become.
    """

    start_hz: float
    settling_s: float = 1.0
    harmonics: int = 3
    max_factor: float = 2.0

    def follow(self, signal: np.ndarray, step_s: float, lead_frames: int) -> np.ndarray:
        """Follow signals and return the phase that each frame and those before it tell.

        Parameters
        ----------
        signal : array, shape (piece, frame)
            Of mean 0 and SD 1; pieces know nothing of each other.
        step_s : float
            Time between two frames, s.
        lead_frames : int
            How many frames come before the first whose phase is asked. It starts as the sinusoid
            that fits them best (:func:`_first_rhythm`), and the phases that are returned for them
            know all of them.

        Returns
        -------
        array, shape (piece, frame), rad, of the fundamental
        """
        start = 2 * np.pi * self.start_hz
        orders = np.arange(1, self.harmonics + 1)
        lead = signal[:, :lead_frames]
        omega, (offset, first, amplitude) = _first_rhythm(lead, start * step_s, self.max_factor)
        omega = omega / step_s
        phases = first[:, None] * orders
        amplitudes = amplitude[:, None] * (orders == 1)
        nu_phase, nu_omega, eta = 4 / self.settling_s, 2 / self.settling_s**2, 2 / self.settling_s
        found = np.empty(signal.shape)
        for frame in range(signal.shape[1]):
            expected = offset + (amplitudes * np.sin(phases)).sum(1)
            error = signal[:, frame] - expected
            drive = (error / np.maximum(amplitudes.sum(1), _LEAST_AMPLITUDE))[:, None]
            pull = drive * np.cos(phases)
            offset = offset + step_s * eta * error
            amplitudes = amplitudes + step_s * eta * error[:, None] * np.sin(phases)
            amplitudes = np.maximum(amplitudes, 0.0)
            omega = omega + step_s * nu_omega * pull[:, 0]
            omega = np.clip(omega, start / self.max_factor, start * self.max_factor)
            phases = phases + step_s * nu_phase * pull
            found[:, frame] = phases[:, 0]
            phases = phases + step_s * omega[:, None] * orders
        return found


def _first_rhythm(
    lead: np.ndarray, turn: float, max_factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Fit offset and one sinusoid to what is seen before.

    Its frequency is the one of training where less than a cycle of that is seen, or nothing moves;
    else whichever within the bounds leaves least.

    Parameters
    ----------
    lead : array, shape (piece, frame)
    turn : float
        By how much a rhythm of the training frequency turns in a frame, rad.
    max_factor : float
        See :class:`Oscillator`.

    Returns
    -------
    turns : array, shape (piece,)
        By how much each turns in a frame, rad.
    fitted : array, shape (3, piece)
        Offset, phase of the first frame in rad, amplitude.
    """
    turns, fitted = np.full(len(lead), turn), _fit_sinusoid(lead, turn)[0]
    if lead.shape[1] * turn < 2 * np.pi:
        return turns, fitted
    least = np.where(np.ptp(lead, axis=1) > 0, np.inf, -np.inf)
    for factor in max_factor ** np.linspace(-1, 1, _TRIED):
        other, left = _fit_sinusoid(lead, turn * factor)
        better = left < least
        least = np.where(better, left, least)
        turns, fitted = np.where(better, turn * factor, turns), np.where(better, other, fitted)
    return turns, fitted


def _fit_sinusoid(lead: np.ndarray, turn: float) -> tuple[np.ndarray, np.ndarray]:
    """Return offset, phase and amplitude, shape (3, piece), and the squares that are left."""
    at = turn * np.arange(lead.shape[1])
    waves = np.stack([np.ones(len(at)), np.sin(at), np.cos(at)], axis=1)
    normal = waves.T @ waves + (_SHRINKAGE * len(at) + 1e-9) * np.eye(3)
    weights = np.linalg.solve(normal, waves.T @ lead.T)
    left = ((lead.T - waves @ weights) ** 2).sum(0)
    offset, sine, cosine = weights
    return np.stack([offset, np.arctan2(cosine, sine), np.hypot(sine, cosine)]), left


def strongest_frequency(
    signal: np.ndarray, step_s: float, lowest_hz: float, highest_hz: float
) -> float:
    """Return the frequency of the highest peak of the mean spectrum of pieces, Hz.

    A piece that stands still at first, as one does before which a trial had not begun, has no part
    where there are others: its step is no rhythm. Nor has a spectrum's slope at the lowest
    frequency, unless there is no peak at all.

    Parameters
    ----------
    signal : array, shape (piece, frame)
    step_s : float
    lowest_hz, highest_hz : float
        Between which it is looked for.
    """
    moves = signal[:, 0] != signal[:, 1]
    signal = signal[moves] if moves.any() else signal
    frames = signal.shape[1]
    count = 16 * frames
    tapered = (signal - signal.mean(1, keepdims=True)) * np.hanning(frames)
    power = (np.abs(np.fft.rfft(tapered, count, axis=1)) ** 2).mean(0)
    frequency = np.fft.rfftfreq(count, step_s)
    inside = (frequency >= lowest_hz) & (frequency <= highest_hz)
    frequency, power = frequency[inside], power[inside]
    peaks = np.flatnonzero((power[1:-1] >= power[:-2]) & (power[1:-1] > power[2:])) + 1
    among = peaks if peaks.size else np.arange(len(power))
    return float(frequency[among[np.argmax(power[among])]])
