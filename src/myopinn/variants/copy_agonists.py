"""A deep muscle has the mean envelope of the measured muscles that turn the joint the same way.

The simple rival that a claim about deep muscles has to beat first: nothing is learned, and the
correlation with the truth is high wherever muscles share their work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.methods.models import Solved
from myopinn.variants import Definition

if TYPE_CHECKING:
    import numpy as np

    from myopinn.dataset.problem import Cycles, Problem


@dataclass(frozen=True)
class Settings:
    """There is nothing to set."""


def describe_prior(settings: Settings) -> str:
    """Say what ties deep muscles to measured ones."""
    return "equal to the agonists' mean"


class CopyAgonists(Solved):
    """Copies envelopes; it has no answer for the moment."""

    uses_seed = False

    def __init__(self, problem: Problem) -> None:
        from myopinn.methods.deep.extrapolation import agonist_channels

        agonist_channels(problem)
        self.problem = problem

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        import numpy as np

        from myopinn.methods.deep.extrapolation import agonist_means

        problem = self.problem
        answer = np.full((len(cycles), len(problem.targets), cycles.frames), np.nan)
        envelope = cycles.answered(cycles.envelope)
        for row, channel in enumerate(problem.measured_by):
            if channel is not None:
                answer[:, row] = envelope[:, problem.channels.index(channel)]
        deep = [problem.muscles.index(muscle) for muscle in problem.deep]
        answer[:, deep] = agonist_means(problem, envelope)
        return np.swapaxes(answer, 1, 2)


def build(settings: Settings, problem: Problem) -> CopyAgonists:
    """Build the estimator.

    Raises
    ------
    ConfigError
        Naming a deep muscle without a measured agonist.
    """
    return CopyAgonists(problem)


VARIANT = Definition(
    ("deep_emg",),
    Settings,
    build,
    always_sees=("measured_emg",),
    prior=describe_prior,
    rests_on=("emg",),
)
