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
    derive_inputs,
    described_prior,
)
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Problem
    from myopinn.methods.losses.trained_model import TrainedModel


@dataclass(frozen=True)
class Settings(MusculoskeletalSettings):
    """Network, weights of the loss, bounds and spreads of a person's parameters."""


def describe_prior(settings: Settings) -> str:
    """Say which priors make the deep muscles identifiable."""
    return described_prior(settings, personal=True)


def build(settings: Settings, problem: Problem) -> TrainedModel:
    """Build the network with the person's muscles behind it."""
    return build_model(settings, problem, personal=True)


VARIANT = Definition(
    ("deep_emg",), Settings, build, derive_inputs=derive_inputs, prior=describe_prior
)
