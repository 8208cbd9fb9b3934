"""OpenSim's answer without any EMG: the activations that make the moment with least effort.

Static optimisation as the dataset holds it, on the scaled model (Crowninshield, Brand 1981, doi
10.1016/0021-9290(81)90035-X). An activation stands for the excitation, which it follows by some
hundredths of a second. The moment is met by construction and not answered.
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
    """Say what decides among excitations of equal moment."""
    return "least squared activation; parameters generic"


class SolversActivations(Solved):
    """Answers the solver's activations, of measured muscles as of deep ones."""

    uses_seed = False

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        import numpy as np

        answer = np.full((len(cycles), len(self.problem.targets), cycles.frames), np.nan)
        answer[:, :-1] = cycles.activation
        return np.swapaxes(answer, 1, 2)


def build(settings: Settings, problem: Problem) -> SolversActivations:
    """Build the estimator."""
    return SolversActivations(problem)


VARIANT = Definition(
    ("deep_emg",),
    Settings,
    build,
    always_sees=("moment_input",),
    prior=describe_prior,
    rests_on=("motion", "moment"),
)
