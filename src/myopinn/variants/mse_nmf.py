"""Muscle synergy extrapolation by non-negative matrix factorisation.

See :mod:`myopinn.methods.deep.synergy_extrapolation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.methods.deep.synergy_extrapolation import (
    SynergySettings,
    build_estimator,
    described_prior,
)

if TYPE_CHECKING:
    from torch import Tensor

    from myopinn.dataset.problem import Cycles, Problem
    from myopinn.methods.deep.extrapolation import CoursesEstimator

TASKS = ("deep_emg",)
ALWAYS_SEES = ("measured_emg",)


@dataclass(frozen=True)
class Settings(SynergySettings):
    """How many synergies, and how the muscles are calibrated."""


def describe_prior(settings: Settings) -> str:
    """Say what ties deep muscles to measured ones."""
    return described_prior(settings)


def build(settings: Settings, problem: Problem) -> CoursesEstimator:
    """Build the estimator."""
    return build_estimator(settings, problem, "nmf")


def derive_inputs(problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return length, velocity, moment arm and scaled parameters of the muscles in each cycle."""
    from myopinn.methods.joint.muscle_states import joint_muscle_states

    return joint_muscle_states(problem, cycles)
