"""The Transformer alone: the moment has no part in its loss.

An ablation of `nmm`: what it says of a deep muscle comes from the priors, and the moment that it
answers is what the scaled model's muscles make of its excitations. Trained on the true excitations
of all muscles, with `drive: free`, it is the ceiling of its inputs.
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
    """Network and weights of the loss; that of the moment is not used."""


def describe_prior(settings: Settings) -> str:
    """Say which priors stand for the deep muscles."""
    return described_prior(settings, personal=False)


def build(settings: Settings, problem: Problem) -> TrainedModel:
    """Build the network; muscles only answer what moment its excitations would make."""
    return build_model(settings, problem, personal=False, moment=False)


VARIANT = Definition(
    ("deep_emg",), Settings, build, derive_inputs=derive_inputs, prior=describe_prior
)
