"""Multi-layer extreme learning machine: stacked auto-encoders, then a ridge regression.

Kasun, Zhou, Huang, Vong 2013, IEEE Intelligent Systems 28(6):31; a comparator of Zhang et al. 2023
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
    """Window, widths of the layers, and how far their outputs are trusted."""

    hidden_units: tuple[int, ...] = field(
        default=(100, 500),
        metadata={
            "each": (1, 100_000),
            "unit": "features",
            "meaning": "width of each auto-encoder's layer, the first one first",
            "choices": ((300,), (100, 500), (200, 1000), (100, 100, 500), (200, 200, 1000)),
        },
    )
    encoder_ridge: float = field(
        default=0.1,
        metadata={
            "gt": 0,
            "le": 1e9,
            "unit": "",
            "meaning": "penalty on the squared output weights of each auto-encoder",
            "search": (1e-3, 10.0, "log"),
        },
    )
    ridge: float = field(
        default=1e-3,
        metadata={
            "gt": 0,
            "le": 1e9,
            "unit": "",
            "meaning": "penalty on the squared output weights of the regression",
            "search": (1e-6, 1.0, "log"),
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.hidden_units or min(self.hidden_units) < 1:
            raise ConfigError("hidden_units: at least one width, each at least 1.")
        for name in ("encoder_ridge", "ridge"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name}: above 0.")


def build(settings: Settings, problem: Problem) -> FrameRegressor:
    """Build the estimator."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import MinMaxScaler

    from myopinn.methods.regressors.extreme_learning import AutoencoderLayer

    layers = [
        (f"hidden_{k}", AutoencoderLayer(units, settings.encoder_ridge))
        for k, units in enumerate(settings.hidden_units)
    ]
    output = ("output", Ridge(settings.ridge, copy_X=False))
    return FrameRegressor(
        Pipeline([("scale", MinMaxScaler()), *layers, output]),
        settings.window_frames,
        problem.past_frames,
    )


VARIANT = Definition(("muscle_force",), Settings, build)
