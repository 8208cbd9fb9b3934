"""The neural musculoskeletal model with the muscles of the scaled model: nothing personal in them.

An ablation of `nmm`: only the network, the electrodes' gains and how work is shared are learned.
With the true parameters in place of the scaled model's it is the ceiling of the physics.
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
    """Network and weights of the loss; the bounds of parameters that stay generic are not used."""


def describe_prior(settings: Settings) -> str:
    """Say which priors make the deep muscles identifiable."""
    return described_prior(settings, personal=False)


def build(settings: Settings, problem: Problem) -> TrainedModel:
    """Build the network with the scaled model's muscles behind it."""
    return build_model(settings, problem, personal=False)


VARIANT = Definition(
    ("deep_emg",), Settings, build, derive_inputs=derive_inputs, prior=describe_prior
)
