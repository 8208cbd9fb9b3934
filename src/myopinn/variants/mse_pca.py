"""Muscle synergy extrapolation by principal components.

Ao, Shourijeh, Patten, Fregly 2020, doi 10.3389/fncom.2020.588943: a muscle that is not measured is
a weighted sum of the synergies of those that are, with the weights that match the joint's moment
through Hill muscles. The muscles' parameters are calibrated with them, as in Ao, Vega, Shourijeh,
Patten, Fregly 2022, doi 10.3389/fbioe.2022.962959, unless `personal` is false.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError
from myopinn.extrapolation import CalibrationSettings

if TYPE_CHECKING:
    from torch import Tensor

    from myopinn.problem import Cycles, Problem

TASKS = ("deep_emg",)
ALWAYS_SEES = ("measured_emg",)


@dataclass(frozen=True)
class Settings(CalibrationSettings):
    """How many synergies, and how the muscles are calibrated."""

    variance_share: float = field(
        default=0.95,
        metadata={
            "unit": "",
            "meaning": "of the measured envelopes that the synergies account for (VAF)",
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.variance_share < 1:
            raise ConfigError("variance_share: above 0 and below 1.")


def describe_prior(settings: Settings) -> str:
    """Say what ties deep muscles to measured ones."""
    return f"sum of synergies; parameters {'near generic' if settings.personal else 'generic'}"


def build(settings: Settings, problem: Problem) -> Any:
    """Build the estimator."""
    from myopinn.extrapolation import CoursesEstimator, SynergyCourses

    courses = SynergyCourses(problem, "pca", settings.variance_share)
    return CoursesEstimator(problem, settings, courses)


def derive_inputs(problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return length, velocity, moment arm and scaled parameters of the muscles in each cycle."""
    from myopinn.muscle_states import joint_muscle_states

    return joint_muscle_states(problem, cycles)
