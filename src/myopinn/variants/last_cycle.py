"""The rival that goes on as before: the mean training cycle, from where the last one began.

It is told the past angle of the joint and nothing else. A cycle begins at a minimum, which is known
once the angle has risen again (:mod:`myopinn.methods.rhythm.beginnings`); from there on it counts
the time, by the period of the training cycles or by that of the last cycle that was seen, and
answers with what was usual at that phase in training. Where no beginning has been seen yet, it
answers with the mean: give a clock a `lead_s` of two cycles or more.
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

PERIODS = ("training", "last")
# Percentiles of the training angle whose distance is its range, whatever single frames do.
_RANGE = (2.5, 97.5)


@dataclass(frozen=True)
class Settings:
    """What begins a cycle, how time is counted from there, and how fine the mean cycle is.

    Raises
    ------
    ConfigError
        Where the period is none of those that there are.
    """

    rise: float = setting(
        "how far the angle falls and rises again around the beginning of a cycle, as a share of "
        "its range in training",
        0.3,
        gt=0,
        le=1,
        search=(0.1, 0.6, "linear"),
    )
    period: str = setting(
        "by which time is counted on: training, the median of the training cycles; last, that of "
        "the last cycle, which is known once two beginnings were seen, and before them the median",
        "last",
        choices=PERIODS,
    )
    harmonics: int = setting(
        "waves of which the mean cycle is made", 8, ge=1, le=49, choices=(4, 8, 12)
    )

    def __post_init__(self) -> None:
        if self.period not in PERIODS:
            raise ConfigError(f"period: {' or '.join(PERIODS)}.")


class LastCycle(Solved):
    """Answers with the mean training value at the phase that is counted on.

    Parameters
    ----------
    settings : Settings
    joint : int
        Row of :attr:`Cycles.past_angle` that tells the beginnings.
    lead_frames : int
        Frames that are seen and not answered.
    """

    uses_seed = False

    def __init__(self, settings: Settings, joint: int, lead_frames: int) -> None:
        from myopinn.methods.rhythm.phase_mean import PhaseMean

        self.settings, self.joint, self.lead_frames = settings, joint, lead_frames
        self.rise_rad = self.period_s = float("nan")
        self.usual: PhaseMean = PhaseMean(settings.harmonics)
        self.facts: Mapping[str, float] = {}

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Learn range and period of the movements, and what is usual at each phase."""
        from myopinn.methods.rhythm.beginnings import find_beginnings

        seen = train.movements()
        angle = self._angle(seen)
        low, high = np.percentile(angle, _RANGE)
        self.rise_rad = self.settings.rise * float(high - low)
        length_s = find_beginnings(angle, self.rise_rad).length * _step_s(seen)
        known = length_s[np.isfinite(length_s)]
        # Without two beginnings in any window nothing has a phase, and the mean is the answer.
        self.period_s = float(np.median(known)) if known.size else float("nan")
        targets = np.swapaxes(seen.targets.cpu().numpy().astype(float), 1, 2)
        phase = self._phase(seen)
        self.usual.fit(phase.ravel(), targets.reshape(-1, targets.shape[-1]))
        self.facts = {"phase_known_share": float(np.isfinite(phase).mean())}
        if known.size:
            self.facts = {**self.facts, "period_s": self.period_s}

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        return self.usual.predict(self._phase(cycles))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what was learned."""
        return {
            "movement": np.array([self.rise_rad, self.period_s]),
            "mean": self.usual.mean,
            "weights": self.usual.weights,
        }

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""
        self.rise_rad, self.period_s = (float(value) for value in arrays["movement"])
        self.usual.mean, self.usual.weights = arrays["mean"], arrays["weights"]

    def _angle(self, cycles: Cycles) -> np.ndarray:
        angle: np.ndarray = cycles.past_angle[:, self.joint].cpu().numpy().astype(float)
        return angle

    def _phase(self, cycles: Cycles) -> np.ndarray:
        """Return the phase of the frames that are answered, rad; NaN where it is unknown."""
        from myopinn.methods.rhythm.beginnings import find_beginnings

        found, step_s = find_beginnings(self._angle(cycles), self.rise_rad), _step_s(cycles)
        period_s = np.full(found.length.shape, self.period_s)
        if self.settings.period == "last":
            period_s = np.where(np.isfinite(found.length), found.length * step_s, period_s)
        return (2 * np.pi * found.elapsed * step_s / period_s)[:, self.lead_frames :]


def _step_s(cycles: Cycles) -> np.ndarray:
    step: np.ndarray = cycles.time_step_s.cpu().numpy().astype(float)[:, None]
    return step


def build(settings: Settings, problem: Problem) -> LastCycle:
    """Build the estimator; the joint is that of the physics, else the first of the task."""
    name = problem.physics.coordinate if problem.physics else problem.coordinates[0]
    joint = problem.dataset_coordinates.index(name)
    return LastCycle(settings, joint, problem.lead_frames)


# Cycles are cut where the joint turns, so that their mean cycle needs no more than the frame.
VARIANT = Definition(
    ("muscle_force", "deep_emg"),
    Settings,
    build,
    always_sees=("past_motion",),
    rests_on=("motion", "trials"),
    forms=("clock",),
)
