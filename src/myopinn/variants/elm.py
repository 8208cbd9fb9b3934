"""Extreme learning machine: a random hidden layer and a ridge regression on its outputs.

Huang, Zhu, Siew 2006, doi 10.1016/j.neucom.2005.12.126; a comparator of Zhang et al. 2023
(arXiv:2207.01435). It answers each frame from the window of inputs around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from myopinn.errors import ConfigError
from myopinn.methods.regressors.frame_regression import FrameRegressor, FrameSettings
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Problem


@dataclass(frozen=True)
class Settings(FrameSettings):
    """Window, size of the hidden layer, and how far its outputs are trusted."""

    hidden_units: int = field(
        default=500,
        metadata={
            "ge": 1,
            "le": 100_000,
            "unit": "features",
            "meaning": "width of the random layer",
            "search": (50, 1000, "log"),
        },
    )
    weight_scale: float = field(
        default=1.0,
        metadata={
            "gt": 0,
            "le": 1000,
            "unit": "",
            "meaning": "SD of what a hidden unit gets from inputs of SD 1",
            "search": (0.1, 3.0, "log"),
        },
    )
    ridge: float = field(
        default=1.0,
        metadata={
            "gt": 0,
            "le": 1e9,
            "unit": "",
            "meaning": "penalty on the squared output weights",
            "search": (1e-3, 1e3, "log"),
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hidden_units < 1:
            raise ConfigError("hidden_units: at least 1.")
        for name in ("weight_scale", "ridge"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name}: above 0.")


def build(settings: Settings, problem: Problem) -> FrameRegressor:
    """Build the estimator."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    from myopinn.methods.regressors.extreme_learning import RandomLayer

    steps = [
        ("scale", StandardScaler()),
        ("hidden", RandomLayer(settings.hidden_units, settings.weight_scale)),
        ("output", Ridge(settings.ridge, copy_X=False)),
    ]
    return FrameRegressor(Pipeline(steps), settings.window_frames, problem.past_frames)


VARIANT = Definition(("muscle_force",), Settings, build)
