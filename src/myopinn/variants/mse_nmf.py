"""Muscle synergy extrapolation by non-negative matrix factorisation.

See :mod:`myopinn.methods.deep.synergy_extrapolation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.methods.deep.neural_musculoskeletal import derive_inputs
from myopinn.methods.deep.synergy_extrapolation import (
    SynergySettings,
    build_estimator,
    described_prior,
)
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Problem
    from myopinn.methods.deep.extrapolation import CoursesEstimator


@dataclass(frozen=True)
class Settings(SynergySettings):
    """How many synergies, and how the muscles are calibrated."""


def build(settings: Settings, problem: Problem) -> CoursesEstimator:
    """Build the estimator."""
    return build_estimator(settings, problem, "nmf")


VARIANT = Definition(
    ("deep_emg",),
    Settings,
    build,
    derive_inputs=derive_inputs,
    always_sees=("measured_emg",),
    prior=described_prior,
    rests_on=("emg", "motion", "trials"),
)
