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
    described_prior,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

    from myopinn.dataset.problem import Cycles, Problem

TASKS = ("deep_emg",)


@dataclass(frozen=True)
class Settings(MusculoskeletalSettings):
    """Network and weights of the loss; that of the moment is not used."""


def describe_prior(settings: Settings) -> str:
    """Say which priors stand for the deep muscles."""
    return described_prior(settings, personal=False)


def build(settings: Settings, problem: Problem) -> nn.Module:
    """Build the network; muscles only answer what moment its excitations would make."""
    return build_model(settings, problem, personal=False, moment=False)


def derive_inputs(problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return length, velocity, moment arm and scaled parameters of the muscles in each cycle."""
    from myopinn.methods.joint.muscle_states import joint_muscle_states

    return joint_muscle_states(problem, cycles)
