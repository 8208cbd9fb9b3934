"""The neural musculoskeletal model, after Kumar et al. 2025 (arXiv:2503.05201).

A Transformer gives the excitations of all muscles, Hill muscles with the person's own parameters
make the joint's moment of them, and network and parameters are learned together: from the envelopes
that are measured and from the moment of inverse dynamics. Calibration contractions against a
dynamometer, where there are any, are trained on like movements. No muscle that lies deep has a
target.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.methods.deep.neural_musculoskeletal import (
    MusculoskeletalSettings,
    build_model,
    described_prior,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

    from myopinn.dataset.problem import Cycles, Problem

TASKS = ("deep_emg",)


@dataclass(frozen=True)
class Settings(MusculoskeletalSettings):
    """Network, weights of the loss, bounds and spreads of a person's parameters."""


def describe_prior(settings: Settings) -> str:
    """Say which priors make the deep muscles identifiable."""
    return described_prior(settings, personal=True)


def build(settings: Settings, problem: Problem) -> nn.Module:
    """Build the network with the person's muscles behind it."""
    return build_model(settings, problem, personal=True)


def derive_inputs(problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return length, velocity, moment arm and scaled parameters of the muscles in each cycle."""
    from myopinn.methods.joint.muscle_states import joint_muscle_states

    return joint_muscle_states(problem, cycles)
