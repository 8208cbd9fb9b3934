"""Support vector regression with a Gaussian kernel, one machine per target.

scikit-learn's SVR; a comparator of Zhang et al. 2023 (arXiv:2207.01435). It answers each frame from
the window of inputs around it. As its cost grows with the square of the number of frames, it learns
from a random choice of `max_frames` of them where the training trials have more.
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
    """Window, kernel, loss, and how many frames are learned from."""

    penalty: float = field(
        default=1.0,
        metadata={
            "gt": 0,
            "le": 1e6,
            "unit": "",
            "meaning": "C: cost of an error outside the tube",
            "search": (0.03, 30.0, "log"),
        },
    )
    epsilon: float = field(
        default=0.02,
        metadata={
            "ge": 0,
            "le": 1,
            "unit": "ranges of the target",
            "meaning": "half width of the tube in which an error costs nothing",
            "search": (0.003, 0.1, "log"),
        },
    )
    gamma: float = field(
        default=0.3,
        metadata={
            "gt": 0,
            "le": 1e6,
            "unit": "",
            "meaning": "inverse squared width of the kernel per input of the window, of SD 1",
            "search": (0.01, 10.0, "log"),
        },
    )
    max_frames: int = field(
        default=1000,
        metadata={
            "ge": 2,
            "le": 1_000_000,
            "unit": "frames",
            "meaning": "largest number that is learned from",
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("penalty", "gamma"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name}: above 0.")
        if not self.epsilon >= 0:
            raise ConfigError("epsilon: at least 0.")
        if self.max_frames < 2:
            raise ConfigError("max_frames: at least 2.")


def build(settings: Settings, problem: Problem) -> FrameRegressor:
    """Build the estimator."""
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    from myopinn.methods.regressors.support_vectors import SupportVectorMachines

    inputs = len(problem.inputs) * settings.window_frames
    machines = SupportVectorMachines(
        settings.penalty, settings.epsilon, settings.gamma / inputs, settings.max_frames
    )
    steps = [("scale", StandardScaler()), ("machines", machines)]
    return FrameRegressor(Pipeline(steps), settings.window_frames, problem.past_frames)


VARIANT = Definition(("muscle_force",), Settings, build)
