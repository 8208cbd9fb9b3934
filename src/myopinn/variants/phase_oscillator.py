"""The rival that hears a rhythm in the EMG: an adaptive oscillator, and what is usual at its phase.

One signal, the direction in which the training EMG varies most, is followed by a pool of adaptive
oscillators (:mod:`myopinn.methods.rhythm.oscillator`: Righetti, Buchli, Ijspeert 2006; Ronsse et
al. 2011); at its phase it answers with what was usual there in training. Of the EMG's amplitude
nothing reaches the answer. It starts anew before each piece, so that it needs a `lead_s` of a cycle
or more to settle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from myopinn.checks.settings import setting
from myopinn.errors import ConfigError
from myopinn.methods.models import Solved
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Cycles, Problem
    from myopinn.methods.rhythm.phase_mean import PhaseMean


# By how much half the strongest frequency has to be better, as a share of the stop trials'
# variance: these are few.
_DOUBT = 0.05


@dataclass(frozen=True)
class Settings:
    """How fast the oscillator learns, what it may become, and how fine the mean cycle is.

    Raises
    ------
    ConfigError
        Where the slowest rhythm is not slower than the fastest.
    """

    settling_s: float = setting(
        "time constant with which phase and frequency settle",
        1.0,
        unit="s",
        gt=0,
        le=60,
        search=(0.3, 5.0, "log"),
    )
    signal_harmonics: int = setting(
        "oscillators, at multiples of one frequency", 3, ge=1, le=20, choices=(1, 2, 3, 5)
    )
    max_factor: float = setting(
        "how many times faster or slower than in training it may become",
        2.0,
        ge=1,
        le=10,
        search=(1.1, 3.0, "linear"),
    )
    slowest_hz: float = setting("of the rhythms that are looked for", 0.2, unit="Hz", gt=0, le=10)
    fastest_hz: float = setting("of the rhythms that are looked for", 4.0, unit="Hz", gt=0, le=20)
    harmonics: int = setting(
        "waves of which the mean cycle is made", 8, ge=1, le=49, choices=(4, 8, 12)
    )

    def __post_init__(self) -> None:
        if not self.slowest_hz < self.fastest_hz:
            raise ConfigError("slowest_hz: less than fastest_hz.")


class PhaseOscillator(Solved):
    """Answers with the mean training value at the oscillator's phase.

    Parameters
    ----------
    settings : Settings
    channels, lead_frames : int
        EMG channels, which are the first of the inputs; frames that are seen and not answered.
    """

    uses_seed = False

    def __init__(self, settings: Settings, channels: int, lead_frames: int) -> None:
        from myopinn.methods.rhythm.phase_mean import PhaseMean

        self.settings, self.channels, self.lead_frames = settings, channels, lead_frames
        # Mean and direction of the EMG, the direction divided by the signal's SD.
        self.centre = self.direction = np.empty(0)
        self.start_hz = float("nan")
        self.usual: PhaseMean = PhaseMean(settings.harmonics)
        self.facts: Mapping[str, float] = {}

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Learn signal, frequency and mean cycle of the movements.

        A rhythm may be strongest at twice its frequency, as where a muscle works twice in a cycle;
        half the strongest is taken where it answers the stop cycles clearly better.
        """
        from myopinn.methods.rhythm.oscillator import strongest_frequency

        seen, judged = train.movements(), stop.movements()
        self._learn_signal(seen)
        strongest = strongest_frequency(
            self._signal(seen), _step_s(seen), self.settings.slowest_hz, self.settings.fastest_hz
        )
        targets = _frames_then_names(seen)
        tried = []
        for hz in (strongest, strongest / 2):
            self.start_hz = hz
            self.usual.fit(self._phase(seen).ravel(), targets.reshape(-1, targets.shape[-1]))
            wanted = _frames_then_names(judged)
            error = np.mean((self.predict(judged) - wanted) ** 2) / np.mean(wanted.var((0, 1)))
            doubt = 0.0 if hz == strongest else _DOUBT
            tried.append((error + doubt, hz, self.usual.mean, self.usual.weights))
        _, self.start_hz, self.usual.mean, self.usual.weights = min(tried, key=lambda one: one[0])
        self.facts = {"start_hz": self.start_hz}

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        return self.usual.predict(self._phase(cycles))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what was learned."""
        return {
            "centre": self.centre,
            "direction": self.direction,
            "start_hz": np.array([self.start_hz]),
            "mean": self.usual.mean,
            "weights": self.usual.weights,
        }

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""
        self.centre, self.direction = arrays["centre"], arrays["direction"]
        self.start_hz = float(arrays["start_hz"][0])
        self.usual.mean, self.usual.weights = arrays["mean"], arrays["weights"]

    def _learn_signal(self, cycles: Cycles) -> None:
        """Find the direction in which the EMG varies most."""
        frames = self._emg(cycles).reshape(-1, self.channels)
        self.centre = frames.mean(0)
        values, vectors = np.linalg.eigh(np.cov(frames, rowvar=False).reshape(self.channels, -1))
        self.direction = vectors[:, -1] / np.sqrt(max(values[-1], np.finfo(float).tiny))

    def _emg(self, cycles: Cycles) -> np.ndarray:
        emg = cycles.inputs[:, : self.channels].cpu().numpy().astype(float)
        return np.swapaxes(emg, 1, 2)

    def _signal(self, cycles: Cycles) -> np.ndarray:
        """Return what is followed, shape (cycle, seen frame), of SD 1 in training."""
        signal: np.ndarray = (self._emg(cycles) - self.centre) @ self.direction
        return signal

    def _phase(self, cycles: Cycles) -> np.ndarray:
        """Return the phase of the frames that are answered, rad."""
        from myopinn.methods.rhythm.oscillator import Oscillator

        own = self.settings
        oscillator = Oscillator(self.start_hz, own.settling_s, own.signal_harmonics, own.max_factor)
        phase = oscillator.follow(self._signal(cycles), _step_s(cycles), self.lead_frames)
        return phase[:, self.lead_frames :]


def _step_s(cycles: Cycles) -> float:
    # A clock has one rate, whoever is recorded.
    return float(cycles.time_step_s[0])


def _frames_then_names(cycles: Cycles) -> np.ndarray:
    return np.swapaxes(cycles.targets.cpu().numpy().astype(float), 1, 2)


def build(settings: Settings, problem: Problem) -> PhaseOscillator:
    """Build the estimator."""
    return PhaseOscillator(settings, len(problem.channels), problem.lead_frames)


# Cycles are told their phase; there is nothing to follow.
VARIANT = Definition(("muscle_force",), Settings, build, forms=("clock",))
